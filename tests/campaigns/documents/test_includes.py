"""What campaigns share: files put together as one document, and complaints that point into each of them."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.documents.dump import to_yaml
from campaigns.documents.includes import DEEPEST, MOST
from campaigns.documents.load import Loaded, load, loads
from campaigns.errors import InvalidDocument
from campaigns.settings import Settings
from tests.builders.documents import WHOLE

OWN = """\
campaign: first
include: [../shared/audiences.yaml, ../shared/channels.yaml]
partners: [uk]
starts: 2027-01-11
messages:
  - {id: hello, audiences: [readers], wording: {en-GB: Daesh lost its ground.}}
releases:
  - {id: launch, message: hello, channels: [site], at: 2027-01-12T18:30}
"""
AUDIENCES = """\
audiences:
  - {id: readers, locales: [en-GB], timezone: Europe/London}
  - {id: others, locales: [en-GB], timezone: Europe/London}
"""
CHANNELS = """\
channels:
  - {id: site, kind: feed, issuer: uk, account: Press office, locales: [en-GB]}
"""
MAY_HOLD = "partners, audiences, channels, narratives, messengers, blackouts or include"
OR_THESE = "messengers: or blackouts:"
FILES = {"campaigns/first.yaml": OWN, "shared/audiences.yaml": AUDIENCES, "shared/channels.yaml": CHANNELS}


def write(root: Path, **changed: str | None) -> Path:
    """Write the workspace above to *root*; *changed* are texts by `folder__name`, None for no file."""
    for name, text in (FILES | {name.replace("__", "/") + ".yaml": text for name, text in changed.items()}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            path.write_text(text, encoding="utf-8")
    return root


def read(root: Path, *names: str) -> list[Loaded]:
    """Load the campaigns called *names* (all where none is named) of the workspace *root*."""
    return load([root / "campaigns" / name for name in names] or [root / "campaigns"], Settings(root=root))


def said(root: Path, *names: str) -> list[str]:
    """Return the errors about the workspace, with places below *root*."""
    with pytest.raises(InvalidDocument) as refused:
        read(root, *names)
    return [str(each).replace(f"{root}/", "") for each in refused.value.complaints if each.severity == "error"]


def test_what_is_included_is_part_of_the_document(tmp_path):
    """Lists are put together, included first and in order; what is loaded has no `include` and exports as one file."""
    own = OWN + "audiences:\n  - {id: more, locales: [en-GB], timezone: Europe/London}\n"
    (loaded,) = read(write(tmp_path, campaigns__first=own))

    assert [audience.id for audience in loaded.document.audiences] == ["readers", "others", "more"]
    assert [channel.id for channel in loaded.document.channels] == ["site"]
    assert loads(to_yaml(loaded.document)).document == loaded.document


def test_partners_may_be_written_in_both_ways(tmp_path):
    """A plain list here and details there make one mapping."""
    partners = "partners: {fr: {country: FR}}\n"
    own = OWN.replace("channels.yaml]", "channels.yaml, ../shared/partners.yaml]")
    (loaded,) = read(write(tmp_path, campaigns__first=own, shared__partners=partners))

    assert {name: each.country for name, each in loaded.document.partners.items()} == {"fr": "FR", "uk": None}


def test_includes_nest_and_a_file_that_two_include_counts_once(tmp_path):
    """Paths are relative to the file that says them; a diamond is no circle."""
    both = "include: [./deeper/../base.yaml]\n"
    (tmp_path / "shared" / "deeper").mkdir(parents=True)
    (loaded,) = read(write(tmp_path, shared__base=CHANNELS, shared__channels=both, shared__audiences=both + AUDIENCES))

    assert [channel.id for channel in loaded.document.channels] == ["site"]
    assert [str(path.relative_to(tmp_path)) for path in loaded.sources] == [
        "campaigns/first.yaml",
        "shared/audiences.yaml",
        "shared/base.yaml",
        "shared/channels.yaml",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        pytest.param(
            "shared/audiences.yaml",
            "readers, locales: [en-GB]",
            "readers, locales: [‸fr-FX]",
            ["unknown locale 'fr-FX'; did you mean 'fr-FR'?"],
            id="schema-in-the-included-file",
        ),
        pytest.param(
            "shared/audiences.yaml",
            "others, locales: [en-GB]",
            "others, ‸locale: x, locales: [en-GB]",
            [
                (
                    "unknown key 'locale'; write 'locales' instead "
                    "(the languages it reads; a release goes out in each that the channel speaks too)"
                )
            ],
            id="schema-in-its-second-item",
        ),
        pytest.param(
            "shared/channels.yaml",
            "issuer: uk",
            "issuer: ‸us",
            ["unknown partner 'us'; known here: uk"],
            id="reference-in-the-included-file",
        ),
        pytest.param(
            "campaigns/first.yaml",
            "channels: [site]",
            "channels: [‸sight]",
            ["unknown channel 'sight'; did you mean 'site'?"],
            id="reference-to-the-included-file",
        ),
        pytest.param(
            "shared/audiences.yaml",
            "audiences:",
            "‸audience:",
            ["unknown key 'audience'; did you mean 'audiences'?"],
            id="key-near",
        ),
        pytest.param(
            "shared/audiences.yaml",
            "audiences:",
            "‸messages: []\naudiences:",
            [f"'messages' cannot be shared; write it in the campaign itself; an included file may hold {MAY_HOLD}"],
            id="key-of-a-campaign",
        ),
        pytest.param(
            "shared/audiences.yaml",
            "audiences:",
            "‸7: x\naudiences:",
            ["unknown key '7'; known here: partners, audiences, channels, narratives, messengers, blackouts, include"],
            id="key-that-is-no-text",
        ),
        pytest.param(
            "shared/audiences.yaml",
            AUDIENCES,
            "audiences: ‸all\n",
            ["'audiences': write a list here, as [one, two] or one `- ` a line"],
            id="text-for-a-list",
        ),
        pytest.param(
            "shared/audiences.yaml",
            AUDIENCES,
            "‸audiences",
            ["an included file is a mapping; begin with partners:, audiences:, channels:, narratives:, " + OR_THESE],
            id="no-mapping",
        ),
        pytest.param(
            "shared/audiences.yaml",
            AUDIENCES,
            "‸",
            ["the file is empty; write what campaigns share, such as audiences: […], or take it out of include"],
            id="empty",
        ),
        pytest.param(
            "shared/audiences.yaml",
            "id: others",
            'id: others, insight: ‸"a\\ab"',
            ["control character U+0007 in the text; remove it"],
            id="control-character",
        ),
        pytest.param(
            "shared/audiences.yaml",
            "id: others",
            "id: ‸!x others",
            ["tag '!x'; remove it: a campaign document has no tags; put text that begins with ! in quotes"],
            id="tag",
        ),
        pytest.param(
            "campaigns/first.yaml",
            "[../shared/audiences.yaml,",
            "[../shared/audiences.yaml, ‸../shared/audiences.yaml,",
            ["'../shared/audiences.yaml' a second time in include; give each file once"],
            id="named-twice",
        ),
        pytest.param(
            "campaigns/first.yaml",
            "[../shared/audiences.yaml, ../shared/channels.yaml]",
            "‸../shared/audiences.yaml",
            ["'include': write a list here, as [one, two] or one `- ` a line"],
            id="include-is-no-list",
        ),
        pytest.param(
            "campaigns/first.yaml",
            "include: [../shared/audiences.yaml, ../shared/channels.yaml]",
            "include:",
            ["campaigns/first.yaml:2:9 'include': nothing is written here; write a value, or remove the key"],
            id="include-is-nothing",
        ),
    ],
)
def test_each_fault_is_told_in_its_file(tmp_path, file, old, new, expected):
    """One fault, one complaint, in the file that holds it: ‸ marks its place there."""
    text = FILES[file].replace(old, new, 1)
    before, mark, _ = text.partition("‸")
    where = f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))} " if mark else ""
    write(tmp_path, **{file.removesuffix(".yaml").replace("/", "__"): text.replace("‸", "")})

    assert said(tmp_path) == [f"{where}{each}" for each in expected]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"campaigns__first": OWN + "audiences: [{id: others, locales: [en-GB], timezone: Europe/London}]\n"},
            [
                "campaigns/first.yaml:9:18 audience 'others' is written at shared/audiences.yaml:3:10 too",
                "shared/audiences.yaml:3:10 audience 'others' is written at campaigns/first.yaml:9:18 too",
            ],
            id="campaign-and-included",
        ),
        pytest.param(
            {"shared__channels": CHANNELS + AUDIENCES.split("  - {id: others", maxsplit=1)[0]},
            [
                "shared/audiences.yaml:2:10 audience 'readers' is written at shared/channels.yaml:4:10 too",
                "shared/channels.yaml:4:10 audience 'readers' is written at shared/audiences.yaml:2:10 too",
            ],
            id="two-included",
        ),
        pytest.param(
            {"shared__channels": CHANNELS + "partners: {uk: {country: GB}}\n"},
            [
                "campaigns/first.yaml:3:12 partner 'uk' is written at shared/channels.yaml:3:16 too",
                "shared/channels.yaml:3:16 partner 'uk' is written at campaigns/first.yaml:3:12 too",
            ],
            id="partner",
        ),
    ],
)
def test_an_id_in_two_files_is_told_at_both(tmp_path, changes, expected):
    """Neither is the right one by itself."""
    told = said(write(tmp_path, **changes))

    assert told == [f"{each}; keep one of them, or give one another id" for each in expected]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"shared__channels": "include: [channels.yaml]\n" + CHANNELS},
            "shared/channels.yaml:1:11 includes go round in a circle: shared/channels.yaml -> shared/channels.yaml",
            id="itself",
        ),
        pytest.param(
            {"shared__channels": "include: [b.yaml]\n" + CHANNELS, "shared__b": "include: [channels.yaml]\n"},
            "shared/b.yaml:1:11 includes go round in a circle: shared/channels.yaml -> shared/b.yaml -> "
            "shared/channels.yaml",
            id="two",
        ),
        pytest.param(
            {"shared__channels": "include: [../campaigns/first.yaml]\n" + CHANNELS},
            "shared/channels.yaml:1:11 includes go round in a circle: campaigns/first.yaml -> shared/channels.yaml -> "
            "campaigns/first.yaml",
            id="back-to-the-campaign",
        ),
    ],
)
def test_a_circle_is_told_with_its_chain(tmp_path, changes, expected):
    """Files that include one another are refused where the circle closes, and how it runs is said."""
    assert said(write(tmp_path, **changes)) == [f"{expected}; take one of them out"]


def test_how_deep_and_how_many_is_bounded(tmp_path):
    """A chain of files, and a long list of them, end in a complaint each."""
    deep = {f"shared__d{n}": f"include: [d{n + 1}.yaml]\n" for n in range(DEEPEST)}
    many = {f"shared__m{n}": "narratives: []\n" for n in range(MOST)}
    names = ", ".join(f"m{n}.yaml" for n in range(MOST))
    write(tmp_path, shared__audiences=AUDIENCES + "include: [d0.yaml]\n", **deep)

    assert said(tmp_path) == [
        f"shared/d{DEEPEST - 2}.yaml:1:11 more than {DEEPEST} files include one another in a row; include fewer"
    ]
    write(tmp_path, shared__audiences=f"{AUDIENCES}include: [{names}]\n", **many)
    assert [re.sub(r":\d+:\d+", "", each) for each in said(tmp_path)] == [
        f"campaigns/first.yaml more than {MOST} files are included; put some of them together",
        f"shared/audiences.yaml more than {MOST} files are included; put some of them together",
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("/etc/passwd", id="absolute"),
        pytest.param("/shared/audiences.yaml", id="absolute-yaml"),
        pytest.param("~/audiences.yaml", id="home"),
        pytest.param("~root/audiences.yaml", id="another-home"),
        pytest.param(r"\\\\server\\share\\audiences.yaml", id="unc"),
        pytest.param("//server/share/audiences.yaml", id="unc-with-slashes"),
        pytest.param(r"C:\\audiences.yaml", id="drive"),
        pytest.param("file:///etc/audiences.yaml", id="file-url"),
        pytest.param("https://example.org/audiences.yaml", id="web"),
        pytest.param(r"a\0b.yaml", id="nul"),
        pytest.param(r"a\nb.yaml", id="line-end"),
        pytest.param("../shared/audiences.txt", id="another-suffix"),
        pytest.param("..", id="folder"),
        pytest.param("", id="nothing"),
        pytest.param("x" * 600 + ".yaml", id="long"),
    ],
)
def test_a_name_that_is_no_file_of_the_workspace_is_refused(tmp_path, name):
    """Only a YAML file's path from here to there may be written; nothing is opened to find out."""
    own = OWN.replace("../shared/audiences.yaml", f'"{name}"')
    (told, *rest) = [each for each in said(write(tmp_path, campaigns__first=own)) if "control" not in each]

    assert told.startswith("campaigns/first.yaml:2:11 'include': '")
    assert told.endswith(
        "cannot stand here; name a file as it lies from this one, such as ../shared/audiences.yaml; "
        "it ends in .yaml or .yml"
    )
    assert rest == []


