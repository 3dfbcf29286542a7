# ruff: noqa: RUF001 (letters that look like others are what some attacks are made of)
"""Sources that try to break out, or to take all time and memory, with the values they are given. Data."""

from dataclasses import dataclass, field
from typing import Any, Literal

from content.environment import Format, compiled, compiled_mail, render

LONG = "x" * 10_000
LINES = "a\n" * 5_000


@dataclass(frozen=True)
class Attack:
    """One source, as a wording or as a template of a workspace."""

    id: str
    source: str
    kind: Literal["wording", "text", "html", "xml", "mjml"] = "wording"
    values: dict[str, Any] = field(default_factory=dict)
    line: int = 1  #: where the fault stands


_MAIL = "<mjml><mj-body>{}</mj-body></mjml>"

ATTACKS = (
    # Ways out: from a value, a text or a helper to what Python can do.
    Attack("classes", "{{ ''.__class__.__mro__[1].__subclasses__() }}"),
    Attack("dunder", "ok\n{{ name.__class__ }}", line=2),
    Attack("dunder-init", "{{ name.__init__.__globals__ }}"),
    Attack("item", "{{ name['__class__'] }}"),
    Attack("item-of-a-text", "{{ ''['__class__'] }}"),
    Attack("attr-filter", "{{ name|attr('__class__') }}"),
    Attack("attr-filter-joined", "{{ name|attr(['__cla','ss__']|join) }}"),
    Attack("attr-of-format", "{{ ('{0.__class__}'|attr('format'))(name) }}"),
    Attack("str-format", "{{ '{0.__class__.__init__.__globals__}'.format(name) }}"),
    Attack("str-format-map", "{{ '{a.__class__}'.format_map({'a': name}) }}"),
    Attack("format-filter", "{{ '%s'|format(name) }}"),
    Attack("old-format", "{{ '%s' % name }}"),
    Attack("map-attribute", "{{ [name]|map(attribute='__class__')|list }}"),
    Attack("selectattr", "{{ [name]|selectattr('__class__')|list }}"),
    Attack("groupby", "{{ [name]|groupby('__class__') }}"),
    Attack("sort-attribute", "{{ [name]|sort(attribute='__class__') }}"),
    Attack("xmlattr", "{{ {'onclick': name}|xmlattr }}"),
    Attack("tojson", "{{ name|tojson }}"),
    Attack("pprint", "{{ name|pprint }}"),
    Attack("safe", "{{ '<script>'|safe }}", "html"),
    Attack("self", "{{ self._TemplateReference__context }}"),
    Attack("self-printed", "{{ self }}", values={"self": "x"}),
    Attack("super", "{{ super() }}"),
    Attack("loop-printed", "{% for x in text|lines %}{{ loop }}{% endfor %}", "text", {"text": "a", "loop": 1}),
    Attack("caller", "{{ caller() }}"),
    Attack("varargs", "{{ varargs }}", values={"varargs": 1}),
    Attack("unknown-name", "{{ config }}"),
    Attack("request", "{{ request.application.__globals__ }}"),
    Attack("cycler", "{{ cycler.__init__.__globals__.os.popen('id').read() }}"),
    Attack("joiner", "{{ joiner() }}"),
    Attack("namespace", "{{ namespace(a=1) }}"),
    Attack("dict", "{{ dict(a=1) }}"),
    Attack("globals-function", "{{ globals() }}"),
    Attack("debug", "{% debug %}"),
    Attack("function-uncalled", "{{ plural }}"),
    Attack("function-filtered", "{{ plural|upper }}"),
    Attack("function-attribute", "{{ plural.__globals__ }}"),
    Attack("function-result-attribute", "{{ plural(count, other='x').__class__ }}"),
    Attack("call-of-a-call", "{{ (plural)(count, other='x')(count) }}"),
    Attack("splat", "{{ plural(count, other='x', **name) }}"),
    Attack("star", "{{ plural(*name, other='x') }}"),
    Attack("filter-splat", "{{ name|number(**count) }}"),
    Attack("value-called", "{{ name() }}"),
    Attack("value-hides-function", "{{ plural('x', other='y') }}", values={"plural": "z"}),
    Attack("loop-hides-function", "{% for plural in text|lines %}x{% endfor %}", "text", {"text": "a"}),
    # Other files, and code of its own.
    Attack("include", "{% include '/etc/passwd' %}"),
    Attack("include-missing", "{% include 'x' ignore missing %}"),
    Attack("import", "{% import 'os' as os %}"),
    Attack("from-import", "{% from 'os' import system %}"),
    Attack("extends", "{% extends 'base' %}"),
    Attack("block", "{% block b %}{% endblock %}"),
    Attack("macro", "{% macro m() %}x{% endmacro %}{{ m() }}"),
    Attack("recursive-macro", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
    Attack("call-block", "{% call plural() %}{% endcall %}"),
    Attack("filter-block", "{% filter upper %}x{% endfilter %}"),
    Attack("set", "{% set a = name %}"),
    Attack("set-block", "{% set a %}x{% endset %}"),
    Attack("with", "{% with a = name %}{% endwith %}"),
    Attack("autoescape-off", "{% autoescape false %}{{ name }}{% endautoescape %}", "html"),
    Attack("do", "{% do name %}"),
    Attack("trans", "{% trans %}x{% endtrans %}"),
    Attack("unknown-tag", "ok\nok\n{% system 'id' %}", line=3),
    # Bombs: little that becomes much.
    Attack("lipsum", "{{ lipsum(n=200000) }}"),
    Attack("range", "{{ range(999999999) }}"),
    Attack("range-loop", "{% for a in range(99999) %}{{ a }}{% endfor %}", "text"),
    Attack("power", "{{ 9**9999999 }}"),
    Attack("power-of-powers", "{{ 9**9**9**9 }}"),
    Attack("product", "{{ 'a' * 10**10 }}"),
    Attack("sum", "{{ 1 + 1 }}"),
    Attack("concatenation", "{{ 'a' ~ name }}"),
    Attack("division", "{{ 1 // 0 }}"),
    Attack("negation", "{{ -count }}"),
    Attack("list-product", "{{ [1] * 999999999 }}"),
    Attack("old-padding", "{{ '%99999999999d' % count }}"),
    Attack("format-padding", "{{ '{:>200000000}'.format('a') }}"),
    Attack("ljust", "{{ name.ljust(200000000) }}"),
    Attack("center", "{{ name|center(200000000) }}"),
    Attack("indent", "{{ name|indent(200000000) }}"),
    Attack("batch", "{{ name|batch(100000000) }}"),
    Attack("slice", "{{ name|slice(10000000) }}"),
    Attack("replace", "{{ name|replace('a', name) }}"),
    Attack("join", "{{ name|join(name) }}"),
    Attack("wordwrap", "{{ name|wordwrap(1, wrapstring=name) }}"),
    Attack("urlize", "{{ name|urlize }}"),
    Attack("round", "{{ count|round(999999999) }}"),
    Attack("default-masks-missing-names", "{{ nothing|default('x') }}"),
    Attack("list-filter", "{{ name|list }}"),
    Attack("slice-syntax", "{{ name[:2] }}"),
    Attack("mapping", "{{ {'a': 1} }}"),
    Attack("list", "{{ [name] }}"),
    Attack("tuple", "{{ (name, name) }}"),
    Attack("test", "{% if name is defined %}{% endif %}"),
    Attack("decimals", "{{ count|number(decimals=100000000) }}"),
    Attack("decimals-negative", "{{ count|number(decimals=-100000000) }}"),
    Attack("decimals-of-a-word", "{{ count|number(decimals='9') }}"),
    Attack("number-of-a-word", "ok\n{{ name|number }}", line=2),
    Attack("percent-of-a-word", "{{ name|percent }}"),
    Attack("plain-of-a-word", "{{ name|plain }}"),
    Attack("date-of-a-word", "{{ name|date }}"),
    Attack("date-style", "{{ '2027-01-12'|date(style='x') }}"),
    Attack("filter-with-too-much", "{{ name|upper(1, 2, 3) }}"),
    Attack("plural-without-forms", "{{ plural(count) }}"),
    Attack("plural-of-a-word", "{{ plural(name, other='x') }}"),
    Attack("no-such-number", "{{ count|number }}", values={"count": float("nan")}),
    Attack("endless-number", "{{ count|number }}", values={"count": float("inf")}),
    Attack("endless-bare-number", "{{ count }}", values={"count": float("inf")}),
    Attack("number-of-5000-figures", "{{ count|plain }}", values={"count": 10**5_000}),
    Attack("bare-number-of-5000-figures", "{{ count }}", values={"count": 10**5_000}),
    Attack("number-of-a-million-figures", "{{ count|number }}", values={"count": 1 << 3_000_000}),
    Attack("long-number", "{{ " + "9" * 15_000 + " }}"),
    Attack("loop-in-a-wording", "{% for a in name|lines %}{{ a }}{% endfor %}"),
    Attack("loop-over-letters", "{% for a in text %}{{ a }}{% endfor %}", "text", {"text": LONG}),
    Attack(
        "nested-loops",
        "{% for a in text|lines %}{% for b in text|lines %}x{% endfor %}{% endfor %}",
        "text",
        {"text": LINES},
    ),
    Attack("recursive-loop", "{% for a in text|lines recursive %}{{ loop(a) }}{% endfor %}", "text", {"text": "a"}),
    Attack("loop-with-condition", "{% for a in text|lines if a %}{% endfor %}", "text", {"text": "a"}),
    Attack(
        "large-loop",
        "{% for a in text|lines %}" + "{% if a == 'b' %}x{% endif %}" * 200 + "{% endfor %}",
        "text",
        {"text": LINES},
    ),
    Attack("many-lines", "{% for a in text|lines %}{{ a }}{% endfor %}", "text", {"text": LINES * 10}),
    Attack("lines-printed", "{{ name|lines }}"),
    # Sources that are hard to read.
    Attack("brackets", "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}"),
    Attack("open-brackets", "{{ " + "[" * 15_000 + " }}"),
    Attack("negations", "{{ " + "not " * 4_500 + "1 }}"),
    Attack("nested-conditions", "{% if 1 %}" * 240 + "{% endif %}" * 240),
    Attack("nested-expressions", "{{ " + "1 if 1 else " * 1_000 + "1 }}"),
    Attack("long-conjunction", "{{ " + "1 and " * 3_000 + "1 }}"),
    Attack("long-comparison", "{{ " + "1 == " * 3_500 + "1 }}"),
    Attack("filter-chain", "{{ name" + "|upper" * 450 + " }}"),
    Attack("too-many-names", "{{name}}" * 2_400),
    Attack("too-many-lines-of-names", "{{name}}\n" * 1_000, line=501),
    Attack("long-source", "x" * 20_001),
    Attack("long-comment", "{#" + "x" * 20_000 + "#}"),
    Attack("open-comments", "{#" * 9_000),
    Attack("open-comment", "ok\n{# never closed", line=2),
    Attack("raw-never-closed", "{% raw %}{{ name }}"),
    Attack("raw-inside-raw", "{% raw %}" * 400),
    Attack("unopened", "ok\n{% endif %}", line=2),
    Attack("unclosed-name", "{{ name"),
    Attack("unclosed-text", "{{ 'name }}"),
    Attack("unclosed-condition", "{% if name %}x"),
    Attack("wrong-end", "{% if name %}x{% endfor %}"),
    Attack("open-texts", "{{ '" * 5_000),
    Attack("escapes", "{{ '" + "\\" * 15_001 + "' }}"),
    Attack("wide-letters", "{{ ｎame }}", values={"ｎame": "x"}),
    Attack("ligature", "{{ ﬁ }}", values={"ﬁ": "x"}),
    Attack("long-name", "{{ " + "a" * 15_000 + " }}"),
    Attack("line-separator", "{{ name\u2028.x }}"),
    Attack("nul-in-a-block", "{{ name\x00 }}"),
    Attack("right-to-left-override", "{{ \u202ename }}"),
    Attack("long-output", "{{ long }}" * 100, values={"long": LONG}),
    Attack("long-output-filtered", "{{ long|upper }}" * 100, values={"long": LONG}),
    Attack("long-value", "{{ long }}{{ long }}", values={"long": "x" * 200_000}),
    # Mails: what MJML would read, fetch or leave out.
    Attack("mail-include", _MAIL.format('<mj-include path="/etc/passwd"/>'), "mjml"),
    Attack("mail-include-address", _MAIL.format('<mj-include path="http://127.0.0.1/x"/>'), "mjml"),
    Attack("mail-unknown-element", _MAIL.format("\n<mj-carousel></mj-carousel>"), "mjml", line=2),
    Attack("mail-font", _MAIL.format('<mj-font name="x" href="https://example.org/x.css"/>'), "mjml"),
    Attack("mail-not-mjml", "<p>{{ name }}</p>", "mjml"),
    Attack("mail-never-closed", "<mjml><mj-body><mj-section>", "mjml"),
    Attack("mail-entities", '<!DOCTYPE x [<!ENTITY a "aa">]>' + _MAIL.format("&a;"), "mjml"),
    Attack("mail-nested", _MAIL.format("<mj-section>" * 700 + "</mj-section>" * 700), "mjml"),
    Attack("mail-attribute", _MAIL.format("\n<mj-text>{{ name.__class__ }}</mj-text>"), "mjml", line=2),
    Attack("mail-element-name", _MAIL.format("<mj-{{ name }}></mj-{{ name }}>"), "mjml"),
)


def carry_out(attack: Attack) -> str:
    """Return what comes of *attack*, compiled and rendered as its kind is; raises TemplateFault, as it should."""
    if attack.kind == "mjml":
        ready = compiled_mail("attack", attack.source, "en-GB")
    elif attack.kind == "wording":
        ready = compiled(Format.TEXT, "attack", attack.source)
    else:
        ready = compiled(Format(attack.kind), "attack", attack.source, template=True)
    return render(ready, "en-GB", {"name": "Raqqa", "count": 3, **attack.values})
