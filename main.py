"""
The front door: finds the command's file, mounts it, and turns an error into message, hint and exit code.

Only the file that owns the asked command is loaded; `--version` loads nothing at all.
"""

import sys

VERSION = "0.1.0"
LAST_CONTROL = 0x9F  #: characters after it do not steer a terminal

#: Which file adds which commands. `--help` loads them all; a test holds this table to what they add.
OWNERS = {
    "campaigns.cli.workspace": ("init",),
    "campaigns.cli.documents": ("export",),
    "campaigns.cli.keys": ("keys",),
    "campaigns.cli.trust": ("trust",),
    "content.cli.preview": ("preview",),
    "content.cli.rules": ("limits", "glossary"),
    "content.cli.translations": ("translations",),
    "content.cli.media": ("media",),
    "scheduler.cli.checking": ("check",),
    "scheduler.cli.planning": ("plan", "apply"),
    "scheduler.cli.reviewing": ("review",),
    "scheduler.cli.deciding": ("approve", "refuse", "withdraw"),
    "scheduler.cli.signatures": ("signatures",),
    "scheduler.cli.comments": ("comment",),
    "scheduler.cli.urgent": ("urgent",),
    "scheduler.cli.running": ("run", "worker"),
    "scheduler.cli.looking": ("status", "releases", "why"),
    "scheduler.cli.calendar": ("calendar",),
    "scheduler.cli.register": ("register",),
    "scheduler.cli.holding": ("hold", "resume"),
    "scheduler.cli.control": ("late", "retry", "resolve"),
    "scheduler.cli.retracting": ("retract",),
    "scheduler.cli.channels": ("channels",),
    "scheduler.cli.shown": ("shown",),
    "scheduler.cli.database": ("db",),
    "scheduler.cli.auditing": ("verify", "audit"),
    "scheduler.cli.doctor": ("doctor",),
    "reports.cli": ("readings", "collect", "report", "compare"),
    "reports.referrals.cli": ("referrals",),
    "reports.privacy": ("privacy",),
    "reports.schema": ("schema",),
    "reports.demo": ("demo",),
}


def main() -> int:
    """Run the command line and return its exit code: 0 fine, 1 findings or refused, 2 usage, 3 environment."""
    words = sys.argv[1:]
    if words == ["--version"]:
        sys.stdout.write(f"cordiale {VERSION}\n")
        return 0
    from campaigns.errors import CordialeError, InvalidDocument

    sys.excepthook = _uncaught
    try:
        build(words[0] if words else "")()
    except InvalidDocument as error:
        for complaint in error.complaints:
            label = "warning: " if complaint.severity == "warning" else ""
            sys.stderr.write(_clean(f"{label}{complaint}\n"))
        return error.exit_code
    except CordialeError as error:
        place = f"{error.where}: " if error.where else ""
        sys.stderr.write(_clean(f"error: {place}{error.message}\n"))
        if error.hint:
            sys.stderr.write(_clean(f"hint: {error.hint}\n"))
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return 130
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    finally:
        _remember()
    return 0


def _clean(text: str) -> str:
    """Return *text* without any secret that this command has read, and with nothing in it that steers a terminal."""
    if not text.isprintable():
        text = "".join(
            letter
            if letter.isprintable() or letter in "\n\t" or ord(letter) > LAST_CONTROL
            else f"<U+{ord(letter):04X}>"
            for letter in text
        )
    secrets = sys.modules.get("scheduler.credentials")
    return text if secrets is None else str(secrets.redact(text))


def _uncaught(kind, error, trace) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 (naming the types would load modules)
    """Show what nobody foresaw, as Python does, but without secrets."""
    import traceback

    sys.stderr.write(_clean("".join(traceback.format_exception(kind, error, trace))))


def _remember() -> None:
    """
    Let this machine remember what the command added to the workspace's event log: a database restored later lacks it.

    The log of a rehearsal is another one: remembered here, it would look as if the workspace's had been cut off.
    """
    log = sys.modules.get("campaigns.audit.log")
    if log is None or not log.WRITTEN:
        return
    from campaigns import settings
    from campaigns.audit.memory import Memory
    from campaigns.errors import CordialeError
    from campaigns.store.engine import connect

    databases = list(log.WRITTEN)
    log.WRITTEN.clear()
    try:
        workspace = settings.load()
        own = connect(workspace.database_url).url
        for database in databases:
            if database.url == own:
                Memory(workspace.trust).catch_up(database)
    except CordialeError as error:
        sys.stderr.write(f"warning: {error.message}\n")
        sys.stderr.write(f"hint: {error.hint}\n")


def build(word: str = ""):  # type: ignore[no-untyped-def]  # noqa: ANN201 (naming Typer's class would load Typer)
    """Return the Typer app with the file that owns command *word*, or with all of them."""
    from importlib import import_module

    import typer

    app = typer.Typer(
        name="cordiale",
        help="Plan, clear, publish and evaluate attributed campaigns that governments run together.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_front)
    for module, commands in OWNERS.items():
        if word in commands or not any(word in each for each in OWNERS.values()):
            import_module(module).register(app)
    return app


def _front() -> None:
    """Plan, clear, publish and evaluate attributed campaigns that governments run together."""


if __name__ == "__main__":
    sys.exit(main())
