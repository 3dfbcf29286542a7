"""
A page as PDF: tagged (PDF/UA), the same bytes for the same page, nothing fetched.

The extra `pdf` brings WeasyPrint, which needs Pango from the system. Charts go in as pictures with their text, since
letters inside SVG come out reversed there; the font is the one that matplotlib carries, which has Arabic.
"""

import base64
import html
import re
from pathlib import Path
from typing import Any

from campaigns.errors import EnvironmentFault, MissingExtra

#: What the page's own colours are on paper.
INKS = {"currentColor": "#000", "var(--rule)": "#888", "var(--paper)": "#fff"}
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_FONTS = {"DejaVuSans.ttf": "400", "DejaVuSans-Bold.ttf": "700"}


def pdf(page: str) -> bytes:
    """
    Return *page* (HTML that stands alone) as PDF.

    Raises:
        MissingExtra: If WeasyPrint is not installed.
        EnvironmentFault: If the system has no Pango.
    """
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except ImportError:
        msg = "A report as PDF"
        raise MissingExtra(msg, "pdf") from None
    except OSError as error:
        message = f"A report as PDF needs Pango, which this system has not: {error}."
        hint = "On Debian and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0."
        raise EnvironmentFault(message, hint) from None
    fonts = FontConfiguration()
    style = CSS(string=_style(), font_config=fonts, url_fetcher=_fetch)
    document = HTML(string=_SVG.sub(_picture, page), url_fetcher=_fetch)
    made: bytes = document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
    return made


def _picture(found: re.Match[str]) -> str:
    """Return a chart as a picture with its title and text, its inks put in."""
    svg = found[0]
    for ink, colour in INKS.items():
        svg = svg.replace(ink, colour)
    says = " ".join(re.findall(r"<(?:title|desc)\b[^>]*>(.*?)</(?:title|desc)>", svg, re.DOTALL))
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{html.escape(html.unescape(says))}" src="data:image/svg+xml;base64,{data}">'


def _style() -> str:
    faces = "".join(
        f'@font-face {{ font-family: "Report"; font-weight: {weight}; src: url("report-font:{name}"); }}\n'
        for name, weight in _FONTS.items()
    )
    rules = ('html { font-family: "Report"; }', "figure img { inline-size: 100%; }", ".symbol { border-style: solid; }")
    return faces + "\n".join(rules)


def _fetch(url: str, *_: Any, **__: Any) -> Any:
    """Give the report's own fonts and what stands in the page itself; anything else is not fetched."""
    from weasyprint.urls import URLFetcherResponse

    if url.startswith("report-font:"):
        import matplotlib as mpl

        name = url.removeprefix("report-font:")
        data = (Path(mpl.get_data_path()) / "fonts" / "ttf" / name).read_bytes()
        return URLFetcherResponse(url, data, {"Content-Type": "font/ttf"})
    if url.startswith("data:"):
        from weasyprint.urls import URLFetcher

        return URLFetcher(allowed_protocols=["data"]).fetch(url)
    message = f"A report fetches nothing, and {url.partition(':')[0]} was asked for."
    raise ValueError(message)