def test_a_number_is_no_name(tmp_path):
    """What is no text is refused the same way."""
    (told,) = said(write(tmp_path, campaigns__first=OWN.replace("../shared/audiences.yaml", "7")))

    assert told.startswith("campaigns/first.yaml:2:11 'include': '7' cannot stand here")


@pytest.mark.parametrize(
    ("target", "said_of_it"),
    [
        pytest.param("../outside.yaml", "leads out of the workspace", id="to-a-file-outside"),
        pytest.param("../../outside.yaml", "leads out of the workspace", id="to-nothing-outside"),
        pytest.param("../secrets/mastodon", "which no campaign may include", id="to-a-secret"),
        pytest.param("../secrets/mastodon.yaml", "which no campaign may include", id="to-a-secret-in-yaml"),
        pytest.param("../trust/root.yaml", "which no campaign may include", id="to-the-trust-folder"),
        pytest.param("audiences.yaml", "its links go round in a circle", id="to-itself"),
        pytest.param("loop/loop/gone.yaml", "there is no such file", id="through-a-folder-in-itself"),
        pytest.param("gone.yaml", "there is no such file", id="to-nothing"),
        pytest.param("deeper", "which no campaign may include", id="to-a-folder"),
    ],
)
def test_links_are_followed_before_they_are_trusted(tmp_path, target, said_of_it):
    """A link inside the workspace that leads elsewhere is refused; what it leads to is never shown."""
    root = tmp_path / "workspace"
    write(root, shared__audiences=None)
    for folder in ("secrets", "trust", "shared/deeper"):
        (root / folder).mkdir()
    for path in (tmp_path / "outside.yaml", root / "secrets" / "mastodon", root / "secrets" / "mastodon.yaml"):
        path.write_text("audiences: [hunter2]\n")
    (root / "shared" / "loop").symlink_to(".")
    link = root / "shared" / "audiences.yaml"
    link.symlink_to(target if not target.startswith("../outside") else f"../{target}")
    told = said(root)

    assert any(said_of_it in each for each in told)
    assert not any("hunter2" in each for each in told)


