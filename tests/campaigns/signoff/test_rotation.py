"""How a trust changes: what a draft may say, whose signatures it takes, and what a machine accepts of it."""

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from securesystemslib.signer import Signature

from campaigns.errors import EnvironmentFault, NotTrusted, Refused
from campaigns.signoff import drafts, envelope, highest, keys, ssh_files, statement, trust, trust_files
from campaigns.signoff.differences import differences
from campaigns.signoff.rotation import Change, rotated
from campaigns.signoff.trust_files import FIELD, ROOT, TARGETS, DeclaredChannel
from tests.builders import ssh

GOLDEN = Path(__file__).with_name("golden")
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def files(alliance):
    folder = alliance.trust_folder
    return trust_files.read(folder / ROOT, "root"), trust_files.read(folder / TARGETS, "targets")


def propose(alliance, change):
    drafts.propose(alliance.trust_folder, *rotated(*files(alliance), change))


def sign(alliance, *names, now=None):
    return drafts.sign(alliance.trust_folder, [alliance.signers[each] for each in names], now or alliance.now)


@pytest.fixture
def alliance(alliance):
    """Give an alliance that this machine has used once."""
    alliance.load()
    return alliance


def pair(alliance, name):
    return alliance.pairs[name]


@pytest.mark.parametrize(
    ("by", "lacking"),
    [
        pytest.param(("ana",), ("fr",), id="one-partner"),
        pytest.param(("ana", "bea"), ("fr",), id="two-of-one-partner"),
        pytest.param(("ana", "eve"), ("fr",), id="the-new-key-alone"),
        pytest.param(("ana", "luc"), ("fr",), id="the-old-key-alone"),
        pytest.param(("eve", "luc"), ("uk",), id="the-other-partner-alone"),
        pytest.param(("ana", "luc", "eve"), (), id="old-and-new-of-each"),
    ],
)
def test_a_rotation_takes_old_and_new_keys_of_each_partner(alliance, by, lacking):
    """One key of fr is replaced: the old and the new one must sign, and one of uk; until then the old files hold."""
    propose(alliance, Change(add={"fr": [pair(alliance, "eve")]}, remove=["luc"]))
    draft = sign(alliance, *by)
    assert draft.unsigned_by == lacking
    found = alliance.load()
    assert (found.version, found.role_of(pair(alliance, "eve").keyid)) == ((1, None) if lacking else (2, "fr"))
    assert drafts.waits(alliance.trust_folder) is bool(lacking)


@pytest.mark.parametrize(
    ("by", "root_by", "why"),
    [
        pytest.param(
            ("ana", "eve"), ("ana", "eve"), "not signed by fr with a key of the version before", id="new-keys-only"
        ),
        pytest.param(("ana", "luc"), ("ana", "luc"), "not signed by fr", id="old-keys-only"),
        pytest.param(("ana", "eve"), ("ana", "eve", "luc"), "as version 1 asks for", id="targets-by-new-keys-only"),
        pytest.param(("ana", "eve", "luc"), ("ana", "eve", "luc"), "", id="both-on-both"),
    ],
)
def test_a_machine_takes_a_rotation_with_old_and_new_keys_alone(alliance, by, root_by, why):
    """However the files came to lie there: without the old keys, or without the new ones, they are refused."""
    change = Change(add={"fr": [pair(alliance, "eve")]}, remove=["luc"])
    alliance.write(*rotated(*files(alliance), change), by=by, root_by=root_by)
    if why:
        with pytest.raises(NotTrusted, match=why):
            alliance.load()
    else:
        assert alliance.load().version == 2


def test_what_is_not_named_stays(alliance):
    """A rotation keeps channels, persons, thresholds and ends that it does not name."""
    alliance.channels = frozenset({DeclaredChannel("fr-feed", "feed", "Stop", "fr", None)})
    root, targets = alliance.draft()
    root.signed.version = targets.signed.version = 2
    targets.signed.delegations.roles["uk"].threshold = 2
    targets.signed.unrecognized_fields[FIELD]["expires"] = {pair(alliance, "bea").keyid: "2027-01-11T20:00:00Z"}
    alliance.write(root, targets, by=("ana", "bea", "luc"))
    before = alliance.load()
    propose(alliance, Change(add={"operators": [pair(alliance, "eve")]}))
    assert sign(alliance, "ana", "bea", "luc").unsigned_by == ()
    after = alliance.load()
    assert (after.channels, dict(after.thresholds), after.expires) == (
        before.channels,
        {"fr": 1, "uk": 2},
        before.expires,
    )
    assert dict(after.terms.expires) == dict(before.terms.expires)
    assert [each.name for each in after.operators.values()] == ["eve"]
    assert differences(before, after) == [
        f"eve signs for the operators, with the key {pair(alliance, 'eve').keyid[:12]}."
    ]


