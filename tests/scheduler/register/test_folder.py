"""The register as files: signed, deterministic, whole or as it was, and worth nothing once a byte was changed."""

import json
import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from campaigns.errors import NotTrusted, Refused
from campaigns.signoff import keys
from campaigns.signoff.public_keys import key_of
from scheduler.register import folder, pages, seal
from scheduler.register.entries import Retraction, without_text
from scheduler.register.keys import named, published
from tests.builders import copies
from tests.builders.workspaces import Workspace

OPERATOR, PARTNER = "operator.key", "uk-officer.key"
TAKEN = Retraction("fr", "safety", "2027-12-30T10:00:00Z", "2027-12-30T10:00:05Z")


class Register:
    """A register that may be exported again and again."""

    def __init__(self, workspace: Workspace, place: Path) -> None:
        self.workspace, self.place = workspace, place
        self.trust = workspace.trust()
        self.entries = copies.entries(60)

    def export(self, key: str = OPERATOR, **changes: object) -> folder.Written:
        signers = [keys.load_signer(self.workspace.folder / "keys" / key)]
        site = pages.site(self.entries, rehearsal=True)
        return folder.write(
            self.place,
            self.entries,
            site.pages,
            lambda payload: seal.seal(payload, signers, self.trust),
            rehearsal=True,
            others={**site.others, folder.KEYS: published(signers)},
            **changes,
        )

    def opened(self, text: bytes) -> tuple[bytes, str]:
        found = seal.opened(text, self.trust)
        return found.payload, found.by

    def bytes(self) -> dict[str, bytes]:
        found = {path.relative_to(self.place).as_posix(): path for path in self.place.rglob("*") if path.is_file()}
        return {name: path.read_bytes() for name, path in found.items() if not path.name.startswith(".")}


@pytest.fixture(name="register")
def _register(workspace: Workspace, tmp_path: Path) -> Register:
    """Give a register that was exported once."""
    made = Register(workspace, tmp_path / "public")
    made.export()
    return made


def test_what_was_exported_is_read_again(register: Register):
    """Every entry comes back as it was, from the folder alone, with who signed and up to when it knows."""
    found = folder.read(register.place, register.opened)

    assert list(found.entries) == register.entries
    assert (found.by, found.rehearsal) == ("operators", True)
    assert found.latest == max(entry.published for entry in register.entries)
    assert folder.verify_files(register.place, register.opened) == len(register.bytes())


def test_an_export_of_the_same_changes_no_byte(register: Register):
    """Nothing is written again, and a new folder gets the same bytes."""
    before = register.bytes()
    done = register.export()
    shutil.rmtree(register.place)
    register.export()

    assert (done.written, done.removed) == (0, 0)
    assert register.bytes() == before


def test_a_change_touches_what_shows_it_alone(register: Register):
    """A retraction changes its month, its lists and the way in; the other months stay as they are."""
    before = register.bytes()
    number = next(n for n, entry in enumerate(register.entries) if entry.published.startswith("2027-03"))
    register.entries[number] = without_text(replace(register.entries[number], retraction=TAKEN))
    register.export()
    after = register.bytes()
    changed = {name for name in after if after[name] != before.get(name)}

    assert "en/2027-03-1.html" in changed
    assert "en/2027-04-1.html" not in changed
    assert {name for name in before if name not in after} == {name for name in before if name.startswith("entries/")}
    assert folder.read(register.place, register.opened).entries[number].parts is None
    assert folder.verify_files(register.place, register.opened) == len(after)


@pytest.mark.parametrize("part", ["register.dsse.json", "entries/", "en/index.html", "register.json", "register.css"])
def test_a_changed_byte_is_noticed(register: Register, part):
    """Whatever file it is in, the register no longer holds, and the file is named."""
    [path, *_] = [each for each in register.place.rglob("*.*") if part in each.as_posix()]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(NotTrusted) as caught:
        folder.verify_files(register.place, register.opened)

    assert path.name in str(caught.value) or "signature" in caught.value.message


