"""Every page that a command writes: the previews of all examples, a page of everything, bundle, calendar and report."""

import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from campaigns import example, workspace
from content.preview.page import html
from scheduler.register import pages as register
from tests.builders import previews, registers
from tests.builders.commands import process

PLAYED = "daesh-lost-ground"  #: the example whose other pages are written
PREVIEWS = tuple(f"preview-{name}" for name in example.names())
REGISTER = tuple(f"register-{each}" for each in ("index", "en-index", "fr-2027-02-1", "ar-2027-02-1", "ar-withdrawn-1"))
BUNDLE = ("bundle-index", "bundle-en", "bundle-ar")
REPORTS = {
    "report": f"{PLAYED}-report.en.html",
    "report-ar": f"{PLAYED}-report.ar.html",
    "brief": f"{PLAYED}-brief.en.html",
    "compare": f"{PLAYED}-against-{PLAYED}.fr.html",
}
REFERRED = "item,platform,as_of,received_at,removed_at\n{0:064x},tube,2026-02-01,2026-01-20T08:00Z,2026-01-20T08:40Z\n"
NAMES = (*PREVIEWS, "gallery", "bundle", *BUNDLE, "calendar", *REPORTS, *REGISTER)


class Pages:
    """Pages in a folder, each made when it is asked for first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.page = cache(self._page)
        self._workspace = cache(self._made)
        self._applied = cache(self._apply)
        self._registered = cache(self._register)
        self._reported = cache(self._report)

    def _page(self, name: str) -> Path:
        others: dict[str, Callable[[], Path]] = {
            "gallery": self._gallery,
            "bundle": self._bundle,
            "calendar": self._calendar,
        }
        if name in REPORTS:
            return self._reported() / REPORTS[name]
        if name in REGISTER:
            code, _, page = name.removeprefix("register-").partition("-")
            return self._registered() / (f"{code}/{page}.html" if page else f"{code}.html")
        if name in BUNDLE:
            return self._packed(name.removeprefix("bundle-"))
        return others[name]() if name in others else self._preview(name.removeprefix("preview-"))

    def _made(self, name: str) -> Path:
        return workspace.create(self._folder / name, name).folder

    def _preview(self, name: str) -> Path:
        place = self._workspace(name)
        _run(place, "preview", "campaigns", "--html", "preview.html")
        return place / "preview.html"

    def _gallery(self) -> Path:
        folder = self._folder / "gallery"
        folder.mkdir()
        page = folder / "gallery.html"
        page.write_text(html(previews.gallery(folder), "Preview of everything", folder), "utf-8")
        return page

    def _apply(self) -> Path:
        place = self._workspace(PLAYED)
        _run(place, "apply", "campaigns", "--as", "amina", "--yes", "--history", "published.csv")
        return place

    def _register(self) -> Path:
        folder = self._folder / "register"
        site = register.site(registers.few(), rehearsal=True)
        for name, data in site.others.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        for page in site.pages:
            (folder / page.path).parent.mkdir(exist_ok=True)
            (folder / page.path).write_text(page.render(), "utf-8")
        return folder

    def _bundle(self) -> Path:
        return self._packed("preview")

    def _packed(self, name: str) -> Path:
        place = self._applied()
        if not (place / "bundle.zip").exists():
            _run(place, "review", PLAYED, "--bundle", "bundle.zip")
        page = place / f"bundle-{name}.html"
        with zipfile.ZipFile(place / "bundle.zip") as pack:
            page.write_bytes(pack.read(f"{name}.html"))
        return page

    def _calendar(self) -> Path:
        place = self._applied()
        _run(place, "calendar", PLAYED, "--html", "calendar.html")
        return place / "calendar.html"

    def _report(self) -> Path:
        place = self._applied()
        _run(place, "readings", "import", "--campaign", PLAYED, "readings-week1.csv", "readings-week2.csv")
        (place / "referrals.csv").write_text(REFERRED.format(7), "utf-8")
        _run(place, "referrals", "import", "referrals.csv", "--as", "amina")
        _run(place, "report", PLAYED, "--to", "report", "--format", "html,brief")
        _run(place, "report", PLAYED, "--to", "report", "--format", "html", "--language", "ar")
        _run(place, "compare", PLAYED, PLAYED, "--to", "report", "--format", "html", "--language", "fr")
        return place / "report"


def _run(place: Path, *words: str) -> None:
    done = process(place, *words)
    assert done.returncode == 0, done.stdout + done.stderr
