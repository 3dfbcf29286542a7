"""What an envelope must be before it counts as a partner's word."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope

from campaigns.errors import NotTrusted
from campaigns.signoff import envelope, statement, trust_files
from campaigns.signoff.envelope import PAYLOAD_TYPE

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def opened(text: str) -> dict[str, Any]:
    return json.loads(text)


def closed(form: Any) -> str:
    return rfc8785.dumps(form).decode()


def signed_raw(alliance: Any, who: str, payload: bytes, kind: str = PAYLOAD_TYPE) -> str:
    """Sign any bytes as any type, as someone without our code would."""
    made = Envelope(payload, kind, {})
    made.sign(alliance.signers[who])
    return closed(made.to_dict())


def with_payload(alliance: Any, change: Callable[[dict[str, Any]], None]) -> str:
    """Sign a changed statement with a good key: the form itself must be refused."""
    form = json.loads(base64.b64decode(opened(alliance.sign("ana", "uk"))["payload"]))
    change(form)
    return signed_raw(alliance, "ana", rfc8785.dumps(form))


def changed(alliance: Any, change: Callable[[dict[str, Any]], None]) -> str:
    form = opened(alliance.sign("ana", "uk"))
    change(form)
    return closed(form)


def other_statement(alliance: Any) -> str:
    return opened(alliance.sign("ana", "uk", digest="b" * 64))["payload"]


def over_the_bare_payload(alliance: Any) -> str:
    form = opened(alliance.sign("ana", "uk"))
    signature = alliance.signers["ana"].sign(base64.b64decode(form["payload"]))
    form["signatures"][0]["sig"] = base64.b64encode(bytes.fromhex(signature.signature)).decode()
    return closed(form)


def loose_base64(alliance: Any) -> str:
    """Set the unused bits of a signature's last letter: it decodes to the same bytes."""
    form = opened(alliance.sign("ana", "uk"))
    written = form["signatures"][0]["sig"]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = letters[letters.index(written[-3]) | 1]  # 64 bytes leave four bits unused
    form["signatures"][0]["sig"] = written[:-3] + last + "=="
    assert base64.b64decode(form["signatures"][0]["sig"]) == base64.b64decode(written)
    return closed(form)


