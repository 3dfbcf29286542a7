"""Documents through real tables and back, and who wrote what."""

from datetime import UTC, datetime

import pytest
import ryaml
from hypothesis import given
from sqlalchemy import func, select, update

from campaigns.documents.dump import to_yaml
from campaigns.documents.schema import Campaign
from campaigns.errors import DatabaseFault, StalePlan
from campaigns.models.audience import Audience
from campaigns.models.campaign import Campaign as CampaignRow
from campaigns.models.channel import Channel
from campaigns.models.message import Message
from campaigns.plan import apply, rows, stored
from campaigns.plan.diff import diff
from campaigns.store.engine import reading
from campaigns.store.tables import table
from tests.builders.documents import WHOLE, campaigns, put, sound

AT = datetime(2027, 1, 2, 12, tzinfo=UTC)


def applied(connection, document, author="claire"):
    """Apply *document* as `apply` would, and return the changes."""
    before = stored.read(connection, document.campaign)
    changes = diff(before, document, stored.revision(connection, document.campaign))
    apply.write(connection, changes, document, author, AT)
    return changes


def changed(*changes):
    """Return the sound document after *changes*."""
    data = sound()
    for road, value in changes:
        put(data, road, value)
    return Campaign.model_validate(data)


@given(campaigns())
@WHOLE
def test_what_is_written_is_what_is_read(engine, document):
    """Any document comes back from the tables as it went in, and applying it again would change nothing."""
    with reading(engine) as connection:
        applied(connection, document)
        read = stored.read(connection, document.campaign)

        assert read.model_dump_json() == document.model_dump_json()
        assert not diff(read, document)


@given(campaigns("one"), campaigns("one"))
@WHOLE
def test_any_edit_arrives(engine, before, after):
    """From any document to any other, the list of changes is enough: nothing is left over, nothing is lost."""
    with reading(engine) as connection:
        applied(connection, before)
        applied(connection, after)
        read = stored.read(connection, "one")

        assert read == after
        assert not diff(read, after)
        left = connection.scalar(select(func.count()).select_from(table(Channel)))
        assert left == len({channel.id for channel in after.channels})


@given(campaigns())
@WHOLE
def test_an_export_differs_in_nothing(engine, document):
    """Tables, YAML and back: whatever a document says, its export says the same, and would change nothing."""
    with reading(engine) as connection:
        applied(connection, document)
        written = to_yaml(stored.read(connection, document.campaign))
        read = Campaign.model_validate(ryaml.loads(written))

        assert not diff(stored.read(connection, document.campaign), read)
        assert to_yaml(read) == written


def test_the_head_says_who_applied_it_last_and_when(connection):
    """A plan that no longer fits names them."""
    assert stored.head(connection, "raqqa-voices") is None
    applied(connection, changed(), "claire")
    applied(connection, changed(("owner", "b")), "james")

    assert stored.head(connection, "raqqa-voices") == (2, "james", AT)


def test_what_campaigns_learnt_is_read_in_order(connection):
    """A campaign that learnt nothing is known all the same; one that was never applied is not."""
    both = [{"id": name, "found": "Something.", "next_time": "Do it."} for name in ("b", "a")]
    applied(connection, changed(("learning", both)))
    applied(connection, changed(("campaign", "second")))
    found = stored.learnt(connection, ["raqqa-voices", "second", "third"])

    assert {name: [each.id for each in items] for name, items in found.items()} == {
        "raqqa-voices": ["b", "a"],
        "second": [],
    }


def test_what_was_never_applied_is_none(connection):
    """A campaign that the tables do not know has no document and revision 0."""
    assert stored.read(connection, "unknown") is None
    assert stored.revision(connection, "unknown") == 0
    assert stored.names(connection) == []


def test_applying_twice_writes_nothing(connection):
    """The second time there are no changes, and neither revision nor author moves."""
    applied(connection, changed(), "claire")
    again = applied(connection, changed(), "james")
    row = connection.execute(select(table(CampaignRow))).mappings().one()

    assert not again
    assert (row["revision"], row["author"], row["applied_at"]) == (1, "claire", AT)
    assert stored.names(connection) == ["raqqa-voices"]


