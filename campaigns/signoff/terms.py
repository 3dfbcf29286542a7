"""
What the partners agreed in words of our own: the field `cordiale` of targets.json, read strictly, in this place alone.

    rehearsal_only, persons, channels    always there
    expires                              keyid -> from when on a key signs nothing; may be absent
    urgent                               what one partner may let out alone (`urgent`); may be absent

A field that is absent stays absent in the bytes that are signed, so that files from before it was invented keep
verifying. To add an optional field: a line in `Terms` with what its absence means, a function that reads it or
refuses, and a line in `_OPTIONAL`. Present but empty is refused there, so that one meaning has one spelling.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from campaigns import clock
from campaigns.errors import NotTrusted
from campaigns.signoff import persons
from campaigns.signoff.trust_files import OPERATORS, RESTORE, Channels, DeclaredChannel
from campaigns.signoff.urgent import LONGEST, MOST, UrgentRule

_REQUIRED = frozenset({"rehearsal_only", "persons", "channels"})


@dataclass(frozen=True)
class Known:
    """What the rest of the file says, against which our own fields are read."""

    partners: tuple[str, ...]
    holders: Mapping[str, str]  #: keyid -> the partner that it signs for, or `operators`


@dataclass(frozen=True)
class Terms:
    """Our own fields of a trust file. Optional ones have the value that their absence means."""

    rehearsal_only: bool  #: publishes to loopback and files alone
    persons: Mapping[str, str]  #: keyid -> name
    channels: Channels
    expires: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))  #: keyid -> its end
    urgent: tuple[UrgentRule, ...] = ()  #: absent: nothing goes out without everybody


def read(own: Any, known: Known) -> Terms:
    """
    Return what *own* says.

    Raises:
        NotTrusted: If a field is missing, unknown, or says what cannot be.
    """
    if (
        not isinstance(own, dict)
        or not _REQUIRED <= own.keys() <= _REQUIRED | _OPTIONAL.keys()
        or not isinstance(own["rehearsal_only"], bool)
    ):
        message = (
            "The trust file does not say who its persons are, which channels are agreed and whether it is a rehearsal,"
            " or says more than this version of Cordiale understands."
        )
        raise NotTrusted(message, f"Use the version of Cordiale that wrote it. {RESTORE}")
    return Terms(
        rehearsal_only=own["rehearsal_only"],
        persons=_persons(own["persons"], known.holders),
        channels=_channels(own["channels"], known.partners, rehearsal_only=own["rehearsal_only"]),
        **{name: _OPTIONAL[name](own[name], known) for name in sorted(own.keys() - _REQUIRED)},
    )


def _persons(listed: Any, holders: Mapping[str, str]) -> dict[str, str]:
    if not isinstance(listed, dict) or listed.keys() != holders.keys():
        message = "The trust file does not name the person of every key, and of no other."
        raise NotTrusted(message, RESTORE)
    speaks_for: dict[str, str] = {}
    for keyid, name in listed.items():
        if not isinstance(name, str) or not name.strip():
            message = f"The key {keyid[:12]} belongs to a person without a name."
            raise NotTrusted(message, RESTORE)
        person, holder = persons.folded(name), holders[keyid]
        other = speaks_for.setdefault(person, holder)
        if other == holder:
            continue
        if OPERATORS in {other, holder}:
            partner = holder if other == OPERATORS else other
            message = f"{name} holds keys of the operators and of {partner}."
            raise NotTrusted(message, "Who runs the machine approves for no partner; another person does one of them.")
        message = f"{name} holds keys of two partners, {other} and {holder}."
        raise NotTrusted(message, "Nobody approves for two partners; another person signs for one of them.")
    return listed


def _channels(listed: Any, partners: tuple[str, ...], *, rehearsal_only: bool) -> Channels:
    if listed == "*" and rehearsal_only:
        return "*"
    if not isinstance(listed, list):
        message = "The trust file agrees to every channel, which only a rehearsal may."
        raise NotTrusted(message, "Name the channels with `cordiale trust declare PATH`.")
    channels: dict[str, DeclaredChannel] = {}
    for each in listed:
        wanted = {"id", "kind", "account", "issuer", "server"}
        if not isinstance(each, dict) or each.keys() != wanted:
            message = "The trust file lists a channel without exactly id, kind, account, issuer and server."
            raise NotTrusted(message, RESTORE)
        texts = [value for name, value in each.items() if name != "server" or value is not None]
        if not all(isinstance(value, str) and value for value in texts):
            message = f"The trust file lists the channel {each['id']!r} with something else than text."
            raise NotTrusted(message, RESTORE)
        channel = DeclaredChannel(**each)
        if channels.setdefault(channel.id, channel) is not channel:
            message = f"The trust file lists the channel {channel.id} twice."
            raise NotTrusted(message, "Declare it once: all partners sign a version that names it once.")
        if channel.issuer not in partners:
            message = f"The channel {channel.id} is issued by {channel.issuer}, who is no partner of the trust file."
            raise NotTrusted(message, f"Its issuer is one of {', '.join(partners)}.")
    return frozenset(channels.values())


def _expires(listed: Any, known: Known) -> dict[str, datetime]:
    """Read the end of single keys: keyid -> instant, spelled as `clock.iso` does."""
    if not isinstance(listed, dict) or not listed or not listed.keys() <= known.holders.keys():
        message = "The trust file ends keys that it does not hold."
        raise NotTrusted(message, RESTORE)
    return {keyid: _instant(text, f"The end of the key {keyid[:12]}") for keyid, text in listed.items()}


_RULE = {"id", "partners", "kinds", "channels", "minutes", "open"}


def _urgent(listed: Any, known: Known) -> tuple[UrgentRule, ...]:
    """Read the urgent rules, each with exactly its fields, ids in order and told apart."""
    if not isinstance(listed, list) or not listed:
        message = "The trust file has urgent rules, and none of them."
        raise NotTrusted(message, RESTORE)
    return tuple(_rule(each, known) for each in listed if _first_of_its_name(each, listed))


def _first_of_its_name(rule: Any, listed: list[Any]) -> bool:
    if not isinstance(rule, dict) or rule.keys() != _RULE or not isinstance(rule["id"], str) or not rule["id"]:
        message = f"An urgent rule of the trust file does not have exactly the fields {', '.join(sorted(_RULE))}."
        raise NotTrusted(message, _AGREE)
    if [each for each in listed if isinstance(each, dict) and each.get("id") == rule["id"]] != [rule]:
        message = f"The trust file has two urgent rules called {rule['id']}."
        raise NotTrusted(message, _AGREE)
    return True


def _rule(rule: dict[str, Any], known: Known) -> UrgentRule:
    name = rule["id"]
    for field_ in ("partners", "kinds", "channels"):
        texts = rule[field_]
        if not isinstance(texts, list) or not texts or not all(isinstance(each, str) and each for each in texts):
            message = f"The urgent rule {name} lists no {field_}."
            raise NotTrusted(message, _AGREE)
    for partner in rule["partners"]:
        if partner not in known.partners:
            message = f"The urgent rule {name} lets {partner} act, who is no partner of the trust file."
            raise NotTrusted(message, f"The partners are {', '.join(known.partners)}.")
    for field_, most in (("minutes", LONGEST), ("open", MOST)):
        if type(rule[field_]) is not int or not 1 <= rule[field_] <= most:
            message = f"The urgent rule {name} says {field_}: {rule[field_]!r}, which is not from 1 to {most}."
            raise NotTrusted(message, _AGREE)
    return UrgentRule(
        name,
        tuple(rule["partners"]),
        tuple(rule["kinds"]),
        tuple(rule["channels"]),
        rule["minutes"],
        rule["open"],
    )


_AGREE = "Write it again with `cordiale urgent agree FILE`; every partner signs it."


def _instant(text: Any, what: str) -> datetime:
    try:
        found = clock.parse_iso(text)
        if clock.iso(found) != text:
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
    except (ValueError, TypeError, AttributeError):
        message = f"{what} is not an instant as we spell one: {text!r}."
        raise NotTrusted(message, "Write it as 2027-04-30T00:00:00Z.") from None
    return found


#: Each optional field, and what reads it.
_OPTIONAL: dict[str, Callable[[Any, Known], Any]] = {
    "expires": _expires,
    "urgent": _urgent,
}