CANNOT = [
    pytest.param(lambda _: Change(remove=["nobody"]), Refused, "called nobody", id="a-stranger-removed"),
    pytest.param(lambda _: Change(remove=["ab12"]), Refused, "called ab12", id="too-few-letters-of-a-key"),
    pytest.param(lambda a: Change(add={"uk": [pair(a, "ana")]}), Refused, "already", id="a-key-added-again"),
    pytest.param(lambda a: Change(add={"fr": [pair(a, "ana")]}), Refused, "already", id="a-key-of-the-other-partner"),
    pytest.param(
        lambda a: Change(add={"operators": [pair(a, "luc")]}), Refused, "already", id="a-partner-s-key-operates"
    ),
    pytest.param(lambda a: Change(add={"targets": [pair(a, "eve")]}), Refused, "cannot be called", id="a-role-s-name"),
    pytest.param(lambda _: Change(thresholds={"de": 2}), Refused, "no partner", id="threshold-of-a-stranger"),
    pytest.param(lambda _: Change(thresholds={"fr": 2}), NotTrusted, "2 persons, but has 1", id="threshold-too-high"),
    pytest.param(lambda _: Change(remove=["ana", "bea", "luc"]), Refused, "no partner", id="nobody-left"),
    pytest.param(lambda a: Change(ends={"eve": a.now}), Refused, "called eve", id="end-of-a-strange-key"),
]


@pytest.mark.parametrize(("change", "kind", "why"), CANNOT)
def test_what_no_signature_could_mend_is_not_proposed(alliance, change, kind, why):
    """A change that breaks a rule is refused at once, with a cure, and leaves no draft behind."""
    with pytest.raises(kind, match=why) as refused:
        propose(alliance, change(alliance))
    assert refused.value.hint
    assert not drafts.waits(alliance.trust_folder)


def test_a_person_under_another_key_is_still_one_person(alliance, tmp_path):
    """A second key of luc's cannot sign for uk, nor run the machine."""
    again = keys.new(tmp_path / "more", "Luc")
    for holder in ("uk", "operators"):
        with pytest.raises(NotTrusted, match=r"(Luc|luc) holds keys of"):
            propose(alliance, Change(add={holder: [again]}))


def test_a_key_that_ended_signs_no_change(alliance):
    """Past its end a key neither signs a draft nor carries a new version that it signed."""
    propose(alliance, Change(ends={"luc": alliance.now + timedelta(hours=1)}))
    assert sign(alliance, "ana", "luc").unsigned_by == ()
    late = alliance.now + timedelta(hours=1)
    assert alliance.load(late).role_of(pair(alliance, "luc").keyid) is None
    propose(alliance, Change(add={"fr": [pair(alliance, "eve")]}))
    with pytest.raises(NotTrusted, match="ended at 2027-01-11T10:00:00Z"):
        sign(alliance, "luc", now=late)
    root, targets = rotated(*files(alliance), Change(expires=alliance.now + timedelta(days=9)))
    alliance.write(root, targets)
    with pytest.raises(NotTrusted, match="not signed by fr with a key of the version before"):
        alliance.load(late)


def test_a_draft_names_what_it_changes(alliance):
    """Whoever signs reads sentences: keys, thresholds, ends, dates, channels."""
    old = alliance.load()
    change = Change(
        add={"fr": [pair(alliance, "eve")]},
        remove=["luc"],
        thresholds={"uk": 2},
        ends={"bea": alliance.now + timedelta(hours=2)},
        expires=alliance.now + timedelta(days=30),
    )
    propose(alliance, change)
    said = "\n".join(differences(old, drafts.read(alliance.trust_folder).trust))
    for words in (
        "eve signs for fr, with the key",
        "of luc signs no more for fr.",
        "For uk, 2 of its persons must sign, instead of 1.",
        "The trust holds until 2027-02-10T09:00:00Z.",
        "of bea ends at 2027-01-11T11:00:00Z.",
    ):
        assert words in said


