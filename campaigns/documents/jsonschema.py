"""
The campaign document as JSON Schema (draft 2020-12): by it an editor completes, explains and underlines.

Made from the model, so that both say the same. What a schema cannot see (references, clocks, sums) `cordiale check`
says. It is stricter than the loader in one thing: a key with nothing after it is underlined.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from campaigns.documents import includes
from campaigns.documents.joined import SHARED
from campaigns.documents.schema import INCLUDE, Campaign
from campaigns.documents.written import definitions

NAME = "cordiale.schema.json"  #: as the first line of a campaign file names it
SHIPPED = Path(__file__).with_name(NAME)  #: what `init` puts beside the campaigns; a test holds it to the command
DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: Which keys hold a name that a higher floor knows: the definition and its property. Where it is not told, any id goes.
LIVE = {
    "kinds": ("Channel", "kind"),
    "checks": ("Waiver", "check"),
    "metrics": ("Kpi", "metric"),
    "gates": ("SpendApproval", "gate"),
}

#: The key of files that is none of the document: what it gives is put together before the model sees it.
_INCLUDE = {
    "type": "array",
    "items": {
        "type": "string",
        "pattern": includes.NAME,
        "maxLength": includes.LONGEST,
        "patternErrorMessage": "Name a YAML file as it lies from this one, such as ../shared/audiences.yaml.",
    },
    "maxItems": includes.MOST,
    "uniqueItems": True,
    "description": "Files that give what campaigns share, such as audiences and channels, as they lie from this one.",
    "examples": [["../shared/audiences.yaml"]],
}


def build(**live: Mapping[str, str]) -> dict[str, Any]:
    """Return the schema; *live* gives the ids of `kinds`, `checks`, `metrics` and `gates`, each with what it means."""
    made: dict[str, Any] = _settled(Campaign.model_json_schema(schema_generator=_Generator))
    nouns = {name: noun | {"title": _title(name)} for name, noun in made.pop("$defs").items()}
    for name, ids in live.items():
        noun, key = LIVE[name]
        said = nouns[noun]["properties"][key]["description"]
        named = {"type": "string", "description": said, "enum": list(ids), "enumDescriptions": list(ids.values())}
        nouns[noun]["properties"][key] = named
    head = {"$schema": DIALECT, "$id": NAME, "title": "Campaign"}
    return head | _with_includes(made) | {"$defs": nouns | {"Shared": _shared()} | definitions()}


def _with_includes(made: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a file: it may include others, which may then give what else it must have itself."""
    asked = made["required"]
    unless_included = {
        "if": {"not": {"required": [INCLUDE]}},
        "then": {"required": [key for key in asked if key in SHARED]},
    }
    return made | {
        "properties": made["properties"] | {INCLUDE: _INCLUDE},
        "required": [key for key in asked if key not in SHARED],
        "allOf": [unless_included],
    }


def _shared() -> dict[str, Any]:
    """Return the schema of a file that campaigns include; it is named as `cordiale.schema.json#/$defs/Shared`."""
    return {
        "type": "object",
        "title": "Shared",
        "description": "What several campaigns include.",
        "properties": {key: {"$ref": f"#/properties/{key}"} for key in (*SHARED, INCLUDE)},
        "minProperties": 1,
        "additionalProperties": False,
        "allOf": [True],  # the YAML language server would take the campaign's for it
    }


def to_text(schema: Mapping[str, Any]) -> str:
    """Return *schema* as it stands in a file."""
    import json

    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, without what writers do not need to see: titles, null, and empty defaults."""

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: Any) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> dict[str, Any]:
        made = super().default_schema(schema)
        return made if made.get("default") not in (None, {}, []) else {k: v for k, v in made.items() if k != "default"}

    def sort(self, value: dict[str, Any], parent_key: str | None = None) -> dict[str, Any]:  # noqa: ARG002 (pydantic's)
        return value


def _title(name: str) -> str:
    """Return a class's name as words: `Release entry`."""
    return re.sub(r"(?<=[a-z])[A-Z]", lambda letter: f" {letter[0].lower()}", name)


def _settled(node: Any) -> Any:
    """Return *node* with a reference for each mark that `fields.written` left."""
    if isinstance(node, list):
        return [_settled(each) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("written"), str):
        beside = {key: value for key, value in node.items() if key not in {"type", "written"}}
        return {"$ref": f"#/$defs/{node['written']}", **beside}
    return {key: _settled(value) for key, value in node.items()}
