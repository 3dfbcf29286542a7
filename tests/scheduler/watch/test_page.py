"""What monitors are answered: metrics by Prometheus's conventions, health, readiness, and nothing else."""

import json
import re
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from campaigns.errors import EnvironmentFault
from campaigns.settings import Settings
from scheduler.engine.tally import Tally
from scheduler.releases.states import State
from scheduler.watch.figures import Figures
from scheduler.watch.page import Page
from scheduler.watch.troubles import Trouble
from scheduler.watch.vitals import Vitals
from tests.builders import commands, workspaces

NOW = datetime(2027, 1, 12, 18, 30, tzinfo=UTC)


def vitals(**more: object) -> Vitals:
    """Return the vitals of a daemon that is well."""
    states = {each.value: 0 for each in State} | {"published": 7, "failed": 2}
    figures = Figures(NOW, states, due=3, late=1, breakers={"fr-mastodon": ("2027-01-12T18:35:00Z", "401")})
    said = {"tally": Tally(), "figures": figures, "free_disk": 5_000_000, "trust_expires": NOW + timedelta(days=40)}
    return Vitals(**{"at": NOW, "phase": "running", **said, **more})


class Source:
    """Vitals that a test changes."""

    def __init__(self) -> None:
        self.now = vitals()

    def __call__(self) -> Vitals:
        return self.now


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def page(source: Source):
    """Give a page on a port of the system's choice."""
    with Page("127.0.0.1:0", source, "1.2.3") as made:
        yield made


def ask(page: Page, path: str, method: str = "GET") -> tuple[int, bytes]:
    request = urllib.request.Request(page.url + path, method=method)  # noqa: S310 (our own page)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 (the same)
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_daemon_that_is_well_says_so(page: Page):
    """200, and no reason."""
    assert ask(page, "/healthz") == (200, b'{"healthy": true, "why": []}\n')
    assert ask(page, "/readyz") == (200, b'{"ready": true, "why": []}\n')


@pytest.mark.parametrize(
    ("more", "healthy"),
    [
        ({"fault": "The publishing loop ended: it broke."}, False),
        ({"still": "The timer has stood still for 40 s."}, False),
        ({"phase": "starting"}, True),
        ({"phase": "stopping"}, True),
        ({"trust_fault": "expired"}, True),
        ({"obstacles": (Trouble("disk", "this machine", "The disk is nearly full.", "Make room."),)}, True),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_a_daemon_that_would_not_publish_is_not_ready(
    page: Page, source: Source, more: dict[str, object], healthy: bool
):
    """Readiness says whether what is due would leave; health, whether starting the process again would help."""
    source.now = vitals(**more)
    status, body = ask(page, "/readyz")

    assert status == 503
    assert json.loads(body)["why"]
    assert ask(page, "/healthz")[0] == (200 if healthy else 503)


def test_a_database_that_is_silent_makes_it_unready_while_it_is(page: Page, source: Source):
    """The next claim that works makes it ready again."""
    source.now.tally.fault("database", "The database does not answer.")
    silent = ask(page, "/readyz")
    source.now.tally.well("database")

    assert silent[0] == 503
    assert b"does not answer" in silent[1]
    assert ask(page, "/readyz")[0] == 200


def test_metrics_parse_and_follow_the_conventions(page: Page, source: Source):
    """Prometheus's own parser reads them; names have our prefix and base units; counters end in _total."""
    source.now.tally.outcome("published", 5)
    source.now.tally.lateness.add(0.3)
    families = {each.name: each for each in text_string_to_metric_families(ask(page, "/metrics")[1].decode())}
    states = {sample.labels["state"]: sample.value for sample in families["cordiale_releases"].samples}

    assert states["published"] == 7
    assert set(states) == set(State)
    assert families["cordiale_releases_late"].samples[0].value == 1
    assert families["cordiale_trust_days_to_expiry"].samples[0].value == 40
    assert families["cordiale_attempts"].samples[0].name == "cordiale_attempts_total"
    assert families["cordiale_channel_breaker_open"].samples[0].labels == {"channel": "fr-mastodon"}
    assert {each.type for each in families.values()} == {"gauge", "counter", "histogram"}
    assert all(re.fullmatch(r"cordiale_[a-z_]+", name) and each.documentation for name, each in families.items())


def test_a_histogram_counts_each_value_once():
    """Buckets are cumulative, the last one holds everything."""
    tally = Tally()
    for seconds in (0.001, 0.004, 3.0, 99.0):
        tally.claim.add(seconds)
    buckets, number, total = tally.claim.cumulative()

    assert (buckets[0], buckets[-1], number) == ((0.001, 1), (10.0, 3), 4)
    assert total == pytest.approx(102.005)


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/", "GET", 404), ("/metrics?x=1", "GET", 200), ("/healthz", "POST", 501), ("/readyz", "HEAD", 200)],
)
def test_it_answers_nothing_else(page: Page, path: str, method: str, status: int):
    """Three pages, to be read; nothing can be changed here."""
    assert ask(page, path, method)[0] == status


def test_a_fault_of_ours_is_an_answer(page: Page, source: Source):
    """A monitor sees a 500, not a connection that breaks off."""
    source.now = None

    assert ask(page, "/readyz") == (500, b"See the log.\n")


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1", "127.0.0.1:x", ":9464"])
def test_an_address_that_is_none_says_so(address: str):
    """The message names the setting."""
    with pytest.raises(EnvironmentFault, match="no address to answer monitors at"):
        Page(address, vitals, "1").open()


def test_an_address_that_is_taken_says_so(page: Page):
    """Two daemons on one machine need two addresses."""
    with pytest.raises(EnvironmentFault, match="Monitors cannot be answered"):
        Page(page.url.removeprefix("http://"), vitals, "1").open()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (Settings.model_fields["monitor"].default, False),
        ("127.0.0.2:0", False),
        ("[::1]:9464", False),
        ("localhost:9464", False),
        ("0.0.0.0:9464", True),
        ("[::]:9464", True),
        ("192.0.2.7:9464", True),
        ("monitor.example:9464", True),
    ],
)
def test_only_this_machine_may_ask_unless_it_is_said(address: str, told: bool):
    """The usual address is this machine's own; one that others reach is announced, with what they can read there."""
    said = Page(address, vitals, "1").notice

    assert bool(said) is told
    assert not told or (address in said and "other machines can read" in said)


@pytest.mark.parametrize("command", [("run", "--until-done"), ("worker",)])
def test_the_command_says_that_others_may_ask(workspace: workspaces.Workspace, command: tuple[str, ...]):
    """Before it answers: here the address belongs to nobody (RFC 5737), so that it ends there, and says that too."""
    with (workspace.folder / "cordiale.toml").open("a", encoding="utf-8") as file:
        file.write('monitor = "192.0.2.7:9464"\n')
    done = commands.process(workspace.folder, *command)

    assert done.returncode == 3
    assert "Monitors are answered at 192.0.2.7:9464: other machines can read" in done.stderr
    assert "Monitors cannot be answered at 192.0.2.7:9464" in done.stderr


def test_by_default_it_answers_on_loopback_alone(page: Page):
    """The server is bound to the address that was asked for, not to every one of this machine."""
    assert page._server is not None
    assert page._server.socket.getsockname()[0] == "127.0.0.1"
    assert Settings.model_fields["monitor"].default.startswith("127.0.0.1:")
