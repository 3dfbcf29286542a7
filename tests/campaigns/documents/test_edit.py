# ruff: noqa: E501, RUF001 (a manner of writing is one line; other alphabets are the cases)
"""Texts put into files that people wrote: nothing else changes, in whatever manner the file is written."""

import re

import pytest
import ruamel.yaml
from hypothesis import given
from hypothesis import strategies as st

from campaigns.documents import yaml_data
from campaigns.documents.edit import edited
from campaigns.documents.faults import Loc
from campaigns.documents.positions import Places
from campaigns.errors import InvalidDocument

WORDING: Loc = ("messages", 0, "wording")
NEW = "Une phrase, avec « guillemets » : 95 %."

#: Every manner of writing that people have; `#1` to `#9` are comments that must stay.
MANNERS = {
    "plain": "messages: #1\n  - id: a\n    wording:  # 2\n      en-GB: Hello there  #3\n      fr-FR: Bonjour #4\n    #5\n",
    "quoted": "messages:\n  - id: a\n    wording:\n      en-GB: \"Hello\" #1\n      fr-FR: 'Bon''jour' #2\n#3\nowner: me\n",
    "folded": "messages:\n  - id: a\n    wording:\n      en-GB: >- #1\n        Hello\n        there.\n\n      #2\n      fr-FR: >-\n"
    "        Bonjour\n        à tous.\n\n    # 3\n  - id: b\n    wording: {en-GB: x}\n",
    "literal": "messages:\n-   id: a\n    wording:\n        en-GB: |\n            Hello\n\n            there.\n"
    "        fr-FR: |+ #1\n            Bonjour\n\n\n    #2\n    link: x\n",
    "brackets": "messages:\n- {id: a, wording: {en-GB: Hello,  #1\n    fr-FR: Bonjour},   #2\n   link: x} #3\n",
    "brackets-on-lines": "messages: [\n  {id: a,\n   wording: {\n     en-GB: 'Hello', #1\n     fr-FR: \"Bon\n       jour\", #2\n   }},\n]\n",
    "lines-without-quotes": "messages:\n  - id: a\n    wording:\n      en-GB: Hello\n        there\n      fr-FR: Bonjour\n        à tous\n",
    "json": '{"messages": [{"id": "a", "wording": {"en-GB": "Hello", "fr-FR": "Bonjour"}}]}',
    "no-last-break": "messages:\n  - id: a\n    wording:\n      en-GB: Hello\n      fr-FR: Bonjour",
    "windows": "messages: #1\r\n  - id: a\r\n    wording:\r\n      en-GB: >-\r\n        Hello\r\n        you\r\n      fr-FR: >-\r\n"
    "        Bonjour\r\n        vous\r\n    #2\r\n",
    "anchored": "messages:\n  - id: a\n    wording:\n      en-GB: &hello Hello\n      fr-FR: &bonjour >-\n        Bonjour\n",
    "arabic": "messages:\n  - id: a\n    wording:\n      ar: خسر داعش أرضه #1\n      en-GB: Hello\n      fr-FR: 'Bonjour' #2\n",
}
_CHANGING = r"Hello|there|you|Bon|jour|tous|vous|: \|"
TEXTS = st.text(
    st.one_of(
        st.sampled_from(" \n\"'\\%#:,{}[]|>&*!-?@`~.…«»\xa0\u200f\u2066\u2069\u2028\ufeff\t"),
        st.sampled_from("aéñ0٣خسرداعش🇬🇧"),
    ),
    min_size=1,
    max_size=60,
)


def data(text: str) -> dict:
    return yaml_data.data(Places(text, "c.yaml"))


def comments(text: str) -> list[str]:
    """Return the comments of *text*, as another reader of YAML finds them."""
    tokens = ruamel.yaml.YAML(typ="rt").scan(text)
    found = []
    for token in tokens:
        for attached in (token.comment or ()) if hasattr(token, "comment") else ():
            for each in attached if isinstance(attached, list) else [attached]:
                found += re.findall(r"#[^\r\n]*", each.value if hasattr(each, "value") else str(each or ""))
    return sorted(found)


