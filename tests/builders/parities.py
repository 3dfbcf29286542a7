"""What one check finds: cases of a check name its findings, whatever the others say."""

from dataclasses import replace

from content.check import Check, Context, Finding
from content.policy import Policy
from content.render import render
from content.rendering import Request
from tests.builders.renderings import request


def wordings(locale: str, policy: Policy | None = None, kind: str = "mastodon", /, **said: str) -> Request:
    """Return a request in *locale* for a message that says *said*, by locale (`fr_FR`), its source first."""
    wording = {tag.replace("_", "-"): text for tag, text in said.items()}
    asked = request(locale, kind, wording=wording, values={}, headline={}, link=None)
    return replace(asked, policy=policy) if policy else asked


def found(check: Check, asked: Request) -> list[Finding]:
    """Return what *check* finds about *asked*."""
    return list(check.look(asked, render(asked), Context()))


def shown(check: Check, asked: Request) -> list[str]:
    """Return what the span of each finding covers, with its fix: `59 -> 95`; "" where it has none."""
    text = render(asked).parts[0].text
    return [
        "" if each.span is None else text[slice(*each.span)] + (f" -> {each.fix}" if each.fix else "")
        for each in found(check, asked)
    ]
