"""
From a template in MJML to the HTML that is filled: made once for each template and language, before any value is known.

So no value ever passes through MJML: what is filled is HTML, which escapes it. Mail readers strip what is outside, so
that every element that holds something says its language and its direction, and no direction is left to a default.
"""

import re
from functools import lru_cache

from campaigns.locales import direction
from content.bidi import without_controls
from content.errors import TemplateFault
from content.syntax import LARGEST_SOURCE

LARGEST = 10 * LARGEST_SOURCE  #: characters of the HTML that one template makes
MOST_PREHEADER = 100  #: characters: an inbox shows 80 to 110 after the subject
ALIGN = {"ltr": "left", "rtl": "right"}  #: the side where a line begins

_TAG = re.compile(r"<(mj-[\w-]*)")
_KNOWN = frozenset(
    [
        "mj-all",
        "mj-attributes",
        "mj-body",
        "mj-breakpoint",
        "mj-button",
        "mj-class",
        "mj-column",
        "mj-divider",
        "mj-group",
        "mj-head",
        "mj-image",
        "mj-preview",
        "mj-raw",
        "mj-section",
        "mj-spacer",
        "mj-style",
        "mj-table",
        "mj-text",
        "mj-title",
        "mj-wrapper",
    ]
)
_HOLDS = re.compile(r"<(table|td|div|p|h[1-6]|ul|ol|li|blockquote|body)(?=[\s>])([^>]*)>")
_SAID = re.compile(r"""\s(?:lang|dir)=(?:"[^"]*"|'[^']*')""")
_LEFT = re.compile(r"text-align:\s*left")
_BY_DEFAULT = re.compile(r"direction:\s*(?:ltr|rtl)")
_POSITION = re.compile(r"position (\d+):")
_HINT = (
    "Allowed in MJML are <mjml>, the elements {} and HTML inside <mj-text> and <mj-raw>; a condition around elements "
    "stands in an <mj-raw> of its own, and a < inside a condition is written the other way round."
)


@lru_cache(maxsize=64)
def skeleton(name: str, source: str, locale: str) -> str:
    """
    Return the HTML, with its names and conditions still in it, that the MJML *source* makes for *locale*.

    Raises:
        TemplateFault: If it is no MJML, has an element that would be left out, or makes too much.
    """
    from mjml import mjml2html

    hint = _HINT.format(", ".join(f"<{tag}>" for tag in sorted(_KNOWN)))
    for found in _TAG.finditer(source):
        if found[1] not in _KNOWN:
            message = f"'{name}' has the element <{found[1][:40]}>, which is not there."
            before = source[: found.start()]
            column = found.start() - before.rfind("\n")
            raise TemplateFault(name, message, hint, before.count("\n") + 1, column)
    try:
        html = mjml2html(source, fonts={}, disable_comments=False)
    except ValueError as error:
        at = _POSITION.search(str(error))
        line = source.count("\n", 0, int(at[1])) + 1 if at else source.count("\n") + 1
        reason = str(error).removesuffix(" in root template").partition(" in root template at")[0]
        raise TemplateFault(name, f"'{name}' cannot be read as MJML: {reason}.", hint, line) from None
    if len(html) > LARGEST:
        raise TemplateFault(name, f"'{name}' makes more than {LARGEST // 1000} kB of HTML.", "Shorten it.", 1)
    return _spoken(html, locale)


@lru_cache(maxsize=1)
def maker() -> str:
    """Return what makes HTML of MJML, with its version: another one may make it otherwise."""
    from importlib.metadata import version

    return f"mjml-python {version('mjml-python')}"


def _spoken(html: str, locale: str) -> str:
    """Return *html* with language and direction at each element that holds something, and the sides of *locale*."""
    way = direction(locale)
    said = f' lang="{locale}" dir="{way}"'
    html = html.replace(' aria-roledescription="email"', "")  # an English word, which a screen reader would say
    marked = _HOLDS.sub(lambda tag: f"<{tag[1]}{said}{_SAID.sub('', tag[2])}>", html)
    return _BY_DEFAULT.sub(f"direction:{way}", _LEFT.sub(f"text-align:{ALIGN[way]}", marked))


def preheader(body: str) -> str:
    """
    Return the beginning of a mail's text that inboxes show after its subject: whole words of its first lines.

    Without directional controls: an inbox shows a line of its own, where no element could take their place.
    """
    said = " ".join(without_controls(body).split())
    if len(said) <= MOST_PREHEADER:
        return said
    return said[: MOST_PREHEADER + 1].rpartition(" ")[0] or said[:MOST_PREHEADER]