def test_two_dots_may_not_climb_out(tmp_path):
    """A path is judged by where it ends, not by how it looks."""
    root = tmp_path / "workspace"
    own = OWN.replace("../shared/audiences.yaml", "../../outside.yaml")
    (tmp_path / "outside.yaml").write_text(AUDIENCES)

    assert said(write(root, campaigns__first=own)) == [
        (
            "campaigns/first.yaml:2:11 '../../outside.yaml' leads out of the workspace; "
            "run the command in the workspace's folder, or copy the file into it"
        )
    ]
    climbing = f"../../{root.name}/shared/audiences.yaml"
    assert read(write(root, campaigns__first=OWN.replace("../shared/audiences.yaml", climbing)))


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        pytest.param(os.mkfifo, "this is not a file; name a YAML file or a folder of them", id="fifo"),
        pytest.param(
            lambda path: path.mkdir(), "this is not a file; name a YAML file or a folder of them", id="folder"
        ),
        pytest.param(
            lambda path: path.write_bytes(b"\xff\xfea\0"), "the file is UTF-16; save it as UTF-8", id="utf-16"
        ),
    ],
)
def test_what_is_included_is_read_with_the_same_care(tmp_path, make, expected):
    """A pipe, a folder and another encoding are complaints about the included file, once for all who include it."""
    write(tmp_path, campaigns__second=OWN.replace("first", "second"), shared__audiences=None)
    make(tmp_path / "shared" / "audiences.yaml")
    (told,) = [re.sub(r":\d+:\d+", "", each) for each in said(tmp_path)]

    assert told == f"shared/audiences.yaml {expected}"


