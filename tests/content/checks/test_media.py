"""The checks of media: what is found, whether it blocks, and that nothing is found in what is fine."""

from pathlib import Path

import pytest
from PIL import Image

from campaigns.documents import schema
from content import checklist, likeness, media
from content.check import Context, Finding, Severity
from content.hash_lists import HashLists
from content.render import render
from content.rendering import MediaFile, Request
from tests.builders import renderings
from tests.builders.pictures import CAPTIONS, encoded, exif, film, moving, scene, texts
from tests.content.looks import needs_looks

BLOCK, WARN = Severity.BLOCK, Severity.WARN
ALT = {
    "en-GB": "Four people mend a wall.",
    "fr-FR": "Quatre personnes réparent un mur.",
    "ar": "أربعة أشخاص يرممون جدارًا.",
}
LISTED = scene(7, (800, 600))
PDQ = bytes.fromhex("095b5b861a95ad5a97a195b8ae15e32b665569667786b4b4f4a7ea044b588ada")  #: of LISTED


def asked(
    folder: Path,
    data: bytes,
    name: str = "wall.png",
    locale: str = "en-GB",
    kind: str = "mastodon",
    lists: HashLists | None = None,
    network: str = "",
    **changes: object,
) -> Request:
    """Return a request that shows a file of *data*, with *changes* to its medium."""
    (folder / name).write_bytes(data)
    noun = schema.Media.model_validate({"file": name, "alt": ALT, **changes})
    from content.policy import Policy

    found = media.read(folder, [noun], locale, lists or HashLists())
    options = {"network": network} if network else {}
    made = renderings.request(locale, kind, media=found, options=options)
    message = made.message.model_copy(update={"media": [noun]})
    return Request(**{**vars(made), "message": message, "policy": Policy(listed=lists or HashLists())})


def found(request: Request) -> list[Finding]:
    """Return what all checks find."""
    return checklist.review(request, render(request), Context())


def said(request: Request) -> list[tuple[str, Severity]]:
    """Return the ids and severities of what all checks find."""
    return [(each.check, each.severity) for each in found(request)]


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR", "ar"])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("wall.png", encoded(scene()), id="png"),
        pytest.param("wall.jpg", encoded(scene(), "JPEG"), id="jpeg"),
        pytest.param("wall.webp", encoded(scene(), "WEBP"), id="webp"),
        pytest.param("wall.gif", moving(), id="gif"),
    ],
)
def test_a_clean_picture_with_its_words_has_no_finding(tmp_path: Path, locale: str, name: str, data: bytes) -> None:
    """What is as it should be passes, in every language."""
    assert said(asked(tmp_path, data, name, locale)) == []


@pytest.mark.parametrize(
    ("name", "data", "findings"),
    [
        pytest.param("a.jpg", encoded(scene(), "JPEG", exif=exif()), [("media-metadata", BLOCK)], id="place"),
        pytest.param("a.jpg", encoded(scene(), "JPEG", exif=exif(place=False)), [("media-metadata", WARN)], id="model"),
        pytest.param("a.png", encoded(scene(), pnginfo=texts(Author="A. P.")), [("media-metadata", BLOCK)], id="name"),
        pytest.param("a.png", encoded(scene())[:-20], [("unsafe-media", BLOCK)], id="cut-off"),
        pytest.param("a.png", encoded(scene()) + b"PK\x03\x04more", [("unsafe-media", BLOCK)], id="two-in-one"),
        pytest.param("a.png", encoded(scene(), "JPEG"), [("missing-media", WARN)], id="name-that-lies"),
        pytest.param("a.svg", b"<svg/>", [("unsafe-media", BLOCK), ("missing-media", WARN)], id="svg"),
        pytest.param("a.png", b"MZ\x90\0", [("unsafe-media", BLOCK), ("missing-media", WARN)], id="program"),
    ],
)
def test_what_is_wrong_with_a_file_is_found(
    tmp_path: Path, name: str, data: bytes, findings: list[tuple[str, Severity]]
) -> None:
    """Each fault gives one finding, and the remedy names a command or what to do."""
    request = asked(tmp_path, data, name)

    assert said(request) == findings
    assert all(each.remedy.endswith(".") for each in found(request))


