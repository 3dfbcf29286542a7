"""
Notices of delivery in a mailbox, as a table: what a mail server told of each message, and to nobody's address.

A mailbox (mbox) or one mail (.eml). Of the mails that are reports of delivery (RFC 3464, `multipart/report`) each
address is a row; all other mail is passed over. The address itself is not kept: what stands in its place tells two
addresses of one file apart, and is worth nothing outside it.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import BinaryIO

from campaigns import clock
from campaigns.errors import Complaint, InvalidDocument, Where
from reports.cells.sheet import Record, digest_of
from reports.snapshot import Fault

HEADING = ("original-envelope-id", "at", "action", "status", "recipient")
LARGEST = 1 << 20  #: octets of a mail that are kept: what a report says stands at its beginning
_MAILBOX = re.compile(rb"From \S+ +\w{3} \w{3} +\d")


def is_mail(start: bytes, suffix: str) -> bool:
    """Say whether a file that begins so, or is called so, is a mailbox or a mail."""
    return suffix.casefold() in {".eml", ".mbox"} or bool(_MAILBOX.match(start))


class Notices:
    """
    The notices of one file.

    Raises:
        InvalidDocument: If there is none among its mails.
    """

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self.stream, self.file = stream, file
        self.digest = digest_of(stream)
        self.notes: dict[str, str] = {}
        self.heading = Record(1, list(HEADING))
        self.salt = secrets.token_bytes(16)
        if next(self.records(), None) is None:
            message = "no mail of the file is a notice of delivery (multipart/report; report-type=delivery-status)"
            hint = "keep the notices that come back to the sender's mailbox, and ask for them with `notices: true`"
            raise InvalidDocument([Complaint(Where(file, 1), message, hint)])

    def records(self) -> Iterator[Record | Fault]:
        """Return a row for each address of each notice."""
        for line, raw in _mails(self.stream):
            mail = message_from_bytes(raw)
            for part in mail.walk():
                if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
                    yield from self._told(line, mail, part)

    def complaints(self, faults: Sequence[Fault]) -> list[Complaint]:
        """Return *faults* with the line on which their mail begins."""
        return [Complaint(Where(self.file, each.line, 1), each.message, each.hint) for each in faults]

    def _told(self, line: int, mail: Message, part: Message) -> Iterator[Record | Fault]:
        first, *others = [each for each in part.get_payload() if isinstance(each, Message)]
        try:
            at = parsedate_to_datetime(str(mail["Date"]))
        except ValueError:
            yield Fault(line, 1, "the notice has no date", "leave it out")
            return
        when = clock.iso(at.replace(tzinfo=at.tzinfo or UTC))
        for each in others:
            to = str(each["Final-Recipient"] or each["Original-Recipient"] or "").casefold().encode()
            said = (str(each[name] or "").strip().casefold() for name in ("Action", "Status"))
            digest = hashlib.blake2b(to, key=self.salt, digest_size=12).hexdigest()
            yield Record(line, [str(first["Original-Envelope-Id"] or "").strip(), when, *said, digest])


def _mails(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Give each mail with the line that it begins on; the lines `From …` of a mailbox stand between mails."""
    stream.seek(0)
    mail, size, begins, blank = list[bytes](), 0, 1, True
    for number, line in enumerate(stream, 1):
        if blank and _MAILBOX.match(line):
            if mail:
                yield begins, b"".join(mail)
            mail, size, begins = [], 0, number
        elif size + len(line) <= LARGEST:
            mail.append(line)
            size += len(line)
        blank = not line.strip()
    if mail:
        yield begins, b"".join(mail)
