"""
What was skipped is said at the end, with how to get what it needs. Where `CI` is set it fails the session as well.

What cannot run is not proved; there, the report names each test.
"""

import os
from collections import Counter

import pytest

CURE = "`.ci/run` as root installs and starts what the tests need; CONTRIBUTING.md tells how to do so by hand."


def strict() -> bool:
    """Return whether skipping counts as failing here."""
    return os.environ.get("CI", "").casefold() in {"1", "true", "yes"}


class Skips:
    """Collects what was skipped. With xdist the reports of all workers pass through the first process."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.note(report)

    def note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        """Remember the reason; pytest gives it as file, line and words."""
        said = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        self.reasons[report.nodeid] = said.removeprefix("Skipped: ")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if strict() and self.reasons and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.reasons:
            return
        if not strict():
            terminalreporter.section("skipped: not proved on this machine", yellow=True)
            for reason, times in sorted(Counter(self.reasons.values()).items()):
                terminalreporter.line(f"{times} test{'s' * (times > 1)}: {reason}")
            return
        terminalreporter.section("skipped, where everything must run", red=True)
        for name, reason in sorted(self.reasons.items()):
            terminalreporter.line(f"{name}: {reason}")
        terminalreporter.line(CURE)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Skips(), "cordiale-skips")