def test_every_flipped_byte_of_the_signed_list_is_refused(register: Register):
    """No byte of the envelope can be changed."""
    text = (register.place / folder.SIGNED).read_bytes()
    for place in range(0, len(text), 97):
        data = bytearray(text)
        data[place] ^= 1
        with pytest.raises(NotTrusted):
            seal.opened(bytes(data), register.trust)


def test_a_file_that_nobody_signed_is_named(register: Register):
    """A page that was put beside the others is none of the register."""
    (register.place / "en" / "2027-13-1.html").write_text("Daesh won.", "utf-8")
    with pytest.raises(NotTrusted, match=r"2027-13-1\.html lies in the register, and is not part"):
        folder.verify_files(register.place, register.opened)


def test_a_key_of_nobody_signs_no_register(register: Register, tmp_path: Path):
    """Only the operators and the partners of the trust file can; the register that was there holds still."""
    before = register.bytes()
    keys.new(tmp_path, "stranger")
    register.entries.pop()
    with pytest.raises(NotTrusted, match="no operator's and no partner's"):
        register.export(str(tmp_path / "stranger.key"))

    assert {name: data for name, data in register.bytes().items() if name in {folder.SIGNED, folder.LIST}} == {
        name: before[name] for name in (folder.SIGNED, folder.LIST)
    }
    assert len(folder.read(register.place, register.opened).entries) == 60


def test_a_partner_may_sign_it(register: Register):
    """The reader is told who did."""
    register.export(PARTNER)

    assert folder.read(register.place, register.opened).by == "uk"


def test_a_key_alone_verifies_it(register: Register):
    """Whoever has the publisher's key, or its id on paper, needs no trust file; another key does not do."""
    text = (register.place / folder.SIGNED).read_bytes()
    pair = keys.read_public(register.workspace.folder / "keys" / "operator.pub")
    other = keys.read_public(register.workspace.folder / "keys" / "uk-officer.pub")

    assert seal.opened_with(text, named(pair.keyid, register.place)).payload
    assert seal.opened_with(text, named(str(pair.path.with_suffix(".pub")), register.place)).payload
    with pytest.raises(NotTrusted, match="is not signed with the key"):
        seal.opened_with(text, key_of(other.public))
    with pytest.raises(NotTrusted, match="signed with another key"):
        named(other.keyid, register.place)


def test_another_folder_is_left_alone(register: Register, tmp_path: Path):
    """A folder with something else in it is no place for a register."""
    register.place = tmp_path / "photos"
    register.place.mkdir()
    (register.place / "map.png").write_bytes(b"x")
    with pytest.raises(Refused, match="is not empty, and no register"):
        register.export()

    assert [path.name for path in register.place.iterdir()] == ["map.png"]


def test_a_cut_short_export_leaves_the_old_register(register: Register, monkeypatch: pytest.MonkeyPatch):
    """Whatever stops it before the list is signed, what was exported before holds; the next export mends the rest."""
    register.entries[:] = copies.entries(50)
    with monkeypatch.context() as patched:
        patched.setattr(pages._Maker, "_index", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            register.export()
    assert len(folder.read(register.place, register.opened).entries) == 60
    register.export()

    assert folder.verify_files(register.place, register.opened) == len(register.bytes())


def test_the_schema_describes_every_file(register: Register):
    """The list and the entries are of the form that the schema in the register tells, and of no other."""
    made = json.loads(files("scheduler.register").joinpath(folder.SCHEMA).read_bytes())
    check = jsonschema.Draft202012Validator(made)
    register.entries[0] = without_text(replace(register.entries[0], retraction=TAKEN))
    register.export()
    documents = [json.loads(data) for name, data in register.bytes().items() if name.startswith("entries/")]

    assert all(check.is_valid(each) for each in [json.loads((register.place / folder.LIST).read_bytes()), *documents])
    assert not check.is_valid([{**documents[0][0], "more": 1}])


def test_no_name_of_a_person_is_in_it(register: Register):
    """The keys and the list tell of partners and operators; persons are nobody's business."""
    whole = b"".join(register.bytes().values())

    assert b"uk-officer" not in whole
    assert b"amina" not in whole
