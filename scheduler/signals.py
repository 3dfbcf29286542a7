"""The signals that end a daemon well."""

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.daemon import Daemon


def stop_on_signals(daemon: "Daemon") -> None:
    """Let SIGTERM and SIGINT end `daemon.wait`; a second one ends the wait for what is on the wire as well."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _: daemon.asked.put(got))
