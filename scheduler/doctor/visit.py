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

from campaigns import clock
from campaigns import settings as workspace
from campaigns.documents import schema
from campaigns.errors import DatabaseFault, InvalidDocument, Refused
from campaigns.settings import Settings
from campaigns.terminal import count
from scheduler.doctor import machine
from scheduler.doctor.finding import Finding, guarded, missing

SOON = 30  #: days before the trust expires from which on it is warned of
SCHEMA = "cordiale.schema.json"  #: what editors read beside campaigns


def examine(now: datetime) -> Iterator[Finding]:
    """Yield what is found about this machine, and about the workspace in the current folder."""
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
    visit = Visit(settings, now)
    for look in (visit.database, visit.trust, visit.keys, visit.campaigns, visit.channels, visit.media):
        yield from guarded(look.__name__, look)
    for look in (visit.templates, visit.schema, visit.disk):
        yield from guarded(look.__name__, look)


class Visit:
    """The looks at one workspace, in an order in which later ones use what earlier ones found."""

    def __init__(self, settings: Settings, now: datetime) -> None:
        self._settings = settings
        self._now = now
        self._documents: list[schema.Campaign] = []
        self._channels: dict[str, schema.Channel] = {}

    def database(self) -> Iterator[Finding]:
        """Open it, and write what is taken back."""
        from sqlalchemy.exc import DBAPIError

        from campaigns.store.engine import open_database, reading, shown
        from campaigns.store.head import HEAD
        from scheduler.channels import known

        engine = open_database(self._settings.database_url)
        try:
            with reading(engine) as connection:
                self._channels = {each.channel.id: each.channel for each in known(connection)}
                connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
        except DBAPIError as error:
            message = f"The database {shown(engine)} may not be written: {str(error.orig).splitlines()[0]}."
            raise DatabaseFault(message, "Give the user that its URL names the right to write.") from None
        finally:
            engine.dispose()
        yield Finding("database", "ok", f"{shown(engine)} is at version {HEAD} and may be written")

    def trust(self) -> Iterator[Finding]:
        """Verify the trust files, hold them against what this machine has seen, and count the days."""
        from campaigns.signoff import highest, trust_files
        from campaigns.signoff.trust import verify

        folder = self._settings.trust
        root = trust_files.read(folder / trust_files.ROOT, "root")
        targets = trust_files.read(folder / trust_files.TARGETS, "targets")
        trust = verify(root, targets, folder)
        highest.known(folder, root, targets)
        trust.check_expiry(self._now)
        days = (trust.expires - self._now).days
        use = "for rehearsal only: loopback and files" if trust.rehearsal_only else "for publication"
        said = f"version {trust.version} of {', '.join(trust.partners)}, {use}, until {clock.iso(trust.expires)}"
        if days >= SOON:
            yield Finding("trust", "ok", said)
        else:
            cure = "All partners sign a version with a later date; without one, nothing is published from then on."
            yield Finding("trust", "warning", f"{said}: {count(days, 'day')} are left.", cure, 1)

    def keys(self) -> Iterator[Finding]:
        """Open every private key."""
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

    def media(self) -> Iterator[Finding]:
        """Look for every media file that a campaign names."""
        messages = [message for document in self._documents for message in document.messages]
        named = {each.file: each for message in messages for each in message.media}
        found = [fault for name, each in named.items() for fault in guarded(f"media {name}", partial(self._file, each))]
        yield from found or [
            Finding("media", "ok", f"{count(len(named), 'file')} named, all there" if named else "none")
        ]

    def _file(self, named: schema.Media) -> Iterator[Finding]:
        from content import media

        (file,) = media.read(self._settings.media, [named], "")
        if not file.digest:
            message = f"There is no file {self._settings.media / named.file}."
            yield Finding(f"media {named.file}", "missing", message, "Put it there, or take it out of its message.", 1)

    def templates(self) -> Iterator[Finding]:
        """Compile the workspace's own templates."""
        ours = {
            f"{family.name}/{form.name}"
            for family in files("content").joinpath("templates").iterdir()
            for form in family.iterdir()
        }
        folder = self._settings.templates
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.j2"))
        found: list[Finding] = []
        for name in names:
            if name in ours:
                found += guarded(f"template {name}", partial(self._template, name))
            else:
                cure = f"Name it after the one that it replaces: {', '.join(sorted(ours))}."
                found.append(Finding(f"template {name}", "warning", "No channel renders with it.", cure, 1))
        yield from found or [Finding("templates", "ok", count(len(names), "template") if names else "Cordiale's own")]

    def _template(self, name: str) -> list[Finding]:
        from content import sources
        from content.environment import Format, compiled

        family, form = name.removesuffix(".j2").split("/")
        title, text = sources.source(family, form, str(self._settings.templates))
        compiled(Format(form), title, text, template=True)
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
    """Open a private key, which refuses what others may read."""
    from campaigns.signoff.keys import load_signer

    load_signer(path)
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
