"""Signers are told by mail, once, in their language; a mail server that fails stops nothing, and is seen."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns import clock
from campaigns.settings import Settings
from campaigns.store.engine import reading, writing
from campaigns.store.glance import through
from scheduler.doctor import signers
from scheduler.notices import ledger
from scheduler.notices.due import holders
from scheduler.notices.post import LOST, Notices, Sent
from scheduler.status import gather
from tests.builders import campaigns, workspaces
from tests.builders.workspaces import Workspace
from tests.servers.smtp_server import SmtpServer

HOUR = timedelta(hours=1)
DUE = (clock.now() + 240 * HOUR).replace(microsecond=0)
PASSWORD = "correct horse battery"
SIGNERS = {
    "uk-officer": {"email": "ana@uk.example"},
    "FR-Officer": {"email": "luc@fr.example", "language": "fr"},
}


@pytest.fixture
def mail() -> Iterator[SmtpServer]:
    """Give a mail server that asks for a login."""
    with SmtpServer(user="cordiale", password=PASSWORD) as server:
        yield server


def door(sink: SmtpServer, **changes: str) -> dict[str, str]:
    return {"server": sink.address, "sender": "cordiale@joint.example", "credential": "mail", **changes}


def told(workspace: Workspace, server: SmtpServer, **changes: Any) -> Workspace:
    """Give *workspace* settings with signers and a mail server."""
    secret = workspace.folder / "secrets" / "mail"
    secret.touch(mode=0o600)
    secret.write_text(f'user = "cordiale"\npassword = "{PASSWORD}"\n', "utf-8")
    more = {"signers": SIGNERS, "mail": door(server)}
    workspace.settings = Settings(**{**workspace.settings.model_dump(), **more, **changes})
    return workspace


@pytest.fixture
def waiting(workspace: Workspace, mail: SmtpServer) -> Workspace:
    """Give a workspace whose two drafts have waited for a while."""
    return waited(workspace, mail)


@pytest.fixture
def everywhere(shared: Workspace, mail: SmtpServer) -> Workspace:
    """Give the same on each database."""
    return waited(shared, mail)


def waited(workspace: Workspace, mail: SmtpServer) -> Workspace:
    made = told(workspace, mail)
    made.apply(campaigns.campaign(2, at=DUE, apart=HOUR), now=clock.now() - HOUR)
    return made


def rounds(workspace: Workspace) -> Sent:
    return Notices(workspace.settings, workspace.database).round()


def test_every_signer_is_told_once(everywhere: Workspace, mail: SmtpServer):
    """A mail each, to whom the trust file names, and never again about the same bytes, whatever starts anew."""
    first, again = rounds(everywhere), rounds(everywhere)

    assert (first, again) == (Sent(sent=2), Sent())
    assert sorted(to for _, (to,) in mail.envelopes) == ["ana@uk.example", "luc@fr.example"]
    assert {each["Auto-Submitted"] for each in mail.messages} == {"auto-generated"}
    assert all(each.get_content_type() == "text/plain" for each in mail.messages)


def test_a_mail_says_what_to_do_and_none_of_the_words(waiting: Workspace, mail: SmtpServer):
    """Whose signature, how many, by when, with which command, in the signer's language; the words stay at home."""
    rounds(waiting)
    texts = {each["To"]: (each["Subject"], each.get_content()) for each in mail.messages}
    (uk_subject, uk), (fr_subject, fr) = texts["ana@uk.example"], texts["luc@fr.example"]

    assert uk_subject == "2 releases to sign: Voices"
    assert "cordiale approve voices --as uk" in uk
    assert "r1/en-GB/uk-outbox" in uk
    assert fr_subject == "À signer : 2 publications, Voices"
    assert "Gouvernement français" in fr
    assert "cordiale approve voices --as fr" in fr
    assert all("villages" not in text for _, text in texts.values())


