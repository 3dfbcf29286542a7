"""The checks, one table each, and the waivers."""

from pathlib import Path

import pytest

from campaigns.documents import schema
from content.check import Context, Finding, Severity
from content.checklist import CHECKS, NEVER_WAIVED, blocking, review
from content.render import render
from content.rendering import Request
from tests.builders.renderings import PARTNERS, WORDING, picture, request

BLOCK, WARN = Severity.BLOCK, Severity.WARN


def found(asked: Request, context: Context | None = None) -> list[Finding]:
    """Return all findings about *asked*."""
    return review(asked, render(asked), context or Context())


def said(asked: Request, context: Context | None = None) -> list[tuple[str, Severity]]:
    """Return check and severity of each finding."""
    return [(finding.check, finding.severity) for finding in found(asked, context)]


@pytest.mark.parametrize("kind", ["mastodon", "smtp", "feed", "webhook", "outbox"])
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR", "ar"])
def test_a_sound_message_has_no_findings(locale: str, kind: str) -> None:
    """A message that says everything, with pictures that are there and described, passes."""
    assert found(request(locale, kind, media=(picture(locale),))) == []


@pytest.mark.parametrize(
    ("asked", "findings"),
    [
        pytest.param(request("ckb"), [("missing-wording", BLOCK)], id="locale"),
        pytest.param(request("en-GB", variant="d"), [("missing-wording", BLOCK)], id="variant"),
        pytest.param(request("en-GB", wording={"en-GB": " "}, values={}), [("missing-wording", BLOCK)], id="blank"),
        pytest.param(request("en-GB", "smtp", headline={}), [("missing-wording", WARN)], id="headline"),
        pytest.param(
            request("so", wording={"so": "Raqqa"}, values={}), [("missing-wording", WARN)], id="phrases-in-english"
        ),
    ],
)
def test_missing_wording(asked: Request, findings: list[tuple[str, Severity]]) -> None:
    """No wording blocks; a title for a headline, or English for fixed phrases, is a warning."""
    assert said(asked) == findings


def test_too_long_blocks_with_count_and_limit() -> None:
    """A text over its limit blocks, and says how much of how much and how much to cut."""
    asked = request("en-GB", wording={"en-GB": "x" * 450}, values={})
    finding = found(asked)[0]
    assert (finding.check, finding.severity) == ("too-long", BLOCK)
    assert finding.message == "The text takes 563 of 500 Mastodon characters."
    assert finding.remedy.startswith("Cut 63 Mastodon characters")


def test_the_limit_itself_fits() -> None:
    """A text of exactly the limit passes, and one character more does not."""
    assert said(request("en-GB", wording={"en-GB": "x" * 387}, values={})) == []
    assert said(request("en-GB", wording={"en-GB": "x" * 388}, values={})) == [("too-long", BLOCK)]


@pytest.mark.parametrize(
    ("asked", "context", "findings"),
    [
        pytest.param(
            request("en-GB", wording={"en-GB": "x" * 450}, values={}),
            Context(server_limits={"text": 5000}),
            [],
            id="the-server-allows-more",
        ),
        pytest.param(request("en-GB"), Context(server_limits={"text": 100}), [("too-long", BLOCK)], id="or-less"),
        pytest.param(
            request("en-GB", "outbox", options={"network": "x"}, wording={"en-GB": "烟" * 100}, values={}),
            Context(),
            [("too-long", BLOCK)],
            id="outbox-for-x",
        ),
        pytest.param(
            request("en-GB", "smtp", headline={"en-GB": "x" * 71}), Context(), [("too-long", WARN)], id="long-subject"
        ),
        pytest.param(
            request("en-GB", media=(picture(alt="x" * 1501),)),
            Context(),
            [("too-long", BLOCK), ("alt-text-quality", WARN)],
            id="long-alt-text",
        ),
        pytest.param(request("en-GB", media=(picture(),) * 5), Context(), [("too-long", BLOCK)], id="five-pictures"),
    ],
)
def test_too_long(asked: Request, context: Context, findings: list[tuple[str, Severity]]) -> None:
    """What a channel refuses blocks, what it cuts is a warning, and the server's own word wins."""
    assert said(asked, context) == findings


