"""Thousands of broken documents: each is a complaint, at once, and never anything else."""

import gc
import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.documents.dump import to_yaml
from campaigns.documents.load import loads
from campaigns.documents.schema import Campaign
from campaigns.errors import Complaint, InvalidDocument
from tests.builders.documents import WHOLE, campaigns, sound

SLOWEST = 0.1  #: seconds of CPU that a small document may take
SOUND = to_yaml(Campaign.model_validate(sound()))
PIECES = (
    *"[]{}:,-?&*!|>'\"%@`#\t\n\0 ",
    *(
        "- ",
        "? ",
        ": ",
        "<<: ",
        "!!str ",
        "!x ",
        "&a ",
        "*a ",
        "---\n",
        "...\n",
        "{{ x }}",
        "{% if %}",
        "\ufeff",
        "\u2028",
    ),
    *("null", "~", ".nan", ".inf", "-.inf", "1e999", "0x10", "0o7", "99999999999999999999", "true", "no", "2027-13-45"),
    *("2027-03-28T02:30", "9999-12-31T23:59", "FREQ=SECONDLY", "FREQ=DAILY;COUNT=1;BYMONTHDAY=31;BYMONTH=2"),
    *("[" * 200, "{a: " * 200, "a: " * 50, "خسر داعش", "\U0001f600", "\x07", "\\0", "../../etc/passwd", "x" * 30_000),
)


def broken(source: random.Random) -> str:
    """Return the sound document with one to six pieces cut, doubled, moved or put in."""
    text = SOUND
    for _ in range(source.randint(1, 6)):
        at, to = sorted((source.randrange(len(text) + 1), source.randrange(len(text) + 1)))
        to = min(to, at + source.choice((1, 3, 40, 400)))
        match source.randrange(5):
            case 0:
                text = text[:at] + text[to:]
            case 1:
                text = text[:to] + text[at:to] + text[to:]
            case 2:
                text = text[:at] + source.choice(PIECES) + text[at:]
            case 3:
                text = text[:at] + source.choice(PIECES) + text[to:]
            case _:
                lines = text.split("\n")
                lines.insert(source.randrange(len(lines)), lines.pop(source.randrange(len(lines))))
                text = "\n".join(lines)
    return text


def said(text: str) -> list[Complaint]:
    """Return the complaints about *text*; none if it is a campaign."""
    try:
        loads(text, "c.yaml")
    except InvalidDocument as refused:
        return refused.complaints
    return []


def timed(text: str) -> tuple[list[Complaint], float]:
    """Return the complaints about *text*, and the seconds of CPU that they took."""
    gc.disable()
    try:
        began = time.process_time()
        return said(text), time.process_time() - began
    finally:
        gc.enable()


@pytest.mark.parametrize("seed", range(8))
def test_a_broken_document_is_complained_of_and_nothing_else(seed):
    """However a document is torn, what comes back is a campaign or an InvalidDocument whose places are real."""
    source = random.Random(seed)  # noqa: S311 (tearing paper needs no secrets)
    slowest, told = 0.0, 0
    for _ in range(400):
        text = broken(source)
        complaints, took = timed(text)
        if took > SLOWEST:  # neither a collection of what other tests left nor a busy machine is the text's fault
            took = min(timed(text)[1] for _ in range(8))
        slowest = max(slowest, took)
        told += bool(complaints)
        last = len(re.split(r"\r\n|[\r\n\x85\u2028\u2029]", text)) + 1
        assert all(0 <= each.where.line <= last and each.message for each in complaints)

    assert told > 200
    assert slowest < SLOWEST


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@settings(max_examples=500, deadline=None)
def test_any_text_at_all_is_complained_of(text):
    """No text makes the loader fail in any other way, and none of these is a campaign by chance."""
    assert said(text) != []


@given(campaigns())
@WHOLE
def test_what_the_schema_takes_the_references_judge(document):
    """References that lead nowhere and times that cannot be are complaints with a place, whatever else is said."""
    assert all(each.where.line for each in said(to_yaml(document)))