def test_arabic_mail_isolates_what_is_not_arabic(waiting: Workspace, mail: SmtpServer):
    """Names and commands in a right-to-left mail move nothing around them; plurals are Arabic's own."""
    waiting.settings = Settings(
        **{**waiting.settings.model_dump(), "signers": {"uk-officer": {"email": "a@uk.example", "language": "ar"}}}
    )
    rounds(waiting)
    (message,) = mail.messages

    assert message["Content-Language"] == "ar"
    assert message["Subject"].startswith("للتوقيع: ")
    assert "منشوران" in message["Subject"]
    assert "\u2068voices\u2069" in message.get_content()


def test_the_deadline_is_told_once_more(everywhere: Workspace, mail: SmtpServer):
    """Whoever was told, and has not signed when the deadline is near, is reminded once; whoever signed is not."""
    rounds(everywhere)
    everywhere.approve("uk")
    everywhere.settings = Settings(**{**everywhere.settings.model_dump(), "approval_reminder": 1000.0})

    assert (rounds(everywhere), rounds(everywhere)) == (Sent(sent=1), Sent())
    assert mail.envelopes[-1][1] == ["luc@fr.example"]
    assert mail.messages[-1]["Subject"].startswith("Avant le ")


def test_other_bytes_are_other_news(waiting: Workspace, mail: SmtpServer):
    """After an edit, who signed and who did not are told of the release that changed, and of no other."""
    rounds(waiting)
    edited = [campaigns.message(1, wording={"en-GB": "Daesh lost other villages as well."}), campaigns.message(2)]
    waiting.apply(campaigns.campaign(2, at=DUE, apart=HOUR, messages=edited), now=clock.now() - HOUR)

    assert rounds(waiting) == Sent(sent=2)
    assert "1 release to sign: Voices" in {each["Subject"] for each in mail.messages}


def test_a_flurry_of_edits_is_one_mail(workspace: Workspace, mail: SmtpServer):
    """What was edited this minute is told when it has stood a while."""
    made = told(workspace, mail)
    made.apply(campaigns.campaign(1, at=DUE))

    assert rounds(made) == Sent()


def test_the_author_is_not_asked(workspace: Workspace, mail: SmtpServer):
    """Nobody is asked to sign what they wrote."""
    made = told(workspace, mail)
    made.apply(campaigns.campaign(1, at=DUE), author="uk-officer", now=clock.now() - HOUR)
    rounds(made)

    assert [to for _, (to,) in mail.envelopes] == ["luc@fr.example"]


@pytest.mark.parametrize("fault", ["421-greylist", "554-content", "cut-at-sender"])
def test_a_mail_that_failed_is_seen_and_tried_again(everywhere: Workspace, mail: SmtpServer, fault: str):
    """What certainly did not arrive stands in `status` with its reason, waits a while, and is sent then, once."""
    mail.fault = fault
    assert rounds(everywhere).failed == 2
    with reading(everywhere.database) as connection:
        seen = gather(through(connection), clock.now(), everywhere.settings.trust)
    assert [(each["person"], each["outcome"], each["releases"]) for each in seen.untold] == [
        ("fr-officer", "failed", 2),
        ("uk-officer", "failed", 2),
    ]
    assert not seen.healthy

    mail.fault = None
    assert rounds(everywhere) == Sent()  # too soon
    with writing(everywhere.database) as connection:
        connection.execute(ledger.NOTICE.update().values(finished_at=clock.now() - HOUR))
    assert rounds(everywhere) == Sent(sent=2)
    assert rounds(everywhere) == Sent()
    assert len(mail.messages) == 2


@pytest.mark.parametrize("kept", ["cut-at-content-kept", "cut-at-content-not-kept"])
def test_a_mail_whose_answer_was_lost_is_not_sent_again(waiting: Workspace, mail: SmtpServer, kept: str):
    """It may have arrived: it is told as such, and nobody gets it twice."""
    mail.fault = kept
    rounds(waiting)
    mail.fault = None

    assert rounds(waiting) == Sent()
    assert {row["outcome"] for row in _rows(waiting)} == {"unknown"}


