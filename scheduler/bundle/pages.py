"""
The pages of a bundle, in the language that the reader chooses. Pure: the same bundle gives the same bytes.

So they can be made again wherever the bundle is signed, and be held against those that the reader saw.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaigns.clock import parse_iso
from campaigns.locales import LOCALES, direction
from content.bidi import elements
from scheduler import roster
from scheduler.bundle.contents import Bundle
from scheduler.engine.retraction import cannot
from scheduler.releases.outgoing import Outgoing, OutgoingCaptions, OutgoingMedia
from scheduler.review.changes import Change
from scheduler.review.leave import leave
from scheduler.review.show import named

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGES = {"en": "en-GB", "fr": "fr-FR", "ar": "ar"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'"  #: nothing is loaded, nothing runs


@dataclass(frozen=True)
class _Offered:
    """A language that the pages are offered in."""

    tag: str
    dir: str
    file: str
    name: str
    choose: str


def pages(bundle: Bundle) -> dict[str, bytes]:
    """Return file name -> bytes of the pages: one to choose the language on, and one in each language."""
    offered = [_offered(language) for language in LANGUAGES]
    environment = _environment()
    index = environment.get_template("index.html.j2").render(
        bundle=bundle, policy=POLICY, style=_style(), languages=offered, title=_title(bundle, "en")
    )
    found = {"index.html": index.encode()}
    for language in LANGUAGES:
        found[f"{language}.html"] = _page(bundle, language, offered, environment).encode()
    return found


def media_name(item: OutgoingMedia | OutgoingCaptions) -> str:
    """Return where a file that goes out stands in a bundle."""
    return f"media/{item.digest[:16]}-{Path(item.file).name}"


def statement_name(partner: str) -> str:
    """Return where the statement that *partner* is asked for stands in a bundle."""
    return f"statement.{partner}.json"


def _offered(language: str) -> _Offered:
    say, tag = words(language), LANGUAGES[language]
    return _Offered(tag, direction(tag), f"{language}.html", say["name"], say["choose"])


def _page(bundle: Bundle, language: str, offered: list[_Offered], environment: "Environment") -> str:
    say, tag = words(language), LANGUAGES[language]
    called = partial(_partner, bundle, language)
    asked = bundle.asked
    return environment.get_template("page.html.j2").render(
        bundle=bundle,
        tag=tag,
        dir=direction(tag),
        policy=POLICY,
        style=_style(),
        say=say,
        fields=say["fields"],
        languages=offered,
        title=_title(bundle, language),
        summary=say["summary"].format(
            releases=plural(language, "releases_plural", len(bundle.papers)),
            partners=listed(language, [called(each) for each in asked]),
        ),
        asked=asked[0] if len(asked) == 1 else "PARTNER",
        statements=[statement_name(each) for each in asked],
        locales=sorted({paper.outgoing.locale for paper in bundle.papers}),
        partner=called,
        audience=partial(_audience, bundle, language),
        instant=partial(instant, language),
        locale_name=partial(_locale_name, language),
        changed=partial(_changed, called, language),
        elements=elements,
        named=named,
        leave=leave,
        lasting=_lasting,
        paragraphs=_paragraphs,
        file_of=media_name,
    )


def _changed(called: Any, language: str, change: Change) -> str:
    at = instant(language, change.at.isoformat())
    return str(words(language)[change.answer]).format(partner=called(change.partner), person=change.person, at=at)


def _partner(bundle: Bundle, language: str, partner: str) -> str:
    """Return what *partner* is called in the reader's language, or else in any, or else its id."""
    names = bundle.partners.get(partner, {})
    return names.get(LANGUAGES[language]) or next(iter(names.values()), partner.upper())


def _audience(bundle: Bundle, language: str, audience: str) -> str:
    """Return what *audience* is called in the reader's language, or else in any; nothing if it has its id alone."""
    names = bundle.audiences.get(audience, {})
    return names.get(LANGUAGES[language]) or next(iter(names.values()), "")


def _title(bundle: Bundle, language: str) -> dict[str, str]:
    for tag in (LANGUAGES[language], *bundle.title):
        if text := bundle.title.get(tag):
            return {"text": text, "lang": tag, "dir": direction(tag)}
    return {"text": bundle.campaign, "lang": "en-GB", "dir": "ltr"}


def _lasting(out: Outgoing) -> bool:
    """Return whether nobody can take down what its channel delivers."""
    return bool(cannot(roster.capabilities, out.kind, out.options))


def _paragraphs(text: str) -> list[list[str]]:
    return [paragraph.split("\n") for paragraph in text.split("\n\n") if paragraph.strip()]


def instant(language: str, at: str) -> str:
    """Return an ISO instant as the language writes it, in UTC."""
    from babel.dates import format_date, format_datetime

    when, tag = parse_iso(at), LOCALES[LANGUAGES[language]].babel
    said = {"date": format_date(when, "long", locale=tag), "time": format_datetime(when, "HH:mm", locale=tag)}
    return str(words(language)["instant"]).format(**said)


def listed(language: str, names: Iterable[str]) -> str:
    """Return *names* as the language lists them."""
    from babel.lists import format_list

    return format_list(list(names), locale=LOCALES[LANGUAGES[language]].babel)


def plural(language: str, sentence: str, number: int) -> str:
    """Return *sentence* in the plural form that *number* asks for."""
    from babel import Locale

    forms: Mapping[str, str] = words(language)[sentence]
    form = Locale.parse(LOCALES[LANGUAGES[language]].babel).plural_form(number)
    return forms.get(form, forms["other"]).format(n=number)


def _locale_name(language: str, tag: str) -> str:
    from babel import Locale

    found = Locale.parse(tag.replace("-", "_")).get_display_name(LOCALES[LANGUAGES[language]].babel)
    return found or tag


@cache
def words(language: str) -> dict[str, Any]:
    """Return the sentences of *language*."""
    return tomllib.loads(files("scheduler.bundle").joinpath("languages", f"{language}.toml").read_text("utf-8"))


@cache
def _style() -> str:
    from markupsafe import Markup

    return Markup(files("scheduler.bundle").joinpath("style.css").read_text("utf-8"))  # noqa: S704 (our own file)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def load(name: str) -> str:
        return files("scheduler.bundle").joinpath(name).read_text("utf-8")

    return Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
