"""Every page that we write is valid, and everybody can read it: on a telephone, in the dark, by ear, by keyboard."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.builders import pages
from tests.builders.browser import Browser
from tests.house import tree

BROWSER = "CORDIALE_TEST_BROWSER"
TOOLS = "CORDIALE_TEST_PAGE_TOOLS"
INSTALLED = tree.ROOT / "build/browser/node_modules"
GET_TOOLS = (
    "npm install --prefix build/browser --no-save --ignore-scripts axe-core@4.14.1 vnu-jar@26.9.27 "
    f"(or {TOOLS}, the node_modules folder that holds them)"
)
GET_BROWSER = f"apt-get install chromium (or {BROWSER}, the path of one)"
GET_JAVA = "apt-get install default-jre-headless"
#: The checker takes no data: address for one that `img-src data:` allows, though the standard and browsers do.
NOT_SO = r".*blocked by “img-src” directive.*"
#: What axe says of the page: each rule that is broken, with the first elements that break it.
ASK_AXE = """
axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations.map(rule =>
    `${rule.id}: ${rule.help}: ` + rule.nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(" | ")))
"""
#: Elements that stand out of the window at the right or the left, in a page that scrolls sideways.
TOO_WIDE = """
document.documentElement.scrollWidth > innerWidth
    ? [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map(each => each.outerHTML.slice(0, 120))
    : []
"""
#: Pictures that are not drawn though the page holds them.
NOT_DRAWN = """
[...document.images].filter(each => !each.checkVisibility() ||
    !getComputedStyle(each).content.startsWith('url("data:image/')).map(each => each.alt)
"""


def tool(name: str) -> Path:
    """Return a file of the tools, or skip with the way to get it."""
    found = Path(os.environ.get(TOOLS) or INSTALLED) / name
    if not found.is_file():
        pytest.skip(f"needs {name}: {GET_TOOLS}")
    return found


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory) -> pages.Pages:
    """Give the pages."""
    return pages.Pages(tmp_path_factory.mktemp("pages"))


@pytest.fixture(name="browser", scope="module")
def _browser(tmp_path_factory):
    """Give a browser without a window."""
    command = os.environ.get(BROWSER) or shutil.which("chromium")
    if not command:
        pytest.skip(f"needs Chromium: {GET_BROWSER}")
    with Browser(command, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.mark.timeout(300)
def test_the_markup_is_valid(made):
    """The Nu HTML checker finds no error and nothing to warn of, on any page."""
    java = shutil.which("java")
    if not java:
        pytest.skip(f"needs Java: {GET_JAVA}")
    options = ("--format", "json", "--filterpattern", NOT_SO)
    checker = str(tool("vnu-jar/build/dist/vnu.jar"))
    files = {made.page(name).as_uri(): name for name in pages.NAMES}  # all at once: it takes long to start
    command = [java, "-Xmx512m", "-jar", checker, *options, *(str(made.page(name)) for name in pages.NAMES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    said = [each for each in json.loads(done.stderr)["messages"] if each.get("subType") != "info"]

    assert [(files[each["url"]], each.get("lastLine"), each["message"]) for each in said] == []


@pytest.mark.parametrize("width", [1280, 320], ids=["desk", "telephone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", pages.NAMES)
def test_nobody_is_shut_out(made, browser, name, dark, width):
    """The checker axe finds nothing (contrast, names, landmarks, order), and nobody has to scroll sideways to read."""
    checker = tool("axe-core/axe.min.js").read_text("utf-8")
    browser.open(made.page(name), width=width, dark=dark)
    wide = browser.evaluate(TOO_WIDE)
    browser.evaluate(f"{checker}; undefined")

    assert browser.evaluate(ASK_AXE) == []
    assert wide == []


@pytest.mark.parametrize("name", ["preview-daesh-lost-ground", "gallery"])
def test_pictures_are_drawn_under_the_policy(made, browser, name):
    """What the page embeds is shown: its own policy does not stand in the way, and no script is needed."""
    page = made.page(name)
    browser.open(page)

    assert browser.evaluate("document.images.length") > 0
    assert browser.evaluate(NOT_DRAWN) == []


def test_a_keyboard_skips_to_the_messages(made, browser):
    """The first stop of the keyboard is seen, and leads past everything that comes before the messages."""
    browser.open(made.page("gallery"))
    browser.press("Tab")
    seen = "(box => box.top >= 0 && box.height > 0)(document.activeElement.getBoundingClientRect())"

    assert browser.evaluate("document.activeElement.textContent") == "Skip to the messages"
    assert browser.evaluate(seen) is True
    assert browser.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.press("Enter")
    assert browser.evaluate("[location.hash, document.activeElement.id]") == ["#messages", "messages"]


def test_a_finding_leads_to_its_place_in_the_text(made, browser):
    """Following a finding brings the marked words into view."""
    browser.open(made.page("gallery"), width=320)
    link = "document.querySelector('.findings a')"
    browser.evaluate(f"{link}.focus()")
    browser.press("Enter")
    place = f"document.getElementById({link}.hash.slice(1)).getBoundingClientRect()"

    assert browser.evaluate(f"(box => box.top >= 0 && box.top < innerHeight)({place})") is True
