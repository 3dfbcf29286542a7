"""Corrections: a release entry that supersedes an earlier one, and each way in which it cannot."""

import pytest

from campaigns.documents import references
from campaigns.documents.schema import Campaign
from scheduler.releases.expansion import releases
from scheduler.releases.identity import release_id
from tests.builders.documents import put, sound

CORRECTION = {
    "id": "put-right",
    "message": "lost-ground",
    "channels": ["fr-mastodon"],
    "at": "2027-01-13T09:00",
    "supersedes": "launch",
}
OTHER = {**sound()["channels"][0], "id": "fr-outbox", "kind": "outbox"}


def document(*changes: tuple[str, object], **entry: object) -> Campaign:
    """Return the sound document with a correction in it, *entry* changed, after *changes*."""
    data = put(sound(), "releases.2", {**CORRECTION, **entry})
    for road, value in changes:
        put(data, road, value)
    return Campaign.model_validate(data)


@pytest.mark.parametrize("named", ["launch", "reminder@20270126T183000"])
def test_a_correction_names_what_it_corrects(named):
    """It supersedes the release of that entry and occurrence, in each locale of each channel."""
    made = document(supersedes=named, at="2027-01-27T09:00")
    entry, _, occurrence = named.partition("@")
    found = {each.locale: each.supersedes for each in releases(made) if each.entry.id == "put-right"}

    assert references.check(made) == []
    assert found == {
        locale: release_id("raqqa-voices", entry, occurrence, locale, "fr-mastodon") for locale in ("fr-FR", "ar")
    }


def test_other_entries_correct_nothing():
    """What supersedes nothing says so, and its release is what it was before corrections were known."""
    assert {each.supersedes for each in releases(document()) if each.entry.id != "put-right"} == {None}


def test_a_locale_that_went_without_is_not_corrected():
    """Where the earlier release had no reader in a locale, there was nothing to correct in it."""
    other = {**sound()["messages"][0], "id": "in-arabic", "audiences": ["arabic"]}
    readers = {"id": "arabic", "locales": ["ar"], "timezone": "Europe/Paris"}
    made = document(("messages.1", other), ("audiences.1", readers), ("releases.0.message", "in-arabic"))

    assert {each.locale: bool(each.supersedes) for each in releases(made) if each.entry.id == "put-right"} == {
        "fr-FR": False,
        "ar": True,
    }


@pytest.mark.parametrize(
    ("entry", "changes", "place", "message"),
    [
        pytest.param({"supersedes": "lunch"}, [], "supersedes", "error: unknown release entry 'lunch'", id="unknown"),
        pytest.param({"supersedes": "put-right"}, [], "supersedes", "error: a release cannot correct itself", id="own"),
        pytest.param(
            {"repeat": "FREQ=DAILY;COUNT=2"}, [], "supersedes", "error: a correction goes out once", id="repeats"
        ),
        pytest.param(
            {"supersedes": "reminder", "at": "2027-03-01T09:00"},
            [],
            "supersedes",
            "error: 'reminder' repeats: say which occurrence",
            id="which-occurrence",
        ),
        pytest.param(
            {"supersedes": "reminder@20270120T183000", "at": "2027-03-01T09:00"},
            [],
            "supersedes",
            "error: 'reminder' repeats, and '20270120T183000' is none of its occurrences",
            id="no-occurrence",
        ),
        pytest.param(
            {"supersedes": "reminder@20270126T183000", "at": "2027-03-01T09:00"},
            [("releases.1.exdate", ["2027-01-26T18:30"])],
            "supersedes",
            "error: 'reminder' repeats, and '20270126T183000' is none of its occurrences",
            id="left-out",
        ),
        pytest.param(
            {"supersedes": "launch@20270112T183000"},
            [],
            "supersedes",
            "error: 'launch' does not repeat, so it has no occurrence '20270112T183000'",
            id="occurrence-of-one",
        ),
        pytest.param(
            {"at": "2027-01-12T18:30"}, [], "at", "error: it goes out at 2027-01-12T18:30, which is not after", id="now"
        ),
        pytest.param(
            {"at": "2027-01-12T19:00", "zone": "Asia/Baghdad"},
            [],
            "at",
            "error: it goes out at 2027-01-12T19:00, which is not after",
            id="before-by-another-clock",
        ),
        pytest.param(
            {"channels": ["fr-mastodon", "fr-outbox"]},
            [("channels.1", OTHER)],
            "channels.1",
            "error: 'launch' does not go out on channel 'fr-outbox'",
            id="another-channel",
        ),
        pytest.param(
            {},
            [("channels.1", OTHER), ("releases.0.channels.1", "fr-outbox")],
            "supersedes",
            "warning: 'launch' stays uncorrected on fr-outbox",
            id="left-uncorrected",
        ),
    ],
)
def test_what_cannot_be_a_correction(entry, changes, place, message):
    """It is told at its key, with a cure."""
    [found] = [each for each in references.check(document(*changes, **entry)) if each.loc[:2] == ("releases", 2)]

    assert (".".join(map(str, found.loc[2:])), found.hint != "") == (place, True)
    assert f"{found.severity}: {found.message}".startswith(message)


def test_corrections_never_run_in_a_circle():
    """Two entries cannot correct each other: one of them would have to go out before itself."""
    made = document(("releases.0.supersedes", "put-right"))

    assert [each.loc for each in references.check(made)] == [("releases", 0, "at")]
