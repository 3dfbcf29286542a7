"""What containers say: size, time, motion, what they tell, where they are damaged; and copies that tell nothing."""

import io
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFile

from content import cleaning, media
from content.containers import mp4
from content.containers.facts import Broken, Facts
from content.errors import MediaFault
from tests.builders import pictures
from tests.builders.pictures import encoded, exif, film, moving, scene, texts

SCENE = scene()
GPS = {
    "jpeg": encoded(SCENE, "JPEG", exif=exif(owner="A. Person")),
    "png": encoded(SCENE, "PNG", exif=exif()),
    "webp": encoded(SCENE, "WEBP", exif=exif()),
}
PLAIN = {
    "png": encoded(SCENE),
    "jpeg": encoded(SCENE, "JPEG"),
    "progressive-jpeg": encoded(SCENE, "JPEG", progressive=True),
    "jpeg-with-profile": encoded(SCENE, "JPEG", icc_profile=b"x" * 500),
    "cmyk-jpeg": encoded(SCENE.convert("CMYK"), "JPEG"),
    "gif": encoded(SCENE.convert("P"), "GIF"),
    "webp": encoded(SCENE, "WEBP"),
    "lossless-webp": encoded(SCENE, "WEBP", lossless=True),
    "palette-png": encoded(SCENE.convert("P")),
    "grey-png": encoded(SCENE.convert("LA")),
}
MOVING = {"gif": moving("GIF"), "webp": moving("WEBP"), "png": moving("PNG")}


def film_facts(data: bytes) -> Facts:
    """Return the facts of a film."""
    return mp4.look(io.BytesIO(data), len(data))


def told(facts: Facts) -> set[tuple[str, bool]]:
    """Return what a file tells, with whether it is personal."""
    return {(each.what, each.personal) for each in facts.told}


@pytest.mark.parametrize("data", PLAIN.values(), ids=PLAIN)
def test_a_plain_picture_has_its_size_and_tells_nothing(data: bytes) -> None:
    """What draws a picture is not metadata."""
    assert media.facts(data)[1] == Facts(640, 480)


@pytest.mark.parametrize("data", MOVING.values(), ids=MOVING)
def test_a_picture_that_moves_says_so(data: bytes) -> None:
    """More than one frame is motion."""
    facts = media.facts(data)[1]

    assert (facts.width, facts.height, facts.animated, facts.faults) == (120, 90, True, ())
    assert facts.told == ()


@pytest.mark.parametrize("data", GPS.values(), ids=GPS)
def test_a_place_is_found_wherever_it_is_written(data: bytes) -> None:
    """EXIF is the same in every container; a place is personal, a camera's model is not."""
    facts = media.facts(data)[1]

    assert {("where it was taken", True), ("the camera's make and model", False)} <= told(facts)
    assert facts.faults == ()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(GPS["jpeg"], ("a person's name", True), id="exif-artist"),
        pytest.param(encoded(SCENE, "JPEG", xmp=pictures.XMP), ("where it was taken", True), id="jpeg-xmp"),
        pytest.param(encoded(SCENE, "WEBP", xmp=pictures.XMP), ("where it was taken", True), id="webp-xmp"),
        pytest.param(encoded(SCENE, "JPEG", comment=b"hello"), ("a remark", False), id="jpeg-comment"),
        pytest.param(encoded(SCENE, "GIF", comment=b"hello"), ("a remark", False), id="gif-comment"),
        pytest.param(encoded(SCENE, pnginfo=texts(Author="A. Person")), ("a person's name", True), id="png-author"),
        pytest.param(encoded(SCENE, pnginfo=texts(Software="Editor 1")), ("'Software'", False), id="png-software"),
        pytest.param(
            encoded(SCENE, pnginfo=texts(**{"XML:com.adobe.xmp": pictures.XMP.decode()})),
            ("where it was taken", True),
            id="png-xmp",
        ),
        pytest.param(
            GPS["jpeg"].replace(b"Exif\0\0MM", b"Exif\0\0XX"),
            ("data that cannot be read, perhaps a place", True),
            id="exif-that-cannot-be-read",
        ),
        pytest.param(
            b"\xff\xd8\xff\xed\0\x1ePhotoshop 3.0\x008BIM\x04\x04\0\0\0\0\x1c\x02\x5a\0" + encoded(SCENE, "JPEG")[2:],
            ("where it was taken", True),
            id="iptc-city",
        ),
    ],
)
def test_what_it_tells_is_named(data: bytes, says: tuple[str, bool]) -> None:
    """Each place where files keep such data is read."""
    assert says in told(media.facts(data)[1])


