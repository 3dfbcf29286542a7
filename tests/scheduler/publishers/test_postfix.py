"""Mail through Postfix, read from Dovecot: login and TLS are required, answers mean what they say, no octet changes."""

import base64
import email
import email.policy
from contextlib import closing
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from reports.cells import formats
from reports.cells.layout import Layout
from reports.snapshot import Snapshot
from reports.sources.delivery_notices import DeliveryNotices
from scheduler.publisher import Refused
from scheduler.releases.outgoing import OutgoingPart
from tests.scheduler.publishers.deliveries import ARABIC, PNG, Bench, Rig, delivery
from tests.servers.postfix_server import BOXES, LARGEST, PASSWORD, PostfixServer

pytestmark = pytest.mark.servers
SENDER = BOXES["cell"]


@pytest.fixture
def mail(bench: Bench, postfix_server: PostfixServer) -> Rig:
    """Give the SMTP publisher with a real server."""
    bench.secret("list", f'user = "cell"\npassword = "{PASSWORD}"\n')
    bench.secret("wrong", 'user = "cell"\npassword = "a-password-that-is-wrong"\n')
    endpoint = {
        "kind": "smtp",
        "server": postfix_server.address,
        "account": f"Cellule commune <{SENDER}>",
        "credential": "list",
        "options": {"to": BOXES["list"], "notices": True, "unsubscribe": "https://list.example/leave?l=all"},
    }
    return Rig(bench, endpoint, lambda _: [], dict, {}, (PASSWORD,))


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        pytest.param("en-GB", "Daesh lost its ground.\n\n.A line that begins with a dot\nFrom here on", id="english"),
        pytest.param("fr-FR", "Daech a perdu ses terres : « c’est fini », dit l’œil.", id="french"),  # noqa: RUF001
        pytest.param("ar", f"{ARABIC}\n{'خسر داعش أرضه ' * 40}", id="arabic"),
    ],
)
def test_the_signed_words_are_what_is_read(mail: Rig, postfix_server: PostfixServer, locale: str, text: str) -> None:
    """Text, page, subject, language and picture come out of the mailbox as they were signed, letter for letter."""
    part = OutgoingPart(text=text, html=f"<p>{text}</p>", headline=f"Facts – {text[:20]}", link=None)  # noqa: RUF001
    what = delivery(parts=(part,), locale=locale, media={"map.png": PNG})
    receipt = mail.publish(what)
    read = postfix_server.waited(lambda each: each["Message-ID"] == receipt.remote_id)
    plain, page = read.get_body(("plain",)), read.get_body(("html",))
    [picture] = read.iter_attachments()

    assert plain
    assert page
    assert plain.get_content().replace("\r\n", "\n").removesuffix("\n") == text
    assert page.get_content().replace("\r\n", "\n").removesuffix("\n") == part.html
    assert read["Subject"] == " ".join((part.headline or "").split())
    assert read["Content-Language"] == locale
    assert read["List-Unsubscribe"] == "<https://list.example/leave?l=all>"
    assert picture.get_content() == PNG
    assert "queued as" in receipt.detail


def test_a_notice_of_delivery_names_the_release(mail: Rig, postfix_server: PostfixServer) -> None:
    """Postfix's notice comes to the sender, says that the list has it, and carries the release's id back."""
    what = delivery()
    mail.publish(what)
    about = f"{what.outgoing.release}.0"
    notice = postfix_server.waited(lambda each: about in each.as_string(), "cell")
    [status] = [each for each in notice.walk() if each.get_content_type() == "message/delivery-status"]
    said = " ".join(str(each) for each in status.walk())

    assert notice.get_content_type() == "multipart/report"
    assert f"Original-Envelope-Id: {about}" in said
    assert "Action: delivered" in said
    assert BOXES["list"] in said