def set_predicate(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda form: form["predicate"].update({name: value})


def set_subject(value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda form: form.update({"subject": value})


A = {"name": "r1", "digest": {"sha256": "a" * 64}}

REFUSALS = [
    pytest.param(lambda a: changed(a, lambda f: f.update(signatures=[])), "no signature", id="unsigned"),
    pytest.param(lambda a: a.sign("luc", "uk"), "signed with a key of fr", id="one-partner-signs-for-the-other"),
    pytest.param(lambda a: a.sign("eve", "uk"), "unknown or revoked", id="unknown-key"),
    pytest.param(
        lambda a: envelope.add_signature(a.sign("ana", "uk"), a.signers["luc"]),
        "signed with a key of fr",
        id="both-partners-on-one-statement",
    ),
    pytest.param(
        lambda a: envelope.add_signature(a.sign("ana", "uk"), a.signers["eve"]),
        "unknown or revoked",
        id="stranger-beside-a-good-signature",
    ),
    pytest.param(
        lambda a: closed(
            {
                **opened(a.sign("luc", "uk")),
                "signatures": [
                    {**opened(a.sign("luc", "uk"))["signatures"][0], "keyid": a.pairs["ana"].keyid},
                ],
            }
        ),
        "does not fit",
        id="relabelled-signature",
    ),
    pytest.param(
        lambda a: changed(a, lambda f: f.update(payload=other_statement(a))),
        "does not fit",
        id="signature-moved-to-another-digest",
    ),
    pytest.param(over_the_bare_payload, "does not fit", id="signed-without-its-type"),
    pytest.param(
        lambda a: signed_raw(a, "ana", base64.b64decode(other_statement(a)), "application/json"),
        "not over a statement",
        id="signed-as-another-type",
    ),
    pytest.param(
        lambda a: changed(a, lambda f: f.update(payloadType="text/plain")), "not over a statement", id="type-relabelled"
    ),
    pytest.param(lambda a: a.sign("ana", "uk") + "\n", "one form", id="byte-added-to-the-envelope"),
    pytest.param(lambda a: json.dumps(opened(a.sign("ana", "uk")), indent=1), "one form", id="envelope-reformatted"),
    pytest.param(
        lambda a: a.sign("ana", "uk").replace('{"payload":', '{"payload":"e30=","payload":', 1),
        "one form",
        id="duplicate-json-key-in-the-envelope",
    ),
    pytest.param(
        lambda a: changed(a, lambda f: f.update(note="hello")), "one form", id="unknown-field-in-the-envelope"
    ),
    pytest.param(
        lambda a: changed(a, lambda f: f["signatures"][0].update(note="hello")),
        "one form",
        id="unknown-field-in-a-signature",
    ),
    pytest.param(
        lambda a: changed(a, lambda f: f["signatures"].append(f["signatures"][0])),
        "one form",
        id="same-signature-twice",
    ),
    pytest.param(lambda a: changed(a, lambda f: f["signatures"][0].update(sig=7)), "one form", id="signature-a-number"),
    pytest.param(lambda a: changed(a, lambda f: f["signatures"][0].update(keyid=7)), "one form", id="keyid-a-number"),
    pytest.param(
        lambda a: changed(a, lambda f: f.update(signatures={})), "no signature|one form", id="signatures-a-map"
    ),
    pytest.param(
        lambda a: changed(a, lambda f: f.update(payload=f["payload"].replace("=", "").replace("+", "-") + "!")),
        "one form",
        id="payload-not-base64",
    ),
    pytest.param(loose_base64, "one form", id="base64-with-loose-bits"),
    pytest.param(lambda _: "", "one form", id="empty-file"),
    pytest.param(lambda _: "[]", "one form", id="a-list"),
    pytest.param(lambda _: "[" * 100_000, "one form", id="nested-too-deep"),
    pytest.param(
        lambda a: signed_raw(a, "ana", base64.b64decode(other_statement(a)).replace(b'":', b'": ')),
        "canonical",
        id="statement-with-spaces",
    ),
    pytest.param(
        lambda a: signed_raw(
            a, "ana", base64.b64decode(other_statement(a)).replace(b'"partner":', b'"partner":"fr","partner":')
        ),
        "canonical",
        id="duplicate-json-key-in-the-statement",
    ),
    pytest.param(lambda a: signed_raw(a, "ana", b"\xff\xfe"), "not JSON", id="statement-not-text"),
    pytest.param(lambda a: signed_raw(a, "ana", b"[" * 100_000), "not JSON", id="statement-nested-too-deep"),
    pytest.param(lambda a: signed_raw(a, "ana", b"{}"), "exactly the fields", id="statement-empty"),
    pytest.param(
        lambda a: with_payload(a, set_predicate("reason", None)),
        "something else than text",
        id="reason-missing",
    ),
    pytest.param(lambda a: with_payload(a, set_predicate("note", "x")), "exactly the fields", id="unknown-field"),
    pytest.param(lambda a: with_payload(a, set_predicate("decision", "maybe")), "neither", id="neither-yes-nor-no"),
    pytest.param(
        lambda a: with_payload(a, set_predicate("partner", "de")), "no partner", id="partner-not-in-the-trust"
    ),
    pytest.param(lambda a: with_payload(a, set_predicate("campaign", "")), "names no campaign", id="no-campaign"),
    pytest.param(lambda a: with_payload(a, set_predicate("at", "2027-01-11")), "no instant", id="no-instant"),
    pytest.param(
        lambda a: with_payload(a, set_predicate("at", "2027-01-11T09:00:00.5Z")),
        "another way",
        id="instant-spelled-short",
    ),
    pytest.param(lambda a: with_payload(a, set_subject([A, A])), "twice", id="subject-twice"),
    pytest.param(lambda a: with_payload(a, set_subject([])), "names nothing", id="no-subject"),
    pytest.param(
        lambda a: with_payload(a, set_subject([{"name": "r1", "digest": {"sha256": "A" * 64}}])),
        "without a sha256",
        id="digest-in-capitals",
    ),
    pytest.param(
        lambda a: with_payload(a, set_subject([{**A, "uri": "x"}])), "exactly the fields", id="subject-with-more"
    ),
    pytest.param(
        lambda a: with_payload(a, lambda f: f.update(predicateType="https://cordiale.example/decision/v2")),
        "another type or version",
        id="another-version-of-the-statement",
    ),
]


@pytest.mark.parametrize(("make", "why"), REFUSALS)
def test_what_a_partner_did_not_sign_like_this_is_refused(alliance, make, why):
    """An envelope counts only if its one partner signed exactly these bytes in exactly this form."""
    with pytest.raises(NotTrusted, match=why) as refused:
        envelope.verify(make(alliance), alliance.load())
    assert refused.value.hint


def test_a_good_envelope_says_who_decided_what(alliance):
    """The decision names partner, person, campaign, answer, reason, instant and subjects as they were signed."""
    text = alliance.sign("bea", "uk", "refuse", reason="the map is old")
    found = envelope.verify(text, alliance.load())
    assert (found.partner, found.person, found.campaign) == ("uk", "bea", "raqqa-voices")
    assert (found.decision, found.reason) == ("refuse", "the map is old")
    assert found.subjects == statement.parse(base64.b64decode(opened(text)["payload"])).subjects
    assert found.id == envelope.identify(text)


def test_two_persons_may_sign_one_envelope(alliance):
    """An envelope names every person who signed it, once, whatever their keys."""
    text = envelope.add_signature(alliance.sign("bea", "uk"), alliance.signers["ana"])
    found = envelope.verify(text, alliance.load())
    assert (found.persons, found.person) == (("ana", "bea"), "ana and bea")
    alone = envelope.verify(alliance.sign("ana", "uk"), alliance.load())
    assert (alone.persons, alone.person) == (("ana",), "ana")
    assert alone.statement == envelope.verify(text, alliance.load()).statement


@pytest.mark.parametrize(
    "bent",
    [
        pytest.param(lambda pae: pae[1:], id="cut"),
        pytest.param(lambda pae: pae + b" ", id="longer"),
        pytest.param(lambda pae: pae.replace(b"in-toto", b"in-tutu"), id="another-type"),
        pytest.param(lambda pae: pae.replace(b"DSSEv1 28", b"DSSEv1 028"), id="length-respelled"),
        pytest.param(lambda pae: pae.replace(b"approve", b"approvx"), id="no-statement"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda _: b"\xff" * 40, id="garbage"),
    ],
)
def test_only_the_bytes_of_a_statement_come_back(alliance, bent):
    """What was signed elsewhere is taken only around exactly the bytes that a key signs for a statement."""
    payload = base64.b64decode(opened(alliance.sign("ana", "uk"))["payload"])
    pae = envelope.to_sign(payload)
    assert envelope.around(pae, [alliance.signers["ana"].sign(pae)]) == alliance.sign("ana", "uk")
    with pytest.raises(NotTrusted):
        envelope.around(bent(pae), [alliance.signers["ana"].sign(bent(pae))])


def test_a_revoked_key_counts_no_longer(alliance):
    """The same envelope verifies before its key is taken out of the trust file, and not after."""
    text = alliance.sign("bea", "uk")
    assert envelope.verify(text, alliance.load()).person == "bea"
    root, _ = alliance.draft()
    _, targets = alliance.draft({"uk": ("ana",), "fr": ("luc",)})
    targets.signed.version = 2
    alliance.write(root, targets)
    with pytest.raises(NotTrusted, match="unknown or revoked"):
        envelope.verify(text, alliance.load())


@QUICK
@given(data=st.data())
def test_any_changed_byte_of_statement_or_signature_is_refused(alliance, data):
    """Whatever single bit of what was signed, or of the signature, is flipped: the envelope no longer verifies."""
    trust = alliance.load()
    form = opened(alliance.sign("ana", "uk"))
    place = data.draw(st.sampled_from(["payload", "sig"]))
    held = form if place == "payload" else form["signatures"][0]
    raw = bytearray(base64.b64decode(held[place]))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    held[place] = base64.b64encode(raw).decode()
    with pytest.raises(NotTrusted):
        envelope.verify(closed(form), trust)


@QUICK
@given(data=st.data())
def test_any_changed_letter_of_the_envelope_is_refused(alliance, data):
    """No other spelling of the envelope's text verifies, so one agreement has one id."""
    trust = alliance.load()
    text = alliance.sign("ana", "uk")
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda one: one != text[at]))
    with pytest.raises(NotTrusted):
        envelope.verify(text[:at] + letter + text[at + 1 :], trust)


@QUICK
@given(
    text=st.text()
    | st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)).map(
        json.dumps
    )
)
def test_no_file_makes_it_stumble(alliance, text):
    """Whatever a file holds, it is refused in words and never ends in a traceback."""
    with pytest.raises(NotTrusted):
        envelope.verify(text, alliance.at_first)


def test_only_statements_are_signed(alliance):
    """Nobody is made to sign bytes that are not a statement of ours."""
    with pytest.raises(NotTrusted):
        envelope.sign(b'{"pay":"everything"}', alliance.signers["ana"])


def test_an_hour_old_envelope_still_names_its_own_instant(alliance):
    """The instant is part of what is signed, not of when it arrives."""
    earlier = alliance.now - timedelta(hours=1)
    assert envelope.verify(alliance.sign("ana", "uk", at=earlier), alliance.load()).at == earlier


def test_trust_files_keep_their_signatures_through_json(alliance):
    """Reading and writing a trust file again changes nothing that was signed."""
    path = alliance.trust_folder / trust_files.TARGETS
    before = alliance.load().digest
    trust_files.write(path, trust_files.read(path, "targets"))
    assert alliance.load().digest == before