@pytest.mark.parametrize(
    ("locale", "words", "what"),
    [
        pytest.param("en-GB", "x" * 251, "has 251 characters", id="long"),
        pytest.param("en-GB", "Image of a wall.", "begins with 'Image of'", id="image-of"),
        pytest.param("en-GB", "A photo showing a wall.", "begins with", id="photo-showing"),
        pytest.param("fr-FR", "Photo de quatre personnes.", "begins with 'Photo de'", id="photo-de"),
        pytest.param("fr-FR", "Une image d\u2019un mur.", "begins with", id="image-d"),
        pytest.param("ar", "صورة لأربعة أشخاص.", "begins with 'صورة'", id="arabic"),
        pytest.param("en-GB", "See IMG_2031 for four people.", "holds the file's name", id="file-name"),
        pytest.param("en-GB", "The wall, img_2031.png", "holds the file's name", id="file-name-and-ending"),
        pytest.param("en-GB", "Daesh lost its ground. 74 partners stand together.", "only repeats", id="the-wording"),
    ],
)
def test_a_poor_alt_text_is_a_warning(tmp_path: Path, locale: str, words: str, what: str) -> None:
    """What serves nobody who listens is said, and blocks nothing."""
    findings = found(asked(tmp_path, encoded(scene()), "IMG_2031.png", locale, alt={**ALT, locale: words}))

    assert [(each.check, each.severity) for each in findings] == [("alt-text-quality", WARN)]
    assert what in findings[0].message


def test_an_alt_text_that_nobody_translated_is_a_warning(tmp_path: Path) -> None:
    """The same words in another language are no translation; in the same language they are one text."""
    (one,) = found(asked(tmp_path, encoded(scene()), locale="fr-FR", alt={"en-GB": "A wall.", "fr-FR": "A wall."}))

    assert (one.check, one.severity) == ("alt-text-quality", WARN)
    assert "in en-GB" in one.message


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        pytest.param("en-GB", "Imagery of a wall drawn by children.", id="imagery"),
        pytest.param("en-GB", "The image that four people painted.", id="an-image-shown"),
        pytest.param("fr-FR", "Photographe au travail devant un mur.", id="photographe"),
        pytest.param("ar", "مصور يقف أمام جدار.", id="photographer"),
        pytest.param("en-GB", "A wall.", id="a-word-that-is-the-file-too"),
    ],
)
def test_a_good_alt_text_is_left_alone(tmp_path: Path, locale: str, words: str) -> None:
    """Words that only resemble a fault are none."""
    assert said(asked(tmp_path, encoded(scene()), locale=locale, alt={**ALT, locale: words})) == []


@pytest.mark.parametrize(
    ("captions", "text", "findings"),
    [
        pytest.param({}, "", [("missing-captions", BLOCK)], id="none"),
        pytest.param({"fr-FR": "film.vtt"}, CAPTIONS, [("missing-captions", BLOCK)], id="another-language"),
        pytest.param({"en-GB": "other.vtt"}, CAPTIONS, [("missing-captions", BLOCK)], id="not-there"),
        pytest.param({"en-GB": "film.vtt"}, "1\n", [("faulty-captions", BLOCK)], id="no-webvtt"),
        pytest.param(
            {"en-GB": "film.vtt"}, CAPTIONS.replace("04.500", "14.500"), [("faulty-captions", BLOCK)], id="too-long"
        ),
        pytest.param({"en-GB": "film.vtt"}, CAPTIONS, [], id="fine"),
    ],
)
def test_a_film_has_captions_in_the_language_of_its_release(
    tmp_path: Path, captions: dict[str, str], text: str, findings: list[tuple[str, Severity]]
) -> None:
    """Missing, faulty and foreign captions block; captions that fit pass."""
    (tmp_path / "film.vtt").write_text(text, "utf-8")

    assert said(asked(tmp_path, film(), "film.mp4", kind="outbox", captions=captions)) == findings


@pytest.mark.parametrize("captions", ["film.vtt", "other.vtt"])
def test_captions_are_part_of_what_a_rendering_depends_on(tmp_path: Path, captions: str) -> None:
    """Another caption file, or other words in it, are looked at again."""
    from content.render import fingerprint

    (tmp_path / "film.vtt").write_text(CAPTIONS)
    (tmp_path / "other.vtt").write_text(CAPTIONS.replace("ground", "grounds"))
    first = asked(tmp_path, film(), "film.mp4", kind="outbox", captions={"en-GB": "film.vtt"})
    same = asked(tmp_path, film(), "film.mp4", kind="outbox", captions={"en-GB": captions})

    assert (fingerprint(first) == fingerprint(same)) == (captions == "film.vtt")


@pytest.mark.parametrize(
    ("data", "network", "kind", "findings"),
    [
        pytest.param(film(size=(7680, 4320)), "mastodon", "outbox", [("media-dimensions", BLOCK)], id="pixels"),
        pytest.param(film(rate=200), "mastodon", "outbox", [("media-dimensions", BLOCK)], id="frames"),
        pytest.param(film(seconds=700), "bluesky", "outbox", [("media-dimensions", BLOCK)], id="minutes"),
        pytest.param(film(seconds=700), "mastodon", "outbox", [], id="minutes-elsewhere"),
        pytest.param(film(), "", "mastodon", [("missing-captions", WARN)], id="captions-stay-behind"),
    ],
)
def test_a_film_fits_its_network(
    tmp_path: Path, data: bytes, network: str, kind: str, findings: list[tuple[str, Severity]]
) -> None:
    """What a network refuses is known before it does."""
    (tmp_path / "film.vtt").write_text(CAPTIONS)
    captions = {"en-GB": "film.vtt"}

    assert said(asked(tmp_path, data, "film.mp4", kind=kind, network=network, captions=captions)) == findings


