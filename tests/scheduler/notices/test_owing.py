"""When one partner acts alone, the signers of both hear of it at once by mail: once, and not when it is settled."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from campaigns import clock
from campaigns.settings import Settings, Signer
from campaigns.store.engine import reading, writing
from campaigns.store.glance import through
from scheduler import status, urgent
from scheduler.cli.looking import _untold
from scheduler.notices import ledger, owing
from scheduler.notices.post import Notices, Sent
from scheduler.releases import owed
from scheduler.releases.owed import Debt
from scheduler.review.selection import Selection
from tests.builders import campaigns
from tests.builders.engine_room import EngineRoom, accepted
from tests.builders.workspaces import Workspace
from tests.scheduler.test_urgent import NAME, RULE, agree, let_out
from tests.servers.smtp_server import SmtpServer

HOUR = timedelta(hours=1)
SIGNERS = {"uk-officer": {"email": "ana@uk.example"}, "fr-officer": {"email": "luc@fr.example", "language": "fr"}}


@pytest.fixture
def mail() -> Iterator[SmtpServer]:
    """Give a mail server that asks for no login."""
    with SmtpServer() as server:
        yield server


@pytest.fixture
def out(shared: Workspace, mail: SmtpServer, engine_rooms: Callable[[Workspace], EngineRoom]) -> Workspace:
    """Give a workspace, on each database, whose only release went out on the word of uk: no draft is left."""
    agree(shared, RULE)
    due = (clock.now() + timedelta(minutes=10)).replace(microsecond=0)
    title = {"en-GB": "Voices", "fr-FR": "Voix"}
    messages = [campaigns.message(1, kind="rebuttal")]
    shared.apply(campaigns.campaign(1, at=due, messages=messages, title=title), now=clock.now() - HOUR)
    changed(shared, signers=SIGNERS, mail={"server": mail.address, "sender": "cordiale@joint.example"})
    let_out(shared)
    room = engine_rooms(shared)
    (permit,) = room.send(due)
    room.finish(permit, accepted())
    return shared


def changed(workspace: Workspace, **changes: object) -> None:
    workspace.settings = Settings(**{**workspace.settings.model_dump(), **changes})


def rounds(workspace: Workspace) -> Sent:
    return Notices(workspace.settings, workspace.database).round()


def texts(server: SmtpServer) -> dict[str, tuple[str, str]]:
    """Return address -> subject and text."""
    return {each["To"]: (each["Subject"], each.get_content().replace("\r\n", "\n")) for each in server.messages}


def test_both_partners_are_told_once(out: Workspace, mail: SmtpServer):
    """With nothing else to tell, each signer hears of it in the first round, in their language, and never again."""
    assert set(out.states().values()) == {"published"}
    assert (rounds(out), rounds(out)) == (Sent(sent=2), Sent())

    (uk_subject, uk), (fr_subject, fr) = (texts(mail)[to] for to in ("ana@uk.example", "luc@fr.example"))
    (debt,) = owed.of(out.settings.trust).read().values()
    assert uk_subject == "Out on one partner's signature: 1 release, Voices"
    assert "UK Government let 1 release of the campaign Voices (voices) out alone at " in uk
    assert f"{debt.opened_at[11:16]} UTC, under the rule rebuttal that all partners signed." in uk
    assert "French Government now owes its word." in uk
    assert "cordiale urgent list" in uk
    assert "cordiale approve" not in uk
    assert fr_subject.endswith("1 publication, Voix")
    assert " UTC : 1 publication de la campagne Voix (voices), selon la règle rebuttal" in fr
    assert "Publié par Gouvernement britannique seul, le " in fr
    assert "Doit maintenant se prononcer : Gouvernement français (approuver ou refuser)." in fr
    assert f"cordiale approve voices --as fr --key FILE --release {NAME}\n" in fr
    assert f"cordiale refuse voices --as fr --key FILE --release {NAME} --because TEXT\n" in fr
    assert all(f"- {NAME}" in text and "villages" not in text for _, text in texts(mail).values())


def test_the_command_in_the_mail_answers_for_that_release_alone(out: Workspace, mail: SmtpServer):
    """Whoever signs what the mail says signs nothing else that waits; then the debt is settled."""
    due = (clock.now() + 240 * HOUR).replace(microsecond=0)
    out.apply(campaigns.campaign(1, name="others", at=due), now=clock.now() - HOUR)
    effect = out.decide("fr", "approve", pick=Selection(releases=(NAME,)))

    assert (effect.answered, effect.scheduled) == (1, 0)
    assert rounds(out) == Sent(sent=2)  # of the other campaign
    assert all("to sign" in each["Subject"] or "À signer" in each["Subject"] for each in mail.messages)


def test_an_answered_debt_is_told_to_nobody(out: Workspace, mail: SmtpServer):
    """Who has signed afterwards, before the mail left, is not asked for it any more."""
    out.approve("fr")

    assert rounds(out) == Sent()
    assert mail.messages == []


def test_arabic_mail_isolates_the_names(out: Workspace, mail: SmtpServer):
    """Whatever is not Arabic moves nothing around it."""
    changed(out, signers={"fr-officer": {"email": "a@fr.example", "language": "ar"}})
    assert rounds(out) == Sent(sent=1)
    (message,) = mail.messages

    assert message["Content-Language"] == "ar"
    assert "\u2068rebuttal\u2069" in message.get_content()
    assert f"- \u2068{NAME}\u2069" in message.get_content()


def test_a_mail_that_failed_is_seen_and_sent_later(out: Workspace, mail: SmtpServer):
    """`status` names who was not told that a release went out alone, until the next try has told them."""
    mail.fault = "421-greylist"
    assert rounds(out).failed == 2
    assert [(each["person"], each["urgent"]) for each in untold(out)] == [("fr-officer", 1), ("uk-officer", 1)]
    assert "was not told that 1 release of voices went out on one partner's signature" in _untold(untold(out)[0])

    mail.fault = None
    with writing(out.database) as connection:
        connection.execute(ledger.NOTICE.update().values(finished_at=clock.now() - HOUR))
    assert (rounds(out), untold(out)) == (Sent(sent=2), [])


def untold(workspace: Workspace) -> list[dict[str, Any]]:
    with reading(workspace.database) as connection:
        return status.gather(through(connection), clock.now(), workspace.settings.trust).untold


def test_debts_that_cannot_be_read_keep_no_other_mail_back(out: Workspace, mail: SmtpServer):
    """A damaged list of debts is told by `status`; what waits for signatures is asked for all the same."""
    path = out.settings.trust / owed.FILE
    path.write_text(path.read_text("utf-8") + "no JSON\n", "utf-8")
    due = (clock.now() + 240 * HOUR).replace(microsecond=0)
    out.apply(campaigns.campaign(1, name="others", at=due), now=clock.now() - HOUR)

    assert rounds(out) == Sent(sent=2)
    assert "1 release to sign: Voices" in {each["Subject"] for each in mail.messages}


def debt(release: str, *owes: str, at: str = "2027-01-12T12:00:00Z") -> tuple[str, Debt]:
    return release, Debt(release, "d", "voices", "rebuttal", "uk", owes, at)


def test_only_who_is_concerned_is_told():
    """A partner that signed beforehand owes nothing and is told nothing; nor is a person without an address."""
    holders = {"ana": "uk", "luc": "fr", "mia": "de", "eve": "fr"}
    signers = {each: Signer(email=f"{each}@example.org") for each in ("ana", "luc", "mia")}
    made = owing.letters([debt("r1", "fr"), debt("r2", "fr")], holders, signers, [])

    assert [(each.person, each.owes, len(each.rows)) for each in made] == [("ana", False, 2), ("luc", True, 2)]
    assert owing.letters([debt("r1", "fr"), debt("r2", "fr")], holders, signers, made[0].rows + made[1].rows) == []


def test_each_instant_is_a_mail_of_its_own():
    """One mail names one instant, which is true of every release in it."""
    signers = {"luc": Signer(email="luc@example.org")}
    found = [debt("r1", "fr"), debt("r2", "fr", at="2027-01-12T12:05:00Z")]
    made = owing.letters(found, {"luc": "fr"}, signers, [])

    assert [[name for name, _ in each.debts] for each in made] == [["r1"], ["r2"]]
    assert len({each.id for each in made}) == 2


def test_a_long_list_is_cut_and_says_so():
    """Twenty releases are named, the others counted."""
    (letter,) = owing.letters(
        [debt(f"r{number:02}", "fr") for number in range(25)], {"luc": "fr"}, {"luc": Signer(email="l@e.example")}, []
    )
    _, text = owing.words(letter, {}, {})

    assert text.count("\n- r") == 20
    assert "and 5 more" in text
    assert "UK let 25 releases of the campaign voices (voices) out alone at 12 January 2027 12:00 UTC" in text


def test_urgent_listed_gives_what_is_told(out: Workspace):
    """What the mail points to, `urgent list`, shows the same debt."""
    with reading(out.database) as connection:
        assert [name for name, _ in urgent.listed(connection, out.settings.trust)] == [NAME]
