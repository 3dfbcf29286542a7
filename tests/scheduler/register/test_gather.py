"""What stands in the register: what the partners signed and the send journal knows, and nothing that a row says."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from campaigns.store.engine import writing
from scheduler.register import gather
from scheduler.register.entries import Entry, texts
from scheduler.releases.ledger import RELEASE
from scheduler.releases.outgoing import OutgoingPart, parse
from scheduler.review.show import words
from tests.builders import registers
from tests.builders.workspaces import Workspace
from tests.scheduler.publishers import deliveries


def named(workspace: Workspace) -> dict[str, Entry]:
    """Return the entries by entry and locale."""
    return {entry.name.rpartition("/")[0]: entry for entry in registers.gathered(workspace).entries}


def ids(workspace: Workspace) -> dict[str, str]:
    """Return the releases by entry and locale."""
    return {f"{row['entry']}/{row['locale']}": row["id"] for row in registers.rows(workspace)}


def set_columns(workspace: Workspace, release: str, **values: object) -> None:
    """Write into the database behind everybody's back."""
    with writing(workspace.database) as connection:
        connection.execute(update(RELEASE).where(RELEASE.c.id == release).values(**values))


def test_what_was_published_stands_in_it(published: Workspace):
    """Each entry has its text as sent, who issued and signed it, when and where, and its digest."""
    found = named(published)
    entry = found["r1/fr-FR"]

    assert sorted(found) == sorted(ids(published))
    assert texts(entry)[0].startswith("Daech a perdu 1 500 de ses villages.")
    assert (entry.issuer, entry.partners, entry.zone, entry.direction) == ("uk", ("uk", "fr"), "UTC", "ltr")
    assert entry.digest == next(row["digest"] for row in registers.rows(published) if row["id"] == entry.id)
    assert registers.gathered(published).left_out == ()


def test_signers_are_shown_what_is_corrected(published: Workspace):
    """Which release a correction supersedes stands beside the words that are signed."""
    found = {row["entry"]: list(words(parse(row["outgoing"]))) for row in registers.rows(published)}

    assert any("It corrects the release" in line for line in found["r2"])
    assert not any("corrects" in line for line in (*found["r1"], *found["r3"]))


def test_a_correction_and_what_it_corrects_name_each_other(published: Workspace):
    """In each language of its own, and only those that stand there."""
    found = named(published)

    assert found["r2/ar"].corrects == found["r1/ar"].id
    assert found["r1/ar"].corrected_by == (found["r2/ar"].id,)
    assert (found["r1/ar"].stands, found["r2/ar"].stands, found["r3/ar"].corrects) == (False, True, None)


@pytest.mark.parametrize(("code", "repeated"), [("wrong-fact", True), ("safety", False), ("nobody-knows", False)])
def test_a_retraction_leaves_a_tombstone(published: Workspace, code, repeated):
    """It says who, when and why in one word; what was said only where the reason allows, and never its words."""
    registers.take_down(published, ids(published)["r3/en-GB"], code)
    entry = named(published)["r3/en-GB"]

    assert entry.retraction is not None
    assert (entry.retraction.partner, entry.retraction.code) == ("fr", code)
    assert entry.retraction.gone is not None
    assert entry.retraction.asked <= entry.retraction.gone
    assert (entry.parts is not None, entry.fingerprint is not None, entry.text_digest is not None) == (repeated,) * 3
    assert "Amal" not in repr(entry) or repeated
    assert "asked for it" not in repr(entry)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        pytest.param({"digest": "0" * 64}, "The stored bytes are not those of its digest.", id="digest"),
        pytest.param({"outgoing": "{}"}, "The stored form of a release is not the canonical form", id="no-form"),
        pytest.param({"author": "uk-officer"}, "uk-officer wrote it and signed it for uk", id="own-signature"),
    ],
)
def test_a_row_that_was_written_by_hand_is_left_out(published: Workspace, values, why):
    """It is named with the reason, and everything else stands."""
    set_columns(published, ids(published)["r3/ar"], **values)
    found = registers.gathered(published)
    [left] = found.left_out

    assert left.why.startswith(why)
    assert len(found.entries) == 8


def test_a_damaged_row_harms_no_other(published: Workspace):
    """Whatever was written over, the rest of the register stands, and nothing wrong is said of the damaged one."""
    from sqlalchemy import text

    damaged = ids(published)["r3/ar"]
    for column in ("published_at", "remote_url", "zone", "retract_code", "outgoing", "digest"):
        with writing(published.database) as connection:
            connection.execute(text(f"UPDATE release SET {column} = '\x7f{{' WHERE id = :id"), {"id": damaged})  # noqa: S608 (our own names)
        found = registers.gathered(published)
        assert len(found.entries) + len(found.left_out) == 9
        assert {"r3/ar"} >= {entry.name.rpartition("/")[0] for entry in found.entries if entry.id == damaged}


