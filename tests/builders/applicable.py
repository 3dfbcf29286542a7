"""Generated campaigns that can be applied: those of `documents`, their references led to where something is."""

from datetime import date, timedelta
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from campaigns.documents import references, schema
from tests.builders import documents

FIRST = date(2027, 1, 11)  #: the day on which each of them starts
#: Keys that mean something only together with others, which a generator would have to guess.
_ALONE = ("theory_of_change", "spend_approvals", "studies")


@st.composite
def applicable(draw: st.DrawFn, name: str = "one") -> schema.Campaign:
    """Return a campaign about which there may be warnings and no error; each run leads another one there."""
    data = draw(documents.campaigns(name)).model_dump(mode="json", by_alias=True)
    for key in _ALONE:
        data[key] = []
    audiences, partners = [each["id"] for each in data["audiences"]], list(data["partners"])
    tags = sorted({tag for each in data["audiences"] for tag in each["locales"]})
    channels = [each["id"] for each in data["channels"]]
    for each in data["audiences"]:
        each.update(name={}, insight=None)  # any prose may look like somebody's address
    for each in data["partners"].values():
        each.update(name=draw(_names), help=draw(_names))
    for each in data["channels"]:
        each.update(kind="outbox", issuer=draw(st.sampled_from(partners)), locales=tags, options={}, quiet=None)
        each["pace"] = each["pace"] and "1000/d"
    _speakers(data, tags, partners)
    messages = [_message(draw, each, data, tags, audiences) for each in data["messages"]]
    data["releases"] = [_entry(draw, each, messages, channels) for each in data["releases"]]
    _plan_around(data, partners, messages)
    data["title"] = draw(_names)
    document = schema.Campaign.model_validate({**data, "zone": "Europe/Paris"})
    assume(all(fault.severity == "warning" for fault in references.check(document)))
    return document


def _speakers(data: dict[str, Any], tags: list[str], partners: list[str]) -> None:
    """Let messengers be named in every locale, and narratives be answered."""
    for each in data["messengers"]:
        said = dict.fromkeys(tags, "Funded by, financé par")
        each.update(funded_by=partners[:1], disclosure=said, name=said)
    for each in data["narratives"]:
        each["decision"] = "respond"


def _plan_around(data: dict[str, Any], partners: list[str], messages: list[str]) -> None:
    """Lead what stands around the messages: blackouts, objectives, tests, money, the watch, handling."""
    for each in data["blackouts"]:
        each.update(partner=partners[-1], exceptions=[])
    for objective in data["objectives"]:
        for kpi in objective["kpis"]:
            kpi.update(audience=None, audiences=[], channel=None, message=None, locale=None, unit="count")
    for each in data["pretests"]:
        each.update(messages=messages[:1], audience=None, verdict="use")
    for each in data["budget"]:
        each.update(partner=partners[0], channel=data["channels"][0]["id"])
    if data["backfire"]:
        data["backfire"]["audiences"] = [each["id"] for each in data["audiences"]]
    if data["handling"]:
        data["handling"]["embargo"] = None


def _message(
    draw: st.DrawFn, data: dict[str, Any], campaign: dict[str, Any], tags: list[str], audiences: list[str]
) -> str:
    """Lead message *data*, and return its id."""
    words = {tag: draw(_words) for tag in tags}
    data.update(audiences=audiences, wording=words, waive=[], link=draw(_links))
    data.update(values={"n": draw(st.integers(0, 99) | st.floats(0, 1e6))}, headline=dict.fromkeys(tags, "Raqqa"))
    data["variants"] = {letter: {"wording": words} for letter in data["variants"]}
    for key, noun in (("counters", "narratives"), ("messenger", "messengers")):
        known = [each["id"] for each in campaign[noun]]
        data[key] = draw(st.sampled_from([None, *known]))
    return str(data["id"])


def _entry(draw: st.DrawFn, data: dict[str, Any], messages: list[str], channels: list[str]) -> dict[str, Any]:
    day = FIRST + timedelta(days=draw(st.integers(1, 40)))
    at = f"{day}T{draw(st.integers(0, 23)):02}:30:00"
    free = dict.fromkeys(("zone", "fold", "until", "not_before", "not_after", "supersedes"))
    where = draw(st.lists(st.sampled_from(channels), min_size=1, unique=True))
    what = draw(st.sampled_from(messages))
    more = {"exdate": [], "variant": None, "under_embargo": False}
    return {**data, **free, **more, "at": at, "message": what, "channels": where}


#: What readers see is of letters that a channel carries; everything else is any text at all.
_names = st.sampled_from([{}, {"fr-FR": "L'État", "ar": "الدولة"}, {"en-GB": "The State: no. 1"}])
_words = st.sampled_from(["Daesh has lost {{ n }} villages.", "خسر داعش {{ n }} قرية", "- a\n# b: '{{ n }}'"])
_links = st.sampled_from([None, "https://example.org/daesh"])