def test_a_server_that_takes_less_is_believed(tmp_path: Path) -> None:
    """What the channel's own server declared holds in place of what its kind usually takes."""
    request = asked(tmp_path, encoded(scene()), kind="mastodon")
    declared = Context(server_limits={"image_pixels": 300_000})

    assert found(request) == []
    (one,) = checklist.review(request, render(request), declared)
    assert (one.check, one.severity) == ("media-dimensions", BLOCK)
    assert "307,200 of 300,000 pixels" in one.message


def near(bits: int) -> HashLists:
    """Return a list with one picture that differs from the listed one in *bits*."""
    changed = bytearray(PDQ)
    for at in range(bits):
        changed[at // 8] ^= 1 << at % 8
    return HashLists([("lists/gifct.csv", f"signal_type,signal_str\npdq,{changed.hex()}\n".encode())])


@needs_looks
@pytest.mark.parametrize(
    ("bits", "findings"),
    [
        pytest.param(0, [("listed-media", BLOCK)], id="same"),
        pytest.param(31, [("listed-media", BLOCK)], id="31"),
        pytest.param(32, [("similar-media", BLOCK)], id="32"),
        pytest.param(60, [("similar-media", BLOCK)], id="60"),
        pytest.param(61, [], id="61"),
    ],
)
def test_how_near_decides_who_decides(tmp_path: Path, bits: int, findings: list[tuple[str, Severity]]) -> None:
    """Up to 31 bits nothing helps, up to 60 a person looks, beyond nothing is said."""
    assert said(asked(tmp_path, encoded(LISTED), lists=near(bits))) == findings


@needs_looks
def test_a_plain_field_goes_to_a_person(tmp_path: Path) -> None:
    """Where there is too little to compare, a person looks; without lists of pictures nobody has to."""
    plain = encoded(Image.new("RGB", (400, 300), "navy"))

    assert said(asked(tmp_path, plain, lists=near(0))) == [("similar-media", BLOCK)]
    assert said(asked(tmp_path, plain)) == []


@needs_looks
@pytest.mark.parametrize(("bits", "waived"), [(10, False), (40, True)])
def test_only_a_likeness_can_be_waived(tmp_path: Path, bits: int, waived: bool) -> None:
    """A waiver lets a person's look count, and never known content."""
    request = asked(tmp_path, encoded(LISTED), lists=near(bits))
    waive = [
        schema.Waiver(check=each, because="Two officers compared them.") for each in ("listed-media", "similar-media")
    ]
    request = Request(**{**vars(request), "message": request.message.model_copy(update={"waive": waive})})
    findings = found(request)

    assert [each.waived is not None for each in findings] == [waived]
    assert checklist.blocking(findings) != waived


def test_nothing_leaves_that_was_not_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, and with a list that cannot be read, every picture is kept back, and why is said."""
    bad = HashLists([("lists/a.csv", b"\xff")])

    assert said(asked(tmp_path, encoded(LISTED), lists=bad)) == [("listed-media", BLOCK)]
    monkeypatch.setattr(likeness, "find_spec", lambda _: None)
    (one,) = found(asked(tmp_path, encoded(scene(3)), "b.png", lists=near(5)))
    assert (one.check, one.severity) == ("listed-media", BLOCK)
    assert "cordiale[media]" in one.message


def test_a_bad_row_is_a_warning_with_its_place(tmp_path: Path) -> None:
    """A row that protects nobody is said, and keeps nothing back."""
    rows = HashLists([("lists/a.csv", b"hash_type,hash_value\nmd5," + b"0" * 32 + b"\nmd5,xyz\n")])
    (one,) = found(asked(tmp_path, encoded(LISTED), lists=rows))

    assert (one.check, one.severity) == ("listed-media", WARN)
    assert "lists/a.csv:3" in one.message


@needs_looks
def test_a_finding_names_digests_and_never_content(tmp_path: Path) -> None:
    """What is listed is named by its line; tags and names of the list are not repeated."""
    digest = media.read(tmp_path, [], "en-GB")
    rows = f"signal_type,signal_str,tags\npdq,{PDQ.hex()},vile-words\n"
    (one,) = found(asked(tmp_path, encoded(LISTED), lists=HashLists([("lists/a.csv", rows.encode())])))

    assert digest == ()
    assert "vile-words" not in one.message + one.remedy
    assert "lists/a.csv:2" in one.message


def test_a_file_known_by_its_facts_alone_passes() -> None:
    """Data without a file behind it has no faults: checks read no disk."""
    item = MediaFile("map.png", "ab" * 32, 8_000, "image/png", "A map of Raqqa.")

    assert said(renderings.request(media=(item,))) == []
