"""The alerts: whether a message can leave on each way that the settings name. Asked for only: it really sends one."""

from collections.abc import Iterator

from campaigns.settings import Settings
from scheduler.doctor.finding import Finding
from scheduler.watch.decide import Notice
from scheduler.watch.troubles import Trouble


def said(settings: Settings) -> Finding:
    """Say where troubles are told, without telling any."""
    alerts = settings.alerts
    ways = [f"mail to {', '.join(alerts.to)}"] if alerts.to else []
    ways += [f"webhook {alerts.webhook}"] if alerts.webhook else []
    if ways:
        return Finding("alerts", "ok", f"{' and '.join(ways)}; try them with `cordiale doctor --send-alert`")
    message = "none: troubles stand in the log and in `cordiale status` alone."
    return Finding("alerts", "ok", message, "To be told, write `to` or `webhook` in [alerts] of cordiale.toml.")


def tried(settings: Settings, *, rehearsal: bool) -> Iterator[Finding]:
    """Send a message on each way, and yield whether it left."""
    from scheduler.watch.alerts import Alerts

    teller = Alerts(settings, list, rehearsal=lambda: rehearsal)
    for route, send in teller.routes().items():
        fault = teller.deliver(send, _greeting())
        if fault:
            yield Finding(f"alert by {route}", "missing", fault, "Mend it, and try again.", 3)
        else:
            yield Finding(f"alert by {route}", "ok", "left; look whether it arrived")


def _greeting() -> Notice:
    words = Trouble("test", "nobody", "This is a test: somebody ran `cordiale doctor --send-alert`.", "Do nothing.")
    return Notice((words,), (), (), ())
