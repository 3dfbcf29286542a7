"""
A workspace full of signed releases that are due: what floods, kills and measurements start from.

    python -m tests.builders.burst FOLDER N KIND [SERVER]
"""

import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from campaigns import clock
from campaigns.documents import dump
from tests.builders import campaigns, workspaces
from tests.servers import mastodon_server

LEAD = timedelta(hours=1)  #: the campaign was applied so long before its releases were due
ACCOUNTS = {"smtp": "cell@example.org", "mastodon": mastodon_server.ACCOUNT}
SECRETS = {"webhook": workspaces.SIGNING_KEY, "mastodon": f"{mastodon_server.TOKEN}\n"}


def make(folder: Path, n: int, kind: str, server: str | None, options: Mapping[str, Any]) -> None:
    """
    Build a workspace in *folder*: *n* due releases on a channel of *kind*, applied, and signed by uk and fr.

    Each release has words of its own. They are sent however late, so that a slow machine changes nothing. The
    database is that of `CORDIALE_DATABASE_URL`, where it is set, with its tables made if it has none.
    """
    build(folder, n, kind, server, options).database.dispose()


def build(
    folder: Path,
    n: int,
    kind: str,
    server: str | None,
    options: Mapping[str, Any],
    *,
    database_url: str = "",
    **more: Any,
) -> workspaces.Workspace:
    """Make the same, and return it open; *more* are settings."""
    folder.mkdir(parents=True, exist_ok=True)
    more.setdefault("catch_up", 0)  # floods are what these are for
    secret = {"burst": SECRETS[kind]} if kind in SECRETS else {}
    made = workspaces.make(folder, secrets=secret, database_url=database_url or _from_the_environment(), **more)
    due = clock.now() - timedelta(seconds=2)
    channel = campaigns.channel(
        kind,
        account=ACCOUNTS.get(kind, "@facts"),
        server=server or ("feed" if kind == "feed" else None),
        credential="burst" if secret else None,
        options=dict(options),
    )
    document = campaigns.campaign(
        n, name="burst", at=due, channels=[channel], entries={"if_late": {"after": "30d", "then": "send"}}
    )
    (folder / "campaigns" / "burst.yaml").write_text(dump.to_yaml(document), "utf-8")
    made.apply(document, now=due - LEAD)
    made.approve(campaign="burst")
    return made


def _from_the_environment() -> str:
    import os

    from campaigns.store.upgrade import upgrade

    url = os.environ.get("CORDIALE_DATABASE_URL", "")
    if url:
        upgrade(url)
    return url


if __name__ == "__main__":
    where, how_many, what, *at = sys.argv[1:]
    make(Path(where), int(how_many), what, at[0] if at else None, {})
