"""What a document may lack and should have: warnings, so that a first campaign is ten lines."""

from collections.abc import Iterator

from campaigns.documents.faults import Fault
from campaigns.documents.schema import Campaign

#: Channel kinds whose posts have a headline of their own: a mail's subject, an entry's title.
HEADLINED = frozenset({"smtp", "feed", "wordpress"})


def check(document: Campaign) -> Iterator[Fault]:
    """Yield a warning for each thing that reports, partners or readers will miss."""
    for message, hint in _campaign(document):
        yield Fault(("campaign",), message, hint, "warning")
    yield from _kpis(document)
    yield from _headlines(document)
    yield from _partners(document)


def _campaign(document: Campaign) -> Iterator[tuple[str, str]]:
    if not document.title:
        yield "the campaign has no title", "add title: {en-GB: …}; reports and pages are headed with it"
    if document.policy_aim is None:
        yield "the campaign has no policy_aim", "say which policy it serves; evaluation starts there"
    if not document.objectives:
        yield (
            "the campaign has no objectives",
            "say what should change in whom, with a KPI; the report measures against it",
        )
    if document.ends is None:
        yield "the campaign has no ends", "say its last day; late releases are dropped after it"


def _kpis(document: Campaign) -> Iterator[Fault]:
    for o, objective in enumerate(document.objectives):
        for k, kpi in enumerate(objective.kpis):
            loc = ("objectives", o, "kpis", k)
            if kpi.baseline is None:
                yield Fault(loc, f"KPI '{kpi.id}' has no baseline", "say where it stands today", "warning")
            if kpi.why is None:
                yield Fault(loc, f"KPI '{kpi.id}' does not say why this level", "add why:", "warning")


def _headlines(document: Campaign) -> Iterator[Fault]:
    headlined = {channel.id: channel.kind for channel in document.channels if channel.kind in HEADLINED}
    if not headlined:
        return
    sent: dict[str, list[str]] = {}
    for entry in document.releases:
        sent.setdefault(entry.message, []).extend(name for name in entry.channels if name in headlined)
    for number, message in enumerate(document.messages):
        channels = sent.get(message.id)
        if channels and not message.headline:
            said = f"message '{message.id}' goes to '{channels[0]}' ({headlined[channels[0]]}) without a headline"
            yield Fault(
                ("messages", number), said, "add headline: {en-GB: …}; it is the subject or the title", "warning"
            )


def _partners(document: Campaign) -> Iterator[Fault]:
    spoken = sorted({locale for channel in document.channels for locale in channel.locales})
    for name, partner in document.partners.items():
        nameless = [locale for locale in spoken if locale not in partner.name]
        if nameless:
            said = f"partner '{name}' has no name in {', '.join(nameless)}"
            yield Fault(
                ("partners", name), said, "add its official name; it stands on everything that goes out", "warning"
            )
        if not partner.help:
            yield Fault(("partners", name), f"partner '{name}' has no help line", "add help: {en-GB: …}", "warning")