@pytest.mark.parametrize("name", [*GPS, *PLAIN, *MOVING])
def test_a_clean_copy_shows_the_same_pixels_and_tells_nothing(name: str) -> None:
    """Cleaning is lossless: every frame decodes to the same pixels."""
    for data in (source[name] for source in (GPS, PLAIN, MOVING) if name in source):
        made = cleaning.clean("crowd", data)
        facts = media.facts(made.data)[1]

        assert (facts.told, facts.faults, made.redrawn) == ((), (), False)
        with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(made.data)) as after:
            assert getattr(before, "n_frames", 1) == getattr(after, "n_frames", 1)
            for frame in range(getattr(before, "n_frames", 1)):
                before.seek(frame)
                after.seek(frame)
                assert before.convert("RGBA").tobytes() == after.convert("RGBA").tobytes()
            assert not after.getexif()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_lies_on_its_side_is_turned(kind: str) -> None:
    """The way it is shown survives, though the number that says it does not."""
    data = encoded(SCENE, kind, exif=exif(orientation=6))
    made = cleaning.clean("crowd", data)

    assert (media.facts(data)[1].width, media.facts(data)[1].height) == (480, 640)
    assert media.facts(made.data)[1] == Facts(480, 640)
    assert "turned it upright" in made.done
    with Image.open(io.BytesIO(made.data)) as after:
        difference = ImageChops.difference(after.convert("RGB"), SCENE.rotate(-90, expand=True))
        assert max(high for _, high in difference.reduce(16).getextrema()) < 40


def test_it_gets_smaller_only_when_asked() -> None:
    """A network's limit is applied where the network is named."""
    large = encoded(scene(2, (7000, 5000)), "JPEG", quality=60)

    assert media.facts(cleaning.clean("crowd", large).data)[1].pixels == 35_000_000
    made = cleaning.clean("crowd", large, "mastodon")
    assert (media.facts(made.data)[1].pixels or 0) <= 33_177_600
    assert made.redrawn


