"""What one check finds in a text: the request around it is sound, so that nothing else has anything to say."""

from typing import Any

from content.check import Check, Context, Finding, Severity
from content.render import render
from content.rendering import Rendering, Request
from tests.builders.renderings import request

BLOCK, WARN = Severity.BLOCK, Severity.WARN


def written(locale: str, text: str, kind: str = "mastodon", **changes: Any) -> Request:
    """Return the request of a message that says *text* in *locale*, without link and values."""
    facts = {"wording": {locale: text}, "values": {}, "link": None, "headline": {}, **changes}
    return request(locale, kind, **facts)


def findings(check: Check, asked: Request, context: Context | None = None) -> list[Finding]:
    """Return what *check* finds in the rendering of *asked*."""
    return list(check.look(asked, render(asked), context or Context()))


def spans(found: list[Finding], rendering: Rendering) -> list[str]:
    """Return the words that findings point at."""
    return [rendering.parts[each.part].text[slice(*each.span)] for each in found if each.span]


def mended(text: str, found: list[Finding]) -> str:
    """Return *text* with every fix put in its place."""
    for each in sorted((each for each in found if each.span and each.fix is not None), key=lambda each: each.span)[
        ::-1
    ]:
        text = text[: each.span[0]] + each.fix + text[each.span[1] :]
    return text


def seen(check: Check, locale: str, text: str, **changes: Any) -> list[tuple[Severity, str]]:
    """Return severity and words of each finding of *check* about a message that says *text*."""
    asked = written(locale, text, **changes)
    made = render(asked)
    found = list(check.look(asked, made, Context()))
    return list(zip([each.severity for each in found], spans(found, made), strict=True))
