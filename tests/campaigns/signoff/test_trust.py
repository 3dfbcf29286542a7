"""When trust files hold, and every way in which they do not."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from securesystemslib.signer import Key
from tuf.api.metadata import DelegatedRole

from campaigns.errors import EnvironmentFault, NotTrusted
from campaigns.signoff import highest, sshsig, trust, trust_files
from campaigns.signoff.key_ids import keyid
from campaigns.signoff.ssh_keys import SshKey
from campaigns.signoff.trust_files import FIELD, ROOT, TARGETS, DeclaredChannel
from tests.builders import ssh

FEED = DeclaredChannel("fr-feed", "feed", "Stop Daech", "fr", "feeds")


def own(targets):
    return targets.signed.unrecognized_fields[FIELD]


def listing(**changes):
    return {"id": "fr-feed", "kind": "feed", "account": "Stop Daech", "issuer": "fr", "server": None, **changes}


def misname_a_key(alliance, root, targets):
    """List ana's own key once more, under another id."""
    keys = targets.signed.delegations.keys
    keys["0" * 64] = Key.from_dict("0" * 64, keys[alliance.pairs["ana"].keyid].to_dict())
    targets.signed.delegations.roles["uk"].keyids.append("0" * 64)
    own(targets)["persons"]["0" * 64] = "ana"


def respell_a_key(alliance, root, targets):
    """List ana's key in capitals: a different canonical form, hence honestly another id."""
    from securesystemslib.signer._utils import compute_default_keyid

    value = {"public": alliance.pairs["ana"].public["keyval"]["public"].upper()}
    its = compute_default_keyid("ed25519", "ed25519", value)
    targets.signed.delegations.keys[its] = Key.from_dict(
        its, {"keytype": "ed25519", "scheme": "ed25519", "keyval": value}
    )
    targets.signed.delegations.roles["uk"].keyids.append(its)
    own(targets)["persons"][its] = "ana"


def respell_as_openssh(alliance, root, targets):
    """List ana's key once more, as a key of OpenSSH: another kind, honestly another id, the same key."""
    blob = sshsig.wired(b"ssh-ed25519") + sshsig.wired(bytes.fromhex(alliance.pairs["ana"].public["keyval"]["public"]))
    key = SshKey.from_blob(blob)
    targets.signed.delegations.keys[key.keyid] = key
    targets.signed.delegations.roles["uk"].keyids.append(key.keyid)
    own(targets)["persons"][key.keyid] = "ana"


def comment_a_key(alliance, root, targets):
    """Leave the comment in a key of OpenSSH, so that it has another id."""
    line = f"{ssh.SecurityKey().line} luc"
    key = SshKey(keyid("ssh", "sshsig", line), "ssh", "sshsig", {"public": line}, {})
    targets.signed.delegations.keys[key.keyid] = key
    targets.signed.delegations.roles["uk"].keyids.append(key.keyid)
    own(targets)["persons"][key.keyid] = "ana"


def operate_with_openssh(alliance, root, targets):
    """Give the operators a key that signs no checkpoint."""
    key = SshKey.from_line(ssh.SecurityKey().line)
    targets.signed.delegations.keys[key.keyid] = key
    targets.signed.delegations.roles["operators"] = DelegatedRole(
        "operators", [key.keyid], 1, terminating=True, paths=["*"]
    )
    own(targets)["persons"][key.keyid] = "ops"


def share_a_key(alliance, root, targets):
    targets.signed.delegations.roles["fr"].keyids.append(alliance.pairs["ana"].keyid)


def lend_a_key(alliance, root, targets):
    """Let a root key of uk approve for fr."""
    targets.signed.delegations.roles["uk"].keyids.remove(alliance.pairs["bea"].keyid)
    targets.signed.delegations.roles["fr"].keyids.append(alliance.pairs["bea"].keyid)


