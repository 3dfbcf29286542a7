"""What a rehearsal leaves on disk."""

import asyncio
import json
from pathlib import Path

import pytest

from scheduler.publisher import Receipt
from scheduler.releases.outgoing import OutgoingPart
from tests.scheduler.publishers.deliveries import ARABIC, PNG, Bench, Rig, delivery, outbox_rig


@pytest.fixture
def outbox(bench: Bench) -> Rig:
    """Give the outbox publisher."""
    return outbox_rig(bench)


@pytest.fixture
def folder(bench: Bench) -> Path:
    """Give the folder it writes to."""
    return bench.settings.root / "outbox"


def visible(folder: Path) -> list[Path]:
    """Return what people see, without the lock."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def test_a_release_is_a_folder_of_plain_files(outbox: Rig, folder: Path) -> None:
    """Text and HTML to the byte, headers as JSON, media under their own names."""
    part = OutgoingPart(text=ARABIC, html="<p>x</p>", headline="Headline", link="https://example.org")
    what = delivery(parts=(part,), media={"maps/map.png": PNG})
    receipt = outbox.publish(what)
    [made] = visible(folder)
    assert made.name == receipt.remote_id
    assert (made / "message.txt").read_bytes() == ARABIC.encode()
    assert (made / "message.html").read_bytes() == b"<p>x</p>"
    headers = json.loads((made / "headers.json").read_text())
    assert (headers["key"], headers["headline"], headers["issuer"]) == (what.key, "Headline", "fr")
    [item] = headers["media"]
    assert (made / item["file"]).read_bytes() == PNG
    assert item["alt"] == "خريطة maps/map.png"


@pytest.mark.parametrize("name", ["../../escape/ar/x", "/etc/passwd", "..", "a" * 400, "علي/ar/x", "x\x00y", "a b:c"])
def test_a_name_never_leads_elsewhere(outbox: Rig, folder: Path, name: str) -> None:
    """Whatever a release is called, its folder stands directly in the outbox."""
    outbox.publish(delivery("text", name=name))
    [made] = visible(folder)
    assert made.parent == folder
    assert made.name.isascii()
    assert (made / "message.txt").read_text() == "text"


def test_parts_are_folders_of_their_own(outbox: Rig, folder: Path) -> None:
    """The second part stands beside the first."""
    parts = tuple(OutgoingPart(text=f"part {n}", html=None, headline=None, link=None) for n in range(2))
    first = delivery(parts=parts)
    outbox.publish(first)
    outbox.publish(type(first)(**{**vars(first), "part": 1}))
    assert [(path / "message.txt").read_text() for path in visible(folder)] == ["part 0", "part 1"]


def test_other_words_for_the_same_release_set_the_old_ones_aside(outbox: Rig, folder: Path) -> None:
    """Nothing that was written is overwritten: the folder under the old key gets another name."""
    first = delivery("before")
    outbox.publish(first)
    outbox.publish(delivery("after", release=first.outgoing.release, name=first.outgoing.name))
    texts = {path.name.partition(".")[2]: (path / "message.txt").read_text() for path in visible(folder)}
    assert texts == {"": "after", f"superseded-{first.key[:8]}": "before"}


def test_a_retraction_can_be_repeated_for_a_new_attempt(outbox: Rig, folder: Path) -> None:
    """Published and retracted twice, both stay on record under names of their own."""
    what = delivery("twice")
    for _ in range(2):
        outbox.publish(what)
        outbox.bench.run(outbox.publisher.retract(what, "x"))
    assert [path.name.partition(".")[2] for path in visible(folder)] == ["retracted", "retracted-1"]


def test_a_half_built_folder_is_never_seen(outbox: Rig, folder: Path) -> None:
    """What a crash left while building is thrown away by the next attempt, and is no receipt before."""
    what = delivery("whole")
    name = outbox.publish(what).remote_id
    (folder / name).rename(folder / f".{name}.building")
    (folder / f".{name}.building" / "headers.json").unlink()
    assert outbox.bench.run(outbox.publisher.look_up(what)) is None
    outbox.publish(what)
    assert [path.name for path in visible(folder)] == [name]
    assert not (folder / f".{name}.building").exists()


def test_one_key_at_the_same_time_is_one_folder(outbox: Rig, folder: Path) -> None:
    """Callers that race with one delivery leave one folder."""
    what = delivery("raced")

    async def race() -> list[Receipt]:
        return await asyncio.gather(*(outbox.publisher.publish(what) for _ in range(5)))

    assert len({receipt.remote_id for receipt in outbox.bench.run(race())}) == 1
    assert len(visible(folder)) == 1
