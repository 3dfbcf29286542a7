"""The lists of known terrorist content: their forms, their faults, and what is found on them."""

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from campaigns.documents import schema
from content import hash_lists, likeness, media
from content.hash_lists import HashLists, Match
from tests.builders.pictures import encoded, film, moving, scene
from tests.content.looks import needs_looks

LISTED = scene(7, (800, 600))
PNG = encoded(LISTED)
SHA, MD5 = hashlib.sha256(PNG).hexdigest(), hashlib.md5(PNG, usedforsecurity=False).hexdigest()
PDQ = "095b5b861a95ad5a97a195b8ae15e32b665569667786b4b4f4a7ea044b588ada"  #: of LISTED


def lists(text: str, name: str = "lists/gifct.csv") -> HashLists:
    """Return lists of one file."""
    return HashLists([(name, text.encode())])


def compared(folder: Path, data: bytes, known: HashLists) -> hash_lists.Compared:
    """Return how a file of *data* compares."""
    (folder / "file.png").write_bytes(data)
    return media.read(folder, [schema.Media(file="file.png")], "en-GB", known)[0].compared


FORMS = {
    "threatexchange-dataset": f"signal_type,signal_str,collab,category,tags\nmd5,{MD5},A,CONFIRMED,a b\n",
    "threatexchange-samples": f"collab,signal_type,signal_str,category,tags\nA,sha256,{SHA},CONFIRMED,\n",
    "threatexchange-query": f"id,indicator,type,status,tags,owner_id\n1,{SHA},HASH_SHA256,MALICIOUS,a,2\n",
    "type-and-value": f"hash_type,hash_value\nSHA-256,{SHA.upper()}\n",
    "hasher-matcher-actioner": f"{MD5},3085044528211555,2020-07-31T20:23:47+0000,media_type_photo\n",
    "nothing-but-digests": f"{SHA}\n{MD5}\n",
    "a-mark-and-empty-lines": f"\ufeffhash\r\n\r\n{SHA}\r\n",
}


@needs_looks
def test_what_stands_here_as_the_looks_of_a_picture_is_what_is_found() -> None:
    """The hash that these tests are written with is that of the picture."""
    assert likeness.hashes(PNG, "image/png")[0][0].hex() == PDQ


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_every_form_finds_the_very_same_file(text: str) -> None:
    """Whoever wrote the list, a digest on it is found."""
    known = lists(text)

    assert known.exact(SHA, MD5)
    assert known.bad == []
    assert known.exact("00" * 32, "11" * 16) == ()


def test_a_match_names_its_line() -> None:
    """A person can go to the row."""
    known = lists(f"signal_type,signal_str\npdq,{PDQ}\nmd5,{MD5}\n")

    assert known.exact(SHA, MD5) == (Match("lists/gifct.csv:3", "md5"),)
    assert known.alike([bytes.fromhex(PDQ)]) == (Match("lists/gifct.csv:2", "pdq", 0),)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        pytest.param("lists/holidays-pdq-hashes.csv", (0, 1), id="pdq"),
        pytest.param("lists/photo_sha256.csv", (1, 0), id="sha256"),
        pytest.param("lists/gifct.csv", (1, 1), id="either"),
    ],
)
def test_64_digits_are_what_the_name_says_and_both_otherwise(name: str, counts: tuple[int, int]) -> None:
    """Rows without a kind fail closed."""
    found = lists(f"{PDQ},1,2021-05-07T18:07:52+0000,a\n", name).counts

    assert (found["exact"], found["pdq"]) == counts


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        pytest.param(f"{SHA}\nabc\n", "lists/gifct.csv:2", "is no PDQ of 64", id="short"),
        pytest.param(
            f"signal_type,signal_str\nmd5,{MD5}\nmd5,{'z' * 32}\n", "lists/gifct.csv:3", "is no MD5", id="hex"
        ),
        pytest.param(
            f"signal_type,signal_str\nmd5,{MD5}\nmd5\n", "lists/gifct.csv:3", "has only 1 columns", id="narrow"
        ),
    ],
)
def test_a_bad_row_is_named_and_harms_only_itself(text: str, place: str, what: str) -> None:
    """The other rows of the list are used."""
    known = lists(text)
    (bad,) = known.bad

    assert (bad.place, bad.whole) == (place, False)
    assert bad.what.startswith(what)
    assert known.exact(SHA, MD5)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(None, id="cannot-be-read"),
        pytest.param(b"\xff\xfe\0", id="not-utf-8"),
        pytest.param(b"", id="empty"),
        pytest.param(b"name,colour\n", id="no-hash"),
    ],
)
def test_a_list_that_cannot_be_used_says_so(data: bytes | None) -> None:
    """An empty or foreign file protects nobody, and is not taken for a list."""
    assert any(bad.whole for bad in HashLists([("lists/a.csv", data)]).bad)


def test_other_signals_are_passed_over() -> None:
    """A list of addresses and words is no list of media; its rows are counted."""
    known = lists(f"signal_type,signal_str\nurl,https://example.org\nmd5,{MD5}\n")

    assert (known.counts["passed over"], known.bad) == (1, [])


