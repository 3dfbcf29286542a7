"""Posts of a bot, against a strict fake of the Bot API: one file or several, links, what it is told, what it lost."""

from dataclasses import replace

import pytest

from scheduler import roster
from scheduler.publisher import Busy, OutcomeUnknown, Refused
from scheduler.releases.outgoing import OutgoingMedia, OutgoingPart
from tests.scheduler.publishers.deliveries import ARABIC, PNG, Bench, Rig, delivery, telegram_rig
from tests.servers.telegram_server import NAMELESS, TelegramServer, Wrong

DEFINED = {"kind": "telegram", "account": "@facts", "credential": "telegram"}
LINK = "https://example.org/daesh"


@pytest.fixture
def rig(bench: Bench, telegram_server: TelegramServer) -> Rig:
    """Give the publisher with its fake."""
    return telegram_rig(bench, telegram_server)


def test_the_signed_link_is_told_by_its_place_in_utf16_units(rig: Rig, telegram_server: TelegramServer) -> None:
    """Emoji before it count two units each; neither markup nor an Arabic comma beside it changes what is linked."""
    text = f"🇫🇷 *خسر* _داعش_ أرضه: {LINK}، <b>و</b>"
    what = delivery(parts=(OutgoingPart(text, None, None, LINK),))
    receipt = rig.publish(what)
    [told] = telegram_server.told()
    [entity] = told["entities"]
    octets = text.encode("utf-16-le")

    assert told["text"] == text
    assert (entity["type"], entity["url"]) == ("text_link", LINK)
    assert octets[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le") == LINK
    assert receipt.url == f"https://t.me/facts/{receipt.remote_id}"


@pytest.mark.parametrize(
    ("kind", "field"), [("image/png", "photo"), ("image/gif", "animation"), ("video/mp4", "video")]
)
def test_one_file_goes_with_the_text_as_its_caption(
    rig: Rig, telegram_server: TelegramServer, kind: str, field: str
) -> None:
    """A picture, a GIF and a film each by their own method, byte for byte; a content warning hides it at first."""
    whole = delivery(ARABIC, media={"map": PNG}, content_warning="War")
    media = (OutgoingMedia("map", whole.outgoing.media[0].digest, kind, "A map"),)
    rig.publish(replace(whole, outgoing=replace(whole.outgoing, media=media)))
    [told] = telegram_server.told()

    assert (told["caption"], told[field], told["has_spoiler"]) == (ARABIC, PNG, True)


def test_several_files_are_one_post_and_come_down_together(rig: Rig, telegram_server: TelegramServer) -> None:
    """An album has the text under its first picture; its receipt names every message, so that none stays behind."""
    what = delivery("Here are maps.", media={"a.png": PNG, "b.png": PNG + b"b", "c.png": PNG + b"c"})
    receipt = rig.publish(what)
    told = telegram_server.told()

    assert [each["caption"] for each in told] == ["Here are maps.", "", ""]
    assert [each["photo"] for each in told] == [PNG, PNG + b"b", PNG + b"c"]
    assert len({each["media_group_id"] for each in told}) == 1
    assert receipt.remote_id == ",".join(str(each["message_id"]) for each in told)
    del telegram_server.messages[-1001][told[1]["message_id"]]  # somebody took one away
    rig.bench.run(rig.publisher.retract(what, receipt.remote_id))
    assert telegram_server.told() == []


def test_what_telegram_takes_down_no_more_stays_and_is_told(rig: Rig, telegram_server: TelegramServer) -> None:
    """After 48 hours a bot may not delete: the retraction is refused in Telegram's own words."""
    what = delivery("Here is a text.")
    receipt = rig.publish(what)
    telegram_server.told()[0]["old"] = True
    with pytest.raises(Refused, match="message can't be deleted"):
        rig.bench.run(rig.publisher.retract(what, receipt.remote_id))

    assert rig.shown(what) == [what.piece.text]


def test_parts_answer_each_other(rig: Rig, telegram_server: TelegramServer) -> None:
    """A second part answers the first, whose id the engine knows; without that nobody can find it."""
    part = OutgoingPart("One.", None, None, None)
    first = delivery(parts=(part, replace(part, text="Two.")))
    receipt = rig.publish(first)
    rig.publish(replace(first, part=1, previous=receipt.remote_id))

    assert telegram_server.told()[1]["reply_to"] == int(receipt.remote_id)
    with pytest.raises(Refused, match="cannot be asked"):
        rig.publish(replace(first, part=1))


def test_too_fast_is_told_with_the_time_to_wait(rig: Rig, telegram_server: TelegramServer) -> None:
    """The wait stands in the body, not in a header, and is passed on; nothing was posted."""
    telegram_server.faults.append(Wrong(429, "Too Many Requests: retry after 17", retry_after=17))
    with pytest.raises(Busy, match="retry after 17") as caught:
        rig.publish(delivery())

    assert caught.value.retry_after == 17.0
    assert telegram_server.told() == []


@pytest.mark.parametrize("fault", ["lost", "page", Wrong(502, "Bad Gateway")])
def test_a_lost_answer_is_unknown_and_for_a_person(
    rig: Rig, telegram_server: TelegramServer, fault: Wrong | str
) -> None:
    """Cut off, answered with a page or with 5xx: it may be there, the publisher asks once, and cannot look."""
    telegram_server.faults.append(fault)
    with pytest.raises(OutcomeUnknown):
        rig.publish(delivery())

    assert telegram_server.calls.count("sendMessage") == (0 if isinstance(fault, Wrong) else 1)
    found = roster.capabilities("telegram")
    assert (found.absorbs_key, found.can_look_up) == (None, False)


@pytest.mark.parametrize(
    ("changed", "said", "credential"),
    [
        ({"account": "@silent"}, "not a member", True),
        ({"account": "@nowhere"}, "chat not found", True),
        ({"credential": "wrong"}, "Unauthorized", True),
        ({"account": "Facts", "options": {"chat": NAMELESS}}, "is Cell's channel, not Facts", True),
    ],
)
def test_what_is_the_channels_fault_opens_its_breaker(
    rig: Rig, telegram_server: TelegramServer, changed: dict, said: str, credential: bool
) -> None:
    """A wrong token, right or name is told once, and no campaign fails for it."""
    with pytest.raises(Refused, match=said) as caught:
        rig.bench.run(rig.changed(changed).publish(delivery()))

    assert caught.value.credential is credential
    assert caught.value.hint
    assert not any(telegram_server.messages.values())


def test_what_is_the_releases_fault_fails_it_alone(rig: Rig, telegram_server: TelegramServer) -> None:
    """A text that is too long, in UTF-16 units, is refused, and the channel goes on."""
    with pytest.raises(Refused, match="message is too long") as caught:
        rig.publish(delivery("😀" * 2049))

    assert not caught.value.credential
    rig.publish(delivery("😀" * 2048))
    assert len(telegram_server.told()) == 1


def test_a_channel_without_a_name_is_known_by_its_number_and_title(rig: Rig, telegram_server: TelegramServer) -> None:
    """The title is what people see, and has to be the declared account; no link can be given to a post there."""
    publisher = rig.changed({"account": "Cell's channel", "options": {"chat": NAMELESS, "preview": False}})
    receipt = rig.bench.run(publisher.publish(delivery("Here.")))
    [told] = telegram_server.told("Cell's channel")

    assert (told["text"], told["link_preview_options"], receipt.url) == ("Here.", {"is_disabled": True}, None)


def test_the_login_says_what_the_bot_may_do(rig: Rig, telegram_server: TelegramServer) -> None:
    """`channels test` asks for the bot's rights, and sees that it has none, before anything is due."""
    said = rig.bench.run(rig.publisher.test())
    assert said == "The token is that of @cell_bot, who may post and delete in @facts; nothing was posted."
    with pytest.raises(Refused, match="may not post in @silent"):
        rig.bench.run(rig.changed({"account": "@silent"}).test())
    assert not any(telegram_server.messages.values())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"account": "facts"}, "names no Telegram channel"),
        ({"account": "Facts", "options": {"chat": "facts"}}, "names no Telegram channel"),
        ({"account": "Facts", "options": {"chat": True}}, "names no Telegram channel"),
        ({"server": "api.example.org"}, "has no server"),
        ({"credential": None}, "names no credential"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_when_it_is_planned(bench: Bench, changed: dict, said: str) -> None:
    """What is missing is named, with the line to write; Telegram's own server need not be."""
    bench.publisher(**DEFINED).vet()
    with pytest.raises(Refused, match=said) as caught:
        bench.publisher(**{**DEFINED, **changed}).vet()

    assert caught.value.hint
