"""What kinds of file readings come in, in words: the table of `readings sources` and of the README, as declared."""

from reports.collect import SOURCES
from reports.intake.posts import Posts

HEADERS = ("kind", "what is read", "what its own columns become")


def rows() -> list[tuple[str, str, str]]:
    """Return a line for each kind, in the order in which they are asked."""
    return [
        (each.id, each.help, ", ".join(each.table.metrics) if isinstance(each, Posts) else _ANY.get(each.id, VISITS))
        for each in SOURCES
    ]


def markdown() -> str:
    """Return the table of the README."""
    lines = [HEADERS, ("---",) * len(HEADERS), *((f"`{name}`", *rest) for name, *rest in rows())]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


VISITS = "site_visits"
_FAILED = "deliveries, permanent_failures, temporary_failures"
_ANY = {
    "notices": _FAILED, "notify": f"{_FAILED}, technical_failures",
    "readings": "any metric", "survey": "rates of answers", "platform": "metrics by their names; others are declared",
    "costs": "spend", "coverage": "coverage_items, coverage_with_message, coverage_positive, coverage_negative",
}  # fmt: skip
