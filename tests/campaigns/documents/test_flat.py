"""The proof that brackets do not nest deep, held against the parser of PyYAML."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.documents import flat
from campaigns.documents.dump import to_yaml
from tests.builders.documents import WHOLE, campaigns

PIECES = (
    *(
        "{",
        "}",
        "[",
        "]",
        "{{",
        "}}",
        '"',
        "'",
        "#",
        " #",
        " ",
        "\n",
        "\n  ",
        "\n- ",
        "- ",
        "? ",
        "---",
        "...",
        "\t",
        "\\",
    ),
    *(
        "x",
        "a: ",
        "{a: ",
        "b, ",
        ": ",
        ":",
        ",",
        ", ",
        "|",
        ">",
        "|\n ",
        "it's",
        "''",
        '""',
        '"x"',
        "'y'",
        ':"',
        "?'",
        "\r\n",
    ),
)


def every_line(text: str, levels: int = flat.LEVELS) -> bool:
    """Return whether it is proved of *text*."""
    return flat.every_line(text, text.encode("utf-8", "surrogatepass"), levels)


def deepest(text: str) -> int:
    """Return how deep brackets nest in *text*, up to where it stops being YAML."""
    open_: list[bool] = []
    deep = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                # A pair in a list, [a: b] or [? a], is a mapping without brackets of its own.
                open_.append(event.flow_style and text[event.start_mark.index : event.end_mark.index] in {"[", "{"})
                deep = max(deep, sum(open_))
            elif isinstance(event, yaml.CollectionEndEvent):
                open_.pop()
    except yaml.YAMLError:
        return deep
    return deep


@given(st.lists(st.sampled_from(PIECES), min_size=2, max_size=24).map("".join))
@settings(max_examples=1000, deadline=None)
def test_what_is_proved_is_so(text):
    """No text nests deeper than what was proved of it, whatever stands in quotes, comments and plain text."""
    assert not every_line(text, 1) or deepest(text) <= 1


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("""{a: {a: "}", b: ["]", c""", id="closed-in-double-quotes"),
        pytest.param("""{a: '}', b: {a: '}', b:""", id="closed-in-single-quotes"),
        pytest.param("""- [ # ]""", id="closed-in-a-comment"),
        pytest.param("""a [ 'x: [[[['""", id="a-quote-in-a-plain-key"),
        pytest.param(""""x: [ 'y": [[[[ ' ]""", id="a-quote-in-a-quoted-key"),
        pytest.param("""{a 'x: {b: {c: '}""", id="a-quote-in-plain-text"),
        pytest.param("""--- [[ ' ]] '""", id="after-a-document-mark"),
        pytest.param("""b: [""", id="not-closed"),
        pytest.param("""'a: '[""", id="after-a-quoted-key"),
        pytest.param("""it's: [[ '""", id="between-apostrophes"),
        pytest.param("""a ][: [[""", id="closed-in-a-plain-key"),
        pytest.param("""b: [[[]]]""", id="too-deep"),
    ],
)
def test_what_could_hide_depth_is_not_proved(line):
    """A bracket that is not surely closed in its line is left to the reader that knows."""
    assert not every_line(f"x: y\n{line}\n", 2)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(
            """- {id: m1, audiences: [readers], wording: {en-GB: "Daesh's {{ n }} claims: no [one]"}}""", id="item"
        ),
        pytest.param("""fr-FR: L'État n'oublie pas {{ n }} villages.""", id="plain-text"),
        pytest.param("""    "quoted {": 'it''s {{ n }}' # why {""", id="quoted"),
        pytest.param("""- - {a: b}""", id="list-in-a-list"),
        pytest.param("""[a]: [b, {c: d}]""", id="brackets-in-a-key"),
        pytest.param("""it's: [b] and that's all""", id="plain-between-apostrophes"),
        pytest.param("""link: https://example.org/#{x}""", id="link"),
        pytest.param("""a: {"b":"c", d: e:f, g: -1, h: L'État}""", id="json-like"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_people_write_is_proved(line):
    """Ordinary lines never send a document the slow way."""
    assert every_line(f"x: y\n{line}\r\n{line}")


@given(campaigns())
@WHOLE
def test_what_we_write_is_proved_or_harmless(document):
    """Our own YAML never nests deeper than what is proved of it."""
    text = to_yaml(document)

    assert not every_line(text, 3) or deepest(text) <= 3
