"""When releases may go out, as far as the document alone can say."""

import pytest

from campaigns.documents import timing
from campaigns.documents.dump import to_yaml
from campaigns.documents.load import loads
from campaigns.documents.schema import Campaign
from campaigns.errors import InvalidDocument
from tests.builders.documents import put, sound

PARIS = "Europe/Paris"
EMBARGO = ("handling", {"embargo": {"until": "2027-01-12T18:30", "zone": PARIS}})
UNDER = ("releases.0.under_embargo", True)
RESERVE = "blackouts.0.exceptions"
LEAVE = {"releases": ["launch"], "authorised_by": "SIG duty director", "because": "a crisis line"}
AUDIENCE = {"id": "young-iq", "locales": ["ar"], "timezone": "Asia/Baghdad"}


def faults(*changes: tuple[str, object]) -> list[tuple[str, str, str]]:
    """Return place, words and cure of each fault in the times of the sound document after *changes*."""
    data = sound()
    for road, value in changes:
        put(data, road, value)
    found = timing.check(Campaign.model_validate(data))
    return [(".".join(map(str, each.loc)), f"{each.severity}: {each.message}", each.hint) for each in found]


def quiet(start: str, end: str, zone: str = PARIS) -> tuple[str, object]:
    return ("channels.0.quiet", {"from": start, "to": end, "zone": zone})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param([], [], id="a-sound-document"),
        # exdate
        pytest.param([("releases.1.exdate", ["2027-01-26T18:30"])], [], id="exdate-of-an-occurrence"),
        pytest.param(
            [("releases.1.exdate", ["2027-01-26T18:30", "2027-01-27T18:30"])],
            [
                (
                    "releases.1.exdate.1",
                    "error: exdate 2027-01-27T18:30 is not an occurrence of FREQ=WEEKLY;COUNT=4.",
                    "Occurrences around it are 2027-01-19T18:30, 2027-01-26T18:30, 2027-02-02T18:30, 2027-02-09T18:30.",
                )
            ],
            id="exdate-of-no-occurrence",
        ),
        pytest.param(
            [
                ("releases.1.repeat", "FREQ=WEEKLY;COUNT=2"),
                ("releases.1.exdate", ["2027-01-19T18:30", "2027-01-26T18:30"]),
            ],
            [
                (
                    "releases.1.exdate",
                    "error: exdate leaves out every occurrence.",
                    "Remove the release entry instead.",
                )
            ],
            id="exdate-of-all",
        ),
        pytest.param(
            [("releases.0.exdate", ["2027-01-12T18:30"])],
            [
                (
                    "releases.0.exdate",
                    "error: exdate leaves out occurrences of a repeat, and this release has none.",
                    "Remove exdate, or add repeat:.",
                )
            ],
            id="exdate-without-repeat",
        ),
        pytest.param(
            [
                ("ends", "2027-02-05"),
                ("releases.1.repeat", "FREQ=WEEKLY;COUNT=4"),
                ("releases.1.exdate", ["2027-02-09T18:30"]),
            ],
            [],
            id="exdate-takes-out-what-came-after-the-campaign",
        ),
        pytest.param(
            [
                ("ends", "2027-12-01"),
                ("releases.1.at", "2027-03-27T02:30"),
                ("releases.1.repeat", "FREQ=DAILY;COUNT=3"),
                ("releases.1.exdate", ["2027-03-28T02:30"]),
            ],
            [
                (
                    "releases.1.at",
                    "warning: goes out at night in Europe/Paris",
                    "move it to between 07:00 and 22:00 there",
                )
            ],
            id="exdate-of-a-time-that-does-not-exist",
        ),
        # not_before and until
        pytest.param([("releases.0.not_before", "2027-01-12T18:30")], [], id="not-before-is-at"),
        pytest.param(
            [("releases.0.not_before", "2027-01-12T18:31")],
            [("releases.0.at", "error: at (2027-01-12T18:30) comes before not_before (2027-01-12T18:31)", ...)],
            id="not-before-a-minute-after-at",
        ),
        pytest.param(
            [("releases.1.not_before", "2027-01-20T00:00")],
            [("releases.1.at", "error: at (2027-01-19T18:30) comes before not_before (2027-01-20T00:00)", ...)],
            id="not-before-inside-a-repeat",
        ),
        pytest.param(
            [("releases.0.at", "2027-03-28T18:30"), ("releases.0.not_before", "2027-03-28T02:30")],
            [
                (
                    "releases.0.not_before",
                    "error: 2027-03-28T02:30 does not exist in Europe/Paris: the clocks go forward over it.",
                    ...,
                )
            ],
            id="not-before-in-a-gap",
        ),
        pytest.param(
            [("releases.1.until", "2027-01-18T00:00")],
            [("releases.1.until", "error: until comes before at (2027-01-19T18:30)", ...)],
            id="until-before-at-is-said-once",
        ),
        pytest.param(
            [("ends", "2027-01-15"), ("releases.1.repeat", "FREQ=WEEKLY")],
            [("releases.1.at", "error: 2027-01-19T18:30 is after the campaign ends (2027-01-15)", ...)],
            id="after-the-campaign-is-said-once",
        ),
        # embargo
        pytest.param([EMBARGO], [], id="at-the-end-of-the-embargo"),
        pytest.param(
            [EMBARGO, ("releases.0.at", "2027-01-12T18:29")],
            [
                (
                    "releases.0.at",
                    "error: 2027-01-12T18:29 is before the embargo ends (2027-01-12T18:30 Europe/Paris)",
                    "move it, or write under_embargo: true if its readers keep the embargo",
                )
            ],
            id="a-minute-before-the-embargo-ends",
        ),
        pytest.param([EMBARGO, ("releases.0.at", "2027-01-12T18:31")], [], id="a-minute-after-the-embargo-ended"),
        pytest.param([EMBARGO, UNDER, ("releases.0.at", "2027-01-12T18:29")], [], id="to-those-who-keep-the-embargo"),
        pytest.param(
            [EMBARGO, UNDER],
            [
                (
                    "releases.0.under_embargo",
                    "warning: under_embargo is said, and the embargo is over by then (2027-01-12T18:30 Europe/Paris)",
                    ...,
                )
            ],
            id="under-an-embargo-that-is-over",
        ),
        pytest.param(
            [UNDER],
            [("releases.0.under_embargo", "warning: under_embargo is said, and there is no embargo", ...)],
            id="under-no-embargo",
        ),
        pytest.param(
            [("handling", {"embargo": {"until": "2027-01-26T18:30", "zone": "Europe/London"}}), ("releases.0", ...)],
            [
                (
                    "releases.0.at",
                    "error: 2027-01-19T18:30 (and 1 more) is before the embargo ends (2027-01-26T18:30 Europe/London)",
                    ...,
                )
            ],
            id="london-s-embargo-ends-an-hour-later-than-paris-shows",
        ),
        pytest.param(
            [("handling", {"embargo": {"until": "2027-03-28T02:30", "zone": PARIS}})],
            [
                (
                    "handling.embargo.until",
                    "error: 2027-03-28T02:30 does not exist in Europe/Paris: the clocks go forward over it.",
                    "Write 2027-03-28T01:59 or earlier, or 2027-03-28T03:00 or later.",
                )
            ],
            id="an-embargo-that-ends-in-a-gap",
        ),
        pytest.param(
            [("handling", {"embargo": {"until": "2026-10-25T02:30", "zone": PARIS}})],
            [
                (
                    "handling.embargo.until",
                    "error: 2026-10-25T02:30 occurs twice in Europe/Paris: the clocks go back over it.",
                    ...,
                )
            ],
            id="an-embargo-that-ends-twice",
        ),
        pytest.param(
            [("handling", {"embargo": {"until": "2026-10-25T02:30", "zone": PARIS, "fold": 1}})],
            [],
            id="an-embargo-that-says-which",
        ),
        # a channel's quiet hours
        pytest.param([quiet("18:31", "07:00")], [], id="a-minute-before-the-quiet-hours"),
        pytest.param(
            [quiet("18:30", "18:31"), ("releases.1", ...)],
            [
                (
                    "releases.0.channels.0",
                    "error: 2027-01-12T18:30 falls in the quiet hours of 'fr-mastodon' (18:30 to 18:31 Europe/Paris)",
                    "move the release, or send it on another channel",
                )
            ],
            id="their-first-minute-and-their-last",
        ),
        pytest.param([quiet("07:00", "18:30")], [], id="their-end-is-outside"),
        pytest.param(
            [
                quiet("18:00", "07:00", "Europe/Rome"),
                ("channels.0.id", "c"),
                ("releases.1.channels.0", "c"),
                ("releases.0", ...),
            ],
            [
                (
                    "releases.0.channels.0",
                    "error: 2027-01-19T18:30 (and 3 more) falls in the quiet hours of 'c' (18:00 to 07:00 Europe/Rome)",
                    ...,
                )
            ],
            id="over-midnight-and-all-occurrences",
        ),
        pytest.param(
            [quiet("22:00", "18:31"), ("releases.1", ...)],
            [
                (
                    "releases.0.channels.0",
                    "error: 2027-01-12T18:30 falls in the quiet hours of 'fr-mastodon' (22:00 to 18:31 Europe/Paris)",
                    ...,
                )
            ],
            id="over-midnight-into-the-evening",
        ),
        pytest.param([quiet("18:00", "19:00", "Europe/London")], [], id="london-shows-half-past-five"),
        pytest.param(
            [quiet("17:30", "17:31", "Europe/London"), ("releases.1", ...)],
            [
                (
                    "releases.0.channels.0",
                    "error: 2027-01-12T18:30 falls in the quiet hours of 'fr-mastodon' (17:30 to 17:31 Europe/London)",
                    ...,
                )
            ],
            id="in-london-s-own-hours",
        ),
        pytest.param(
            [
                quiet("22:30", "22:31", "Europe/London"),
                ("releases.0.at", "2027-03-14T18:30"),  # America's clocks have gone forward that day, Europe's not yet
                ("releases.0.zone", "America/New_York"),
                ("releases.1", ...),
            ],
            [
                (
                    "releases.0.channels.0",
                    "error: 2027-03-14T18:30 falls in the quiet hours of 'fr-mastodon' (22:30 to 22:31 Europe/London)",
                    ...,
                ),
                ("releases.0.at", "warning: goes out at night in Europe/Paris", ...),
            ],
            id="while-america-is-an-hour-nearer",
        ),
        # blackouts
        pytest.param(
            [("releases.0.at", "2027-04-10T12:00"), (RESERVE, [LEAVE])], [], id="excepted-from-the-blackout-by-name"
        ),
        pytest.param(
            [("releases.0.at", "2027-04-10T12:00"), (RESERVE, [{**LEAVE, "releases": ["reminder"]}])],
            [
                (
                    "releases.0.at",
                    "warning: 2027-04-10T12:00 falls in blackout 'fr-reserve' of fr: réserve électorale",
                    "it waits until the blackout is over and may then be late; move it, or have it excepted by name",
                )
            ],
            id="another-entry-is-excepted",
        ),
        pytest.param(
            [
                ("releases.0.at", "2027-04-10T12:00"),
                (RESERVE, [LEAVE]),
                (
                    "blackouts.1",
                    {
                        "id": "uk-election",
                        "partner": "uk",
                        "from": "2027-04-10T00:00",
                        "to": "2027-04-11T00:00",
                        "zone": "Europe/London",
                        "reason": "a general election",
                    },
                ),
            ],
            [
                (
                    "releases.0.at",
                    "warning: 2027-04-10T12:00 falls in blackout 'uk-election' of uk: a general election",
                    ...,
                )
            ],
            id="excepted-from-one-of-two",
        ),
        pytest.param(
            [("messages.0.waive", [{"check": "sentence-length", "because": "a quotation"}])], [], id="a-check-is-waived"
        ),
        pytest.param(
            [("messages.0.waive", [{"check": "blackout", "because": "it is urgent"}])],
            [
                (
                    "messages.0.waive.0.check",
                    "error: a blackout cannot be waived by a message",
                    "at the blackout write exceptions: [{releases: […], authorised_by: …, because: …}]",
                )
            ],
            id="a-message-would-waive-a-blackout",
        ),
        # people asleep
        pytest.param(
            [
                ("audiences.1", AUDIENCE),
                ("messages.0.audiences.1", "young-iq"),
                ("zone", PARIS),
                ("releases.0.at", "2027-01-12T20:00"),
            ],
            [("releases.0.at", "warning: goes out at night in Asia/Baghdad", ...)],
            id="evening-here-is-night-there",
        ),
        pytest.param(
            [("releases.1.repeat", "FREQ=DAILY;BYHOUR=18,23;COUNT=4")],
            [("releases.1.at", "warning: goes out at night in Europe/Paris", ...)],
            id="only-a-later-occurrence-is-at-night",
        ),
    ],
)
def test_what_is_said_of_times(changes, expected):
    """Each complaint stands at the key to change, says what meets what, and has a cure; nothing else is said."""
    found = faults(*changes)

    assert [each[:2] for each in found] == [each[:2] for each in expected]
    assert all(cure for *_, cure in found)
    assert [cure for *_, cure in found] == [
        cure if told is ... else told for (*_, cure), (*_, told) in zip(found, expected, strict=True)
    ]


def test_the_end_of_a_day_is_written_as_the_next_one_s_midnight():
    """Staff who write 24:00, as ISO 8601 lets them, are told the one writing of that instant."""
    written = to_yaml(Campaign.model_validate(sound())).replace("2027-04-09T00:00", "2027-04-08T24:00")
    with pytest.raises(InvalidDocument) as refused:
        loads(written)

    (complaint,) = refused.value.complaints
    assert "a day ends where the next begins: write 2027-04-09T00:00 for 2027-04-08T24:00" in complaint.message
