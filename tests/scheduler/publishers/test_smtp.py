"""What a mail looks like, and what each SMTP reply means."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scheduler.publisher import Busy, OutcomeUnknown, PublishFault, Refused, Unreachable
from scheduler.releases.outgoing import OutgoingPart
from tests.scheduler.publishers.deliveries import ARABIC, PNG, Bench, Rig, delivery, smtp_rig
from tests.servers.smtp_server import FAULTS, SmtpServer


@pytest.fixture
def mail(bench: Bench, mail_server: SmtpServer) -> Rig:
    """Give the SMTP publisher and its server."""
    return smtp_rig(bench, mail_server)


def test_a_mail_has_text_html_language_and_both_addresses(mail: Rig, mail_server: SmtpServer) -> None:
    """A mail is multipart/alternative in the release's language, from the account to the list, and nobody else."""
    part = OutgoingPart(text=ARABIC, html='<p dir="rtl">خسر داعش أرضه</p>', headline="أصوات\n الرقة", link=None)
    mail.publish(delivery(parts=(part,)))
    [message], [envelope] = mail_server.messages, mail_server.envelopes
    assert envelope == ("news@cell.example", ["all@list.example"])
    assert message["From"] == "Cellule commune <news@cell.example>"
    assert message["To"] == "all@list.example"
    assert message["Subject"] == "أصوات الرقة"
    assert message["Content-Language"] == "ar"
    assert message.get_content_type() == "multipart/alternative"
    html = message.get_body(("html",))
    assert html
    assert html.get_content().strip() == part.html
    assert html["Content-Language"] == "ar"


def test_media_are_attached_with_their_alternative_text(mail: Rig, mail_server: SmtpServer) -> None:
    """A picture is an attachment with its bytes, its name without folders, and its words as description."""
    mail.publish(delivery(media={"maps/map.png": PNG}))
    [attachment] = mail_server.messages[0].iter_attachments()
    assert attachment.get_content() == PNG
    assert attachment.get_filename() == "map.png"
    assert attachment["Content-Description"] == "خريطة maps/map.png"


def test_the_message_id_is_made_of_the_key_and_nothing_else_varies(mail: Rig) -> None:
    """Two attempts at a delivery differ in their date alone: same Message-ID, same boundaries, same bytes."""
    what = delivery(media={"map.png": PNG})
    first = mail.publisher._message(what, "news@cell.example")  # type: ignore[attr-defined]
    later = type(what)(**{**vars(what), "now": datetime(2027, 1, 12, 17, 30, tzinfo=UTC)})
    second = mail.publisher._message(later, "news@cell.example")  # type: ignore[attr-defined]
    assert first["Message-ID"] == f"<{what.key}@cell.example>"
    assert second["Date"].datetime == datetime(2027, 1, 12, 17, 30, tzinfo=UTC)
    del first["Date"]
    del second["Date"]
    assert first.as_bytes() == second.as_bytes()


def test_the_bytes_are_seven_bit_and_lines_end_in_crlf(mail: Rig) -> None:
    """No server is asked for 8BITMIME or SMTPUTF8."""
    message = mail.publisher._message(delivery(ARABIC), "news@cell.example")  # type: ignore[attr-defined]
    raw = message.as_bytes()
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n")


@pytest.mark.parametrize("line", [".", "..", ".hidden", "a\n.\nb"])
def test_a_line_that_is_a_dot_does_not_end_the_mail(mail: Rig, line: str) -> None:
    """Lines that begin with a dot arrive as written, and end nothing."""
    what = delivery(f"before\n{line}\nafter")
    mail.publish(what)
    assert mail.shown(what) == [what.piece.text]


def test_a_headline_cannot_add_a_header(mail: Rig, mail_server: SmtpServer) -> None:
    """Line breaks in a headline become spaces: no recipient slips in."""
    part = OutgoingPart(text="x", html=None, headline="News\r\nBcc: spy@example.org", link=None)
    mail.publish(delivery(parts=(part,)))
    assert mail_server.messages[0]["Bcc"] is None
    assert mail_server.messages[0]["Subject"] == "News Bcc: spy@example.org"