@pytest.mark.parametrize(
    ("alt", "findings"),
    [
        pytest.param("", [("missing-alt-text", BLOCK)], id="none"),
        pytest.param("  ", [("missing-alt-text", BLOCK)], id="blank"),
        pytest.param("map.png", [("missing-alt-text", BLOCK)], id="file-name"),
        pytest.param("Map", [("missing-alt-text", BLOCK)], id="its-stem"),
        pytest.param("A map of Raqqa.", [], id="words"),
    ],
)
def test_missing_alt_text(alt: str, findings: list[tuple[str, Severity]]) -> None:
    """Every picture has words in the locale, and its file's name is none."""
    assert said(request("en-GB", media=(picture(alt=alt),))) == findings


@pytest.mark.parametrize(
    ("changes", "findings"),
    [
        pytest.param({"digest": ""}, [("missing-media", BLOCK)], id="not-there"),
        pytest.param({"kind": "application/octet-stream"}, [("missing-media", WARN)], id="no-known-kind"),
        pytest.param({"kind": "image/jpeg"}, [("missing-media", WARN)], id="not-what-its-name-says"),
        pytest.param({"file": "map"}, [], id="a-name-that-says-nothing"),
    ],
)
def test_missing_media(changes: dict[str, str], findings: list[tuple[str, Severity]]) -> None:
    """A file that is not there blocks; one of another kind than its name says is a warning."""
    assert said(request("en-GB", media=(picture(**changes),))) == findings


@pytest.mark.parametrize(
    ("template", "findings"),
    [
        pytest.param("{{ text }}\n{{ attribution }}\n{{ help }}\n{{ link }}", 0, id="all-there"),
        pytest.param("{{ text }}", 4, id="nothing-there"),
        pytest.param("{{ text }}\n{{ attribution }}\n{{ link }}", 1, id="no-help-line"),
        pytest.param("{{ text }}\n{{ attribution }}\n{{ help }}", 1, id="no-link"),
    ],
)
def test_missing_attribution_in_a_template_of_the_workspace(tmp_path: Path, template: str, findings: int) -> None:
    """A template that leaves out issuer, partners, help line or link blocks."""
    (tmp_path / "post").mkdir()
    (tmp_path / "post" / "text.j2").write_text(template, "utf-8")
    assert said(request("en-GB", templates=tmp_path)) == [("missing-attribution", BLOCK)] * findings


@pytest.mark.parametrize(
    ("template", "findings"),
    [
        pytest.param("<body><p>{{ attribution }} {{ help }}</p><a href='{{ link }}'>x</a></body>", 0, id="shown"),
        pytest.param("<body><!-- {{ attribution }} {{ help }} --><a href='{{ link }}'>x</a></body>", 3, id="comment"),
        pytest.param("<body><p>{{ text }}</p><a href='{{ link }}'>x</a></body>", 3, id="left-out"),
        pytest.param(
            "<body><p style='display: none'>{{ attribution }} {{ help }}</p><a href='{{ link }}'>x</a></body>",
            3,
            id="hidden",
        ),
    ],
)
def test_missing_attribution_in_html(tmp_path: Path, template: str, findings: int) -> None:
    """The HTML part shows who speaks too, where a reader sees it."""
    (tmp_path / "email").mkdir()
    (tmp_path / "email" / "html.j2").write_text(template, "utf-8")
    assert said(request("en-GB", "smtp", templates=tmp_path)) == [("missing-attribution", BLOCK)] * findings


