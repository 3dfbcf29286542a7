"""The hardened environment."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.environment import LARGEST_OUTPUT, LARGEST_SOURCE, Format, compiled, render
from content.errors import TemplateFault

VALUES = {"name": "Raqqa", "count": 3, "long": "x" * 10_000}


def fill(source: str, locale: str = "en-GB", output: Format = Format.TEXT, **values: object) -> str:
    """Return *source* rendered as a wording."""
    return render(compiled(output, "wording", source), locale, values or VALUES)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("{{ ''.__class__.__mro__[1].__subclasses__() }}", id="classes"),
        pytest.param("{{ name.__class__ }}", id="dunder"),
        pytest.param("{{ name['__class__'] }}", id="item"),
        pytest.param("{{ name|attr('__class__') }}", id="attr-filter"),
        pytest.param("{{ self._TemplateReference__context }}", id="self"),
        pytest.param("{{ config }}", id="unknown-name"),
        pytest.param("{{ cycler.__init__.__globals__.os.popen('id').read() }}", id="cycler"),
        pytest.param("{{ lipsum(n=200000) }}", id="lipsum"),
        pytest.param("{{ range(999999999) }}", id="range"),
        pytest.param("{{ namespace() }}", id="namespace"),
        pytest.param("{{ dict(a=1) }}", id="dict"),
        pytest.param("{{ joiner() }}", id="joiner"),
        pytest.param("{{ 9**9999999 }}", id="power"),
        pytest.param("{{ 'a' * 10**10 }}", id="product"),
        pytest.param("{{ 1 + 1 }}", id="sum"),
        pytest.param("{{ 'a' ~ 'b' }}", id="concatenation"),
        pytest.param("{{ -count }}", id="negation"),
        pytest.param("{{ '%99999999999d' % count }}", id="old-padding"),
        pytest.param("{{ '{:>200000000}'.format('a') }}", id="format-padding"),
        pytest.param("{{ name.ljust(200000000) }}", id="ljust"),
        pytest.param("{{ name|center(200000000) }}", id="center"),
        pytest.param("{{ name|batch(100000000) }}", id="batch"),
        pytest.param("{{ name|replace('a', long) }}", id="replace"),
        pytest.param("{{ name|default('x') }}", id="default-masks-missing-names"),
        pytest.param("{{ name|safe }}", id="safe"),
        pytest.param("{{ [1]|map('upper')|list }}", id="map"),
        pytest.param("{{ count|number(decimals=100000000) }}", id="decimals"),
        pytest.param("{{ name|number }}", id="number-of-a-word"),
        pytest.param("{{ name|date }}", id="date-of-a-word"),
        pytest.param("{{ plural }}", id="function-uncalled"),
        pytest.param("{{ plural(count) }}", id="function-without-forms"),
        pytest.param("{{ plural(count, other='x', **name) }}", id="splat"),
        pytest.param("{{ (plural)(count, other='x')(count) }}", id="call-of-a-call"),
        pytest.param("{% for a in long %}{% for b in long %}x{% endfor %}{% endfor %}", id="nested-loops"),
        pytest.param("{% for a in name %}{{ a }}{% endfor %}", id="loop-in-a-wording"),
        pytest.param("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", id="recursive-macro"),
        pytest.param("{% set a = name %}", id="set"),
        pytest.param("{% with a = name %}{% endwith %}", id="with"),
        pytest.param("{% filter upper %}x{% endfilter %}", id="filter-block"),
        pytest.param("{% call plural() %}{% endcall %}", id="call-block"),
        pytest.param("{% include '/etc/passwd' %}", id="include"),
        pytest.param("{% import 'os' as os %}", id="import"),
        pytest.param("{% extends 'x' %}", id="extends"),
        pytest.param("{% block b %}{% endblock %}", id="block"),
        pytest.param("{% endif %}", id="unopened"),
        pytest.param("{{ name", id="unclosed-name"),
        pytest.param("{% if name is defined %}{% endif %}", id="test"),
        pytest.param("{{ {'a': 1} }}", id="mapping"),
        pytest.param("{{ [name] }}", id="list"),
        pytest.param("{{ name[:2] }}", id="slice"),
        pytest.param("{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}", id="brackets"),
        pytest.param("{{ " + "not " * 4_500 + "1 }}", id="negations"),
        pytest.param("{% if 1 %}" * 900 + "{% endif %}" * 900, id="nested-conditions"),
        pytest.param("{{ " + "9" * 15_000 + " }}", id="long-number"),
        pytest.param("{{ name" + "|upper" * 3_000 + " }}", id="filter-chain"),
        pytest.param("{{name}}" * 2_400, id="too-many-names"),
        pytest.param("x" * (LARGEST_SOURCE + 1), id="long-source"),
        pytest.param("{{ long }}" * 100, id="long-output"),
    ],
)
def test_attack_is_refused(source: str) -> None:
    """Every escape and every bomb is refused as a fault, within 50 ms of processor time."""
    fill("warm {{ name }}")
    spent = []
    for _ in range(3):
        began = time.process_time()
        with pytest.raises(TemplateFault) as caught:
            fill(source)
        spent.append(time.process_time() - began)
    assert min(spent) < 0.05
    assert caught.value.message
    assert caught.value.hint


def test_fault_names_template_line_and_what_is_allowed() -> None:
    """A fault says where it is and what may be written instead."""
    with pytest.raises(TemplateFault) as caught:
        fill("one\ntwo {{ name.x }}")
    fault = caught.value
    assert (fault.template, fault.line) == ("wording", 2)
    assert str(fault.where) == "wording:2"
    assert "attribute" in fault.message
    assert "{{ names }}" in fault.hint


def test_missing_name_is_named_with_its_line() -> None:
    """A name without a value is named, with the first line it stands on."""
    with pytest.raises(TemplateFault, match="names 'place', which has no value") as caught:
        fill("a\nb\n{{ place }} {{ place }}", name="x")
    assert caught.value.line == 3


def test_missing_name_is_a_fault_even_in_a_branch_not_taken() -> None:
    """What a wording may say is known before it is said."""
    with pytest.raises(TemplateFault):
        fill("{% if count %}x{% else %}{{ place }}{% endif %}")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("{{ name }} stands.", "Raqqa stands.", id="name"),
        pytest.param("{% if count > 2 and not name == 'x' %}many{% else %}few{% endif %}", "many", id="condition"),
        pytest.param("{{ 'a' if count < 2 else 'b' }}", "b", id="expression"),
        pytest.param("{{ name|upper|lower|trim }}", "raqqa", id="filters"),
        pytest.param("{{ plural(count, one='partner', other='partners') }}", "partners", id="function"),
        pytest.param("{# a comment #}text", "text", id="comment"),
        pytest.param("100% sure, 5 < 6 & more", "100% sure, 5 < 6 & more", id="plain-text"),
    ],
)
def test_what_is_allowed_works(source: str, expected: str) -> None:
    """Names, conditions, filters and named functions are allowed, and text is never escaped in text."""
    assert fill(source) == expected


@pytest.mark.parametrize("output", [Format.HTML, Format.XML])
def test_markup_is_escaped(output: Format) -> None:
    """A value cannot become markup."""
    assert fill("<p>{{ name }}</p>", output=output, name="<script>&\"'") == "<p>&lt;script&gt;&amp;&#34;&#39;</p>"


def test_templates_may_have_one_loop() -> None:
    """A template may run over lines; a loop inside it is refused."""
    source = "{% for line in name|lines %}[{{ line }}]{% endfor %}"
    assert render(compiled(Format.TEXT, "t", source, template=True), "ar", {"name": "a\n\nb"}) == "[a][b]"
    nested = f"{{% for x in name|lines %}}{source}{{% endfor %}}"
    with pytest.raises(TemplateFault):
        compiled(Format.TEXT, "t", nested, template=True)


def test_output_is_capped_while_it_streams() -> None:
    """No output grows beyond the cap, whatever the values."""
    with pytest.raises(TemplateFault, match="gives more than"):
        fill("{{ name }}{{ name }}", name="x" * LARGEST_OUTPUT)


def test_compiling_is_done_once() -> None:
    """The same source is compiled once."""
    assert compiled(Format.TEXT, "once", "{{ name }}") is compiled(Format.TEXT, "once", "{{ name }}")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="{}%# nameifcount|.()[]'\"0=<+*~-_\n", max_size=60))
def test_any_source_renders_or_is_a_fault(source: str) -> None:
    """Whatever is written, the answer is a text or a fault that says what is wrong."""
    try:
        assert isinstance(fill(source), str)
    except TemplateFault as fault:
        assert fault.hint  # noqa: PT017 (both outcomes are right; a fault must carry its cure)