def operators(keyid_of, name="ops", threshold=1):
    """Give the role of the operators a key."""

    def change(alliance, root, targets):
        pair = alliance.pairs[keyid_of]
        held = targets.signed.delegations
        held.keys[pair.keyid] = held.keys.get(pair.keyid) or Key.from_dict(
            pair.keyid, {name: pair.public[name] for name in ("keytype", "scheme", "keyval")}
        )
        held.roles["operators"] = DelegatedRole("operators", [pair.keyid], threshold, terminating=True, paths=["*"])
        own(targets)["persons"].setdefault(pair.keyid, name)

    return change


def same_person(name):
    def change(alliance, root, targets):
        own(targets)["persons"][alliance.pairs["luc"].keyid] = name

    return change


def drop_a_person(alliance, root, targets):
    del own(targets)["persons"][alliance.pairs["luc"].keyid]


def drop_a_role(alliance, root, targets):
    del targets.signed.delegations.roles["fr"]
    del own(targets)["persons"][alliance.pairs["luc"].keyid]


def channels(value):
    def change(alliance, root, targets):
        own(targets)["channels"] = value

    return change


def lower_the_threshold(alliance, root, targets):
    root.signed.roles["targets"].threshold = 1


def forget_the_owners(alliance, root, targets):
    del root.signed.unrecognized_fields[FIELD]


def own_twice(alliance, root, targets):
    root.signed.unrecognized_fields[FIELD]["partners"]["fr"].append(alliance.pairs["ana"].keyid)


def say_maybe(alliance, root, targets):
    own(targets)["rehearsal_only"] = "no"


def add_a_field(alliance, root, targets):
    own(targets)["unheard-of"] = True


SIGNED_BUT_WRONG = [
    pytest.param(misname_a_key, "own id is", id="key-under-an-id-that-is-not-its-own"),
    pytest.param(respell_a_key, "not a plain Ed25519", id="one-key-under-two-ids"),
    pytest.param(respell_as_openssh, "One key is listed twice", id="one-key-as-ours-and-as-one-of-openssh"),
    pytest.param(comment_a_key, "not a plain Ed25519", id="key-of-openssh-with-its-comment"),
    pytest.param(operate_with_openssh, "signs no checkpoint", id="operators-with-a-key-of-openssh"),
    pytest.param(share_a_key, "two partners", id="key-of-two-partners"),
    pytest.param(lend_a_key, "two partners", id="root-key-of-one-approves-for-the-other"),
    pytest.param(same_person("ana"), "holds keys of two partners", id="person-of-two-partners"),
    pytest.param(same_person(" Ana "), "holds keys of two partners", id="person-of-two-partners-typed-differently"),
    pytest.param(same_person("  "), "without a name", id="person-without-a-name"),
    pytest.param(drop_a_person, "person of every key", id="key-without-a-person"),
    pytest.param(drop_a_role, "a role of its own", id="partner-without-a-role"),
    pytest.param(operators("ana"), "for uk and for the operators", id="partner-s-key-of-an-operator"),
    pytest.param(operators("eve", "Luc"), "of the operators and of fr", id="partner-s-person-an-operator"),
    pytest.param(operators("eve", threshold=2), "keys of the operators", id="operators-by-two"),
    pytest.param(channels("*"), "only a rehearsal", id="every-channel-outside-a-rehearsal"),
    pytest.param(channels([listing(), listing()]), "twice", id="channel-twice"),
    pytest.param(channels([listing(issuer="de")]), "no partner", id="channel-of-a-stranger"),
    pytest.param(channels([listing(account=7)]), "something else than text", id="account-a-number"),
    pytest.param(channels([listing(rate="1/s")]), "exactly id", id="channel-with-more"),
    pytest.param(channels(["fr-feed"]), "exactly id", id="channel-a-word"),
    pytest.param(lower_the_threshold, "every partner to sign", id="root-asks-for-one-signature"),
    pytest.param(forget_the_owners, "which key belongs", id="root-without-owners"),
    pytest.param(own_twice, "one key to two", id="root-key-owned-twice"),
    pytest.param(say_maybe, "whether it is a rehearsal", id="rehearsal-neither-yes-nor-no"),
    pytest.param(add_a_field, "whether it is a rehearsal", id="field-that-nobody-agreed-on"),
]