def test_other_words_under_the_same_release_are_left_out(published: Workspace):
    """Changed bytes with a digest that fits them were signed by nobody."""
    from scheduler.releases.outgoing import digest

    row = next(row for row in registers.rows(published) if row["id"] == ids(published)["r3/en-GB"])
    forged = row["outgoing"].replace("Amal", "Anne")
    set_columns(published, row["id"], outgoing=forged, digest=digest(forged.encode()))
    [left] = registers.gathered(published).left_out

    assert left.name == "voices:r3/en-GB/uk-outbox"
    assert left.why == "uk, fr have not signed it."


def test_what_the_journal_does_not_know_is_left_out(published: Workspace):
    """A release that the database alone calls published went out nowhere."""
    path = published.settings.trust / "local" / "journal.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    gone = ids(published)["r3/en-GB"]
    path.write_text("".join(line for line in lines if gone not in line), "utf-8")
    [left] = registers.gathered(published).left_out

    assert left.why == "The send journal of this machine does not know that it went out."


def test_other_bytes_in_the_journal_are_left_out(published: Workspace):
    """What went out is what the journal says, not what is signed now."""
    path = published.settings.trust / "local" / "journal.jsonl"
    gone = ids(published)["r3/en-GB"]
    facts = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    facts = [{**fact, "d": "f" * 64} if fact["r"] == gone else fact for fact in facts]
    path.write_text("".join(json.dumps(fact) + "\n" for fact in facts), "utf-8")
    [left] = registers.gathered(published).left_out

    assert left.why.startswith("The send journal says that other bytes went out")


def test_what_the_database_forgot_is_named(published: Workspace):
    """The send journal remembers a publication whose row was taken away, or says something else."""
    known = ids(published)
    with writing(published.database) as connection:
        from scheduler.releases.ledger import ATTEMPT

        connection.execute(delete(ATTEMPT))
        connection.execute(delete(RELEASE).where(RELEASE.c.id == known["r3/en-GB"]))
    set_columns(published, known["r3/ar"], state="scheduled")
    found = {each.name: each.why for each in registers.gathered(published).left_out}

    assert set(found) == {known["r3/en-GB"], "r3/ar/uk-outbox"}
    assert "the database has forgotten it" in found[known["r3/en-GB"]]
    assert "the database calls it scheduled" in found["r3/ar/uk-outbox"]


def test_a_link_elsewhere_is_not_shown(published: Workspace):
    """Nobody signed the address of a publication: one that does not lead to the channel's server is left out."""
    found = registers.gathered(published)

    assert {entry.link for entry in found.entries} == {None}
    assert len(found.notes) == 9
    assert all("its link leads to example.org" in note for note in found.notes)


def test_what_was_taken_down_does_not_come_back(published: Workspace):
    """The database alone cannot make a text official again that the send journal saw taken down."""
    gone = ids(published)["r3/en-GB"]
    with (published.settings.trust / "local" / "journal.jsonl").open("a", encoding="utf-8") as file:
        fact = {"r": gone, "d": "0" * 64, "o": "retracted", "at": "2027-01-01T00:00:00Z"}
        file.write(json.dumps(fact, separators=(",", ":")) + "\n")
    [left] = registers.gathered(published).left_out

    assert left.why == "The send journal says that it was taken down, and the database calls it published."


def test_keys_that_ended_end_the_register_unless_it_is_kept(published: Workspace):
    """What was signed with keys that are not known any more is left out; an earlier register keeps the same bytes."""
    earlier = {entry.id: entry for entry in registers.gathered(published).entries}
    trust = published.trust()
    without = replace(trust, roles={key: who for key, who in trust.roles.items() if who != "fr"}, digest="another")
    alone = registers.gathered(published, trust=without)
    kept = registers.gathered(published, trust=without, earlier=earlier)
    other = {id_: replace(entry, digest="0" * 64) for id_, entry in earlier.items()}

    assert (alone.entries, {each.why for each in alone.left_out}) == ((), {"fr has not signed it."})
    assert ({entry.id: entry for entry in kept.entries}, kept.left_out) == (earlier, ())
    assert registers.gathered(published, trust=without, earlier=other).entries == ()


@pytest.mark.parametrize(
    ("changes", "above"),
    [
        pytest.param({"kind": "bluesky"}, None, id="the title of a card"),
        pytest.param({"kind": "bluesky", "options": {"template": "press"}}, "What was lost", id="a notice's title"),
        pytest.param({"kind": "feed"}, "What was lost", id="an entry's title"),
    ],
)
def test_the_title_of_a_card_is_none_of_what_readers_copy(changes, above):
    """Of a post with a card the register has the text as people copy it; a title above a text belongs to it."""
    part = OutgoingPart("Read this.", None, "What was lost", "https://example.org/facts")

    assert gather._above(deliveries.outgoing(parts=(part,), **changes), part) == above
