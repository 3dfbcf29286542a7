"""Documents written as YAML."""

import ryaml
import yaml
from hypothesis import given

from campaigns.documents.dump import to_yaml
from campaigns.documents.load import loads
from campaigns.documents.schema import Campaign
from tests.builders.documents import WHOLE, campaigns, put, sound


@given(campaigns())
@WHOLE
def test_what_is_written_reads_back_as_the_same_document(document):
    """Any document survives the way to YAML and back, to the last space, sign and digit."""
    text = to_yaml(document)

    assert Campaign.model_validate(ryaml.loads(text)).model_dump_json() == document.model_dump_json()


@given(campaigns())
@WHOLE
def test_yaml_1_1_readers_read_the_same_texts(document):
    """An older reader, to whom `no` is false, finds the same words: what it could misread is quoted."""
    kept = [message.wording for message in document.messages]

    read = yaml.load(to_yaml(document), Loader=yaml.CBaseLoader)  # noqa: S506 (the base loader makes text only)

    assert [message["wording"] for message in read["messages"]] == kept


def test_a_sound_document_goes_round_through_the_loader():
    """What `export` writes, `check` takes without a complaint."""
    document = Campaign.model_validate(sound())

    loaded = loads(to_yaml(document))

    assert loaded.document == document
    assert loaded.warnings == ()


def test_the_text_is_for_people():
    """Order of the schema, only what is set, per cent for shares, units for durations, letters as they are."""
    data = put(sound(), "releases.0.if_late", {"after": "2h", "then": "skip"})
    data["audiences"][0]["size"] = {"value": "1_900_000"}
    data["messages"][0]["wording"]["fr-FR"] = "Daesh a perdu son territoire. " * 8 + "{{ partners_in_coalition }}"

    text = to_yaml(Campaign.model_validate(data))
    keys = [line.split(":")[0] for line in text.splitlines() if line[:1].isalpha()]

    assert keys == [key for key in Campaign.model_fields if key in data]
    assert "baseline: 11%" in text
    assert "target: 18%" in text
    assert "unit" not in text
    assert "size: {value: 1_900_000}" in text
    assert "if_late: {after: 2h, then: skip}" in text
    assert "at: 2027-01-12T18:30" in text
    assert "خسر داعش أرضه" in text
    assert "fr-FR: >-\n" in text
    assert "then: ask" not in text
    assert max(len(line) for line in text.splitlines()) < 125


def test_partners_without_details_are_a_plain_list():
    """`partners: [uk, fr]` comes back as it was written."""
    text = to_yaml(Campaign.model_validate(put(sound(), "partners", ["uk", "fr"])))

    assert "\npartners: [uk, fr]\n" in text
