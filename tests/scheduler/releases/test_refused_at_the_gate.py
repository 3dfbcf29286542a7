"""The gate's refusals, one by one, on real files and a real database: the condition that closes it, and its cure."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from campaigns import clock
from campaigns.errors import DatabaseFault
from campaigns.signoff import ended, envelope, highest, keys, statement, trust_files
from campaigns.signoff.approvals import APPROVAL, SUBJECT
from campaigns.signoff.statement import Subject
from campaigns.store.engine import writing
from scheduler.engine import hold
from scheduler.releases import owed
from scheduler.releases.gate import Act
from scheduler.releases.journal import Journal
from scheduler.releases.outgoing import Outgoing, canonical, digest, parse, words_digest
from tests.builders import campaigns, pictures, workspaces
from tests.builders.workspaces import Workspace
from tests.scheduler.releases.worlds import HOUR, Gate, held_file_says, nothing, recorded

MINUTE = timedelta(minutes=1)
PARTNERS = ("uk", "fr")
SIGN = "Ask for it with `cordiale review voices`"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, datetime]:
    """Give a release with a picture, a waiver and both signatures; uk has two persons, and one of them two keys."""
    made = workspaces.make(tmp_path_factory.mktemp("refusals") / "workspace", channels=[])
    (made.settings.media / "map.png").write_bytes(pictures.encoded(pictures.scene()))
    for name in ("bea", "uk-officer-token"):
        keys.new(made.folder / "keys", name)
    due = (clock.now() + 48 * HOUR).replace(microsecond=0)
    return made, due


@pytest.fixture
def gate(started: tuple[Workspace, datetime], tmp_path: Path) -> Iterator[Gate]:
    made, due = started
    workspace = workspaces.copy(made, tmp_path / "workspace")
    journal = Journal(workspace.settings.trust).open()
    found = Gate(workspace, due, journal)
    agree(found, channels=[DECLARED])
    waived = {"check": "sentence-length", "because": "quoted"}
    message = campaigns.message(
        1, media=[{"file": "map.png", "alt": {"en-GB": "A map of what was lost."}}], waive=[waived]
    )
    workspace.apply(campaigns.campaign(at=due, messages=[message]), vet=None)
    workspace.approve()
    yield found
    journal.close()
    workspace.database.dispose()


DECLARED = {"id": "uk-outbox", "kind": "outbox", "account": "@facts", "issuer": "uk", "server": None}


def pair(gate: Gate, name: str) -> keys.KeyPair:
    return keys.read_public(gate.workspace.folder / "keys" / f"{name}.pub")


def signer(gate: Gate, name: str) -> Any:
    return keys.load_signer(gate.workspace.folder / "keys" / f"{name}.key")


def agree(
    gate: Gate, change: Callable[[Any], object] = lambda _: None, *, by: tuple[str, ...] = PARTNERS, **own: Any
) -> None:
    """Write the next version of the trust file, changed, with the signatures of *by*."""
    path = gate.workspace.settings.trust / trust_files.TARGETS
    following = trust_files.saying(trust_files.read(path, "targets"), "channels", [DECLARED])
    following.signed.unrecognized_fields[trust_files.FIELD] |= own
    change(following.signed)
    trust_files.sign(following, [keys.load_signer(gate.workspace.key(each)) for each in by])
    trust_files.write(path, following)


def listed(gate: Gate, *names: str, threshold: int = 1, instead: bool = False) -> Callable[[Any], None]:
    """Return a change that gives uk the keys of *names*, beside its own or instead."""

    def change(targets: Any) -> None:
        role = targets.delegations.roles["uk"]
        pairs = [pair(gate, name) for name in names]
        own = targets.unrecognized_fields[trust_files.FIELD]
        if instead:
            for keyid in role.keyids:
                targets.delegations.keys.pop(keyid)
                own["persons"].pop(keyid)
            role.keyids = []
        for each in pairs:
            targets.delegations.keys[each.keyid] = keys.key_of(each.public)
            person = "uk-officer" if each.name.startswith("uk-officer") else each.name
            own["persons"][each.keyid] = person
            role.keyids.append(each.keyid)
        role.threshold = threshold

    return change


def sql(statement_: str) -> Callable[[Gate], None]:
    def change(gate: Gate) -> None:
        with writing(gate.workspace.database) as connection:
            connection.execute(text(statement_))

    return change


def edited(**changes: Any) -> Callable[[Gate], None]:
    """Write other bytes with their own digest into the database, as a forger would."""

    def change(gate: Gate) -> None:
        said = parse(gate.workspace.row()["outgoing"])
        forged = replace(said, **{name: make(said) if callable(make) else make for name, make in changes.items()})
        form = canonical(forged)
        gate.workspace.set(
            "r1", outgoing=form.decode(), digest=digest(form), bytes_digest=words_digest(forged), due_at=gate.due
        )

    return change


def put(gate: Gate, signed: str, partner: str = "fr") -> None:
    """Insert an envelope as an intruder would: without asking."""
    row = {"id": envelope.identify(signed), "campaign": "voices", "partner": partner, "person": "x"}
    more = {"decision": "approve", "reason": "", "envelope": signed, "received_at": clock.now()}
    with writing(gate.workspace.database) as connection:
        connection.execute(APPROVAL.insert().values({**row, **more}))


def without(gate: Gate, *partners: str) -> None:
    """Take the approvals of *partners* out of the database."""
    with writing(gate.workspace.database) as connection:
        ids = APPROVAL.select().with_only_columns(APPROVAL.c.id).where(APPROVAL.c.partner.in_(partners))
        connection.execute(SUBJECT.delete().where(SUBJECT.c.approval.in_(ids)))
        connection.execute(APPROVAL.delete().where(APPROVAL.c.partner.in_(partners)))


def payload(gate: Gate, partner: str = "fr", campaign: str = "voices", answer: Any = "approve") -> bytes:
    row = gate.workspace.row()
    return statement.make(campaign, partner, answer, "", [Subject(row["id"], row["digest"])], clock.now())


def one_partner_only(gate: Gate) -> None:
    without(gate, "fr")


def two_persons_of_one(gate: Gate) -> None:
    agree(gate, listed(gate, "bea"))
    without(gate, "fr")
    put(gate, envelope.sign(payload(gate, "uk"), signer(gate, "bea")), "uk")


def about_another_campaign(gate: Gate) -> None:
    without(gate, "fr")
    put(gate, envelope.sign(payload(gate, campaign="other"), signer(gate, "fr-officer")))


def relabelled(gate: Gate) -> None:
    without(gate, "fr")
    form = json.loads(envelope.sign(payload(gate), signer(gate, "uk-officer")))
    form["signatures"][0]["keyid"] = pair(gate, "fr-officer").keyid
    put(gate, json.dumps(form, sort_keys=True, separators=(",", ":")))


def signed_by_the_other(gate: Gate) -> None:
    without(gate, "fr")
    put(gate, envelope.sign(payload(gate), signer(gate, "uk-officer")))


def signed_by_a_stranger(gate: Gate) -> None:
    without(gate, "fr")
    put(gate, envelope.sign(payload(gate), signer(gate, "bea")))


def urgent_for_an_approval(gate: Gate) -> None:
    without(gate, "fr")
    row = gate.workspace.row()
    subjects = [Subject(row["id"], row["digest"])]
    said = statement.make_urgent("voices", "fr", "rebuttal", "", subjects, clock.now())
    put(gate, envelope.sign(said, signer(gate, "fr-officer")))


def resume_for_an_approval(gate: Gate) -> None:
    without(gate, "fr")
    put(gate, envelope.sign(payload(gate, answer="resume"), signer(gate, "fr-officer")))


def signed_payload_edited(gate: Gate) -> None:
    """Change the digest inside the signed statement to that of other bytes, in both envelopes."""
    edited(account="@forger")(gate)
    wanted = gate.workspace.row()["digest"]
    with writing(gate.workspace.database) as connection:
        for id_, signed in connection.execute(
            APPROVAL.select().with_only_columns(APPROVAL.c.id, APPROVAL.c.envelope)
        ).all():
            from tests.builders import forgeries

            form, said = forgeries.opened(signed)
            said["subject"][0]["digest"]["sha256"] = wanted
            forged = forgeries.closed(form, json.dumps(said, sort_keys=True, separators=(",", ":")).encode())
            connection.execute(SUBJECT.delete().where(SUBJECT.c.approval == id_))
            values = {"envelope": forged, "id": envelope.identify(forged)}
            connection.execute(APPROVAL.update().where(APPROVAL.c.id == id_).values(values))


def revoked(gate: Gate) -> None:
    agree(gate, listed(gate, "bea", instead=True))


def expired_key(gate: Gate) -> None:
    own = {"expires": {pair(gate, "uk-officer").keyid: clock.iso(clock.now() - MINUTE)}}
    agree(gate, listed(gate, "bea"), **own)


def trust_by_one_side(gate: Gate) -> None:
    agree(gate, by=("uk",))


def trust_rolled_back(gate: Gate) -> None:
    path = gate.workspace.settings.trust / trust_files.TARGETS
    older = path.read_bytes()
    agree(gate)
    gate.judge()
    path.write_bytes(older)


def one_key_under_two_ids(gate: Gate) -> None:
    def change(targets: Any) -> None:
        keyid = targets.delegations.roles["uk"].keyids[0]
        twin = keys.key_of(pair(gate, "uk-officer").public)
        twin.keyid = "0" * 64
        targets.delegations.keys[twin.keyid] = twin
        targets.delegations.roles["uk"].keyids.append(twin.keyid)
        persons = targets.unrecognized_fields[trust_files.FIELD]["persons"]
        persons[twin.keyid] = persons[keyid]

    agree(gate, change)


def undeclared(gate: Gate) -> None:
    agree(gate, channels=[{**DECLARED, "account": "@others"}])


def refusal_deleted(gate: Gate) -> None:
    gate.workspace.decide("fr", "refuse", reason="old")
    sql("DELETE FROM approval_subject WHERE approval IN (SELECT id FROM approval WHERE decision = 'refuse')")(gate)
    sql("DELETE FROM approval WHERE decision = 'refuse'")(gate)
    gate.workspace.set("r1", state="scheduled")
    ended._KNOWN.clear()


def withdrawal_deleted(gate: Gate) -> None:
    gate.workspace.withdraw("fr", reason="old")
    sql("DELETE FROM approval_subject WHERE approval IN (SELECT id FROM approval WHERE decision = 'withdraw')")(gate)
    sql("DELETE FROM approval WHERE decision = 'withdraw'")(gate)
    gate.workspace.set("r1", state="scheduled")
    ended._KNOWN.clear()


def void_wiped(gate: Gate) -> None:
    old = gate.workspace.row()
    message = campaigns.message(1, wording={"en-GB": "Daesh lost other villages as well."})
    gate.workspace.apply(campaigns.campaign(at=gate.due, messages=[message]), vet=None)
    gate.workspace.set("r1", **{name: old[name] for name in ("outgoing", "digest", "bytes_digest", "state")})
    sql("UPDATE approval_subject SET voided_at = NULL")(gate)
    ended._KNOWN.clear()


def hold_deleted(gate: Gate) -> None:
    with writing(gate.workspace.database) as connection:
        folder = gate.workspace.settings.trust
        hold.place(connection, folder, scope="all", target="", partner="fr", reason="an attack", at=clock.now())
    sql("DELETE FROM hold")(gate)


def hold_marked_lifted(gate: Gate) -> None:
    with writing(gate.workspace.database) as connection:
        folder = gate.workspace.settings.trust
        hold.place(connection, folder, scope="all", target="", partner="fr", reason="an attack", at=clock.now())
    sql("UPDATE hold SET lifted_at = '2027-01-01T00:00:00.000000Z'")(gate)


def silence(gate: Gate) -> None:
    from campaigns.models.window import Blackout
    from campaigns.store.tables import table

    span = {"start": campaigns.wall(gate.due - HOUR), "end": campaigns.wall(gate.due + HOUR), "zone": "UTC"}
    row = {"campaign": "voices", "id": "b", "position": 0, "partner": "fr", "reason": "an election", "exceptions": []}
    with writing(gate.workspace.database) as connection:
        connection.execute(table(Blackout).insert().values({**row, **span}))


def hold_turned_aside(gate: Gate) -> None:
    with writing(gate.workspace.database) as connection:
        folder = gate.workspace.settings.trust
        hold.place(connection, folder, scope="all", target="", partner="fr", reason="an attack", at=clock.now())
    sql("UPDATE hold SET scope = 'channel', target = 'another'")(gate)


def author_signed(gate: Gate) -> None:
    gate.workspace.set("r1", author="fr-officer", words_by="fr-officer")


def in_its_place_a_folder(*names: str) -> Callable[[Gate], None]:
    """Put a folder where a file of the trust folder was: what root itself cannot read."""

    def change(gate: Gate) -> None:
        for name in names:
            path = gate.workspace.settings.trust / name
            path.unlink(missing_ok=True)
            path.mkdir(parents=True)
        ended._KNOWN.clear()
        owed._KNOWN.clear()

    return change


def cut_short(name: str) -> Callable[[Gate], None]:
    def change(gate: Gate) -> None:
        path = gate.workspace.settings.trust / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return change


def no_trust_folder(gate: Gate) -> None:
    for name in (trust_files.TARGETS, trust_files.ROOT):
        (gate.workspace.settings.trust / name).unlink()


def damaged_memory(gate: Gate) -> None:
    (gate.workspace.settings.trust / ended.FILE).write_text("{}\n")
    ended._KNOWN.clear()


def another_issuer(said: Outgoing) -> str:
    assert said.issuer == "uk"
    return "fr"


def case(name: str, world: Callable[[Gate], object], closed: str, said: str, cure: str, **more: Any) -> Any:
    return pytest.param(world, closed, said, cure, more, id=name)


LATER = clock.iso(clock.now() + timedelta(days=400))
TRUST = "estore|trust|sign|Let the user"
CASES = [
    # Who signed
    case("one partner only", one_partner_only, "signatures", "fr has not signed", SIGN),
    case("nobody", lambda gate: without(gate, "uk", "fr"), "signatures", "uk, fr have not signed", SIGN),
    case("two persons of one partner", two_persons_of_one, "signatures", "fr has not signed", SIGN),
    case("signed about another campaign", about_another_campaign, "signatures", "fr has not signed", SIGN),
    case("a signature called another's", relabelled, "signatures", "fr has not signed", SIGN),
    case("signed by the other partner", signed_by_the_other, "signatures", "fr has not signed", SIGN),
    case("signed by a stranger", signed_by_a_stranger, "signatures", "fr has not signed", SIGN),
    case("an urgent signature for an approval", urgent_for_an_approval, "signatures", "fr has not signed", SIGN),
    case("a resume for an approval", resume_for_an_approval, "signatures", "fr has not signed", SIGN),
    case("a signed statement edited in the database", signed_payload_edited, "signatures", "have not signed", SIGN),
    case("the author's own approval", author_signed, "signatures", "fr-officer wrote it", SIGN),
    case("a deleted refusal", refusal_deleted, "signatures", "fr refused it at .* forgotten", SIGN),
    case("a deleted withdrawal", withdrawal_deleted, "signatures", "fr refused it at .* forgotten", SIGN),
    case("a void wiped off", void_wiped, "signatures", "have not signed", SIGN),
    case("a void put there", sql("UPDATE approval_subject SET voided_at = 'x'"), "signatures", "not signed", SIGN),
    case("deleted envelopes", sql("DELETE FROM approval_subject"), "", "", ""),
    # Whose keys count
    case("a revoked key", revoked, "signatures", "uk has not signed", SIGN),
    case("an expired key", expired_key, "signatures", "uk has not signed", SIGN),
    case("a trust file signed by one side", trust_by_one_side, "channel", "not signed by fr", TRUST),
    case("a trust file rolled back", trust_rolled_back, "channel", "has already used version", TRUST),
    case("one key under two ids", one_key_under_two_ids, "channel", "cannot be read: .*own id", TRUST),
    case("an expired trust file", nothing, "channel", "expired", TRUST, after=timedelta(days=400)),
    case("no trust files", no_trust_folder, "channel", "no trust file", TRUST),
    case("half a trust file", cut_short(trust_files.TARGETS), "channel", "not a trust file", TRUST),
    case("half a root file", cut_short(trust_files.ROOT), "channel", "not a trust file", TRUST),
    case("a folder for a trust file", in_its_place_a_folder("targets.json"), "channel", "cannot be read", TRUST),
    case("half a memory of versions", cut_short(f"{highest.FOLDER}/{highest.FILE}"), "channel", "damaged", TRUST),
    case("a damaged memory of refusals", damaged_memory, "signatures", "memory of refusals .* damaged", "."),
    case("a folder for it", in_its_place_a_folder(str(ended.FILE)), "signatures", "memory of refusals", "."),
    # What goes out, where and when: other bytes under their own digest
    case("a changed text", edited(parts=lambda o: (replace(o.parts[0], text="Other words."),)), "signatures", "", SIGN),
    case("a changed channel", edited(channel="uk-feed"), "signatures", "not signed", SIGN),
    case("a changed account", edited(account="@forger"), "signatures", "not signed", SIGN),
    case("a changed issuer", edited(issuer=another_issuer), "signatures", "not signed", SIGN),
    case("a changed server", edited(server="https://forger.example"), "signatures", "not signed", SIGN),
    case("a longer window", edited(not_after=LATER), "signatures", "not signed", SIGN),
    case(
        "a picture changed",
        edited(media=lambda o: (replace(o.media[0], digest=sha256(b"x").hexdigest()),)),
        "signatures",
        "",
        SIGN,
    ),
    case("a picture taken out", edited(media=()), "signatures", "not signed", SIGN),
    case("another alt text", edited(media=lambda o: (replace(o.media[0], alt="A house."),)), "signatures", "", SIGN),
    case("a waiver added", edited(waivers=({"check": "already-published", "because": "x"},)), "signatures", "", SIGN),
    case("a partner left out", edited(partners=("uk",)), "signatures", "not signed", SIGN),
    case("a kinder policy", edited(if_late={"after": 900, "then": "send"}), "signatures", "not signed", SIGN),
    case("a digest alone", lambda gate: gate.workspace.set("r1", digest="a" * 64), "bytes", "not those of", "afresh"),
    case(
        "bytes alone",
        lambda gate: gate.workspace.set("r1", outgoing=gate.workspace.row()["outgoing"].replace("facts", "lies")),
        "bytes",
        "not those of",
        "afresh",
    ),
    case("bytes that are none", lambda gate: gate.workspace.set("r1", outgoing="[]"), "bytes", "canonical", "pply"),
    case("a damaged row", sql("UPDATE release SET findings = '{'"), "row", "findings cannot be read", "afresh"),
    case("an undeclared channel", undeclared, "channel", "not in the trust file", "declare"),
    # What stands in the way
    case("a hold row deleted", hold_deleted, "hold", "fr holds all", "resume"),
    case("a hold turned aside", hold_turned_aside, "hold", "fr holds all", "resume"),
    case("a hold marked as lifted", hold_marked_lifted, "hold", "fr holds all", "resume"),
    case("a damaged held-file", held_file_says("{"), "hold", "damaged", "until they can"),
    case("a blackout", silence, "blackout", "fr says nothing until", "move the release"),
    case("a clock set back", nothing, "window", "not due before", "Wait", after=-MINUTE),
    case("late, and nobody answered", nothing, "lateness", "its policy is to ask", "--send", after=HOUR),
]


@pytest.mark.parametrize(("world", "closed", "said", "cure", "more"), CASES)
def test_each_refusal_names_its_condition_and_its_cure(
    gate: Gate, world: Callable[[Gate], object], closed: str, said: str, cure: str, more: dict[str, timedelta]
):
    """Each way that lets nothing out says which condition closed, what was seen, and what to do about it."""
    world(gate)
    found = gate.judge(gate.due + more.get("after", timedelta(0)))
    if not closed:
        assert found.act is Act.PUBLISH  # the index of envelopes is not believed, and not needed either
        return
    broken = {each.name: each for each in found.conditions if not each.holds}

    assert found.act is Act.WAIT
    assert closed in broken, broken
    assert re.search(said, broken[closed].evidence), broken[closed].evidence
    assert re.search(cure, broken[closed].cure), broken[closed].cure
    assert all(each.cure for each in broken.values())


def test_the_release_they_are_measured_on_goes_out(gate: Gate):
    """Nothing but the refusal keeps it back."""
    assert gate.judge().act is Act.PUBLISH
    assert len(CASES) >= 25


def test_what_the_journal_knows_is_not_sent_again(gate: Gate):
    """A table that forgot what went out is put right, and nothing goes out."""
    recorded("begun", "published")(gate)
    assert gate.judge().act is Act.ALREADY


@pytest.mark.parametrize("table", ["approval_subject", "hold", "blackout", "channel_state", "urgent_debt"])
def test_a_table_that_is_not_there_stops_everything(gate: Gate, table: str):
    """What cannot be asked is not answered with a yes: no verdict is given at all."""
    if table == "urgent_debt":
        rule = {"id": "r", "partners": ["uk"], "kinds": ["k"], "channels": ["uk-outbox"], "minutes": 5, "open": 1}
        agree(gate, urgent=[rule])
    sql(f"DROP TABLE {table}")(gate)
    with pytest.raises(DatabaseFault, match="no such table"):
        gate.judge()


def test_one_person_is_one_person_under_a_threshold(gate: Gate):
    """Where a role asks for two persons, two keys of one are one; the second person's signature opens the gate."""
    folder = gate.workspace.settings.trust
    uk = [pair(gate, name) for name in ("uk-officer", "bea", "uk-officer-token")]
    uk[2] = replace(uk[2], name="uk-officer")
    who = {"uk": uk, "fr": [pair(gate, "fr-officer")]}
    channels = frozenset([trust_files.DeclaredChannel(**DECLARED)])
    until = clock.now() + timedelta(days=90)
    root, targets = trust_files.found(who, channels, until, rehearsal_only=True, thresholds={"uk": 2})
    shutil.rmtree(folder / "local")
    (folder / "local").mkdir()
    for name, metadata in ((trust_files.ROOT, root), (trust_files.TARGETS, targets)):
        trust_files.sign(metadata, [signer(gate, each) for each in ("uk-officer", "bea", "fr-officer")])
        trust_files.write(folder / name, metadata)

    assert "asks for more persons" in gate.judge().reason
    put(gate, envelope.sign(payload(gate, "uk"), signer(gate, "uk-officer-token")), "uk")
    assert "asks for more persons" in gate.judge().reason
    put(gate, envelope.sign(payload(gate, "uk"), signer(gate, "bea")), "uk")
    assert gate.judge().act is Act.PUBLISH


def test_a_trust_folder_that_comes_back_opens_the_gate_again(gate: Gate):
    """Nothing is remembered of a fault: what was mended holds at the next look."""
    folder = gate.workspace.settings.trust
    kept = shutil.copytree(folder, folder.with_name("kept"))
    no_trust_folder(gate)
    assert gate.judge().act is Act.WAIT
    for name in (trust_files.ROOT, trust_files.TARGETS):
        shutil.copy(kept / name, folder / name)
    assert gate.judge().act is Act.PUBLISH
