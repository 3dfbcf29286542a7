"""
A report as a workbook: tables with formats, and no cell that calculates.

Text that looks like a formula or a link stays text, and the file's own dates are fixed, so that the same result gives
the same bytes.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from campaigns.locales import direction
from reports.assessment.evaluation import Evaluation
from reports.presentation import result
from reports.presentation.page import limits, summary
from reports.presentation.words import Words

MADE = datetime(2000, 1, 1, tzinfo=UTC)  #: a fixed day: when it was made is not in the bytes
WIDEST, NARROWEST = 48, 9
SHARES = frozenset({"attainment", "attainment_lower", "attainment_upper", "expected"})
FIGURES = frozenset({"value", "lower", "upper"})


def workbook(found: Evaluation, language: str) -> bytes:
    """Return the bytes of an XLSX file."""
    import xlsxwriter

    words, target = Words(language), io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    )
    title = str(words.name(found.document.title, found.document.campaign))
    book.set_properties({"title": title, "subject": words.say("report"), "created": MADE})
    looks = {
        "head": book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"}),
        "count": book.add_format({"num_format": "#,##0.##"}),
        "share": book.add_format({"num_format": "0.0%"}),
        "plain": book.add_format({}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 16}),
    }
    rtl = direction(words.tag) == "rtl"
    cover = book.add_worksheet(words.say("summary")[:31])
    lines = [*summary(found, words), "", words.say("limits"), *limits(found, words), ""]
    lines += [words.say("example-what")] if found.example is not None else []
    lines += [words.say("result-digest", digest=result.digest(found))]
    cover.set_column(0, 0, 110)
    cover.write_string(0, 0, title, looks["title"])
    for place, line in enumerate(lines, 2):
        cover.write_string(place, 0, line, looks["wrap"])
    if rtl:
        cover.right_to_left()
    for name, (headings, rows) in result.frames(found, language).items():
        sheet = book.add_worksheet(name[:31])
        if rtl:
            sheet.right_to_left()
        _fill(sheet, headings, rows, looks)
    book.close()
    return target.getvalue()


def _fill(sheet: Any, headings: Sequence[str], rows: list[Sequence[Any]], looks: dict[str, Any]) -> None:
    widths = [len(heading) for heading in headings]
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, looks["head"])
    for number, row in enumerate(rows, 1):
        share = _is_share(headings, row)
        for column, (heading, value) in enumerate(zip(headings, row, strict=True)):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.write_string(number, column, value, looks["plain"])
            elif value == value and abs(value) != float("inf"):  # noqa: PLR0124 (nan is not itself)
                look = (
                    "share" if heading in SHARES or (share and heading in FIGURES | {"baseline", "target"}) else "count"
                )
                sheet.write_number(number, column, value, looks[look])
            widths[column] = max(widths[column], len(str(value)))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(WIDEST, max(NARROWEST, width + 1)))
    sheet.freeze_panes(1, 1)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(headings) - 1)


def _is_share(headings: Sequence[str], row: Sequence[Any]) -> bool:
    from reports.metrics import METRICS

    metric = METRICS.get(str(row[list(headings).index("metric")])) if "metric" in headings else None
    return bool(metric and metric.share)
