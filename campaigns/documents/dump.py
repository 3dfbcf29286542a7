"""A campaign document as YAML that people like to read: the schema's order, only what is set, exact on the way back."""

from decimal import Decimal
from typing import Any

from campaigns.documents.schema import Campaign
from campaigns.documents.yaml_text import Plain, to_text

HEADER = "# yaml-language-server: $schema=cordiale.schema.json\n"
_GROUPED_FROM = 10_000
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_WALL_TIMES = ("at", "until", "not_before", "not_after", "from", "to")
#: What always stands on lines of its own, however short: translators work there.
_TALL = frozenset({"wording"})


def to_yaml(document: Campaign) -> str:
    """Return *document* as YAML 1.2; `load.loads` gives an equal document back."""
    data = document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if not any(data["partners"].values()):
        data["partners"] = list(data["partners"])
    for message in data["messages"]:
        if set(message.get("link") or ()) == {"*"}:
            message["link"] = message["link"]["*"]
    _numbers(data)
    for entry in (*data["releases"], *data.get("blackouts", ()), (data.get("handling") or {}).get("embargo") or {}):
        _times(entry)
    if "every" in (data.get("backfire") or {}):
        data["backfire"]["every"] = _duration(data["backfire"]["every"])
    return HEADER + to_text(data, tall=_TALL)


def _numbers(data: dict[str, Any]) -> None:
    """Write figures as people do."""
    for objective in data.get("objectives", ()):
        for kpi in objective.get("kpis", ()):
            _figures(kpi)
    for audience in data["audiences"]:
        if "size" in audience:
            audience["size"]["value"] = _number(audience["size"]["value"])
    for study in data.get("studies", ()):
        for step in (study.get("roi") or {}).values():
            if isinstance(step, dict):
                step.update({key: _number(step[key]) for key in ("value", "to") if key in step})
    for line in (*data.get("budget", ()), *data.get("spend_approvals", ())):
        line.update({key: _number(line[key]) for key in ("amount", "up_to") if key in line})


def _figures(kpi: dict[str, Any]) -> None:
    """Write shares in per cent, which also says that they are shares."""
    share = kpi.pop("unit", "count") == "share"
    for key in ("baseline", "target"):
        if key in kpi:
            kpi[key] = _percent(kpi[key]) if share else _number(kpi[key])


def _percent(value: float) -> Plain:
    return Plain(f"{_digits(Decimal(repr(value)) * 100)}%")


def _digits(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(value: float) -> Plain | float:
    """Write whole numbers as such, and group the digits of large ones: 250_000."""
    if value != int(value):
        return value
    return Plain(f"{int(value):_}") if abs(value) >= _GROUPED_FROM else int(value)


def _times(entry: dict[str, Any]) -> None:
    for key in _WALL_TIMES:
        if key in entry:
            entry[key] = _wall(entry[key])
    if "exdate" in entry:
        entry["exdate"] = [_wall(each) for each in entry["exdate"]]
    late = entry.get("if_late", {})
    if "after" in late:
        late["after"] = _duration(late["after"])


def _wall(value: str) -> Plain:
    return Plain(value.removesuffix(":00") if value.count(":") > 1 else value)


def _duration(seconds: int) -> Plain:
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return Plain(f"{seconds // size}{unit}")