def test_each_part_has_a_message_id_of_its_own(mail: Rig, mail_server: SmtpServer) -> None:
    """The second part is another mail, with a key derived from the first's, and without the media again."""
    parts = tuple(OutgoingPart(text=f"part {n}", html=None, headline=None, link=None) for n in range(2))
    first = delivery(parts=parts, media={"map.png": PNG})
    second = type(first)(**{**vars(first), "part": 1})
    assert mail.publish(first).remote_id != mail.publish(second).remote_id
    assert [len(list(message.iter_attachments())) for message in mail_server.messages] == [1, 0]


OUTCOMES: dict[str, type[PublishFault]] = {
    "421-greylist": Busy,
    "421-once": Busy,
    "cut-once": Unreachable,
    "451-recipient": Busy,
    "550-recipient": Refused,
    "452-content": Busy,
    "554-content": Refused,
    "cut-at-sender": Unreachable,
    "cut-at-content-not-kept": OutcomeUnknown,
    "cut-at-content-kept": OutcomeUnknown,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_each_reply_means(mail: Rig, mail_server: SmtpServer, fault: str) -> None:
    """Only a connection that is cut after the content has left is an unknown outcome; nothing is sent again."""
    mail_server.fault = fault
    what = delivery()
    with pytest.raises(OUTCOMES[fault]):
        mail.publish(what)
    assert len(mail.shown(what)) == int(FAULTS[fault])


def test_a_wrong_password_opens_the_breaker(mail: Rig, bench: Bench) -> None:
    """535 is Refused with `credential`: one bad password fails no campaign."""
    bench.secret("wrong", 'user = "cell"\npassword = "something else"\n')
    with pytest.raises(Refused, match="535") as caught:
        bench.run(mail.changed({"credential": "wrong"}).publish(delivery()))
    assert caught.value.credential


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"server": None}, "no mail server", id="none"),
        pytest.param({"server": "https://mail.example"}, "no mail server", id="not-mail"),
        pytest.param({"server": "mail.example:many"}, "no mail server", id="port-in-words"),
        pytest.param({"account": "Cell"}, "no mail address", id="sender-without-address"),
        pytest.param({"options": {}}, "no mail address", id="no-list"),
        pytest.param({"options": {"to": "a@b.example>\r\nRCPT TO:<c@d.example"}}, "no mail address", id="injection"),
        pytest.param({"options": {"to": "all@list.example", "tls": "maybe"}}, "no mail server", id="tls"),
        pytest.param({"server": "192.0.2.1:587"}, "not on this machine", id="rehearsal"),
    ],
)
def test_a_channel_that_is_set_up_wrongly_says_what_to_write(mail: Rig, changes: dict[str, Any], words: str) -> None:
    """A wrong server, sender or list is Refused before a connection is made, with the way to write it."""
    with pytest.raises(Refused, match=words) as caught:
        mail.bench.run(mail.changed(changes).publish(delivery()))
    assert caught.value.hint


def test_a_login_never_goes_over_an_open_line(mail: Rig, bench: Bench) -> None:
    """On this machine `tls: none` is allowed, but a server that takes logins over TLS alone is told nothing."""
    changes = {"options": {"to": "all@list.example", "tls": "none"}}
    with pytest.raises(Refused, match="takes no login"):
        bench.run(mail.changed(changes).publish(delivery()))


def test_mail_without_tls_and_login_works_on_this_machine(bench: Bench) -> None:
    """A plain relay on loopback needs neither."""
    with SmtpServer(starttls=False) as server:
        endpoint = {"kind": "smtp", "server": f"smtp://{server.address}", "account": "news@cell.example"}
        publisher = bench.publisher(**endpoint, options={"to": "all@list.example"})
        receipt = bench.run(publisher.publish(delivery()))
        assert receipt.remote_id == str(server.messages[0]["Message-ID"])


def test_the_date_is_the_engines_instant(mail: Rig, mail_server: SmtpServer) -> None:
    """The Date header says when the engine sent it."""
    what = delivery()
    instant = datetime(2027, 1, 12, 18, 30, tzinfo=UTC) - timedelta(hours=1)
    mail.publish(type(what)(**{**vars(what), "now": instant}))
    raw = email.message_from_bytes(mail_server.messages[0].as_bytes(), policy=email.policy.default)
    assert raw["Date"].datetime == instant
