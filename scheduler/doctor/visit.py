"""The workspace, looked at one thing after the other."""

import json
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from campaigns import settings as workspace
from campaigns.documents import schema
from campaigns.errors import DatabaseFault, InvalidDocument, Refused
from campaigns.settings import Settings
from campaigns.terminal import count
from scheduler.doctor import alerting, logins, machine
from scheduler.doctor.finding import Finding, guarded, missing

SCHEMA = "cordiale.schema.json"  #: what editors read beside campaigns


def examine(
    now: datetime, *, offline: bool = False, send_alert: bool = False, log_in: bool = False
) -> Iterator[Finding]:
    """
    Yield what is found about this machine, and about the workspace in the current folder.

    *offline* asks no server; *send_alert* tries every way on which troubles are told; *log_in* tries every channel.
    """
    yield machine.python(sys.version_info[:3])
    yield machine.packages()
    yield machine.zones(machine.of_the_system(), machine.of_the_package())
    for name, (module, _) in machine.EXTRAS.items():
        yield machine.optional(name, installed=find_spec(module) is not None)
    try:
        settings = workspace.load()
    except InvalidDocument as error:
        yield missing("settings", error, "The workspace was not looked at.")
        return
    yield Finding("settings", "ok", workspace.FILE if Path(workspace.FILE).exists() else "none; the defaults hold")
    visit = Visit(settings, now, offline=offline)
    for look in (visit.database, visit.trust, visit.keys, visit.campaigns, visit.channels, visit.servers, visit.media):
        yield from guarded(look.__name__, look)
    for look in (visit.signers, visit.templates, visit.schema, visit.disk, visit.alerts):
        yield from guarded(look.__name__, look)
    if log_in:
        yield from guarded("logins", visit.logins)
    if send_alert:
        yield from guarded("alerts", visit.tried_alerts)


