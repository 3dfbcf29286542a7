"""Files to documents: what is taken, and what each complaint says and where."""

import re

import pytest

from campaigns.documents.dump import to_yaml
from campaigns.documents.load import load, loads
from campaigns.documents.schema import Campaign
from campaigns.errors import InvalidDocument
from tests.builders.documents import put, sound

WITHOUT = "write out what you mean, without * and &"
TEN_LINES = """\
campaign: first
partners: [uk]
starts: 2027-01-11
audiences:
  - {id: readers, locales: [en-GB], timezone: Europe/London}
channels:
  - {id: site, kind: feed, issuer: uk, account: Press office, locales: [en-GB]}
messages:
  - {id: hello, audiences: [readers], wording: {en-GB: Daesh lost its ground.}}
releases:
  - {id: launch, message: hello, channels: [site], at: 2027-01-12T18:30}
"""


def complaints(text: str) -> list[str]:
    """Return what the loader says against *text*, errors only, as people see it."""
    with pytest.raises(InvalidDocument) as refused:
        loads(text, "c.yaml")
    return [str(each) for each in refused.value.complaints if each.severity == "error"]


def test_a_first_campaign_is_ten_lines():
    """What is not required is only asked for: ten lines load, with warnings that each name a place and a cure."""
    loaded = loads(TEN_LINES, "c.yaml")

    assert loaded.document.campaign == "first"
    assert len(loaded.document.releases) == 1
    assert [each.message for each in loaded.warnings] == [
        "the campaign has no ends",
        "the campaign has no objectives",
        "the campaign has no policy_aim",
        "the campaign has no title",
        "partner 'uk' has no help line",
        "partner 'uk' has no name in en-GB",
        "message 'hello' goes to 'site' (feed) without a headline",
    ]
    assert all(each.severity == "warning" and each.hint and each.where.line for each in loaded.warnings)