def test_an_issuer_outside_the_partners_blocks() -> None:
    """Only a partner of the campaign may issue its messages."""
    assert said(request("en-GB", issuer="de")) == [("missing-attribution", BLOCK)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param(
            {"wording": {"en-GB": "{{ partners }}"}, "values": {}},
            ["names 'partners', which has no value"],
            id="unknown",
        ),
        pytest.param(
            {"wording": {**WORDING, "en-GB": "All stand together."}},
            ["does not name 'partners_in_coalition'; fr-FR, ar does"],
            id="left-out-here",
        ),
        pytest.param({"values": {"partners_in_coalition": 74, "year": 2014}}, ["The value 'year'"], id="unused"),
        pytest.param({"values": {"partners_in_coalition": 74}}, [], id="same-everywhere"),
    ],
)
def test_placeholder_mismatch(changes: dict[str, object], words: list[str]) -> None:
    """All wordings use the same names, each name has a value, and each value is used."""
    findings = found(request("en-GB", **changes))
    assert [finding.check for finding in findings] == ["placeholder-mismatch"] * len(words)
    assert all(word in finding.message for word, finding in zip(words, findings, strict=True))


def test_variants_are_compared_with_themselves() -> None:
    """Variant b may use fewer names than variant a, as long as its own locales agree."""
    variants = {"b": schema.Variant(wording={"en-GB": "Raqqa speaks.", "fr-FR": "Raqqa parle."})}
    assert said(request("en-GB", variant="b", variants=variants)) == []


@pytest.mark.parametrize(
    ("waiver", "waived"),
    [
        pytest.param({"check": "missing-alt-text"}, True, id="everywhere"),
        pytest.param({"check": "missing-alt-text", "locale": "en-GB"}, True, id="this-locale"),
        pytest.param({"check": "missing-alt-text", "locale": "ar"}, False, id="another-locale"),
        pytest.param({"check": "missing-alt-text", "channel": "uk-mastodon"}, True, id="this-channel"),
        pytest.param({"check": "missing-alt-text", "channel": "uk-feed"}, False, id="another-channel"),
        pytest.param({"check": "too-long"}, False, id="another-check"),
    ],
)
def test_a_waiver_covers_its_check_and_scope_only(waiver: dict[str, str], waived: bool) -> None:
    """A waiver lifts the block where check, locale and channel match, and its reason stays with the finding."""
    findings = found(request("en-GB", media=(picture(alt=""),), waive=[{**waiver, "because": "decorative"}]))
    assert [finding.waived for finding in findings] == ["decorative" if waived else None]
    assert blocking(findings) is not waived


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(request("ckb", waive=[{"check": "missing-wording", "because": "x"}]), id="nothing-to-say"),
        pytest.param(
            request("en-GB", issuer="de", waive=[{"check": "missing-attribution", "because": "x"}]), id="nobody"
        ),
        pytest.param(
            request("en-GB", values={}, waive=[{"check": "placeholder-mismatch", "because": "x"}]), id="no-value"
        ),
    ],
)
def test_some_things_no_reason_makes_up_for(asked: Request) -> None:
    """Neither an empty release nor one without a visible issuer goes out, whatever is waived."""
    assert blocking(found(asked))


def test_warnings_do_not_block() -> None:
    """A warning lets a release go out."""
    findings = found(request("en-GB", "smtp", headline={}))
    assert findings
    assert not blocking(findings)


def test_checks_have_ids_of_their_own() -> None:
    """Each check has an id that a waiver can name, and what is never waived is a check."""
    ids = [check.id for check in CHECKS]
    assert len(set(ids)) == len(ids)
    assert set(ids) >= NEVER_WAIVED


def test_every_finding_says_what_to_do() -> None:
    """Whatever is wrong, the finding has a sentence and a remedy."""
    partners = {"uk": PARTNERS["uk"]}
    asked = request(
        "en-GB", values={"a": 1, "partners_in_coalition": 2}, media=(picture(digest="", alt=""),) * 5, partners=partners
    )
    assert all(finding.message.endswith(".") and finding.remedy.endswith(".") for finding in found(asked))