@pytest.fixture
def paris(alliance, tmp_path):
    """Let fr sign with a key of OpenSSH, which the machine has accepted."""
    ssh.make_key(tmp_path / "id", comment="paul")
    propose(alliance, Change(add={"fr": [keys.read_public(tmp_path / "id.pub")]}, remove=["luc"]))
    alliance.signers["paul"] = keys.load_signer(tmp_path / "id")
    assert sign(alliance, "ana", "luc", "paul").unsigned_by == ()
    return tmp_path / "id"


def decided(alliance):
    return statement.make("raqqa-voices", "fr", "approve", "", [statement.Subject("r1", "a" * 64)], alliance.now)


def test_an_approval_by_ssh_keygen_counts(alliance, paris, tmp_path):
    """The signature of the real ssh-keygen over a statement's bytes makes an envelope; no bit of it may change."""
    found = alliance.load()
    signed = envelope.to_sign(decided(alliance))
    (tmp_path / "words").write_bytes(signed)
    signature = ssh_files.read(ssh.sign(paris, tmp_path / "words"))
    text = envelope.around(signed, [signature])
    assert envelope.verify(text, found).persons == ("paul",)
    assert envelope.verify(envelope.sign(decided(alliance), alliance.signers["paul"]), found).person == "paul"
    raw = bytes.fromhex(signature.signature)
    for at in range(len(raw)):
        bent = Signature(signature.keyid, (raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]).hex())
        with pytest.raises(NotTrusted):
            envelope.verify(envelope.around(signed, [bent]), found)


def test_an_envelope_names_the_end_of_its_key(alliance):
    """Past its end a key is refused by name and date, not as a stranger's; the trust's digest changes then."""
    propose(alliance, Change(ends={"ana": alliance.now + timedelta(hours=1)}))
    sign(alliance, "ana", "luc")
    text, late = alliance.sign("ana", "uk"), alliance.now + timedelta(hours=1)
    before, after = alliance.load(), alliance.load(late)
    assert envelope.verify(text, before).person == "ana"
    assert before.digest != after.digest == alliance.load(late + timedelta(hours=1)).digest
    with pytest.raises(NotTrusted, match="which ended at 2027-01-11T10:00:00Z"):
        envelope.verify(text, after)
    store = trust.TrustStore(alliance.trust_folder)
    assert [store.current(each).digest for each in (alliance.now, late)] == [before.digest, after.digest]


def signed_elsewhere(alliance, key, folder):
    """Let ssh-keygen sign the draft's bytes; give the signatures' files."""
    found = []
    for name, data in drafts.to_sign(alliance.trust_folder).items():
        (folder / name).write_bytes(data)
        found.append(ssh.sign(key, folder / name))
    return found


def test_a_draft_is_signed_elsewhere(alliance, paris, tmp_path):
    """What ssh-keygen signed of the draft's bytes counts; a signature of other bytes, or by another key, does not."""
    propose(alliance, Change(expires=alliance.now + timedelta(days=9)))
    sign(alliance, "ana")
    signatures = signed_elsewhere(alliance, paris, tmp_path)
    (tmp_path / "other").write_bytes(b"other bytes")
    wrong = ssh_files.read(ssh.sign(paris, tmp_path / "other"))
    with pytest.raises(NotTrusted, match="fits no file of the draft"):
        drafts.add(alliance.trust_folder, [wrong], alliance.now)
    stranger = ssh.make_key(tmp_path / "stranger", comment="eve")
    (tmp_path / "third").write_bytes(drafts.to_sign(alliance.trust_folder)[TARGETS])
    with pytest.raises(NotTrusted, match="belongs to no partner"):
        drafts.add(alliance.trust_folder, [ssh_files.read(ssh.sign(stranger, tmp_path / "third"))], alliance.now)
    assert drafts.add(alliance.trust_folder, [ssh_files.read(signatures[0])], alliance.now).unsigned_by == ("fr",)
    assert drafts.add(alliance.trust_folder, [ssh_files.read(signatures[1])], alliance.now).unsigned_by == ()
    assert alliance.load().version == 3


