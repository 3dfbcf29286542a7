"""From a document to the releases it asks for."""

from campaigns.documents.schema import Campaign
from scheduler.releases.expansion import releases
from tests.builders.documents import put, sound


def test_what_is_left_out_keeps_its_turn():
    """With `alternate`, an occurrence that is left out takes its variant with it: those after it keep theirs."""

    def sent(*exdate: str) -> dict[str, str]:
        document = Campaign.model_validate(put(sound(), "releases.1.exdate", list(exdate)))
        return {each.occurrence: each.variant for each in releases(document) if each.occurrence}

    whole = sent()

    assert list(whole.values()) == ["a", "b", "a", "b"]
    assert sent("2027-01-26T18:30") == {when: each for when, each in whole.items() if when != "20270126T183000"}
    assert sent("2027-01-19T18:30") == {when: each for when, each in whole.items() if when != "20270119T183000"}