class Visit:
    """The looks at one workspace, in an order in which later ones use what earlier ones found."""

    def __init__(self, settings: Settings, now: datetime, *, offline: bool) -> None:
        self._settings = settings
        self._now = now
        self._offline = offline
        self._rehearsal = True  # until the trust says otherwise
        self._holders: dict[str, str] = {}  # person -> partner, as far as the trust can be read
        self._documents: list[schema.Campaign] = []
        self._channels: dict[str, schema.Channel] = {}

    def database(self) -> Iterator[Finding]:
        """Open it, and write what is taken back."""
        from sqlalchemy.exc import DBAPIError

        from campaigns.store.engine import open_database, reading, shown
        from campaigns.store.head import HEAD
        from scheduler.channels import known

        engine, cleans = open_database(self._settings.database_url), None
        try:
            with reading(engine) as connection:
                self._channels = {each.channel.id: each.channel for each in known(connection)}
                if engine.dialect.name == "postgresql":
                    cleans = connection.exec_driver_sql("SHOW autovacuum").scalar()
                connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
        except DBAPIError as error:
            message = f"The database {shown(engine)} may not be written: {str(error.orig).splitlines()[0]}."
            raise DatabaseFault(message, "Give the user that its URL names the right to write.") from None
        finally:
            engine.dispose()
        yield Finding("database", "ok", f"{shown(engine)} is at version {HEAD} and may be written")
        if cleans is not None:
            yield machine.upkeep(cleans)

    def trust(self) -> Iterator[Finding]:
        """Verify the trust files, hold them against what this machine has seen, and count the days."""
        from scheduler.doctor import trusted
        from scheduler.notices.due import holders

        trust = trusted.read(self._settings.trust, self._now)
        self._rehearsal = trust.rehearsal_only
        self._holders = holders(trust.roles, trust.persons)
        yield from trusted.findings(trust, self._now)

    def signers(self) -> Iterator[Finding]:
        """See whether those who sign can be told that work waits; log in to the mail server, and send nothing."""
        from scheduler.doctor import signers

        yield from signers.findings(self._settings, self._holders, loopback_only=self._rehearsal, offline=self._offline)

    def alerts(self) -> Iterator[Finding]:
        """Say where troubles are told."""
        yield alerting.said(self._settings)

    def tried_alerts(self) -> Iterator[Finding]:
        """Send a test on each way."""
        yield from alerting.tried(self._settings, rehearsal=self._rehearsal)

    def keys(self) -> Iterator[Finding]:
        """Look at every private key, without its passphrase."""
        paths = sorted((self._settings.root / "keys").glob("*.key"))
        found = [fault for path in paths for fault in guarded(f"key {path.stem}", partial(_key, path))]
        said = f"{count(len(paths), 'private key')}, readable by this user alone" if paths else "none on this machine"
        yield from found or [Finding("keys", "ok", said)]

    def campaigns(self) -> Iterator[Finding]:
        """Load the campaign files."""
        from campaigns.documents.load import load

        folder = self._settings.root / "campaigns"
        if not folder.is_dir():
            message = f"There is no folder {folder}."
            cure = "Put campaign files there, or make a whole workspace with `cordiale init DIR`."
            yield Finding("campaigns", "missing", message, cure, 1)
            return
        try:
            loaded = load([folder], self._settings)
        except InvalidDocument as error:
            yield missing("campaigns", error, f"All are told by `cordiale check {folder}`.")
            return
        self._documents = [each.document for each in loaded]
        read = {path for each in loaded for path in each.sources}
        warnings = sum(len(each.warnings) for each in loaded)
        also = f", {count(warnings, 'warning')}" if warnings else ""
        cure = f"Read them with `cordiale check {folder}`; they stop nothing." if warnings else ""
        yield Finding("campaigns", "ok", f"{count(len(loaded), 'campaign')} in {count(len(read), 'file')}{also}", cure)

    def channels(self) -> Iterator[Finding]:
        """Look at the definition and the credential of every channel, of the files and of the database."""
        self._channels |= {each.id: each for document in self._documents for each in document.channels}
        found = [finding for each in self._channels.values() for finding in self._channel(each)]
        said = f"{count(len(self._channels), 'channel')}, with all credentials" if self._channels else "none yet"
        yield from found or [Finding("channels", "ok", said)]
        yield from logins.ends(self._channels.values(), self._settings, self._now.date())

    def logins(self) -> Iterator[Finding]:
        """Log in to every channel, and post nothing."""
        yield from logins.tried(self._channels.values(), self._settings, loopback_only=self._rehearsal)

    def _channel(self, channel: schema.Channel) -> Iterator[Finding]:
        from scheduler import credentials, roster
        from scheduler.errors import CredentialFault

        what = f"channel {channel.id}"
        wrong = roster.vet(channel, self._settings) or _address(channel)
        if wrong:
            yield missing(what, wrong)
        if channel.credential and channel.kind in roster.KINDS:
            try:
                credentials.find(channel.credential, self._settings)
            except CredentialFault as fault:
                yield missing(what, fault, roster.help_for(channel.kind))

    def servers(self) -> Iterator[Finding]:
        """Ask the servers of the channels for their own limits, and keep what they say."""
        from scheduler.doctor import servers

        yield from servers.visit(
            self._channels.values(),
            self._settings,
            self._now.date(),
            loopback_only=self._rehearsal,
            offline=self._offline,
        )

    def media(self) -> Iterator[Finding]:
        """Look for every media file that a campaign names."""
        messages = [message for document in self._documents for message in document.messages]
        media = [each for message in messages for each in message.media]
        named = dict.fromkeys(name for each in media for name in (each.file, *each.captions.values()))
        found = [fault for name in named for fault in guarded(f"media {name}", partial(self._file, name))]
        yield from found or [
            Finding("media", "ok", f"{count(len(named), 'file')} named, all there" if named else "none")
        ]

    def _file(self, name: str) -> Iterator[Finding]:
        from content import media

        if media.find(self._settings.media, name) is None:
            message = f"There is no file {self._settings.media / name}."
            yield Finding(f"media {name}", "missing", message, "Put it there, or take it out of its message.", 1)

    def templates(self) -> Iterator[Finding]:
        """Compile the workspace's own templates, and tell those that no channel renders with."""
        from content import sources

        folder = self._settings.templates
        names = sources.workspace_names(folder)
        used: dict[str, set[str]] = {}  # name -> locales that it is rendered in
        for channel in self._channels.values():
            for name in self._rendered(channel, str(folder)) if names else ():
                used.setdefault(name, set()).update(channel.locales)
        found: list[Finding] = []
        for name in names:
            if name in used:
                found += guarded(f"template {name}", partial(self._template, name, sorted(used[name])))
            else:
                may = sorted({each for channel in self._channels.values() for each in self._places(channel)})
                cure = f"Delete it, or name it as one of your channels looks for it: {', '.join(may) or 'none yet'}."
                found.append(Finding(f"template {name}", "warning", "No channel renders with it.", cure, 1))
        yield from found or [Finding("templates", "ok", count(len(names), "template") if names else "Cordiale's own")]

    def _rendered(self, channel: schema.Channel, folder: str) -> Iterator[str]:
        """Yield the names of the workspace's templates that *channel* is rendered with."""
        from content import sources
        from content.errors import TemplateFault

        try:
            family = sources.family(channel.kind, channel.options.get("template"))
        except TemplateFault:
            return
        for form in sources.forms(channel.kind):
            try:
                name = sources.source(channel.kind, family, form, folder).name
            except TemplateFault as fault:
                name = fault.template
            if name.startswith("templates/"):
                yield name.removeprefix("templates/")

    def _places(self, channel: schema.Channel) -> list[str]:
        from content import sources
        from content.errors import TemplateFault

        try:
            return list(sources.places(channel.kind, channel.options.get("template")))
        except TemplateFault:
            return []

    def _template(self, name: str, locales: list[str]) -> list[Finding]:
        from content import sources
        from content.render import template

        found = sources.named(self._settings.templates, name)
        form = name.rpartition("/")[2].partition(".")[0]
        for locale in locales:
            template(found, form, locale)
        return []

    def schema(self) -> Iterator[Finding]:
        """Hold the schema that editors read against ours, where there is one."""
        ours = files("campaigns").joinpath("documents", SCHEMA)
        for folder in (self._settings.root / "campaigns", self._settings.root):
            path = folder / SCHEMA
            if not ours.is_file() or not path.is_file():
                continue
            try:
                same = json.loads(path.read_bytes()) == json.loads(ours.read_bytes())
            except ValueError:
                same = False
            if same:
                yield Finding("schema", "ok", f"{path} is of this version")
            else:
                cure = f"Write it anew: `cordiale schema --out {path}`"
                yield Finding("schema", "warning", f"{path} is not of this version.", cure, 1)

    def disk(self) -> Iterator[Finding]:
        """Ask how much space is left."""
        yield machine.disk(shutil.disk_usage(self._settings.root).free)


def _key(path: Path) -> list[Finding]:
    """Look at a private key, which refuses what others may read; nobody is asked for a passphrase."""
    from campaigns.signoff.keys import locked

    locked(path)
    return []


def _address(channel: schema.Channel) -> Refused | None:
    """Return what is wrong with the form of a channel's web address, if it has one."""
    if not channel.server or not channel.server.startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(channel.server)
        if parts.hostname and parts.port != 0:
            return None
    except ValueError:
        pass
    message = f"Channel {channel.id} has no address that could be dialled: {channel.server}"
    return Refused(message, "Write its server as https://host or https://host:port/path.")
