"""A mail to a signer in their language: plain text, and none of the words that wait. Pure."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from campaigns.clock import parse_iso
from campaigns.locales import LOCALES, direction
from campaigns.settings import Settings
from content.bidi import isolate
from scheduler import house_mail
from scheduler.notices.due import Letter, Mail

if TYPE_CHECKING:
    from email.message import EmailMessage

LANGUAGES = {"en": "en-GB", "fr": "fr-FR", "ar": "ar"}
SHOWN = 20  #: releases that a mail names


def compose(settings: Settings, letter: Mail, subject: str, text: str, now: datetime) -> "EmailMessage":
    """
    Return *letter* as it is sent, with *subject* and *text* in its signer's language.

    Raises:
        Refused: If an address cannot stand in a mail.
    """
    mail = house_mail.compose(settings, [letter.signer.email], subject, text, identity=letter.id, at=now)
    mail["Content-Language"] = LANGUAGES[letter.signer.language]
    return mail


def words(letter: Letter, title: Mapping[str, str], partner: Mapping[str, str], now: datetime) -> tuple[str, str]:
    """Return subject and text; *title* and *partner* are names by locale."""
    language = letter.signer.language
    say = sentences(language)
    first = min((each.deadline for each in letter.items if each.deadline), default=None)
    values = {
        "person": letter.person,
        "campaign": letter.campaign,
        "title": named(language, title, letter.campaign),
        "partner": named(language, partner, letter.partner.upper()),
        "releases": counted(language, len(letter.items)),
        "deadline": instant(language, first) if first else "",
    }
    lines = [said(language, "greeting", values), "", said(language, "reminder" if letter.reminds else "new", values)]
    if first is not None:
        lines.append(said(language, "past" if first < now else "first", values))
    lines.append("")
    for item in letter.items[:SHOWN]:
        due = instant(language, parse_iso(item.outgoing.due))
        wanted = instant(language, item.deadline) if item.deadline else ""
        lines.append("- " + said(language, "each", {"name": item.outgoing.name, "due": due, "deadline": wanted}))
    if more := len(letter.items) - SHOWN:
        lines += ["- " + say["more"].format(n=more)] if more > 0 else []
    asked = f"cordiale review {letter.campaign}"
    lines += ["", say["do"], f"    {asked}", f"    cordiale approve {letter.campaign} --as {letter.partner} --key FILE"]
    lines += [say["or"], f"    {asked} --bundle FILE.zip", "", say["close"], ""]
    subject = said(language, "subject-reminder" if letter.reminds else "subject-new", values)
    return subject, "\n".join(lines)


def named(language: str, names: Mapping[str, str], otherwise: str) -> str:
    """Return the name in *language*, else the first of *names* by locale, else *otherwise*."""
    return names.get(LANGUAGES[language]) or next(iter(names.values()), otherwise)


def said(language: str, sentence: str, values: Mapping[str, str]) -> str:
    """Return a sentence; in right-to-left text each value is isolated, so that it moves nothing around it."""
    rtl = direction(LANGUAGES[language]) == "rtl"
    shown = {name: isolate(value, "auto") if rtl else value for name, value in values.items()}
    return str(sentences(language)[sentence]).format(**shown)


def counted(language: str, number: int) -> str:
    """Return "2 releases" in *language*, by its own plurals."""
    from babel import Locale

    forms = sentences(language)["releases"]
    form = Locale.parse(LOCALES[LANGUAGES[language]].babel).plural_form(number)
    return str(forms.get(form, forms["other"])).format(n=number)


def instant(language: str, at: datetime) -> str:
    """Return *at* as *language* writes date and time, to the minute; *at* is in UTC."""
    from babel.dates import format_date, format_datetime

    tag = LOCALES[LANGUAGES[language]].babel
    return f"{format_date(at, 'd MMMM y', locale=tag)} {format_datetime(at, 'HH:mm', locale=tag)} UTC"


@cache
def sentences(language: str) -> dict[str, Any]:
    """Return the sentences of *language*."""
    return tomllib.loads(files("scheduler.notices").joinpath("languages", f"{language}.toml").read_text("utf-8"))
