"""What a person who posts by hand is given."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.publisher import HandedOver, Refused
from scheduler.releases.outgoing import OutgoingPart
from tests.scheduler.publishers.deliveries import ARABIC, PNG, Bench, Rig, delivery, partner_pack_rig
from tests.scheduler.publishers.test_captions import WORDS, filmed_delivery

LANGUAGES = ("en", "fr", "ar")


@pytest.fixture
def packs(bench: Bench) -> Rig:
    """Give the publisher."""
    return partner_pack_rig(bench)


def inside(bench: Bench, handed: HandedOver) -> dict[str, bytes]:
    """Return the files of a pack, in their order."""
    with zipfile.ZipFile(bench.settings.root / handed.where) as pack:
        assert pack.testzip() is None
        return {name: pack.read(name) for name in pack.namelist()}


def test_a_pack_holds_what_was_signed_and_what_to_do(packs: Rig, bench: Bench) -> None:
    """Text, headline, HTML and files are there letter for letter, below the locale, with alternative texts in order."""
    part = OutgoingPart(text=ARABIC, html="<p>x</p>", headline="عنوان", link="https://example.org/daesh")
    what = delivery(parts=(part,), media={"maps/map.png": PNG, "b/map.png": PNG})
    found = inside(bench, packs.publish(what))

    assert list(found) == [
        "ar/text.txt",
        "ar/headline.txt",
        "ar/text.html",
        "ar/alt.txt",
        *(f"ar/checklist.{language}.txt" for language in LANGUAGES),
        "ar/media/1-map.png",
        "ar/media/2-map.png",
        "ar/pack.json",
    ]
    assert found["ar/text.txt"] == ARABIC.encode()
    assert (found["ar/headline.txt"].decode(), found["ar/text.html"]) == ("عنوان", b"<p>x</p>")
    assert found["ar/media/2-map.png"] == PNG
    alt = "media/1-map.png\nخريطة maps/map.png\n\nmedia/2-map.png\nخريطة b/map.png\n"
    assert found["ar/alt.txt"].decode() == alt
    about = json.loads(found["ar/pack.json"])
    assert (about["digest"], about["account"], about["link"]) == (what.digest, "Cell", "https://example.org/daesh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_checklist_says_where_when_and_what_then(packs: Rig, bench: Bench, language: str) -> None:
    """Account, network, times in UTC and in the channel's zone, warning, each file, and the command that ends it."""
    options = {"network": "whatsapp", "zone": "Europe/Paris"}
    what = delivery(
        "Daesh lost its ground.",
        media={"map.png": PNG},
        options=options,
        not_after="2026-01-13T17:30:00Z",
        content_warning="Images of war",
    )
    handed = bench.run(packs.changed({"options": options}).publish(what))
    said = inside(bench, handed)[f"ar/checklist.{language}.txt"].decode()

    name = what.outgoing.name
    for words in (
        "Cell",
        "whatsapp",
        "2026-01-12 18:30 Europe/Paris, 2026-01-12 17:30 UTC",
        "2026-01-13 18:30 Europe/Paris, 2026-01-13 17:30 UTC",
        "Images of war",
        "media/1-map.png",
        f"cordiale resolve {name} --published --url URL",
        f"cordiale resolve {name} --absent",
    ):
        assert words in said
    steps = [line for line in said.splitlines() if line[:1].isdigit()]
    assert [line.partition(".")[0] for line in steps] == [str(number) for number in range(1, len(steps) + 1)]


def test_the_same_release_makes_the_same_bytes(packs: Rig, bench: Bench) -> None:
    """Made again, by another process on another day, not one byte differs, and the first file is left as it is."""
    what = delivery("Here is a map.", media={"map.png": PNG})
    first = bench.settings.root / packs.publish(what).where
    kept, number = first.read_bytes(), first.stat().st_ino
    packs.publish(what)
    assert first.stat().st_ino == number
    first.unlink()
    packs.publish(replace(what, now=None))

    assert first.read_bytes() == kept


def test_other_bytes_of_the_same_release_set_the_old_pack_aside(packs: Rig, bench: Bench) -> None:
    """What a person may have opened already is not written over; only the new one ends in `.zip`."""
    what = delivery("One.")
    handed = packs.publish(what)
    packs.publish(replace(what, outgoing=replace(what.outgoing, parts=(OutgoingPart("Two.", None, None, None),))))
    folder = bench.settings.root / "packs"

    assert inside(bench, handed)["ar/text.txt"] == b"Two."
    [aside] = folder.glob("*.superseded")
    assert zipfile.ZipFile(aside).read("ar/text.txt") == b"One."


def test_a_film_comes_with_its_captions(packs: Rig, bench: Bench) -> None:
    """Whoever posts the film finds its captions beside it, and a step that says so."""
    found = inside(bench, packs.publish(filmed_delivery()))

    assert found["ar/media/1-film.en.vtt"] == WORDS
    assert "Add the captions media/1-film.en.vtt to it." in found["ar/checklist.en.txt"].decode()


@pytest.mark.parametrize("name", ["../../escape/ar/x", "/etc/passwd", "..", "علي/ar/x", "x\x00y", "a b:c"])
def test_a_name_never_leads_elsewhere(packs: Rig, bench: Bench, name: str) -> None:
    """Whatever a release or a file is called, packs lie in their folder and unpack below their locale."""
    whole = delivery("text", media={"map.png": PNG})
    media = (replace(whole.outgoing.media[0], file=f"x/{name}"),)
    handed = packs.publish(replace(whole, outgoing=replace(whole.outgoing, name=name, media=media)))

    assert Path(handed.where).parent == Path("packs")
    assert all(each.startswith("ar/") and ".." not in each.split("/") for each in inside(bench, handed))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"server": None}, "may not write to ''"),
        ({"server": "../elsewhere"}, "may not write to"),
        ({"server": "trust/packs"}, "may not write to"),
        ({"options": {"zone": "Paris"}}, "'Paris' is no time zone"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_when_it_is_planned(packs: Rig, changed: dict, said: str) -> None:
    """What is wrong is named, with the line to write."""
    packs.publisher.vet()
    with pytest.raises(Refused, match=said) as caught:
        packs.changed(changed).vet()

    assert caught.value.hint
