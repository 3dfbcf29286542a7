"""What came of messages: notices of mail servers, GOV.UK Notify's report. Counts, gaps as gaps, and no person."""

from contextlib import closing
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from campaigns.errors import InvalidDocument
from reports.cells import formats
from reports.cells.layout import Layout
from reports.snapshot import Fault
from reports.sources.delivery_notices import DeliveryNotices
from reports.sources.notify_report import NotifyReport
from tests.builders.evaluations import release
from tests.builders.readings import found

ONE = release("wave1", "fr-FR", "fr-social")
TWO = release("wave1", "ar", "fr-social")
NOTIFY = "Recipient,Reference,Template,Type,Sent by,Sent by email,Job,Status,Time,API key name\n"


def notice(envelope, action, status, day, to="all@list.example"):
    """Return a notice as RFC 3464 has it: words, the report, and the headers that came back."""
    mail = MIMEMultipart("report", report_type="delivery-status")
    mail["Date"], mail["To"] = f"{day:02d} Oct 2026 10:00:00 +0200", "news@cell.example"
    mail.attach(MIMEText("This is the mail system."))
    report = Message()
    report["Content-Type"] = "message/delivery-status"
    message, address = Message(), Message()
    message["Reporting-MTA"], message["Original-Envelope-Id"] = "dns; mail.cell.example", envelope
    address["Final-Recipient"], address["Action"], address["Status"] = f"rfc822; {to}", action, status
    report.set_payload([message, address])
    mail.attach(report)
    return mail.as_bytes()


def box(folder, *mails):
    path = folder / "notices.mbox"
    path.write_bytes(b"".join(b"From MAILER-DAEMON Thu Oct  1 00:00:00 2026\n" + each + b"\n\n" for each in mails))
    return path


def read(path):
    with closing(formats.open_file(path, Layout())) as opened:
        assert DeliveryNotices().recognises(opened.sheet, Layout())
        return list(DeliveryNotices().read(opened.sheet, "c", Layout()))


def test_notices_are_counted_by_release_and_day(tmp_path):
    """The last word on a message counts; what is delayed is a gap; other mail and other people's are passed over."""
    letter = EmailMessage()
    letter["Subject"] = "Thank you"
    letter.set_content("From here on, no report")
    seen = read(
        box(
            tmp_path,
            notice(f"{ONE}.0", "delayed", "4.4.1", 12),
            letter.as_bytes(),
            notice(f"{ONE}.0", "delivered", "2.0.0", 13),
            notice(f"{ONE}.1", "failed", "5.1.1", 13),
            notice(f"{TWO}.0", "failed", "4.4.7", 13, "one@list.example"),
            notice(f"{TWO}.0", "expanded", "2.0.0", 13, "two@list.example"),
            notice("another-programs-id", "delivered", "2.0.0", 13),
        )
    )
    told = {(each.subject, each.at.isoformat(), each.metric): each.figure.value for each in seen}
    gap, final = "2026-10-12T08:00:00+00:00", "2026-10-13T08:00:00+00:00"
    assert told == {
        (ONE, gap, "deliveries"): None, (ONE, gap, "permanent_failures"): None, (ONE, gap, "temporary_failures"): None,
        (ONE, final, "deliveries"): 1, (ONE, final, "permanent_failures"): 1, (ONE, final, "temporary_failures"): 0,
        (TWO, final, "deliveries"): 1, (TWO, final, "permanent_failures"): 0, (TWO, final, "temporary_failures"): 1,
    }  # fmt: skip
    assert "list.example" not in repr(seen)


def test_a_mailbox_without_notices_is_refused(tmp_path):
    """A file without a notice says what one is, and a notice that makes no sense says where it is."""
    with pytest.raises(InvalidDocument, match="no mail of the file is a notice of delivery"):
        read(box(tmp_path, b"Subject: hello\n\nhello\n"))
    (fault,) = read(box(tmp_path, notice(f"{ONE}.0", "vanished", "9.0.0", 12)))
    assert isinstance(fault, Fault)
    assert "'vanished' with status '9.0.0'" in fault.message


def test_notifys_report_is_counted_by_reference():
    """Statuses in Notify's words become counts; what is on its way is a gap; nobody's number is read."""
    text = NOTIFY + (
        "+447700900000,aaaa,T,sms,,,,Delivered,2026-10-12 12:00:00,key\n"
        "+447700900001,aaaa-1,T,sms,,,,Phone number doesn\u2019t exist,2026-10-12 12:00:00,key\n"
        "+447700900002,bbbb,T,sms,,,,Sending,2026-10-12 12:00:00,key\n"
        "+447700900003,,T,sms,A Person,a@example.gov.uk,,Delivered,2026-10-12 12:00:00,\n"
    )
    seen = found(NotifyReport(), text, always={"at": "2026-10-13"})
    assert (seen.recognised, seen.complaints) == (True, [])
    told = {(each.also, each.metric): each.figure.value for each in seen.snapshots}
    assert told[("key:aaaa",), "deliveries"] == told[("key:aaaa",), "permanent_failures"] == 1
    assert told[("key:aaaa",), "technical_failures"] == 0
    assert told[("key:bbbb",), "deliveries"] is None
    assert "44770" not in repr(seen.snapshots)


@pytest.mark.parametrize(
    ("text", "always", "says"),
    [
        pytest.param(NOTIFY, {}, "--always at=2027-01-31", id="no-day"),
        pytest.param("Row number,Recipient,Template,Type,Status,Time\n", {"at": "2026-10-13"}, "reference", id="job"),
        pytest.param(NOTIFY + "x,a,T,sms,,,,Lost,t,k\n", {"at": "2026-10-13"}, "unknown status 'Lost'", id="status"),
    ],
)
def test_refuses_a_report_that_it_cannot_count(text, always, says):
    """What is lacking or unknown is said, and nothing is counted."""
    seen = found(NotifyReport(), text, always=always)
    assert says in str(seen.complaints[0])
    assert not seen.snapshots