def test_a_sound_document_has_nothing_said_against_it():
    """The whole of DESIGN's nouns, filled in, raises neither error nor warning."""
    assert loads(to_yaml(Campaign.model_validate(sound()))).warnings == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "kind: feed",
            "kind: feed, ‸chanel: x",
            "unknown key 'chanel'; known here: id, kind, issuer, account, locales, server, credential, rate, "
            "pace, quiet, options",
            id="unknown-key-far",
        ),
        pytest.param(
            "channels: [site]",
            "‸chanels: [site]",
            "unknown key 'chanels'; did you mean 'channels'?",
            id="unknown-key-near",
        ),
        pytest.param(
            "starts: 2027",
            "‸start: 2027",
            "unknown key 'start'; write 'starts' instead, as in starts: 2027-01-11 (its first day)",
            id="unknown-key-at-the-top",
        ),
        pytest.param(
            "starts: 2027-01-11\n",
            "",
            "1:1 required key 'starts' is missing; add it, as in starts: 2027-01-11 (its first day)",
            id="missing-at-the-top",
        ),
        pytest.param(
            ", timezone: Europe/London",
            "",
            "5:5 required key 'timezone' is missing; add it, as in timezone: Europe/Paris (the time zone in which it "
            "reads; releases go out by its clock)",
            id="missing-in-a-list",
        ),
        pytest.param(
            "wording: {en-GB",
            "wording: {‸en-UK",
            "unknown locale 'en-UK'; did you mean 'en-GB'?",
            id="unknown-locale-as-key",
        ),
        pytest.param(
            "locales: [en-GB], t",
            "locales: [‸fr-FX], t",
            "unknown locale 'fr-FX'; did you mean 'fr-FR'?",
            id="unknown-locale-in-a-list",
        ),
        pytest.param(
            "Europe/London",
            "‸Europe/Londn",
            "'timezone': unknown time zone 'Europe/Londn'; did you mean 'Europe/London'?",
            id="unknown-zone",
        ),
        pytest.param(
            "id: launch",
            "id: ‸Launch day",
            "'id': 'Launch day' cannot stand here; write an id: lower-case letters, digits, - and _, at most 63",
            id="bad-id",
        ),
        pytest.param(
            "account: Press office",
            "account: ‸12345",
            "'account': write text here; in quotes if it is text: \"12345\"",
            id="a-number-for-text",
        ),
        pytest.param(
            "account: Press office",
            "account: ‸true",
            "'account': write text here; in quotes if it is text: \"true\"",
            id="a-truth-for-text",
        ),
        pytest.param(
            "account: Press office",
            "account: ",
            "7:49 'account': nothing is written here; write a value, or remove the key",
            id="nothing-for-text",
        ),
        pytest.param("account: Press office", 'account: ‸""', "'account': the text is empty", id="empty-text"),
        pytest.param(
            "account: Press office", 'account: ‸"a\\nb"', "'account': write it on one line", id="two-lines-for-one"
        ),
        pytest.param(
            "account: Press office",
            'account: ‸"a\\eb"',
            "control character U+001B in the text; remove it",
            id="control-character",
        ),
        pytest.param(
            "en-GB: Daesh lost its ground.",
            'en-GB: ‸"Daesh\\x91s ground."',
            "control character U+0091 in the text; remove it",
            id="apostrophe-of-another-encoding",
        ),
        pytest.param(
            "channels: [site]",
            "channels: ‸site",
            "'channels': write a list here, as [one, two] or one `- ` a line",
            id="text-for-a-list",
        ),
        pytest.param(
            "wording: {en-GB: Daesh lost its ground.}",
            "wording: ‸Daesh",
            "'wording': write a mapping here, one `key: value` a line",
            id="text-for-a-mapping",
        ),
        pytest.param("locales: [en-GB], t", "locales: ‸[], t", "'locales': at least one is needed", id="empty-list"),
        pytest.param(
            "2027-01-12T18:30",
            "‸2027-02-30T18:30",
            "'at': 2027-02-30T18:30 is not a date and time that the calendar of 2000 to 2199 has",
            id="no-such-day",
        ),
        pytest.param(
            "2027-01-12T18:30",
            "‸2027-01-12T18:30Z",
            "'at': write wall time as 2027-01-12T18:30, without offset",
            id="an-offset",
        ),
        pytest.param(
            "starts: 2027-01-11",
            "starts: ‸11.1.2027",
            "'starts': write a day as 2027-01-31, between 2000 and 2199",
            id="day-in-another-order",
        ),
        pytest.param(
            "partners: [uk]", "partners: ‸[uk, uk]", "'partners': partner 'uk' is listed twice", id="partner-twice"
        ),
        pytest.param(
            "partners: [uk]",
            "partners: [‸UK]",
            "'UK': 'UK' cannot stand here; write an id: lower-case letters, digits, - and _, at most 63",
            id="partner-in-a-plain-list",
        ),
        pytest.param(
            "starts: 2027-01-11",
            "starts: 2027-01-11\nends: 2027-01-01",
            "1:1 the document: a campaign ends on or after the day it starts",
            id="ends-first",
        ),
        pytest.param(
            "campaign: first",
            "campaign: first\n‸campaign: second",
            "key 'campaign' a second time, first at line 1; keep one of them",
            id="double-key",
        ),
        pytest.param(
            "Daesh lost its ground.",
            "{‸{ x }}",
            'a list or mapping stands where a key should; write text that begins with { or [ in quotes: "{{ name }}"',
            id="placeholder-without-quotes",
        ),
        pytest.param(
            "Press office",
            "‸!secret x",
            "tag '!secret'; remove it: a campaign document has no tags; put text that begins with ! in quotes",
            id="tag",
        ),
        pytest.param(
            "Press office",
            "‸!!python/name:os x",
            "tag '!!python/name:os'; remove it: a campaign document has no tags; put text that begins with ! in quotes",
            id="python-tag",
        ),
        pytest.param(
            "Press office",
            "‸*x",
            "alias '*x' names no anchor before it; put text that begins with * in quotes",
            id="alias-to-nothing",
        ),
        pytest.param(
            "partners: [uk]",
            "‸<<: {owner: x}\npartners: [uk]",
            "merge keys (<<) are not part of YAML 1.2; write the keys out",
            id="merge-key",
        ),
        pytest.param(
            "partners: [uk]",
            "partners:\t[uk\n",
            "4:7 not YAML: did not find expected ',' or ']'; mend the line, or put the text in quotes",
            id="bracket-left-open",
        ),
        pytest.param(
            "partners: [uk]",
            "‸\tpartners: [uk]",
            "not YAML: found a tab character that violates indentation; mend the line, or put the text in quotes",
            id="tab-as-indent",
        ),
        pytest.param(
            "campaign: first",
            "campaign: first\n‸---\ncampaign: second",
            "a second document begins here; one file holds one campaign: move it to a file of its own",
            id="two-documents",
        ),
        pytest.param(
            "[uk]",
            "‸99999999999999999999999999",
            "the number is too large; write it as text, in quotes",
            id="a-giant-number",
        ),
    ],
)
def test_each_fault_is_told_at_its_place(old, new, expected):
    """One fault, one complaint: what is wrong, the cure, and the line and column, which ‸ marks where it moves."""
    assert old in TEN_LINES
    marked = TEN_LINES.replace(old, new, 1)
    before, mark, _ = marked.partition("‸")
    where = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))} " if mark else ""

    assert f"c.yaml:{where}{expected}" in complaints(marked.replace("‸", ""))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "",
            "c.yaml:1:1 the file is empty; write a campaign; `cordiale init DIR` gives you one to begin with",
            id="empty",
        ),
        pytest.param(
            "# to do\n",
            "c.yaml:1:1 the file is empty; write a campaign; `cordiale init DIR` gives you one to begin with",
            id="only-a-comment",
        ),
        pytest.param(
            "- a\n- b\n",
            "c.yaml:1:1 a campaign is a mapping; begin with a line such as campaign: my-campaign",
            id="a-list",
        ),
        pytest.param(
            "hello", "c.yaml:1:1 a campaign is a mapping; begin with a line such as campaign: my-campaign", id="a-word"
        ),
        pytest.param(
            "a: " + "[" * 5000,
            "c.yaml:1:103 more than 100 levels deep; a campaign needs nine; look for a bracket that is never closed",
            id="deep-lists",
        ),
        pytest.param(
            "{a: " * 200_000,
            "c.yaml:1:401 more than 100 levels deep; a campaign needs nine; look for a bracket that is never closed",
            id="deep-mappings",
        ),
        pytest.param(
            "- " * 5000,
            "c.yaml:1:201 more than 100 levels deep; a campaign needs nine; look for a bracket that is never closed",
            id="deep-dashes",
        ),
        pytest.param(
            "a: &a [x, x]\n"
            + "".join(
                f"{c}: &{c} [{', '.join([f'*{b}'] * 9)}]\n" for b, c in zip("abcdefghi", "bcdefghij", strict=True)
            ),
            "c.yaml:6:16 the aliases swell the document to more than twice its length; " + WITHOUT,
            id="alias-bomb",
        ),
        pytest.param(
            f"a: &a {'x' * 1_000_000}\nb: [{', '.join(['*a'] * 50)}]\n",
            "c.yaml:2:13 the aliases swell the document to more than twice its length; " + WITHOUT,
            id="fat-alias",
        ),
    ],
)
def test_what_is_no_campaign_at_all(text, expected):
    """Emptiness, other shapes and bombs are complaints, at once and with a place."""
    assert complaints(text) == [expected]