@pytest.mark.parametrize(
    ("make", "kind", "why"),
    [
        pytest.param(lambda _, m: m.with_name("none.sig"), EnvironmentFault, "cannot be read", id="absent"),
        pytest.param(lambda _, m: m, NotTrusted, "not a signature", id="the-message"),
        pytest.param(lambda key, m: ssh.sign(key, m, "git"), NotTrusted, "namespace 'git'", id="for-git"),
    ],
)
def test_a_file_that_is_no_signature_is_refused(tmp_path, make, kind, why):
    """A file in place of a signature is refused in words."""
    key = ssh.make_key(tmp_path / "id")
    (tmp_path / "m").write_bytes(b"words")
    with pytest.raises(kind, match=why) as refused:
        ssh_files.read(make(key, tmp_path / "m"))
    assert refused.value.hint


def test_files_from_before_these_fields_keep_verifying(tmp_path):
    """Trust files that an older version wrote and signed verify byte for byte, and the memory it kept is understood."""
    shutil.copytree(GOLDEN, tmp_path / "trust")
    kept = {name: (tmp_path / "trust" / name).read_bytes() for name in (ROOT, TARGETS)}
    now = trust_files.read(tmp_path / "trust" / ROOT, "root").signed.expires - timedelta(days=1)
    memory = highest.read(tmp_path / "trust")
    assert memory is not None
    assert memory.targets is None
    found = trust.load(tmp_path / "trust", now)
    assert (found.partners, dict(found.thresholds), dict(found.operators)) == (("fr", "uk"), {"fr": 1, "uk": 1}, {})
    for name, raw in kept.items():
        trust_files.write(
            tmp_path / name, trust_files.read(tmp_path / "trust" / name, "root" if name == ROOT else "targets")
        )
        assert (tmp_path / name).read_bytes() == raw


def accepted(alliance, name, raw) -> bool:
    (alliance.trust_folder / name).write_bytes(raw)
    try:
        alliance.load()
    except NotTrusted:
        return False
    return True


@pytest.mark.parametrize("name", [ROOT, TARGETS])
@QUICK
@given(data=st.data())
def test_no_byte_of_what_is_signed_may_change(alliance, name, data):
    """A bit of a trust file flipped: refused in words, or it says and means exactly what it did (a space, say)."""
    path = alliance.trust_folder / name
    before = path.read_bytes()
    digest = alliance.load().digest
    at, bit = data.draw(st.integers(0, len(before) - 1)), 1 << data.draw(st.integers(0, 7))
    try:
        if accepted(alliance, name, before[:at] + bytes([before[at] ^ bit]) + before[at + 1 :]):
            assert alliance.load().digest == digest
    finally:
        path.write_bytes(before)


@pytest.mark.chaos
@pytest.mark.parametrize("name", [ROOT, TARGETS])
def test_every_byte_of_what_is_signed_is_held(alliance, name):
    """Every byte of a trust file, every bit of it (in short: one): none is accepted that changes what is signed."""
    path = alliance.trust_folder / name
    before, digest = path.read_bytes(), alliance.load().digest
    bits = range(8) if os.environ.get("CORDIALE_CHAOS") != "short" else range(1)
    for at in range(len(before)):
        for bit in bits:
            if accepted(alliance, name, before[:at] + bytes([before[at] ^ (1 << bit)]) + before[at + 1 :]):
                assert alliance.load().digest == digest
    path.write_bytes(before)


@QUICK
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    ),
    data=st.data(),
)
def test_no_value_in_a_trust_file_makes_it_stumble(alliance, value, data):
    """Whatever stands anywhere in a trust file, it is refused in words and never ends in a traceback."""
    name = data.draw(st.sampled_from([ROOT, TARGETS]))
    path = alliance.trust_folder / name
    before = path.read_bytes()
    held = json.loads(before)
    place = held
    while True:
        at = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if isinstance(place[at], dict | list) and place[at] and data.draw(st.booleans()):
            place = place[at]
            continue
        place[at] = value
        break
    said, cure = "nothing", "nothing to do"
    try:
        path.write_text(json.dumps(held), "utf-8")
        alliance.load()
    except NotTrusted as refused:
        said, cure = refused.message, refused.hint
    finally:
        path.write_bytes(before)
    assert said
    assert cure
