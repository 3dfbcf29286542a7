"""`comment`: say something about a wording, answer, and close."""

from typing import Annotated

import typer

from campaigns.terminal import me


def register(app: typer.Typer) -> None:
    """Add this file's command to *app*."""
    app.command("comment")(comment)


def comment(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="A campaign of this database.")],
    message: Annotated[
        str | None, typer.Argument(metavar="MESSAGE", help="The message whose wording is meant.")
    ] = None,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What you say about it.")] = "",
    locale: Annotated[str, typer.Option("--locale", metavar="TAG", help="The language of the wording.")] = "",
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who says it.")] = "",
    answer: Annotated[str, typer.Option("--answer", metavar="ID", help="Answer this comment; TEXT is MESSAGE.")] = "",
    close: Annotated[str, typer.Option("--close", metavar="ID", help="Say that this comment is dealt with.")] = "",
) -> None:
    """
    Say something about a wording; `review` and bundles show it. It stops nothing: to stop a release, refuse it.

    Example: cordiale comment raqqa-voices lost-ground "Is 74 still right?" --locale en-GB --as amina
    """
    from campaigns import clock, settings
    from campaigns.errors import UsageError
    from campaigns.store.engine import open_database, writing
    from scheduler.review import comments

    about_one = bool(answer or close)
    if (answer and close) or (about_one and (locale or text)) or (not about_one and not (message and text and locale)):
        said = "Say what to comment on."
        hint = (
            "Write `cordiale comment CAMPAIGN MESSAGE TEXT --locale TAG`, `cordiale comment CAMPAIGN TEXT --answer ID` "
            "or `cordiale comment CAMPAIGN --close ID`."
        )
        raise UsageError(said, hint)
    who, now = person or me(), clock.now()
    with writing(open_database(settings.load().database_url)) as connection:
        if close:
            if message:
                comments.answer(connection, campaign, close, person=who, text=message, at=now)
            was_open = comments.close(connection, campaign, close, person=who, at=now)
            told = f"{who} closed comment {close}." if was_open else f"Comment {close} was closed before."
        elif answer:
            comments.answer(connection, campaign, answer, person=who, text=message or "", at=now)
            told = f"{who} answered comment {answer}."
        else:
            id_ = comments.add(connection, campaign, message or "", locale, person=who, text=text, at=now)
            told = f"{who} commented on {message}/{locale}. It is comment {id_}."
    typer.echo(told)
    typer.echo(f"Next: cordiale review {campaign}")