def test_a_mailbox_of_notices_becomes_readings(mail: Rig, postfix_server: PostfixServer, tmp_path: Path) -> None:
    """What the sender's mailbox holds is read as it is: one delivery of the release, and no address."""
    what = delivery()
    mail.publish(what)
    postfix_server.waited(lambda each: f"{what.outgoing.release}.0" in each.as_string(), "cell")
    box = tmp_path / "notices.mbox"
    box.write_bytes(
        b"\n\n".join(b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n" + each for each in postfix_server.raw("cell"))
    )
    with closing(formats.open_file(box, Layout())) as opened:
        read = [each for each in DeliveryNotices().read(opened.sheet, "c", Layout()) if isinstance(each, Snapshot)]
    ours = {each.metric: each.figure.value for each in read if each.subject == what.outgoing.release}

    assert ours == {"deliveries": 1, "permanent_failures": 0, "temporary_failures": 0}
    assert BOXES["list"] not in repr(read)


def test_no_notice_is_asked_for_unless_the_channel_says_so(mail: Rig, postfix_server: PostfixServer) -> None:
    """Without the option nothing comes back for a mail that arrived."""
    quiet = mail.changed({"options": {"to": BOXES["list"]}})
    unasked, asked = delivery(), delivery()
    receipt = mail.bench.run(quiet.publish(unasked))
    postfix_server.waited(lambda each: each["Message-ID"] == receipt.remote_id)
    mail.publish(asked)
    postfix_server.waited(lambda each: asked.outgoing.release in each.as_string(), "cell")

    assert all(unasked.outgoing.release.encode() not in each for each in postfix_server.raw("cell"))


def test_login_and_tls_are_required_and_a_wrong_password_opens_the_breaker(mail: Rig) -> None:
    """535 is the credential's fault, with a cure; without a login, or in the clear, the server takes nothing."""
    with pytest.raises(Refused, match="535") as caught:
        mail.bench.run(mail.changed({"credential": "wrong"}).publish(delivery()))
    with pytest.raises(Refused, match=r"554.*Access denied"):
        mail.bench.run(mail.changed({"credential": None}).publish(delivery()))
    clear = mail.changed({"options": {"to": BOXES["list"], "tls": "none"}})
    with pytest.raises(Refused) as open_:
        mail.bench.run(clear.publish(delivery()))
    said = mail.bench.run(mail.publisher.test())

    assert caught.value.credential
    assert "cordiale channels test" in caught.value.hint
    assert PASSWORD not in caught.value.message + open_.value.message
    assert "logged in as cell" in said


@pytest.mark.parametrize(
    ("changes", "size", "words"),
    [
        ({"options": {"to": "nobody@list.example"}}, 1, r"550: 5\.1\.1 .*User unknown"),
        ({"options": {"to": "all@outside.example"}}, 1, r"550: 5\.1\..*outside"),
        ({}, LARGEST, r"552: 5\.3\.4 .*too big"),
    ],
)
def test_what_the_server_says_no_to_is_refused_in_its_words(
    mail: Rig, postfix_server: PostfixServer, changes: dict, size: int, words: str
) -> None:
    """An unknown list, a foreign one and a mail that is too long: refused for good, and nobody has it."""
    what = delivery("Daesh lost its ground. " * (size // 16 + 1))
    with pytest.raises(Refused, match=words) as caught:
        mail.bench.run(mail.changed(changes).publish(what))

    assert not caught.value.credential
    assert all(what.key.encode() not in each for each in postfix_server.raw())


def test_a_signature_made_before_it_leaves_holds_when_it_is_read(mail: Rig, postfix_server: PostfixServer) -> None:
    """DKIM over the publisher's own octets, headers and body, verifies after submission, delivery and IMAP."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    what = delivery(f"{ARABIC}\n.dot", media={"map.png": PNG})
    message = mail.publisher._message(what, SENDER)  # type: ignore[attr-defined]
    plain = message.as_bytes(policy=email.policy.SMTP.clone(cte_type="7bit"))
    signed = dkim.sign(
        plain, b"facts", b"cell.example", private, include_headers=[b"from", b"subject", b"list-unsubscribe"]
    )
    host, _, port = postfix_server.address.partition(":")
    sent = mail.bench.transport.mail(
        host, int(port), signed + plain, sender=SENDER, recipients=[BOXES["list"]], user="cell", password=PASSWORD
    )
    mail.bench.run(sent)
    postfix_server.waited(lambda each: each["Message-ID"] == message["Message-ID"])
    [read] = [each for each in postfix_server.raw() if what.key.encode() in each]

    assert dkim.verify(read, dnsfunc=lambda *_, **__: record)
    assert not dkim.verify(
        read.replace(b"Content-Language: ar", b"Content-Language: fr"), dnsfunc=lambda *_, **__: record
    )