@pytest.mark.parametrize("locale", ["fr-FR", "en-GB"])
@pytest.mark.parametrize("manner", MANNERS)
def test_a_text_is_replaced_and_nothing_else(manner: str, locale: str) -> None:
    """Only the lines of the text that is replaced change; comments, order and other values stay."""
    text = MANNERS[manner]
    made = edited(text, "c.yaml", {(*WORDING, locale): NEW})

    wanted = data(text)
    wanted["messages"][0]["wording"][locale] = NEW
    assert data(made) == wanted
    assert list(data(made)["messages"][0]["wording"]) == list(data(text)["messages"][0]["wording"])
    assert comments(made) == comments(text)
    untouched = [line for line in text.splitlines() if not re.search(_CHANGING, line)]
    assert [line for line in untouched if line.strip() and line not in made.splitlines()] == []


@pytest.mark.parametrize("manner", MANNERS)
def test_a_language_is_added_behind_the_others(manner: str) -> None:
    """A text that was not there is written as its neighbour is, behind it; every line before stays."""
    text = MANNERS[manner]
    made = edited(text, "c.yaml", {("messages", 0, "translated", "tr", "wording"): "en-GB/a/b", (*WORDING, "tr"): NEW})

    wanted = data(text)
    wanted["messages"][0]["wording"]["tr"] = NEW
    wanted["messages"][0]["translated"] = {"tr": {"wording": "en-GB/a/b"}}
    assert data(made) == wanted
    assert comments(made) == comments(text)
    if manner not in {"brackets", "brackets-on-lines", "json"}:
        kept = [line for line in text.splitlines() if line.strip()]
        lines = made.splitlines()
        assert [line for line in lines if line in kept] == kept


def test_files_of_windows_keep_their_line_breaks() -> None:
    """Every line of a file with CRLF ends so afterwards too."""
    made = edited(MANNERS["windows"], "c.yaml", {(*WORDING, "fr-FR"): "Salut.", (*WORDING, "tr"): "Merhaba"})
    assert "\n" not in made.replace("\r\n", "")


@pytest.mark.parametrize("manner", ["plain", "quoted", "folded", "literal"])
def test_the_manner_of_writing_stays(manner: str) -> None:
    """What was folded, quoted or bare is so afterwards, where the new text may be."""
    before = {"plain": "fr-FR: Sa", "quoted": "fr-FR: 'Sa", "folded": "fr-FR: >-\n", "literal": "fr-FR: |- #1\n"}
    made = edited(MANNERS[manner], "c.yaml", {(*WORDING, "fr-FR"): "Salut, toi"})
    assert before[manner] in made


@given(TEXTS, TEXTS, st.sampled_from(sorted(MANNERS)))
def test_any_text_fits_into_any_manner(first: str, second: str, manner: str) -> None:
    """Whatever a translator writes comes back letter by letter, and the rest of the file with it."""
    made = edited(MANNERS[manner], "c.yaml", {(*WORDING, "fr-FR"): first, (*WORDING, "tr"): second})
    wanted = data(MANNERS[manner])
    wanted["messages"][0]["wording"] |= {"fr-FR": first, "tr": second}
    assert data(made) == wanted
    assert comments(made) == comments(MANNERS[manner])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: &w {en-GB: x}\nmessages:\n  - wording: *w\n", id="alias-of-a-mapping"),
        pytest.param("a: &w x\nmessages:\n  - wording: {fr-FR: *w}\n", id="alias-of-a-text"),
        pytest.param("messages:\n  - wording: x\n", id="no-mapping"),
    ],
)
def test_what_would_change_something_else_is_refused(text: str) -> None:
    """A text that other places share is not changed for all of them in silence."""
    with pytest.raises(InvalidDocument) as caught:
        edited(text, "c.yaml", {(*WORDING, "fr-FR"): NEW})
    assert caught.value.where is not None
    assert caught.value.where.line > 0