def test_everything_is_told_in_one_go():
    """Whoever mends a file sees all its faults, in file order, not one a run."""
    text = TEN_LINES.replace("kind: feed", "knd: feed").replace("2027-01-12", "2027-01-42").replace("[uk]", "[uk, 5]")

    assert [re.match(r"c\.yaml:(\d+)", each)[1] for each in complaints(text)] == ["2", "7", "11"]


def test_a_key_under_another_name_is_told_once():
    """A misspelt required key is one complaint, where it stands, and no second one that it is missing."""
    text = TEN_LINES.replace("kind: feed", "knd: feed")

    assert complaints(text) == ["c.yaml:7:16 unknown key 'knd'; did you mean 'kind'?"]


def test_two_missing_keys_are_two_complaints():
    """Each key that a noun lacks is told, though both are missing at one place."""
    text = TEN_LINES.replace(", account: Press office", "").replace("kind: feed, ", "")

    assert [each.split(";")[0] for each in complaints(text)] == [
        "c.yaml:7:5 required key 'account' is missing",
        "c.yaml:7:5 required key 'kind' is missing",
    ]


def test_aliases_within_reason_are_taken():
    """An anchor saves writing a wording twice; it stands for what it names."""
    text = TEN_LINES.replace("account: Press office", "account: &who Press office").replace(
        "wording: {en-GB: Daesh lost its ground.}", "wording: {en-GB: *who}"
    )

    assert loads(text).document.messages[0].wording == {"en-GB": "Press office"}


@pytest.mark.parametrize(
    ("written", "road", "expected"),
    [
        pytest.param("no", "owner", "no", id="norway"),
        pytest.param("12:30:00", "owner", "12:30:00", id="sexagesimal"),
        pytest.param("2027-01-11", "owner", "2027-01-11", id="a-date-as-text"),
        pytest.param("010", "owner", "010", id="leading-zero"),
    ],
)
def test_words_stay_words(written, road, expected):
    """YAML 1.2: nothing that looks like a word, an hour or an old octal number changes on the way in."""
    assert getattr(loads(f"{road}: {written}\n{TEN_LINES}").document, road) == expected


@pytest.mark.parametrize(
    ("target", "value", "unit"),
    [
        pytest.param("250_000", 250_000.0, "count", id="grouped-digits"),
        pytest.param("18%", 0.18, "share", id="per-cent"),
        pytest.param("18.5 %", 0.185, "share", id="per-cent-with-a-space"),
        pytest.param("1e3", 1000.0, "count", id="exponent"),
    ],
)
def test_figures_as_people_write_them(target, value, unit):
    """Digits may be grouped, and a per cent sign makes a share."""
    data = put(sound(), "objectives.0.kpis.0.target", target)
    del data["objectives"][0]["kpis"][0]["baseline"]
    kpi = Campaign.model_validate(data).objectives[0].kpis[0]

    assert (kpi.target, kpi.unit) == (value, unit)


def test_a_large_file_is_read_in_time(tmp_path):
    """A thousand messages with as many releases load at once; the line numbers of warnings do not hold them up."""
    messages = "".join(
        f"  - {{id: m{n}, audiences: [readers], wording: {{en-GB: Number {n}.}}}}\n" for n in range(1000)
    )
    releases = "".join(
        f"  - {{id: r{n}, message: m{n}, channels: [site], at: 2027-01-12T18:30}}\n" for n in range(1000)
    )
    text = TEN_LINES.replace("messages:\n", f"messages:\n{messages}").replace("releases:\n", f"releases:\n{releases}")
    (tmp_path / "large.yaml").write_text(text, encoding="utf-8")

    (loaded,) = load([tmp_path / "large.yaml"])

    assert len(loaded.document.messages) == 1001
    assert {each.where.line for each in loaded.warnings} > {1, 2}
