"""The names a wording asks for, held against the template engine's own reading."""

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import meta

from campaigns.documents.placeholders import names

ENGINE = jinja2.Environment()  # noqa: S701 (it only parses)


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        pytest.param("Daesh lost its ground.", set(), id="none"),
        pytest.param("{{ partners }} partners", {"partners"}, id="one"),
        pytest.param("{{a}}{{-b-}}", {"a", "b"}, id="tight"),
        pytest.param("{{ a | number }} {{ b|date('long') }}", {"a", "b"}, id="filters-are-not-names"),
        pytest.param("{{ plural(count, one='partner', other=many) }}", {"count", "many"}, id="calls-and-keywords"),
        pytest.param(
            "{% if a > 3 and not b %}x{% elif c is defined %}y{% else %}{{ d }}{% endif %}",
            {"a", "b", "c", "d"},
            id="conditions",
        ),
        pytest.param("{% if a is not none %}x{% endif %}", {"a"}, id="tests-are-not-names"),
        pytest.param("{{ 'a }} b' }} {{ \"it's\" ~ c }}", {"c"}, id="text-is-not-names"),
        pytest.param("{# {{ a }} #}{{ b }}", {"b"}, id="comments"),
        pytest.param("{{ a.b.c }}", {"a"}, id="fields"),
        pytest.param("{{ a if b else c }}", {"a", "b", "c"}, id="inline-if"),
        pytest.param("{ a } {{ }} {% %} }} {{", set(), id="broken"),
        pytest.param("{{ عدد }}", {"عدد"}, id="arabic"),
    ],
)
def test_names_of_a_wording(wording, expected):
    """Free names are values; filters, tests, calls, keywords, fields and text are not."""
    assert names(wording) == expected


_name = st.sampled_from(["count", "place", "n1", "is_open", "notion", "order"])
_atom = _name | st.sampled_from(["'count'", '"x"', "3", "1.5", "true", "count.place"])
_expression = st.recursive(
    _atom,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["upper", "default('count')"])).map(" | ".join).map("({})".format),
        st.tuples(inner, inner).map(" and ".join).map("({})".format),
        st.tuples(inner, inner).map(" == ".join).map("({})".format),
        inner.map("(not {})".format),
        inner.map("(({}) is defined)".format),
        inner.map("(({}) is not none)".format),
        st.tuples(inner, inner, inner).map(lambda three: "({} if {} else {})".format(*three)),
    ),
    max_leaves=6,
)
_piece = st.one_of(
    st.sampled_from(["Daesh ", "{ ", "100 % ", "خسر "]),
    _expression.map("{{{{ {} }}}}".format),
    _expression.map("{{% if {} %}}x{{% endif %}}".format),
)


@given(st.lists(_piece, max_size=5).map("".join))
@settings(deadline=None)
def test_the_tokenizer_agrees_with_the_engine(wording):
    """For every sound template, the names are those that the engine would ask for."""
    assert names(wording) == meta.find_undeclared_variables(ENGINE.parse(wording))