def test_all_that_is_wrong_is_told_in_one_go(tmp_path):
    """A missing file, a bad one and the campaign's own faults come together; what could not be read is not missed."""
    own = OWN.replace("starts: 2027-01-11", "starts: never").replace("shared/audiences", "shared/gone")
    told = said(write(tmp_path, campaigns__first=own, shared__channels=CHANNELS + "chanel: x\n"))

    assert [re.sub(r"(:\d+:\d+)? .*", "", each) for each in told] == [
        "campaigns/first.yaml",
        "shared/channels.yaml",
        "shared/gone.yaml",
    ]


def test_what_two_campaigns_include_is_told_once(tmp_path):
    """Errors and warnings of a shared file are not repeated for each campaign."""
    bad = AUDIENCES.replace("Europe/London", "Europe/Londn")
    warned = AUDIENCES.replace("others", "others, insight: x")
    write(tmp_path, campaigns__second=OWN.replace("first", "second"), shared__audiences=bad)

    assert len(said(tmp_path)) == 2  # two audiences, each with that zone
    first, second = read(write(tmp_path, shared__audiences=warned))
    assert not set(first.warnings) & set(second.warnings)


def test_a_shared_channel_clashes_at_its_own_place(tmp_path):
    """A campaign that defines a shared channel otherwise is told where the shared one stands."""
    lone = "include: [../shared/audiences.yaml]\n" + CHANNELS.replace("feed", "outbox")
    second = OWN.replace("first", "second").replace(OWN.splitlines()[1] + "\n", lone)
    told = said(write(tmp_path, campaigns__second=second))

    assert [each.split(";")[0] for each in told] == [
        "campaigns/second.yaml:4:5 channel 'site' is defined otherwise (kind) at shared/channels.yaml:2:5 too",
        "shared/channels.yaml:2:5 channel 'site' is defined otherwise (kind) at campaigns/second.yaml:4:5 too",
    ]


