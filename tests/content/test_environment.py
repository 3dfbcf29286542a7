"""The hardened environment."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.environment import LARGEST_OUTPUT, Format, compiled, render
from content.errors import TemplateFault

VALUES = {"name": "Raqqa", "count": 3, "long": "x" * 10_000}


def fill(source: str, locale: str = "en-GB", output: Format = Format.TEXT, **values: object) -> str:
    """Return *source* rendered as a wording."""
    return render(compiled(output, "wording", source), locale, values or VALUES)


def test_fault_names_template_line_and_what_is_allowed() -> None:
    """A fault says where it is and what may be written instead."""
    with pytest.raises(TemplateFault) as caught:
        fill("one\ntwo {{ name.x }}")
    fault = caught.value
    assert (fault.template, fault.line) == ("wording", 2)
    assert str(fault.where) == "wording:2:12"
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


def test_a_fault_while_rendering_names_the_line_that_ran() -> None:
    """What a filter refuses is told with the line that asks for it."""
    with pytest.raises(TemplateFault, match="not a number") as caught:
        fill("one\ntwo\n{% if count %}{{ name|number }}{% endif %}")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        pytest.param("name.x {{ name.x }}", 1, 15, id="attribute-not-in-the-text"),
        pytest.param("{{ name }}\n  {{ name|safe }}", 2, 11, id="filter"),
        pytest.param("{% if name\n   and place %}x{% endif %}", 2, 8, id="name-in-a-later-line"),
        pytest.param("a\n{% for x in name %}{% endfor %}", 2, 4, id="loop"),
        pytest.param("a {{ 1 * 2 }}", 1, 8, id="product"),
        pytest.param("{# place #} {{ place }}", 1, 16, id="not-in-a-comment"),
        pytest.param("خسر {{ place }}", 1, 8, id="arabic"),
    ],
)
def test_fault_names_the_column(source: str, line: int, column: int) -> None:
    """A fault stands at the sign that is not allowed, or at the name that has no value."""
    with pytest.raises(TemplateFault) as caught:
        fill(source)
    assert (caught.value.line, caught.value.column) == (line, column)


PLAIN_VALUES = {"name": "Raqqa", "count": 1_234_567, "empty": "", "flag": True, "share": 0.5, "nothing": 0}


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *(f"{{{{ {name} }}}}" for name in PLAIN_VALUES),
                *(f"{{% if {name} %}}a {{% else %}}b{{{{ {name} }}}}{{% endif %}}" for name in PLAIN_VALUES),
                "{% if name %}{% if empty %}x{% endif %}\n{% endif %}",
                " text",
                "\n",
                "{{ '{' }}",
                "'\"\\{}",
                "داعش",
            ]
        ),
        max_size=12,
    ),
    st.sampled_from(["en-GB", "fr-FR", "ar", "fa"]),
)
def test_the_short_way_gives_what_the_engine_gives(pieces: list[str], locale: str) -> None:
    """A plain source reads the same whether the engine fills it or not."""
    ready = compiled(Format.TEXT, "plain", "".join(pieces))
    assert render(ready, locale, PLAIN_VALUES) == render(replace(ready, straight=None), locale, PLAIN_VALUES)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="{}%# nameifcount|.()[]'\"0=<+*~-_\n", max_size=60))
def test_any_source_renders_or_is_a_fault(source: str) -> None:
    """Whatever is written, the answer is a text or a fault that says what is wrong."""
    try:
        assert isinstance(fill(source), str)
    except TemplateFault as fault:
        assert fault.hint  # noqa: PT017 (both outcomes are right; a fault must carry its cure)