@pytest.mark.parametrize(
    ("changes", "author"),
    [
        pytest.param([("messages.0.wording.ar", "نص آخر {{ partners_in_coalition }}")], "james", id="its-words"),
        pytest.param([("messages.0.link", "https://example.org/other")], "james", id="its-link"),
        pytest.param([("policy_aim", "Another.")], "claire", id="not-the-message"),
        pytest.param([("messages.0.id", "lost-ground"), ("messages.1", sound()["messages"][0])], None, id="moved"),
    ],
)
def test_the_author_of_a_message_is_who_last_changed_it(connection, changes, author):
    """Whoever writes the words may not approve them: so only their change moves the authorship, not their place."""
    if author is None:
        other = {**sound()["messages"][0], "id": "other"}
        applied(connection, changed(("messages.1", other)), "claire")
        data = put(sound(), "messages", [other, sound()["messages"][0]])
        applied(connection, Campaign.model_validate(data), "james")
    else:
        applied(connection, changed(), "claire")
        applied(connection, changed(*changes), "james")
    query = select(table(Message).c.author).where(table(Message).c.id == "lost-ground")

    assert connection.scalar(query) == (author or "claire")


def test_a_plan_made_on_another_revision_is_stale(connection):
    """What was looked at and what is written are the same, or nothing is written."""
    applied(connection, changed())
    early = diff(stored.read(connection, "raqqa-voices"), changed(("owner", "a")), 1)
    applied(connection, changed(("owner", "b")))

    with pytest.raises(StalePlan, match="revision 2, planned on 1"):
        apply.write(connection, early, changed(("owner", "a")), "claire", AT)
    assert stored.read(connection, "raqqa-voices").owner == "b"


def test_a_shared_channel_outlives_the_campaign_that_lets_it_go(connection):
    """A channel's row stays as long as one campaign uses it."""
    second = changed(("campaign", "second"))
    moved = changed(
        ("channels.0.id", "fr-other"), ("releases.0.channels.0", "fr-other"), ("releases.1.channels.0", "fr-other")
    )
    for document in (changed(), second, moved):
        applied(connection, document)

    assert stored.read(connection, "second") == second
    assert stored.read(connection, "raqqa-voices") == moved
    applied(connection, Campaign.model_validate({**moved.model_dump(by_alias=True), "campaign": "second"}))
    assert list(connection.scalars(select(table(Channel).c.id))) == ["fr-other"]


def test_other_channels_say_who_uses_them(connection):
    """The workspace-wide rule needs each foreign channel's users and its definition."""
    for name in ("b", "a", "c"):
        applied(connection, changed(("campaign", name)))

    users, definition = stored.other_channels(connection, "c")["fr-mastodon"]

    assert users == ("a", "b")
    assert definition == changed().channels[0]
    assert stored.other_channels(connection, "unknown")["fr-mastodon"][0] == ("a", "b", "c")


def test_rows_that_no_apply_wrote_are_a_database_fault(connection):
    """Whoever edits the tables by hand gets an error with a cure, not a wrong campaign."""
    applied(connection, changed())
    connection.execute(update(table(Audience)).values(timezone="Mars/Olympus"))

    with pytest.raises(DatabaseFault, match=r"raqqa-voices does not fit its schema at audiences\.0\.timezone"):
        stored.read(connection, "raqqa-voices")


def test_every_column_of_a_row_is_written():
    """A column that a model gains and `rows` forgets would stay empty in silence."""
    made = rows.rows(changed())
    for noun, model in rows.MODELS.items():
        columns = {column.name for column in table(model).columns} - {"author"}
        assert all(set(row) == columns for row in made[noun].values()), noun
    own = {column.name for column in table(CampaignRow).columns}
    assert set(rows.campaign_row(changed())) == own - {"author", "revision", "applied_at", "source"}
