"""Every table of this floor and the one below, known to the metadata that places are found by."""

from importlib import import_module

MODELS = (
    *(f"campaigns.models.{noun}" for noun in ("approval", "audience", "budget", "campaign", "channel", "event")),
    *(f"campaigns.models.{noun}" for noun in ("message", "objective", "strategy", "window")),
    *("scheduler.releases.models", "scheduler.review.models", "scheduler.notices.models", "scheduler.shown.models"),
)


def load() -> None:
    """Load the modules that declare tables."""
    for name in MODELS:
        import_module(name)