@pytest.mark.parametrize("name", [*PLAIN, *(f"moving-{each}" for each in MOVING)])
def test_a_picture_cut_anywhere_has_a_fault(name: str) -> None:
    """No part of a file passes for the whole."""
    data = MOVING[name.removeprefix("moving-")] if name.startswith("moving-") else PLAIN[name]
    for share in range(1, 20):
        assert media.facts(data[: max(32, len(data) * share // 20)])[1].faults, share
    assert media.facts(data[:-1])[1].faults


@pytest.mark.parametrize("data", [*PLAIN.values(), *MOVING.values()], ids=[*PLAIN, *(f"moving-{n}" for n in MOVING)])
def test_what_follows_the_end_is_a_fault(data: bytes) -> None:
    """A picture that is an archive too hides the archive; the clean copy has lost it."""
    both = data + b"PK\x03\x04" + b"hidden" * 20

    assert "after its end" in media.facts(both)[1].faults[0].what
    assert b"hidden" not in cleaning.clean("crowd", both).data


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """Return a PNG of a few octets that says it is huge."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def test_a_bomb_is_not_opened() -> None:
    """A few octets that unpack to gigabytes are refused by what their header says."""
    assert "3,600,000,000 pixels" in media.facts(bomb())[1].faults[0].what
    with pytest.raises(MediaFault, match="pixels"):
        cleaning.clean("bomb.png", bomb())


def test_a_header_that_promises_more_than_there_is_has_a_fault() -> None:
    """A picture of which most is missing is damaged, though every checksum is right."""
    assert media.facts(bomb(100, 100))[1].faults


def test_what_is_missing_is_a_fault_though_another_library_asked_to_overlook_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process that also makes PDF judges pictures as strictly as one that does not."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)

    assert media.facts(bomb(100, 100))[1].faults


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG", id="svg"),
        pytest.param(b"\xef\xbb\xbf\n <?xml version='1.0'?><svg/>", "SVG", id="svg-with-a-header"),
        pytest.param(b"<!-- a --><SVG>", "SVG", id="svg-behind-a-remark"),
        pytest.param(b"<!DOCTYPE html><p>", "web page", id="page"),
        pytest.param(b"%PDF-1.7", "PDF", id="pdf"),
        pytest.param(b"PK\x03\x04", "archive", id="archive"),
        pytest.param(b"MZ\x90", "program", id="program"),
    ],
)
def test_what_may_run_is_named(data: bytes, name: str) -> None:
    """What is no picture and may run is a fault, whatever it is called."""
    kind, facts = media.facts(data)

    assert kind == media.UNKNOWN
    assert name in facts.faults[0].what


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        pytest.param(film(), Facts(640, 360, 5.0, 25.0, animated=True), id="film"),
        pytest.param(film(turned=True), Facts(360, 640, 5.0, 25.0, animated=True), id="held-upright"),
        pytest.param(
            film(seconds=600, size=(3840, 2160), rate=50), Facts(3840, 2160, 600.0, 50.0, animated=True), id="long"
        ),
    ],
)
def test_a_film_says_its_size_and_time(data: bytes, facts: Facts) -> None:
    """Width, height, seconds and frames a second come from the header, as shown."""
    assert film_facts(data) == facts


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(film(place=True), ("where it was filmed", True), id="place"),
        pytest.param(film(made=3_900_000_000), ("when it was made", False), id="date"),
        pytest.param(film(data_track=b"meta"), ("a track of other data ('meta'), perhaps of places", True), id="track"),
    ],
)
def test_a_film_that_tells_is_found_out(data: bytes, says: tuple[str, bool]) -> None:
    """Place, date and tracks of other data are seen."""
    assert says in told(film_facts(data))


def test_a_clean_film_keeps_every_offset() -> None:
    """What tells is blanked where it stands: same size, same pictures, no place and no date."""
    data = film(place=True, made=3_900_000_000)
    made = cleaning.clean("crowd.mp4", data).data

    assert len(made) == len(data)
    assert made[-400:] == data[-400:]
    assert b"+35.9506" not in made
    assert film_facts(made) == film_facts(film())


def test_a_film_with_a_track_of_places_is_not_called_clean() -> None:
    """What cannot be blanked is refused, not left inside."""
    with pytest.raises(MediaFault, match="track of other data"):
        cleaning.clean("crowd.mp4", film(data_track=b"meta"))


@pytest.mark.parametrize("cut", [20, 40, 200, 500, -1])
def test_a_film_cut_anywhere_is_broken(cut: int) -> None:
    """No part of a film passes for the whole."""
    with pytest.raises(Broken):
        film_facts(film()[:cut])


SAMPLES = [*GPS.values(), *PLAIN.values(), *MOVING.values()]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([each[:6000] for each in SAMPLES]), st.data())
def test_noise_in_a_picture_is_a_fault_and_never_a_traceback(data: bytes, drawn: st.DataObject) -> None:
    """Whatever octets change, facts come back."""
    at = drawn.draw(st.integers(0, len(data) - 1))
    noise = drawn.draw(st.binary(min_size=1, max_size=12))
    kind, facts = media.facts(data[:at] + noise + data[at + len(noise) :])

    assert isinstance(facts, Facts)
    assert kind.partition("/")[2]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_noise_in_a_film_is_broken_or_facts(drawn: st.DataObject) -> None:
    """Whatever octets change, a film is read or refused, and never loops."""
    data = film(place=True, data_track=b"soun")
    at = drawn.draw(st.integers(0, len(data) - 1))
    noise = drawn.draw(st.binary(min_size=1, max_size=12))
    changed = data[:at] + noise + data[at + len(noise) :]
    try:
        facts = film_facts(changed)
    except Broken as broken:
        assert str(broken)  # noqa: PT017 (either is right)
    else:
        assert facts.animated
