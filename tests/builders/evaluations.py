"""A joint campaign whose first wave went out, in a temporary database: what reports are about. Figures are invented."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert
from sqlmodel import SQLModel

from campaigns.documents import schema
from campaigns.plan import apply
from campaigns.plan.diff import diff
from campaigns.store.engine import connect, writing
from campaigns.store.tables import table
from reports import models
from scheduler.releases.identity import release_id, release_name
from scheduler.releases.models import Release

CAMPAIGN = "lost-ground"
STARTS = datetime(2026, 10, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

#: entry, message, locale, channel, audiences, state
SENT = (
    ("wave1", "side-by-side", "fr-FR", "fr-social", ["young-fr"], "published"),
    ("wave1", "side-by-side", "ar", "fr-social", ["young-fr", "young-uk"], "published"),
    ("wave1", "side-by-side", "en-GB", "uk-partners", ["young-uk"], "published"),
    ("wave1", "side-by-side", "ar", "uk-partners", ["young-fr", "young-uk"], "uncertain"),
    ("wave2", "one-answer", "fr-FR", "fr-social", ["young-fr"], "published"),
    ("wave2", "one-answer", "en-GB", "uk-partners", ["young-uk"], "failed"),
    ("wave3", "one-answer", "en-GB", "uk-partners", ["young-uk"], "scheduled"),
)


def release(entry: str, locale: str, channel: str) -> str:
    """Return the id of a release of the campaign."""
    return release_id(CAMPAIGN, entry, "", locale, channel)


def kpi(**changes: Any) -> dict[str, Any]:
    """Return a KPI as YAML gives it."""
    return {
        "id": "reach-fr", "stage": "output", "metric": "reach", "audience": "young-fr",
        "baseline": 0, "target": 60_000, "by": date(2026, 12, 31), "why": "One in thirty of them.",
    } | changes  # fmt: skip


def document(kpis: Iterable[dict[str, Any]] | None = None, **changes: Any) -> schema.Campaign:
    """Return the campaign: two partners, two audiences, two channels, two messages."""
    wording = {"en-GB": "Side by side.", "fr-FR": "Côte à côte.", "ar": "جنبًا إلى جنب."}
    objectives = [
        {"id": "know", "kind": "awareness", "statement": {"en-GB": "They know.", "fr-FR": "Ils savent."},
         "kpis": [kpi()] if kpis is None else list(kpis)},
    ]  # fmt: skip
    data = {
        "campaign": CAMPAIGN,
        "title": {"en-GB": "Daesh has lost ground", "fr-FR": "Daech a perdu du terrain"},
        "partners": {
            "uk": {"name": {"en-GB": "UK Government", "fr-FR": "Gouvernement britannique"}},
            "fr": {"name": {"en-GB": "French Government", "fr-FR": "Gouvernement français"}},
        },
        "starts": date(2026, 10, 1),
        "ends": date(2027, 1, 31),
        "objectives": objectives,
        "audiences": [
            {"id": "young-fr", "name": {"en-GB": "Young adults in France", "fr-FR": "Jeunes adultes en France"},
             "locales": ["fr-FR", "ar"], "timezone": "Europe/Paris", "size": {"value": 50_000}},
            {"id": "young-uk", "name": {"en-GB": "Young adults in the UK", "fr-FR": "Jeunes adultes au Royaume-Uni"},
             "locales": ["en-GB", "ar"], "timezone": "Europe/London"},
        ],
        "channels": [
            {"id": "fr-social", "kind": "outbox", "issuer": "fr", "account": "@stopdaech", "locales": ["fr-FR", "ar"]},
            {"id": "uk-partners", "kind": "outbox", "issuer": "uk", "account": "Partners", "locales": ["en-GB", "ar"]},
        ],
        "messages": [
            {"id": "side-by-side", "audiences": ["young-fr", "young-uk"], "wording": wording,
             "headline": {"en-GB": "Side by side", "fr-FR": "Côte à côte"}},
            {"id": "one-answer", "audiences": ["young-fr", "young-uk"], "wording": wording},
        ],
        "releases": [
            {"id": entry, "message": message, "channels": ["fr-social", "uk-partners"], "at": "2026-10-08T18:30",
             "zone": "Europe/Paris"}
            for entry, message in {each[0]: each[1] for each in SENT}.items()
        ],
    } | changes  # fmt: skip
    return schema.Campaign.model_validate(data)


def database(folder: Path) -> Engine:
    """Return an engine on a new SQLite file with every table that a report reads."""
    engine = connect(f"sqlite:///{folder / 'reports.db'}")
    assert models.Reading.__tablename__ in SQLModel.metadata.tables
    with writing(engine) as connection:
        SQLModel.metadata.create_all(connection)
    return engine


def apply_campaign(connection: Connection, campaign: schema.Campaign) -> None:
    """Write the campaign and its releases."""
    apply.write(connection, diff(None, campaign), campaign, "campaign-editor", STARTS)
    for index, (entry, message, locale, channel, audiences, state) in enumerate(SENT):
        due = STARTS + timedelta(days=7 + index)
        published = due if state == "published" else None
        identity = release_id(campaign.campaign, entry, "", locale, channel)
        connection.execute(
            insert(table(Release)).values(
                id=identity, campaign=campaign.campaign, entry=entry, occurrence="", message=message, variant="a",
                locale=locale, channel=channel, issuer=channel[:2],
                audiences=audiences, author="editor", wall="2026-10-08T18:30:00",
                zone="Europe/Paris", due_at=due, next_at=due, outgoing="{}", digest="", inputs="", bytes_digest="",
                findings=[], state=state, reason="", fence=0, tries=0, published_at=published,
                remote_id=f"{1140000000000000000 + index}" if published else None,
                remote_url=f"https://example.org/{release_name(entry, '', locale, channel)}" if published else None,
            )
        )  # fmt: skip


def csv_file(folder: Path, text: str, name: str = "readings.csv") -> Path:
    """Write *text* as a file and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