def test_a_campaign_is_not_included(tmp_path):
    """What two campaigns need is moved out of both."""
    own = OWN.replace("../shared/channels.yaml", "second.yaml").replace("first", "one", 1)
    told = said(write(tmp_path, campaigns__first=own, campaigns__second=OWN.replace("first", "second")))

    assert told == [
        (
            "campaigns/first.yaml:2:37 'second.yaml' is a campaign, which no other may include; "
            "move what both need to a file of its own, and include that in both"
        )
    ]


def test_a_shared_file_among_the_campaigns_is_told_so(tmp_path):
    """It would be read as a campaign; one complaint says what to do instead of listing what it lacks."""
    assert said(write(tmp_path, campaigns__channels=CHANNELS)) == [
        (
            "campaigns/channels.yaml:1:1 this has no 'campaign:' and looks like what campaigns include; "
            "move it to a folder of its own, such as shared/, and name it under include: in a campaign"
        )
    ]


def test_text_without_a_folder_includes_nothing():
    """There is nothing its paths could be relative to."""
    with pytest.raises(InvalidDocument) as refused:
        loads(OWN, "c.yaml")

    assert [str(each) for each in refused.value.complaints] == [
        (
            "c.yaml:2:1 'include' names files, and this text lies in no folder; "
            "write out what is included, or save the text in a workspace and name the file"
        )
    ]


@given(st.permutations(["readers", "others", "third", "fourth"]), st.integers(0, 4), st.integers(0, 4))
@WHOLE
def test_every_item_keeps_its_place(tmp_path_factory, ids, first, second):
    """However audiences are spread over three files, each is complained of in the line that holds it."""
    root = tmp_path_factory.mktemp("spread")
    low, high = sorted((first, second))
    spread = {"shared/a.yaml": ids[:low], "shared/b.yaml": ids[low:high], "campaigns/first.yaml": ids[high:]}
    text = {
        file: "".join(f"  - {{id: {each}, locales: [en-GB], timezone: Nowhere/{each}}}\n" for each in those).join(
            ["audiences:\n" if those else "narratives: []\n", ""]
        )
        for file, those in spread.items()
    }
    own = OWN.replace("audiences.yaml, ../shared/channels.yaml", "a.yaml, ../shared/b.yaml")
    write(
        root,
        campaigns__first=own + CHANNELS + text["campaigns/first.yaml"],
        shared__a=text["shared/a.yaml"],
        shared__b=text["shared/b.yaml"],
    )
    told = said(root)

    assert len(told) == len(ids)
    for each in told:
        place, name = re.fullmatch(r"(\S+) 'timezone': unknown time zone 'Nowhere/(\w+)';.*", each).groups()
        file, line, column = place.split(":")
        assert (root / file).read_text().splitlines()[int(line) - 1][int(column) - 1 :].startswith(f"Nowhere/{name}")
