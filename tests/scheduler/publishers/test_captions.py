"""The captions of a film, carried by the channels that carry files."""

import base64
import json
from dataclasses import replace

import pytest

from scheduler.publisher import Delivery, Refused
from scheduler.releases.outgoing import OutgoingCaptions, OutgoingMedia
from tests.builders.pictures import CAPTIONS, film
from tests.scheduler.publishers.deliveries import Bench, delivery, outbox_rig, smtp_rig, webhook_rig
from tests.servers.http_sink import HttpSink
from tests.servers.smtp_server import SmtpServer

WORDS = CAPTIONS.encode()


def filmed_delivery() -> Delivery:
    """Return a delivery of a film with captions."""
    whole = delivery(media={"film.mp4": film(), "film.en.vtt": WORDS})
    shown, said = whole.outgoing.media
    item = OutgoingMedia(shown.file, shown.digest, "video/mp4", shown.alt, OutgoingCaptions(said.file, said.digest))
    return replace(whole, outgoing=replace(whole.outgoing, media=(item,)))


def test_the_outbox_lays_them_beside_the_film(bench: Bench) -> None:
    """Who posts by hand finds film and captions in one folder, and the headers say which is whose."""
    receipt = outbox_rig(bench).publish(filmed_delivery())
    folder = bench.settings.root / "outbox" / str(receipt.remote_id)
    (item,) = json.loads((folder / "headers.json").read_text())["media"]

    assert (folder / item["captions"]).read_bytes() == WORDS
    assert (folder / item["file"]).read_bytes() == film()


def test_a_mail_attaches_them(bench: Bench, mail_server: SmtpServer) -> None:
    """A press office gets both files."""
    smtp_rig(bench, mail_server).publish(filmed_delivery())
    names = {each.get_filename(): each for each in mail_server.messages[0].iter_attachments()}

    assert names.keys() == {"film.mp4", "film.en.vtt"}
    assert names["film.en.vtt"].get_content_type() == "text/vtt"
    assert names["film.en.vtt"].get_payload(decode=True) == WORDS


def test_a_webhook_carries_them(bench: Bench, http_sink: HttpSink) -> None:
    """A receiver gets them inside their film."""
    webhook_rig(bench, http_sink).publish(filmed_delivery())
    (item,) = http_sink.effects[0].json()["media"]

    assert base64.b64decode(item["captions"]["bytes"]) == WORDS


def test_captions_that_were_not_handed_over_refuse(bench: Bench) -> None:
    """A film never leaves without its signed captions."""
    whole = filmed_delivery()
    bare = replace(whole, media={whole.outgoing.media[0].digest: film()})

    with pytest.raises(Refused, match=r"film\.en\.vtt"):
        outbox_rig(bench).publish(bare)
