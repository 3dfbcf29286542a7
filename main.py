"""
The front door: finds the command's file, mounts it, and turns an error into message, hint and exit code.

Only the file that owns the asked command is loaded; `--version` loads nothing at all.
"""

import sys

VERSION = "0.1.0"

#: Which file adds which commands. `--help` loads them all; a test holds this table to what they add.
OWNERS = {
    "campaigns.cli.workspace": ("init",),
    "campaigns.cli.documents": ("check", "export"),
    "campaigns.cli.trust": ("keys", "trust"),
    "content.cli": ("preview", "limits"),
    "scheduler.cli.planning": ("plan", "apply"),
    "scheduler.cli.signing": ("review", "approve", "refuse", "signatures"),
    "scheduler.cli.running": ("run",),
    "scheduler.cli.looking": ("status", "releases", "why"),
    "scheduler.cli.calendar": ("calendar",),
    "scheduler.cli.control": ("hold", "resume", "late", "retry", "resolve", "retract"),
    "scheduler.cli.channels": ("channels",),
    "scheduler.cli.database": ("db",),
    "scheduler.cli.doctor": ("doctor",),
    "reports.cli": ("readings", "report"),
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

    try:
        build(words[0] if words else "")()
    except InvalidDocument as error:
        for complaint in error.complaints:
            label = "warning: " if complaint.severity == "warning" else ""
            sys.stderr.write(f"{label}{complaint}\n")
        return error.exit_code
    except CordialeError as error:
        place = f"{error.where}: " if error.where else ""
        sys.stderr.write(f"error: {place}{error.message}\n")
        if error.hint:
            sys.stderr.write(f"hint: {error.hint}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return 130
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


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
