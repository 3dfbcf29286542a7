"""The JSON Schema of a campaign, held against the model by an independent validator."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import ryaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError
from referencing import Registry, Resource

from campaigns import example, workspace
from campaigns.documents import fields, jsonschema
from campaigns.documents.dump import to_yaml
from campaigns.documents.joined import SHARED
from campaigns.documents.load import loads
from campaigns.documents.schema import Campaign
from campaigns.documents.written import PATTERNS, definitions
from campaigns.errors import InvalidDocument
from tests.builders.documents import WHOLE, campaigns, put, sound

SCHEMA = jsonschema.build()
VALID = Draft202012Validator(SCHEMA)
SOUND = to_yaml(Campaign.model_validate(sound()))
BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))
START = datetime(2027, 1, 12, 18, 30, tzinfo=UTC)


def read(text: str) -> Any:
    """Return what an editor makes of *text*: YAML 1.2, no schema of ours."""
    return ryaml.loads(text)


def keys(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return every key of the document with its schema."""
    nouns = {"Campaign": schema} | {
        name: noun for name, noun in schema["$defs"].items() if name[0].isupper() and name != "Shared"
    }
    return [(f"{name}.{key}", said) for name, noun in nouns.items() for key, said in noun["properties"].items()]


def test_it_is_a_schema():
    """The metaschema of draft 2020-12 takes it, and every reference in it leads somewhere."""
    Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert VALID.is_valid(sound())


@pytest.mark.parametrize("name", example.names())
def test_it_takes_every_example(name):
    """What `init` writes has no red line in an editor."""
    text = example.files(name, START, workspace.SUBSTITUTIONS)[example.DOCUMENT].decode()

    assert [error.message for error in VALID.iter_errors(read(text))] == []


@given(campaigns())
@WHOLE
def test_it_takes_whatever_the_model_writes(document):
    """`export` never writes what an editor underlines."""
    assert [error.message for error in VALID.iter_errors(read(to_yaml(document)))] == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_it_refuses_every_bad_file_but_what_no_schema_can_see(path):
    """A fault is underlined while it is typed, unless its file says `# schema: blind`: references, clocks, sums."""
    text = path.read_text("utf-8")
    try:
        taken = VALID.is_valid(read(text))
    except (ryaml.InvalidYamlError, ValueError):
        taken = False

    assert taken == ("# schema: blind\n" in text)


@pytest.mark.parametrize(
    ("road", "value"),
    [
        pytest.param("partners", ["uk", "fr"], id="partners-as-a-list"),
        pytest.param("partners.fr", None, id="a-partner-without-details"),
        pytest.param("messages.0.link", {"fr-FR": "https://example.org/fr", "*": "https://example.org"}, id="links"),
        pytest.param("objectives.0.kpis.0.target", "250_000", id="grouped-digits"),
        pytest.param("objectives.0.kpis.0.target", "18.5 %", id="per-cent-with-a-space"),
        pytest.param("objectives.0.kpis.0.target", -0.5, id="a-negative-fraction"),
        pytest.param("releases.0.if_late", {"after": "15m"}, id="a-duration"),
        pytest.param("releases.0.if_late", {"after": 900}, id="seconds"),
        pytest.param("releases.0.at", "2027-01-12T18:30:05", id="seconds-of-a-minute"),
        pytest.param("audiences.0.size", {"value": "1_900_000"}, id="a-large-audience"),
        pytest.param("audiences.0.ages", "25+", id="open-ages"),
        pytest.param("channels.0.options", {"visibility": "unlisted", "retries": 3, "tls": False}, id="options"),
        pytest.param("messages.0.media", [{"file": "maps/2027..png"}], id="dots-in-a-name"),
    ],
)
def test_what_validators_put_into_shape_is_taken(road, value):
    """Each way in which people may write a thing is known to the model and to the schema alike."""
    data = put(sound(), road, value)

    Campaign.model_validate(data)
    assert [error.message for error in VALID.iter_errors(data)] == []


@given(
    st.integers(0, 10**6),
    st.sampled_from(
        ["", "0", "_", "-", ".5", "%", "e3", "T00:00", "yes", "# ", "x, ", "null", "[]", "'", " ", "1", "a"]
    ),
    st.integers(0, 3),
)
@settings(max_examples=400, deadline=None)
def test_it_never_refuses_what_the_loader_takes(at, piece, cut):
    """Nothing is underlined that `check` lets pass; a key with nothing after it alone is, since it says nothing."""
    at %= len(SOUND)
    text = SOUND[:at] + piece + SOUND[at + cut :]
    try:
        loads(text)
    except InvalidDocument:
        return

    assert [error.message for error in VALID.iter_errors(read(text)) if error.instance is not None] == []