def test_a_daemon_killed_between_record_and_answer_sends_nothing_twice(everywhere: Workspace, mail: SmtpServer):
    """What was begun and never finished is not known to have arrived, and is not sent again by the next daemon."""
    notices = Notices(everywhere.settings, everywhere.database)
    with writing(everywhere.database) as connection:
        for _, letter in notices._due(connection, everywhere.trust(), clock.now()):
            assert ledger.begin(connection, letter, clock.now() - 2 * LOST)
            assert not ledger.begin(connection, letter, clock.now())  # nor by another daemon beside it

    assert rounds(everywhere) == Sent()
    assert {row["outcome"] for row in _rows(everywhere)} == {"unknown"}
    assert mail.messages == []


def test_no_secret_is_kept_and_no_address(waiting: Workspace, mail: SmtpServer):
    """The table knows persons and what the server said; neither the password nor an address."""
    waiting.settings = Settings(**{**waiting.settings.model_dump(), "mail": door(mail, credential="")})
    rounds(waiting)
    said = str(_rows(waiting))

    assert {row["outcome"] for row in _rows(waiting)} == {"failed"}
    assert PASSWORD not in said
    assert "@" not in said


def test_nobody_named_is_no_duty(workspace: Workspace, mail: SmtpServer):
    """Without signers or without a server a daemon has nothing to do here."""
    assert Notices(workspace.settings, workspace.database).duty() == []
    assert len(Notices(told(workspace, mail).settings, workspace.database).duty()) == 1


def _rows(workspace: Workspace) -> list[dict[str, Any]]:
    with reading(workspace.database) as connection:
        return ledger.rows(connection)


def doctor(workspace: Workspace, **changes: Any) -> list[tuple[str, str]]:
    trust, settings = workspace.trust(), Settings(**{**workspace.settings.model_dump(), **changes})
    known = holders(trust.roles, trust.persons)
    found = signers.findings(settings, known, loopback_only=True, offline=False)
    return [(each.state, each.message + each.cure) for each in found]


def test_the_doctor_tries_the_door(workspace: Workspace, mail: SmtpServer):
    """A login that works is well; a wrong server, a stranger and a partner without an address are said with a cure."""
    made = told(workspace, mail)
    (well,) = doctor(made)
    (wrong,) = doctor(made, mail=door(mail, server="127.0.0.1:9"))
    (nowhere,) = doctor(made, mail=door(mail, server="ftp://127.0.0.1"))
    (lacking,) = doctor(made, mail={})
    stranger, alone = doctor(made, signers={"eve": "eve@example.org", "uk-officer": "ana@uk.example"})
    (none,) = doctor(made, signers={})

    assert well == ("ok", "2 can be told by mail")
    assert wrong[0] == "missing"
    assert "smtps://HOST:PORT" in nowhere[1]
    assert "[mail]" in lacking[1]
    assert (stranger[0], "eve may sign nothing" in stranger[1]) == ("warning", True)
    assert "Nobody of fr is told" in alone[1]
    assert none[0] == "ok"
    assert mail.messages == []


@pytest.mark.parametrize(
    "written",
    [
        pytest.param('"ana"', id="no-address"),
        pytest.param('{email = "a@b.example", language = "de"}', id="a-language-that-is-none"),
        pytest.param('{email = "a@b.example\\nBcc: x@y.example"}', id="two-lines"),
    ],
)
def test_a_signer_is_written_so_that_mail_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str):
    """A wrong address or language is refused where it stands, before anybody waits for a mail."""
    from campaigns import settings
    from campaigns.errors import InvalidDocument

    (tmp_path / "cordiale.toml").write_text(f'[signers]\n"uk-officer" = {written}\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidDocument, match="signers"):
        settings.load()


def test_the_daemon_tells_while_it_publishes(ground: Path, mail: SmtpServer):
    """The duty runs beside publishing in the real daemon; a mail server that hangs up stops no release."""
    from scheduler.daemon import Daemon

    made = told(workspaces.make(ground), mail)
    made.apply(campaigns.campaign(1, at=DUE), now=clock.now() - HOUR)
    notices = Notices(made.settings, made.database)
    daemon = Daemon(made.settings, made.database, notices.duty())
    daemon.start()
    try:
        (duty,) = daemon._duties
        assert duty.act() == Sent(sent=2)
    finally:
        assert daemon.stop()
        made.database.dispose()
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
