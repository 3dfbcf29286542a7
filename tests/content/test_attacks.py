"""Attacks and bombs: each is refused, and what values and wordings carry stays what it is."""

from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.environment import LARGEST_OUTPUT, Format, compiled, render
from content.errors import TemplateFault
from content.render import render as rendering
from content.rendering import Part
from content.sources import Source
from content.visible import see
from tests.builders.attacks import ATTACKS, Attack, carry_out
from tests.builders.renderings import request

#: Nothing here may take long: the figures are the benchmark's, and this stops what hangs.
pytestmark = pytest.mark.timeout(60)

EVIL = (
    pytest.param("{{ 7 }}{% for x in y %}{# z #}", id="template"),
    pytest.param("{{ ''.__class__ }}", id="escape"),
    pytest.param("{% raw %}{{ name }}{% endraw %}", id="raw"),
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param("\"><img src=x onerror='alert(1)'>", id="attribute"),
    pytest.param("</title></div></body><iframe src='//x'>", id="closing-tags"),
    pytest.param("<!-- --><![CDATA[ ]]><?x ?>&lt;&#60;&amp;", id="declarations"),
    pytest.param("<mj-include path='/etc/passwd'/>", id="mjml"),
    pytest.param("{0.__class__} %s %(x)s {x!r:>99999}", id="formats"),
    pytest.param("javascript:alert(1)", id="address"),
)


def test_there_are_enough_of_them() -> None:
    """The table holds attacks of every kind, each under a name of its own."""
    assert len({attack.id for attack in ATTACKS}) == len(ATTACKS) >= 60
    assert {attack.kind for attack in ATTACKS} == {"wording", "text", "html", "mjml"}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)
def test_attack_is_refused(attack: Attack) -> None:
    """Every escape and every bomb is a fault that names the template, its line, and what may be done instead."""
    with pytest.raises(TemplateFault) as caught:
        carry_out(attack)
    fault = caught.value
    assert (fault.template, fault.line) == ("attack", attack.line)
    assert fault.message.startswith("'attack' ")
    assert len(fault.message) < 400
    assert fault.hint


def parts(value: str, kind: str, options: dict[str, str | int | bool], templates: Path | None = None) -> Part:
    """Return a rendering in which *value* stands wherever a campaign may write something."""
    asked = request(
        "en-GB",
        kind,
        options=options,
        templates=templates,
        values={"partners_in_coalition": value},
        headline={"en-GB": value},
        title={"en-GB": value},
    )
    return rendering(asked).parts[0]


@pytest.mark.parametrize("options", [{}, {"template": "press"}], ids=["own", "press"])
@pytest.mark.parametrize("kind", ["mastodon", "smtp", "feed"])
@pytest.mark.parametrize("evil", EVIL)
def test_a_value_stays_what_it_is(evil: str, kind: str, options: dict[str, str | int | bool]) -> None:
    """A value is never read as a template, nor as markup: it is shown as it was written."""
    part = parts(evil, kind, options)
    assert evil in part.text
    if part.html is not None:
        bare = parts("harmless", kind, options).html or ""
        assert part.html.count("<") == bare.count("<")
        assert evil in see(part.html).text


@pytest.mark.parametrize("evil", EVIL)
def test_a_wording_stays_text_in_every_form(evil: str) -> None:
    """What a wording says itself, through a filter that makes HTML or raw, is text in the HTML and the XML."""
    literal = "{% raw %}" + evil.replace("{% raw %}", "").replace("{% endraw %}", "") + "{% endraw %}"
    for kind in ("smtp", "feed"):
        plain = rendering(request("en-GB", kind, wording={"en-GB": "x"})).parts[0].html or ""
        for words in (literal, "{{ partners_in_coalition|bidi }}", "{{ partners_in_coalition|bidi|upper }}"):
            asked = request("en-GB", kind, wording={"en-GB": words}, values={"partners_in_coalition": evil})
            html = rendering(asked).parts[0].html or ""
            assert html.count("<") == plain.count("<")
            if kind == "feed":
                assert "script" not in {element.tag for element in ET.fromstring(html).iter()}  # noqa: S314 (our own output)


def test_a_link_cannot_leave_its_attribute() -> None:
    """A link's quotes and angles are escaped where it stands in HTML."""
    for kind in ("smtp", "feed"):
        html = rendering(request("en-GB", kind, link="https://example.org/\"'><b>")).parts[0].html or ""
        assert "<b>" not in html
        assert "<b>" not in unescape(html)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *"{}%#|.()[]'\"0=<>+*~-_, \n",
                *("{{", "}}", "{%", "%}", "{#", "#}", " if ", " for ", " in ", " endif ", " endfor ", " not ", " is "),
                *("name", "count", "text", "lines", "plural", "other=", "number", "raw", "endraw", "9", "\u202e"),
            ]
        ),
        max_size=60,
    ).map("".join),
    st.sampled_from(Format),
    st.booleans(),
)
def test_any_source_renders_within_bounds_or_is_a_fault(source: str, output: Format, template: bool) -> None:
    """Whatever is written, the answer is a text of bounded length, or a fault that says where and what to do."""
    values = {"name": "Raqqa", "count": 3, "text": "a\nb"}
    try:
        assert len(render(compiled(output, "fuzz", source, template=template), "ar", values)) <= LARGEST_OUTPUT
    except TemplateFault as fault:
        assert fault.hint  # noqa: PT017 (both outcomes are right; a fault must carry its cure)
        assert fault.line >= 1  # noqa: PT017 (as above)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "<mj-section>",
                    "</mj-section>",
                    "<mj-column>",
                    "</mj-column>",
                    "<mj-text>",
                    "</mj-text>",
                    "<mj-raw>",
                ),
                *("<mjml>", "</mjml>", "<mj-body>", "</mj-body>", "<p>", "{{ name }}", "{% if name %}", "{% endif %}"),
                *' "<>&/=!-x',
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_any_mail_renders_or_is_a_fault(source: str) -> None:
    """Whatever is written as MJML, the answer is HTML or a fault."""
    attack = Attack("fuzz", f"<mjml><mj-body>{source}</mj-body></mjml>", "mjml")
    try:
        assert carry_out(attack).startswith("<!doctype html>")
    except TemplateFault as fault:
        assert fault.hint  # noqa: PT017 (both outcomes are right; a fault must carry its cure)


def test_a_source_knows_what_it_is() -> None:
    """MJML is told by the template's name, wherever it lies."""
    assert Source("templates/smtp/html.mjml.j2", "").mjml
    assert not Source("templates/smtp/html.j2", "").mjml
