"""A wording taken apart for translators, and put together again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.environment import Format, compiled, render
from content.segments import Call, blocks, calls, filled, join, marked, sentence, split

TOWNS = Call("plural", "n", (("one", "a town"), ("other", "{} towns")))


@pytest.mark.parametrize(
    ("wording", "segments"),
    [
        pytest.param("Daesh lost.", ("Daesh lost.",), id="plain"),
        pytest.param("Lost {{ plural(n, one='a town', other=\"{} towns\") }}.", ("Lost ", TOWNS, "."), id="one-call"),
        pytest.param("{{plural(n,other='{} towns',one='a town')}}", (TOWNS,), id="order-and-spaces"),
        pytest.param("{{ plural(n|number, other='x') }}", ("{{ plural(n|number, other='x') }}",), id="not-a-name"),
        pytest.param("{{ plural(n, other='x')|upper }}", ("{{ plural(n, other='x')|upper }}",), id="filtered"),
        pytest.param("{{ plural(n, some='x') }}", ("{{ plural(n, some='x') }}",), id="no-such-form"),
        pytest.param("{{ plural(n, other=m) }}", ("{{ plural(n, other=m) }}",), id="form-is-a-name"),
        pytest.param("{{ plural(n) }}", ("{{ plural(n) }}",), id="no-forms"),
        pytest.param(
            "{% raw %}{{ plural(n, other='x') }}{% endraw %}",
            ("{% raw %}{{ plural(n, other='x') }}{% endraw %}",),
            id="raw-text-stays-as-it-is",
        ),
        pytest.param(
            "{# {{ plural(n, other='x') }} #}a", ("{# ", Call("plural", "n", (("other", "x"),)), " #}a"), id="comment"
        ),
        pytest.param(
            "{{ gender(s, feminine='تحدثت') }}", (Call("gender", "s", (("feminine", "تحدثت"),)),), id="gender"
        ),
        pytest.param(
            r"{{ plural(n, other='a\'b\n\\') }}", (Call("plural", "n", (("other", "a'b\n\\"),)),), id="escapes"
        ),
    ],
)
def test_only_what_can_be_put_together_is_taken_apart(wording: str, segments: tuple) -> None:
    """Calls over a name that stand alone are taken out; all else stays in the sentence."""
    assert split(wording) == segments


def test_calls_are_marked_by_what_they_count() -> None:
    """A mark names function and name; a second call over the same name has a number."""
    found = calls((TOWNS, " and ", TOWNS, Call("gender", "who", (("other", "x"),))))
    assert list(found) == ["{{ plural(n) }}", "{{ plural(n, 2) }}", "{{ gender(who) }}"]


def test_a_call_that_the_source_does_not_have_stays_written_out() -> None:
    """A translation may choose a form where its source needs none."""
    said, used = sentence(("a ", TOWNS, " b ", TOWNS), {"{{ plural(n) }}": TOWNS})
    assert said == 'a {{ plural(n) }} b {{ plural(n, one="a town", other="{} towns") }}'
    assert used == {"{{ plural(n) }}": TOWNS}
    assert marked(said) == ["{{ plural(n) }}"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        pytest.param("{{n}} {{  n }}", ["{{ n }}", "{{ n }}"], id="spaces"),
        pytest.param("{{ who|ltr }}", ["{{ who }}"], id="direction-is-the-language's"),
        pytest.param("{{ d | date(style='full  x') }}", ["{{ d | date(style='full  x') }}"], id="quoted-spaces-stay"),
        pytest.param("{% if n > 1 %}a{% endif %}", ["{% if n > 1 %}", "{% endif %}"], id="conditions"),
        pytest.param("{{ '}}' }}{{ n }}", ["{{ '}}' }}", "{{ n }}"], id="braces-in-quotes"),
        pytest.param("100 % {x} }} {{ open", [], id="loose-braces"),
    ],
)
def test_blocks_are_what_a_translation_must_keep(said: str, found: list[str]) -> None:
    """What stands between braces, however it is spaced."""
    assert blocks(said) == found


FORMS = st.text(st.sampled_from("ab\"'\\{}%#\n خسر٣é"), max_size=12)
CALLS = st.builds(
    Call,
    st.just("plural"),
    st.sampled_from(["n", "count_2"]),
    st.tuples(FORMS, FORMS, FORMS).map(lambda each: (("one", each[0]), ("two", each[1]), ("other", each[2]))),
)
WORDS = st.text(st.sampled_from("ab\"'\\%# \n خسر٣é"), min_size=1, max_size=12)


@given(st.lists(st.one_of(WORDS, CALLS), min_size=1, max_size=6))
def test_what_is_put_together_comes_apart_the_same(segments: list) -> None:
    """Any forms and words survive: taken apart, marked, filled and rendered."""
    wording = join(segments)
    found = split(wording)
    assert join(found) == wording
    marks = calls(found)
    said, used = sentence(found, marks)
    assert used == marks
    assert filled(said, marks) == wording
    if "{#" not in wording and "{%" not in wording and not wording.isspace():
        expected = "".join(
            each if isinstance(each, str) else dict(each.forms)["two"].replace("{}", "2") for each in segments
        )
        got = render(compiled(Format.TEXT, "wording", wording), "ar", {"n": 2, "count_2": 2})
        assert got.rstrip("\n") == expected.rstrip("\n")
