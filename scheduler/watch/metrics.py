"""
The metrics of a daemon, as Prometheus reads them. Made at each scrape from what is in memory: no scrape asks a table.

Names follow Prometheus's conventions: base units, `_total` for counters, `_timestamp_seconds` for instants.
"""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from scheduler.engine.tally import Spread
from scheduler.watch.figures import Figures
from scheduler.watch.vitals import Vitals

DAY = 86_400.0


class Metrics(Collector):
    """Every metric of one daemon."""

    def __init__(self, vitals: Callable[[], Vitals], version: str) -> None:
        self._vitals = vitals
        self._version = version
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def text(self) -> bytes:
        """Return the metrics in Prometheus's text format."""
        return generate_latest(self._registry)

    def describe(self) -> list[Metric]:
        """Name nothing in advance: what is there is collected at each scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of this instant."""
        vitals = self._vitals()
        info = GaugeMetricFamily("cordiale_build_info", "The version that runs; always 1.", labels=["version"])
        info.add_metric([self._version], 1)
        yield info
        yield _gauge("cordiale_healthy", "1 while every thread goes round.", not vitals.unhealthy())
        yield _gauge("cordiale_ready", "1 while what is due would be published.", not vitals.unready())
        yield from _of_the_engine(vitals)
        yield from _of_the_machine(vitals)
        if vitals.figures is not None:
            yield from _of_releases(vitals.figures)


def _of_releases(figures: Figures) -> Iterator[Metric]:
    states = GaugeMetricFamily("cordiale_releases", "Releases by state.", labels=["state"])
    for state, number in figures.states.items():
        states.add_metric([state], number)
    yield states
    yield _gauge("cordiale_releases_due", "Scheduled releases whose instant or next try has come.", figures.due)
    yield _gauge("cordiale_releases_late", "Releases a minute past their instant that have not left.", figures.late)
    for state in ("uncertain", "failed"):
        text = f"Releases that are {state}: a person decides."
        yield _gauge(f"cordiale_releases_{state}", text, figures.states[state])
    breakers = GaugeMetricFamily(
        "cordiale_channel_breaker_open",
        "1 for each channel that is paused because its login fails.",
        labels=["channel"],
    )
    for channel in figures.breakers:
        breakers.add_metric([channel], 1)
    yield breakers
    yield _gauge("cordiale_figures_timestamp_seconds", "When releases were last counted.", figures.at.timestamp())


def _of_the_engine(vitals: Vitals) -> Iterator[Metric]:
    tally = vitals.tally
    yield _counter("cordiale_passes", "Rounds of the timer.", tally.passes)
    if tally.last_pass is not None:
        text = "When the last round of the timer ended without a fault."
        yield _gauge("cordiale_last_pass_timestamp_seconds", text, tally.last_pass.timestamp())
    for name, text, spread in (
        ("cordiale_claim_duration_seconds", "Time of a transaction that claims.", tally.claim),
        ("cordiale_begin_duration_seconds", "Time of a transaction that begins a group of sends.", tally.begin),
        ("cordiale_finish_duration_seconds", "Time of a transaction that writes outcomes.", tally.finish),
        ("cordiale_release_lateness_seconds", "From the due instant to the channel's receipt.", tally.lateness),
    ):
        yield _histogram(name, text, spread)
    attempts = CounterMetricFamily("cordiale_attempts", "Attempts that ended, by outcome.", labels=["outcome"])
    for outcome, number in sorted(tally.outcomes().items()):
        attempts.add_metric([outcome], number)
    yield attempts
    faults = CounterMetricFamily("cordiale_faults", "Faults of the daemon, by where.", labels=["where"])
    for where in sorted({"database", "journal", "pass", *tally.faults()}):
        faults.add_metric([where], tally.faults().get(where, 0))
    yield faults
    yield _gauge("cordiale_in_hand", "Releases that are claimed or being sent by this daemon.", vitals.in_hand)
    yield _gauge("cordiale_capacity", "Releases that this daemon takes in hand at most.", vitals.capacity)


def _of_the_machine(vitals: Vitals) -> Iterator[Metric]:
    if vitals.free_disk is not None:
        yield _gauge(
            "cordiale_free_disk_bytes", "Room on the fullest disk that the daemon writes to.", vitals.free_disk
        )
    if vitals.trust_expires is not None:
        left = (vitals.trust_expires - vitals.at).total_seconds() / DAY
        yield _gauge(
            "cordiale_trust_expiry_timestamp_seconds", "When the trust file expires.", vitals.trust_expires.timestamp()
        )
        yield _gauge("cordiale_trust_days_to_expiry", "Days until the trust file expires.", round(left, 2))
    undelivered = GaugeMetricFamily(
        "cordiale_alert_undelivered", "1 for each way on which the last alert did not leave.", labels=["route"]
    )
    for route in sorted(vitals.undelivered):
        undelivered.add_metric([route], 1)
    yield undelivered


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=float(value))


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(name, text, value=value)


def _histogram(name: str, text: str, spread: Spread) -> Metric:
    buckets, number, total = spread.cumulative()
    named = [(repr(bound), float(count)) for bound, count in buckets] + [("+Inf", float(number))]
    return HistogramMetricFamily(name, text, buckets=named, sum_value=total)