@pytest.mark.parametrize(("key", "said"), [pytest.param(key, said, id=key) for key, said in keys(SCHEMA)])
def test_every_key_is_explained(key, said):
    """One plain sentence a key; the examples beside it are what the key takes."""
    assert said["description"].endswith(".")
    assert said["description"][0].isupper()
    assert "!" not in said["description"]
    assert len(said["description"]) <= 120
    for each in said.get("examples", ()):
        assert VALID.evolve(schema={**said, "$defs": SCHEMA["$defs"]}).is_valid(each), each


@pytest.mark.parametrize(
    ("taken_out", "include", "taken"),
    [
        pytest.param((), None, True, id="whole"),
        pytest.param(("audiences", "channels"), ["../shared/uk.yaml"], True, id="its-audiences-are-included"),
        pytest.param(("audiences",), None, False, id="no-audiences-from-anywhere"),
        pytest.param(("messages",), ["../shared/uk.yaml"], False, id="messages-are-not-shared"),
        pytest.param((), ["/etc/passwd.yaml"], False, id="a-path-that-no-include-takes"),
        pytest.param((), ["shared.json"], False, id="no-yaml"),
    ],
)
def test_a_campaign_may_include_what_is_shared(taken_out, include, taken):
    """What files share may be absent where a file is included; the rest stands in the campaign itself."""
    data = {key: value for key, value in sound().items() if key not in taken_out}

    assert VALID.is_valid(data | ({"include": include} if include else {})) == taken


def test_a_file_that_is_included_has_a_schema_too():
    """It takes the shared nouns as a campaign has them, faults underlined alike, and nothing else."""
    known = Registry().with_resource(jsonschema.NAME, Resource.from_contents(SCHEMA))
    shared = Draft202012Validator({"$ref": f"{jsonschema.NAME}#/$defs/Shared"}, registry=known)

    assert shared.is_valid({key: sound()[key] for key in SHARED if key in sound()})
    assert shared.is_valid({"include": ["uk.yaml"], "audiences": sound()["audiences"]})
    assert not shared.is_valid({"audiences": put(sound(), "audiences.0.ages", "8-24")["audiences"]})
    assert not shared.is_valid({"messages": sound()["messages"]})
    assert not shared.is_valid(sound())


def test_nothing_unknown_is_taken_anywhere():
    """Every noun refuses keys that it does not have."""
    open_ones = [
        name for name, noun in SCHEMA["$defs"].items() if "properties" in noun and noun["additionalProperties"]
    ]

    assert open_ones == []
    assert SCHEMA["additionalProperties"] is False


TYPES = {
    "id": fields.Id,
    "time_of_day": fields.Clock,
    "rate": fields.Rate,
    "whole_number": fields.Count,
    "figure": fields.Figure,
    "amount": fields.Amount,
    "currency": fields.Currency,
    "country": fields.Country,
    "media_path": fields.MediaPath,
    "line": fields.Line,
    "link": fields.Link,
    "day": fields.Day,
    "wall_time": fields.WallTime,
    "duration": fields.Seconds,
}
#: What a pattern cannot count: leap years, and numbers too large once they are read.
UNCOUNTED = {
    "day": lambda text: "-02-29" in text,
    "wall_time": lambda text: "-02-29" in text,
    "duration": lambda text: len(text) > 3,
    "whole_number": lambda text: len(text) > 15,
    "amount": lambda text: len(text) > 12,
    "figure": lambda text: "e" in text.lower() or len(text) > 300,
}


def takes(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("name", sorted(TYPES))
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_small_type_is_written_as_its_pattern_says(name, data):
    """A validator takes what the pattern matches and nothing else, but for what no pattern can count."""
    pattern = PATTERNS[name]
    text = data.draw(
        st.from_regex(pattern.replace("$", r"\Z"), fullmatch=False) | st.text("0123456789:-T_.%/mhd aZ", max_size=12)
    )
    matched = Draft202012Validator(definitions()[name]).is_valid(text) and not text.endswith("\n")

    if not UNCOUNTED.get(name, lambda _: False)(text):
        assert takes(TYPES[name], text) == matched