def test_lists_are_read_anew_when_they_change(tmp_path: Path) -> None:
    """The same object for the same files; another digest for other rows."""
    (tmp_path / "a.csv").write_text(f"{MD5}\n")
    first = hash_lists.load(tmp_path)
    again = hash_lists.load(tmp_path)
    (tmp_path / "a.csv").write_text(f"{MD5}\n{SHA}\n")

    assert first is again
    assert hash_lists.load(tmp_path).digest != first.digest
    assert not hash_lists.load(tmp_path / "nowhere")


def copies() -> dict[str, bytes]:
    """Return copies of the listed picture, as people make them."""
    small = LISTED.resize((320, 240))
    return {
        "saved-again": encoded(LISTED, "JPEG", quality=40),
        "half-the-size": encoded(LISTED.resize((400, 300)), "JPEG", quality=75),
        "small-webp": encoded(small, "WEBP", quality=50),
        "twice-saved": encoded(Image.open(io.BytesIO(encoded(small, "JPEG", quality=30))), "PNG"),
        "mirrored": encoded(LISTED.transpose(Image.Transpose.FLIP_LEFT_RIGHT), "JPEG", quality=80),
        "upside-down": encoded(LISTED.rotate(180), "JPEG", quality=80),
        "grey": encoded(LISTED.convert("L"), "JPEG", quality=80),
        "sixteen-colours": encoded(LISTED.quantize(16), "GIF"),
    }


@needs_looks
@pytest.mark.parametrize("name", copies())
def test_a_copy_is_found_by_its_looks(tmp_path: Path, name: str) -> None:
    """Scaled, saved again, turned or mirrored, it is within 31 bits of the listed one."""
    found = compared(tmp_path, copies()[name], lists(f"signal_type,signal_str\npdq,{PDQ}\n"))

    assert found.matches[0].kind == "pdq"
    assert found.matches[0].distance <= likeness.SAME
    assert (found.quality or 0) >= likeness.POOR


@needs_looks
@pytest.mark.parametrize("seed", range(20, 32))
def test_another_picture_is_not_found(tmp_path: Path, seed: int) -> None:
    """Pictures that have nothing to do with one another are more than 60 bits apart."""
    found = compared(tmp_path, encoded(scene(seed, (800, 600))), lists(f"signal_type,signal_str\npdq,{PDQ}\n"))

    assert found.matches == ()
    assert (found.quality or 0) >= likeness.POOR


@needs_looks
def test_a_frame_of_a_picture_that_moves_is_found(tmp_path: Path) -> None:
    """A listed picture is not hidden behind a first frame."""
    one = likeness.hashes(encoded(scene(2, (120, 90))), "image/png")[0][0].hex()

    found = compared(tmp_path, moving("GIF"), lists(f"signal_type,signal_str\npdq,{one}\n"))

    assert found.matches[0].distance <= likeness.SAME


def test_too_little_detail_is_said(tmp_path: Path) -> None:
    """A plain field has no looks to go by."""
    plain = encoded(Image.new("RGB", (400, 300), "navy"))

    assert (compared(tmp_path, plain, lists(f"signal_type,signal_str\npdq,{PDQ}\n")).quality or 0) < likeness.POOR


def test_a_film_is_found_by_its_digest(tmp_path: Path) -> None:
    """Films are compared octet by octet."""
    data = film()
    known = lists(f"{hashlib.md5(data, usedforsecurity=False).hexdigest()}\n")

    assert [match.kind for match in compared(tmp_path, data, known).matches] == ["md5"]


def test_without_the_extra_a_picture_is_not_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pictures cannot be compared, that is said and what to install; a digest is still found."""
    monkeypatch.setattr(likeness, "find_spec", lambda _: None)
    known = lists(f"signal_type,signal_str\npdq,{'0f' * 32}\nmd5,{MD5}\n")

    assert "cordiale[media]" in compared(tmp_path, encoded(scene(3)), known).left_out
    assert compared(tmp_path, PNG, known).matches[0].kind == "md5"
    assert known.digest.endswith("False")


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=30, unique=True), st.data())
def test_the_nearest_is_found_among_all(hashes: list[bytes], drawn: st.DataObject) -> None:
    """The fast comparison gives what comparing bit by bit gives."""
    query = drawn.draw(st.sampled_from(hashes) | st.binary(min_size=32, max_size=32))
    flipped = bytearray(query)
    for at in drawn.draw(st.lists(st.integers(0, 255), max_size=70, unique=True)):
        flipped[at // 8] ^= 1 << at % 8
    known = lists("signal_type,signal_str\n" + "".join(f"pdq,{each.hex()}\n" for each in hashes))
    nearest = min((int.from_bytes(each) ^ int.from_bytes(flipped)).bit_count() for each in hashes)

    assert [match.distance for match in known.alike([bytes(flipped)])] == ([nearest] if nearest <= 60 else [])


@given(st.text(max_size=300))
def test_noise_in_a_list_never_raises(text: str) -> None:
    """Whatever stands in a list, it is read or complained of."""
    known = lists(text)

    assert known.bad or known.counts["exact"] + known.counts["pdq"] + known.counts["passed over"]