@pytest.mark.parametrize(("change", "why"), SIGNED_BUT_WRONG)
def test_files_that_break_a_rule_are_refused_though_everybody_signed(alliance, change, why):
    """Signatures of all partners do not make up for a key, person or channel that breaks a rule."""
    root, targets = alliance.draft()
    change(alliance, root, targets)
    alliance.write(root, targets)
    with pytest.raises(NotTrusted, match=why) as refused:
        alliance.load()
    assert refused.value.hint


@pytest.mark.parametrize(
    ("by", "root_by", "lacking"),
    [
        pytest.param(("ana",), None, "fr", id="one-partner-only"),
        pytest.param(("ana", "bea"), None, "fr", id="two-keys-of-one-partner"),
        pytest.param(("ana", "luc"), ("ana", "bea"), "fr", id="root-by-one-side"),
        pytest.param(("luc",), ("ana", "luc"), "uk", id="targets-by-one-side"),
        pytest.param(("ana", "eve"), None, "fr", id="a-stranger-beside-one-partner"),
        pytest.param((), None, "fr, uk", id="unsigned"),
    ],
)
def test_trust_files_need_a_signature_of_each_partner(alliance, by, root_by, lacking):
    """As many signatures as there are partners are not enough: each partner's own must be among them."""
    alliance.write(*alliance.draft(), by=by, root_by=root_by)
    with pytest.raises(NotTrusted, match=f"not signed by {lacking}"):
        alliance.load()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda held: held["signed"].update(version=2), id="version"),
        pytest.param(lambda held: held["signed"].update(expires="2040-01-01T00:00:00Z"), id="expiry"),
        pytest.param(lambda held: held["signed"][FIELD].update(rehearsal_only=True), id="rehearsal"),
        pytest.param(lambda held: held["signed"][FIELD].update(channels=[listing()]), id="channels"),
    ],
)
def test_a_changed_byte_unmakes_the_signatures(alliance, edit, change):
    """Whoever edits a trust file leaves it unsigned."""
    edit(TARGETS, change)
    with pytest.raises(NotTrusted, match="not signed by fr, uk"):
        alliance.load()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="a-list"),
        pytest.param("[" * 100_000, id="too-deep"),
        pytest.param('{"signed": {}, "signed": {}, "signatures": []}', id="duplicate-json-key"),
        pytest.param(
            '{"signed": {"_type": "targets", "version": "1"}, "signatures": [{"keyid": []}]}', id="wrong-types"
        ),
        pytest.param("ROOT", id="the-other-file"),
    ],
)
def test_what_is_no_trust_file_is_refused(alliance, text):
    """Garbage in place of a trust file is named, with a cure, and never a traceback."""
    held = (alliance.trust_folder / ROOT).read_text() if text == "ROOT" else text
    (alliance.trust_folder / TARGETS).write_text(held)
    with pytest.raises(NotTrusted, match="not a trust file of the kind 'targets'"):
        alliance.load()


def test_a_key_that_occurs_twice_in_the_json_is_refused(alliance):
    """A file that other readers could read differently is refused, though what we read of it is well signed."""
    path = alliance.trust_folder / TARGETS
    text = path.read_text()
    assert text.count('"version": 1') == 1
    path.write_text(text.replace('"version": 1', '"version": 9, "version": 1'))
    with pytest.raises(NotTrusted, match="not a trust file"):
        alliance.load()


@pytest.mark.parametrize("name", [ROOT, TARGETS])
def test_a_missing_file_is_refused(alliance, name):
    """Without its trust files a workspace publishes nothing, and says how to make them."""
    (alliance.trust_folder / name).unlink()
    with pytest.raises(NotTrusted, match="There is no trust file") as refused:
        alliance.load()
    assert "trust init" in refused.value.hint


def test_an_unreadable_file_is_the_machine_s_fault(alliance):
    """A trust file that is a folder is a fault of the environment."""
    (alliance.trust_folder / TARGETS).unlink()
    (alliance.trust_folder / TARGETS).mkdir()
    with pytest.raises(EnvironmentFault, match="cannot be read"):
        alliance.load()


