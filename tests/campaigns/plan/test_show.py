"""Changes as lines to read."""

from campaigns.documents.schema import Campaign
from campaigns.plan.changes import CampaignChanges
from campaigns.plan.diff import diff
from campaigns.plan.show import Line, lines, shown
from tests.builders.documents import put, sound


def test_each_kind_has_its_sign_and_each_key_its_line():
    """Created, changed and retired are told apart by a sign, not by colour; a changed locale is one line."""
    data = put(sound(), "messages.0.wording.fr-FR", "Daesh recule.")
    data = put(data, "blackouts", [])
    data = put(data, "releases.2", {**sound()["releases"][0], "id": "encore"})
    data["channels"][0]["options"] = {"visibility": "unlisted"}

    found = lines(diff(Campaign.model_validate(sound()), Campaign.model_validate(data)))

    assert [str(line) for line in found] == [
        "campaign raqqa-voices: 1 created, 2 changed, 1 retired",
        "  ~ channel fr-mastodon",
        '    options: (none) → {"visibility": "unlisted"}',
        "  ~ message lost-ground",
        f"    wording.fr-FR: {shown(sound()['messages'][0]['wording']['fr-FR'])} → Daesh recule.",
        "  + release encore",
        "  - blackout fr-reserve",
    ]


def test_nothing_to_change_is_said():
    """An empty plan is an answer too."""
    assert lines(CampaignChanges("raqqa-voices", 3, ())) == [Line("", "campaign raqqa-voices: nothing to change")]


def test_places_count_from_one():
    """People count the first message as one."""
    data = put(sound(), "releases", list(reversed(sound()["releases"])))

    found = [str(line).strip() for line in lines(diff(Campaign.model_validate(sound()), Campaign.model_validate(data)))]

    assert "position: 2 → 1" in found
    assert "position: 1 → 2" in found


def test_a_reordered_partner_line_shows_both_orders():
    """When only the order differs, the order is what is shown."""
    data = put(sound(), "partners", dict(reversed(sound()["partners"].items())))

    found = lines(diff(Campaign.model_validate(sound()), Campaign.model_validate(data)))

    assert str(found[-1]).strip() == 'partners: ["uk", "fr"] → ["fr", "uk"]'


def test_long_and_many_lined_values_stay_on_a_line():
    """A plan is read line by line."""
    assert shown("a\n\nb") == "a b"
    assert len(shown("x" * 500)) == 72
    assert shown({}) == "(none)"
    assert shown(0) == "0"
