"""What is wrong between documents: one id for two things, and learning that is carried from where it never was."""

from collections.abc import Iterator, Sequence

from campaigns.documents.faults import Fault, Loc, nearest, one_of
from campaigns.documents.positions import Places
from campaigns.documents.schema import Audience, Campaign, Channel

Parsed = tuple[Campaign, Places]
Site = tuple[Places, Loc]


def clashes(parsed: Sequence[Parsed]) -> dict[str, list[Fault]]:
    """Return by campaign file what it says against another one. Each clash is told at both places."""
    found: dict[str, list[Fault]] = {}
    campaigns: dict[str, Parsed] = {}
    for document, places in parsed:
        name = document.campaign
        _, first = campaigns.setdefault(name, (document, places))
        if first is not places:
            message, hint = f"campaign '{name}' is written at", "one file holds one campaign: rename one of them"
            _tell(found, (first, ("campaign",)), (places, ("campaign",)), Fault((), message, hint))
    hint = "the workspace shares its channels: make both the same, or rename one"
    _agree(found, parsed, "channels", Fault((), "", hint))
    hint = "if they are the same people, write them once and include that file; if not, rename one"
    _agree(found, parsed, "audiences", Fault((), "", hint, "warning"))
    for document, places in parsed:
        found.setdefault(places.file, []).extend(_carried(document, campaigns))
    return found


def _agree(found: dict[str, list[Fault]], parsed: Sequence[Parsed], key: str, words: Fault) -> None:
    """Tell of nouns under *key* that two campaigns define otherwise under one id."""
    known: dict[str, tuple[Channel | Audience, Site]] = {}
    for document, places in parsed:
        for number, noun in enumerate(getattr(document, key)):
            site: Site = (places, (key, number))
            first, owner = known.setdefault(noun.id, (noun, site))
            if owner[0] is not places and first != noun:
                differing = ", ".join(_differing(first, noun))
                message = f"{key[:-1]} '{noun.id}' is defined otherwise ({differing}) at"
                _tell(found, owner, site, words._replace(message=message))


def _differing(one: Channel | Audience, two: Channel | Audience) -> Iterator[str]:
    return (each for each in type(one).model_fields if getattr(one, each) != getattr(two, each))


def _tell(found: dict[str, list[Fault]], one: Site, two: Site, words: Fault) -> None:
    for (here, loc), (other, there) in ((one, two), (two, one)):
        place = other.where(there) if words.severity == "error" else other.near(there)
        fault = Fault(loc, f"{words.message} {place} too", words.hint, words.severity)
        found.setdefault(here.file, []).append(fault)


def _carried(document: Campaign, campaigns: dict[str, Parsed]) -> Iterator[Fault]:
    """Find learning that is carried from the campaign itself, or that a campaign at hand does not have."""
    for number, carried in enumerate(document.carries):
        loc: Loc = ("carries", number)
        if carried.learnt_by == document.campaign:
            hint = "name the campaign that learnt it; what this one learns stands under learning:"
            yield Fault((*loc, "campaign"), f"campaign '{document.campaign}' carries from itself", hint)
        elif carried.learnt_by in campaigns:
            learnt = [each.id for each in campaigns[carried.learnt_by][0].learning]
            if carried.learning not in learnt:
                hint = nearest(carried.learning, learnt) or (
                    f"known there: {one_of(learnt)}" if learnt else "write it there, under learning:"
                )
                said = f"campaign '{carried.learnt_by}' has no learning '{carried.learning}'"
                yield Fault((*loc, "learning"), said, hint)
