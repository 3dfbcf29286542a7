"""The options by which a reviewer names a part of a campaign: the same on `review`, `approve`, `refuse`, `withdraw`."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from scheduler.review.selection import Selection

Releases = Annotated[
    list[str] | None, typer.Option("--release", metavar="NAME", help="Only this release entry, or release. Repeatable.")
]
Messages = Annotated[list[str] | None, typer.Option("--message", metavar="ID", help="Only this message. Repeatable.")]
Locales = Annotated[list[str] | None, typer.Option("--locale", metavar="TAG", help="Only this language. Repeatable.")]
Channels = Annotated[list[str] | None, typer.Option("--channel", metavar="ID", help="Only this channel. Repeatable.")]


def picked(
    releases: list[str] | None, messages: list[str] | None, locales: list[str] | None, channels: list[str] | None
) -> "Selection":
    """Return what the options name; everything where they name nothing."""
    from scheduler.review.selection import Selection

    return Selection(tuple(releases or ()), tuple(messages or ()), tuple(locales or ()), tuple(channels or ()))


def options(pick: "Selection") -> str:
    """Return *pick* as it is typed, for the next command that is named; "" for everything."""
    nouns = (
        ("release", pick.releases),
        ("message", pick.messages),
        ("locale", pick.locales),
        ("channel", pick.channels),
    )
    return "".join(f" --{noun} {name}" for noun, names in nouns for name in names)
