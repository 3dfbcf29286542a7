"""Which files a report is, by format: all of them from one evaluation."""

from collections.abc import Collection
from datetime import datetime

from reports.assessment.compare import Comparison
from reports.assessment.evaluation import Evaluation
from reports.presentation import columns, comparison, export, page, paper, result, spreadsheet

Files = dict[str, str | bytes]


def files(found: Evaluation, formats: Collection[str], language: str, made_at: datetime | None = None) -> Files:
    """
    Return what is in each file, by its name.

    Raises:
        MissingExtra: If a format needs what is not installed.
    """
    start, digest = found.document.campaign, result.digest(found)
    wanted, made = set(formats), dict[str, str | bytes]()
    if {"html", "pdf"} & wanted:
        full = page.page(found, language, made_at, digest)
        made |= _pages(f"{start}-report.{language}", full, html="html" in wanted, pdf="pdf" in wanted)
    if "brief" in wanted:
        short = page.brief(found, language, made_at, digest)
        made |= _pages(f"{start}-brief.{language}", short, html=True, pdf="pdf" in wanted)
    if "csv" in wanted:
        made |= {f"{start}-{name}.{language}.csv": text for name, text in export.files(found, language).items()}
    if "xlsx" in wanted:
        made[f"{start}-report.{language}.xlsx"] = spreadsheet.workbook(found, language)
    if "json" in wanted:
        made[f"{start}-report.json"] = result.as_json(found)
    if "parquet" in wanted:
        made |= {f"{start}-{name}.parquet": data for name, data in columns.files(found).items()}
    return made


def _pages(name: str, text: str, *, html: bool, pdf: bool) -> Files:
    return ({f"{name}.html": text} if html else {}) | ({f"{name}.pdf": paper.pdf(text)} if pdf else {})


def compared_files(found: Comparison, formats: Collection[str], language: str) -> Files:
    """Return what is in each file of a comparison, by its name."""
    import rfc8785

    start = "-against-".join(each.name.replace("/", "-") for each in (found.first, found.second))
    made: Files = {}
    full = comparison.page(found, language) if {"html", "pdf"} & set(formats) else ""
    if "html" in formats:
        made[f"{start}.{language}.html"] = full
    if "pdf" in formats:
        made[f"{start}.{language}.pdf"] = paper.pdf(full)
    if "csv" in formats:
        made[f"{start}.csv"] = comparison.csv_text(found)
    if "json" in formats:
        made[f"{start}.json"] = rfc8785.dumps(comparison.as_data(found))
    return made