@pytest.mark.parametrize("later", [timedelta(days=1), timedelta(days=400)], ids=["at-the-instant", "long-after"])
def test_an_expired_trust_is_refused(alliance, later):
    """From the instant it expires, the trust file holds no more."""
    assert alliance.load(alliance.now + timedelta(hours=23, minutes=59, seconds=59)).version == 1
    with pytest.raises(NotTrusted, match="expired at 2027-01-12T09:00:00Z"):
        alliance.load(alliance.now + later)


def test_the_root_s_own_expiry_counts_too(alliance):
    """The earlier of the two dates ends the trust."""
    root, _ = alliance.draft(expires=alliance.now + timedelta(hours=1))
    _, targets = alliance.draft()
    alliance.write(root, targets)
    with pytest.raises(NotTrusted, match="expired"):
        alliance.load(alliance.now + timedelta(hours=2))


def versioned(alliance, version, **more):
    root, targets = alliance.draft(**more)
    targets.signed.version = version
    return root, targets


def test_going_back_to_an_older_version_is_refused(alliance):
    """Once a version was used on this machine, an older one is not accepted, however well it is signed."""
    first, _ = alliance.draft()
    for version in (1, 5):
        alliance.write(first, versioned(alliance, version)[1])
        assert alliance.load().version == version
    alliance.write(first, versioned(alliance, 4)[1])
    with pytest.raises(NotTrusted, match="version 4, but this machine has already used version 5"):
        alliance.load()


def test_two_files_under_one_version_are_refused(alliance):
    """A version number names one file: another one under it, signed by all, is refused."""
    alliance.load()
    alliance.channels = frozenset({FEED})
    alliance.write(alliance.draft()[0], alliance.draft()[1])
    with pytest.raises(NotTrusted, match="differs from the version 1"):
        alliance.load()


def test_a_root_that_the_last_one_s_partners_did_not_sign_is_refused(alliance):
    """A whole new alliance, correctly signed by itself, does not replace the one this machine knows."""
    alliance.load()
    root, targets = alliance.draft({"uk": ("eve",), "fr": ("luc",)})
    root.signed.version = targets.signed.version = 2
    alliance.write(root, targets, by=("eve", "luc"))
    with pytest.raises(NotTrusted, match="not signed by uk with a key of the version before"):
        alliance.load()


def test_a_root_signed_by_old_and_new_keys_takes_over(alliance):
    """Rotation: when the partners of the last root signed the next, the machine moves on, and never back."""
    alliance.load()
    before = {name: (alliance.trust_folder / name).read_bytes() for name in (ROOT, TARGETS)}
    root, targets = alliance.draft({"uk": ("bea",), "fr": ("luc",)})
    root.signed.version = targets.signed.version = 2
    alliance.write(root, targets, by=("bea", "luc"), root_by=("ana", "bea", "luc"))
    assert alliance.load().role_of(alliance.pairs["ana"].keyid) is None
    for name, raw in before.items():
        (alliance.trust_folder / name).write_bytes(raw)
    with pytest.raises(NotTrusted, match="already used version 2"):
        alliance.load()


def test_a_root_may_not_skip_a_version(alliance):
    """Root versions follow one another, so that every change was agreed by those before it."""
    alliance.load()
    root, targets = alliance.draft()
    root.signed.version, targets.signed.version = 3, 2
    alliance.write(root, targets)
    with pytest.raises(NotTrusted, match="after 1 comes the next one"):
        alliance.load()


@pytest.mark.parametrize(
    "text", ["", "{}", '{"version": 1}', '{"root": 1, "root_digest": "", "version": 1, "digest": ""}']
)
def test_a_damaged_memory_is_refused(alliance, text):
    """If what the machine remembers cannot be read, it does not start from nothing."""
    alliance.load()
    (alliance.trust_folder / highest.FOLDER / highest.FILE).write_text(text)
    with pytest.raises(NotTrusted, match="remembers of the trust files is damaged"):
        alliance.load()


