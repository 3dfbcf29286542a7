"""Rendering and reviewing: what one rendering costs, and that a hundred thousand take no more room than a thousand."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from content.check import Context, Severity
from content.checklist import CHECKS, review
from content.render import render
from content.rendering import Rendering, Request
from tests.benchmarks import large
from tests.builders import renderings

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

SHORT = os.environ.get("CORDIALE_BENCH") == "short"
RENDERINGS = (999, 9_999) if SHORT else (9_999, 99_999)  #: fewer and more; the room may not follow
TEXTS = 500 if SHORT else 5_000  #: reviewed one after the other, no two alike
BLOCKING = tuple(check for check in CHECKS if check.severity is Severity.BLOCK)
LOCALES = ("en-GB", "fr-FR", "ar")
HOUSE = Path(__file__).resolve().parents[2]
#: The command as a process, which says at its end how much room it took at most, in kB.
#: `getrusage` would count the process that started it, too.
ROOM = "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0], file=sys.stderr)"
MEASURED = f"""
import sys
sys.path.insert(0, {str(HOUSE)!r})
import main
code = main.main()
{ROOM}
sys.exit(code)
"""
#: A campaign's own room: it is read, and nothing else is done with it.
LOADED = f"""
import sys
sys.path.insert(0, {str(HOUSE)!r})
from pathlib import Path
from campaigns import settings
from campaigns.documents.load import load
load([Path(sys.argv[1])], settings.load())
{ROOM}
"""


def sentence(locale: str, number: int, words: int) -> str:
    """Return a sentence of its own for each *number*."""
    chance = Random(f"{locale} {number}")  # noqa: S311 (the same texts each time)
    known = large.WORDS[locale].split()
    return " ".join(chance.choice(known) for _ in range(words))


def plain(number: int) -> Request:
    """Return a request whose English text has neither link nor emoji."""
    said = {locale: f"{sentence(locale, number, 18)} {number}." for locale in ("en-GB", "fr-FR")}
    return renderings.request("en-GB", id=f"m{number}", wording=said, values={}, link=None)


def mixed(number: int) -> Request:
    """Return a request whose Arabic text has a link, emoji, a handle and a hashtag."""
    said = {
        "en-GB": f"{sentence('en-GB', number, 18)} {number}. 🤝🇬🇧 @UKAgainstDaesh #StopDaesh",
        "ar": f"{sentence('ar', number, 18)} {number}. 🤝🇬🇧 {{{{ '@UKAgainstDaesh'|ltr }}}} #معا_ضد_داعش",
    }
    return renderings.request(
        "ar", id=f"m{number}", wording=said, values={}, link=f"https://example.org/daesh/{number}"
    )


KINDS: dict[str, tuple[Callable[[int], Request], int]] = {
    "plain text": (plain, 150),
    "Arabic with link and emoji": (mixed, 1_000),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_review_costs(kind: str) -> None:
    """All checks over one rendering, no text seen before: the median, and which checks take most of it."""
    make, target = KINDS[kind]
    context = Context()
    for request in map(make, range(200)):  # what is read once a process: tables, patterns, language models
        review(request, _rendered(request), context)
    took, found = [], 0
    for request in map(make, range(200, 200 + TEXTS)):
        rendering = _rendered(request)
        start = time.thread_time_ns()
        findings = review(request, rendering, context)
        took.append(time.thread_time_ns() - start)
        found += len(findings)
    blocked = _blocking(make, context)
    costs = _by_check(make, context)
    middle = statistics.median(took) / 1_000
    block = statistics.median(blocked) / 1_000
    shown = ", ".join(f"{name} {cost:.1f}" for name, cost in costs[:12])

    print(  # noqa: T201 (figures)
        f"\nReview of one rendering, {kind}, {len(CHECKS)} checks, {TEXTS:,} texts: median {middle:.0f} µs, "
        f"99th percentile {statistics.quantiles(took, n=100)[98] / 1_000:.0f} µs; {found / TEXTS:.1f} findings each\n"
        f"  the {len(BLOCKING)} checks that block: median {block:.0f} µs "
        f"(target {target} µs, {'met' if block <= target else 'missed'})\n"
        f"  dearest checks (median µs, each in its place): {shown}"
    )
    assert len(took) == TEXTS


def _blocking(make: Callable[[int], Request], context: Context) -> list[int]:
    """Return what the checks that can keep a release back cost together, in ns, text by text, all rendered before."""
    took = []
    for request, rendering in [(each, _rendered(each)) for each in map(make, range(50_000, 50_000 + TEXTS))]:
        start = time.thread_time_ns()
        for check in BLOCKING:
            list(check.look(request, rendering, context))
        took.append(time.thread_time_ns() - start)
    return took


def _rendered(request: Request) -> Rendering:
    """Return the rendering of *request*, whose other languages are rendered too, as they are in every campaign."""
    for locale in request.message.wording:
        render(replace(request, locale=locale))
    return render(request)


def _by_check(make: Callable[[int], Request], context: Context) -> list[tuple[str, float]]:
    """Return the median cost of each check in µs, dearest first; who reads a text first pays for its reading."""
    took: dict[str, list[int]] = {check.id: [] for check in CHECKS}
    for request in map(make, range(10_000, 10_000 + TEXTS // 5)):
        rendering = _rendered(request)
        for check in CHECKS:
            start = time.thread_time_ns()
            list(check.look(request, rendering, context))
            took[check.id].append(time.thread_time_ns() - start)
    return sorted(((name, statistics.median(each) / 1_000) for name, each in took.items()), key=lambda each: -each[1])


def test_a_hundred_thousand_take_no_more_room(tmp_path: Path) -> None:
    """`cordiale preview --findings` over a large campaign, beside only loading it; what is over may not grow."""
    over = []
    for number in RENDERINGS:
        path = tmp_path / f"{number}.yaml"
        path.write_text(large.document(number // (len(LOCALES) * len(large.CHANNELS))), "utf-8")
        loaded, _, _ = _run(LOADED, tmp_path, str(path))
        start = time.monotonic()
        used, out, code = _run(MEASURED, tmp_path, "preview", str(path), "--findings")
        took = time.monotonic() - start
        over.append(used - loaded)
        print(  # noqa: T201 (figures)
            f"\n{number:,} renderings with review: {took:.1f} s, {number / took:,.0f} renderings/s with loading; "
            f"at most {used:.0f} MB, of which the campaign {loaded:.0f} MB; {out.splitlines()[-1]}"
        )
        assert code in {0, 1}
        assert f"{number:,} renderings" in out
    print(f"Room beyond the campaign itself: {over[0]:.0f} MB, then {over[1]:.0f} MB")  # noqa: T201 (figures)
    assert over[1] < over[0] + 64


def _run(code: str, place: Path, *words: str) -> tuple[float, str, int]:
    """Return the most room that a process took, in MB, what it said, and its exit code."""
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=3_000, check=False)
    return int(done.stderr.split()[-1]) / 1_000, done.stdout, done.returncode