def test_several_processes_remember_the_highest_version(alliance):
    """Processes that load at the same time never lower what the machine remembers."""
    alliance.write(*versioned(alliance, 7))
    code = (
        "import sys, pathlib, datetime; from campaigns.signoff import trust;"
        "trust.load(pathlib.Path(sys.argv[1]), datetime.datetime.fromisoformat(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(alliance.trust_folder), alliance.now.isoformat()]
    running = [subprocess.Popen(command) for _ in range(4)]
    assert [each.wait() for each in running] == [0] * 4
    seen = highest.read(alliance.trust_folder)
    assert seen is not None
    assert seen.version == 7
    assert sorted(each.name for each in (alliance.trust_folder / highest.FOLDER).iterdir()) == [".lock", "highest.json"]


@pytest.mark.parametrize(
    ("asked", "declared"),
    [
        pytest.param({}, True, id="as-agreed"),
        pytest.param({"id": "uk-feed"}, False, id="another-id"),
        pytest.param({"kind": "mastodon"}, False, id="another-kind"),
        pytest.param({"account": "stop daech"}, False, id="another-account"),
        pytest.param({"issuer": "uk"}, False, id="another-issuer"),
        pytest.param({"server": None}, False, id="no-server"),
        pytest.param({"server": "https://evil.example"}, False, id="another-server"),
    ],
)
def test_only_the_agreed_channel_is_declared(alliance, asked, declared):
    """A channel is declared only if id, kind, account, issuer and server are all as agreed."""
    alliance.channels = frozenset({FEED})
    alliance.write(*alliance.draft())
    agreed = {"id": FEED.id, "kind": FEED.kind, "account": FEED.account, "issuer": FEED.issuer, "server": FEED.server}
    assert alliance.load().declares(**{**agreed, **asked}) is declared


def test_keys_have_partners_and_persons(alliance):
    """Each key of the trust file answers with its partner and its person; any other key with nothing."""
    found = alliance.load()
    assert (found.partners, found.rehearsal_only, found.version) == (("fr", "uk"), False, 1)
    named = {name: (found.role_of(pair.keyid), found.person_of(pair.keyid)) for name, pair in alliance.pairs.items()}
    assert named == {"ana": ("uk", "ana"), "bea": ("uk", "bea"), "luc": ("fr", "luc"), "eve": (None, None)}


def test_the_store_reads_again_only_when_a_file_changed(alliance):
    """While nothing changes the same trust is given; a new version is taken up at the next question."""
    store = trust.TrustStore(alliance.trust_folder)
    first = store.current(alliance.now)
    assert store.current(alliance.now) is first
    alliance.write(alliance.draft()[0], versioned(alliance, 2)[1])
    assert store.current(alliance.now).version == 2


def test_the_store_asks_for_the_expiry_every_time(alliance):
    """A trust that was good a moment ago is refused once its time is over, though no file changed."""
    store = trust.TrustStore(alliance.trust_folder)
    store.current(alliance.now)
    with pytest.raises(NotTrusted, match="expired"):
        store.current(alliance.now + timedelta(days=1))
    assert store.current(alliance.now).version == 1


def test_the_store_forgets_a_trust_that_was_taken_away(alliance):
    """When the files stop holding, the last good trust is not used on."""
    store = trust.TrustStore(alliance.trust_folder)
    store.current(alliance.now)
    (alliance.trust_folder / TARGETS).unlink()
    for _ in range(2):
        with pytest.raises(NotTrusted, match="no trust file"):
            store.current(alliance.now)


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path):
    """A write that fails says so, and neither harms the file nor leaves a temporary one."""
    (tmp_path / "taken").write_text("old")
    with pytest.raises(EnvironmentFault, match="could not be written"):
        trust_files.replace(tmp_path / "taken" / "file.json", b"new")
    (tmp_path / "folder").mkdir()
    with pytest.raises(EnvironmentFault, match="could not be written"):
        trust_files.replace(tmp_path / "folder", b"new")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder", "taken"]
    assert json.dumps((tmp_path / "taken").read_text()) == '"old"'
