"""What the plan around the messages must satisfy: narratives, messengers, theory of change, tests, watch, handling."""

from collections.abc import Iterator

from campaigns.documents.faults import Fault, Loc, refers
from campaigns.documents.schema import Campaign, Messenger

#: The stages of the GCS Evaluation Cycle, in the order in which one leads to the next.
STAGES = ("input", "output", "outtake", "outcome", "impact")

#: Channel kinds that everybody reads at once.
PUBLIC = frozenset({"bluesky", "feed", "mastodon", "telegram", "wordpress"})


def _narratives(document: Campaign) -> Iterator[Fault]:
    """Find answers to claims that nobody described, or that it was decided not to answer."""
    known = {narrative.id: narrative for narrative in document.narratives}
    for number, message in enumerate(document.messages):
        loc: Loc = ("messages", number, "counters")
        narrative = known.get(message.counters) if message.counters else None
        if message.counters and not known:
            hint = f"add it: narratives: [{{id: {message.counters}, claim: {{en-GB: …}}}}]"
            yield Fault(loc, f"narrative '{message.counters}' is described nowhere", hint, "warning")
        elif message.counters and narrative is None:
            yield from refers(message.counters, known, loc, "narrative")
        elif narrative is not None and narrative.decision == "do_not_respond":
            said = f"answers narrative '{narrative.id}', which it was decided not to answer: {narrative.because}"
            yield Fault(loc, said, "take the message out, or change the decision and its reason")


def _messengers(document: Campaign) -> Iterator[Fault]:
    """Find messengers that are not there, and funding that some readers would not be told of."""
    known = {messenger.id: messenger for messenger in document.messengers}
    for m, messenger in enumerate(document.messengers):
        for f, partner in enumerate(messenger.funded_by or ()):
            yield from refers(partner, document.partners, ("messengers", m, "funded_by", f), "partner")
    for number, message in enumerate(document.messages):
        yield from refers(message.messenger, known, ("messages", number, "messenger"), "messenger")
        speaker = known.get(message.messenger or "")
        if speaker is None:
            continue
        for locale in message.wording:
            if silent := _silent(speaker, locale):
                said = f"messenger '{speaker.id}' has no {' and no '.join(silent)} in {locale}"
                hint = "add it: everybody who reads it must see who speaks and who pays"
                yield Fault(("messages", number, "messenger"), said, hint)


def _silent(speaker: Messenger, locale: str) -> list[str]:
    """Return what readers of *locale* would not be told of *speaker*."""
    asked = {"name": speaker.name} | ({"disclosure": speaker.disclosure} if speaker.funded_by else {})
    return [what for what, words in asked.items() if locale not in words]


def _theory(document: Campaign) -> Iterator[Fault]:
    """Find links that lead nowhere or backwards, and outcomes that nothing leads to."""
    stages = {kpi.id: kpi.stage for objective in document.objectives for kpi in objective.kpis}
    reached = set()
    for number, link in enumerate(document.theory_of_change):
        loc: Loc = ("theory_of_change", number)
        yield from refers(link.source, stages, (*loc, "from"), "KPI")
        yield from refers(link.target, stages, (*loc, "to"), "KPI")
        if link.source in stages and link.target in stages:
            first, then = stages[link.source], stages[link.target]
            if STAGES.index(then) <= STAGES.index(first):
                said = f"leads from {first} ('{link.source}') to {then} ('{link.target}'), which does not come after it"
                yield Fault((*loc, "to"), said, f"link stages in this order: {' -> '.join(STAGES)}")
        reached.add(link.target)
        if link.basis == "guess":
            yield Fault((*loc, "assumption"), f"link '{link.id}' rests on a guess", "test it, and say how", "warning")
    if document.theory_of_change:
        for o, objective in enumerate(document.objectives):
            for k, kpi in enumerate(objective.kpis):
                if kpi.stage in {"outcome", "impact"} and kpi.id not in reached:
                    said = f"nothing in theory_of_change leads to KPI '{kpi.id}' ({kpi.stage})"
                    yield Fault(("objectives", o, "kpis", k), said, "say what should move it, and why", "warning")


def _pretests(document: Campaign) -> Iterator[Fault]:
    """Find tests of what is not there, and releases of what a test has dropped."""
    messages = {message.id for message in document.messages}
    audiences = [audience.id for audience in document.audiences]
    dropped: dict[str, str] = {}
    for number, test in enumerate(document.pretests):
        loc: Loc = ("pretests", number)
        yield from refers(test.audience, audiences, (*loc, "audience"), "audience")
        for m, message in enumerate(test.messages):
            yield from refers(message, messages, (*loc, "messages", m), "message")
            if test.verdict == "drop":
                dropped[message] = test.id
    for number, entry in enumerate(document.releases):
        if entry.message in dropped:
            said = f"releases message '{entry.message}', which pre-test '{dropped[entry.message]}' dropped"
            yield Fault(("releases", number, "message"), said, "take the release out, or test what you changed")


def _backfire(document: Campaign) -> Iterator[Fault]:
    audiences = [audience.id for audience in document.audiences]
    for number, name in enumerate(document.backfire.audiences if document.backfire else ()):
        yield from refers(name, audiences, ("backfire", "audiences", number), "audience")


def _aggregates(document: Campaign) -> Iterator[Fault]:
    """Find audiences whose words name people instead of describing an aggregate."""
    for number, audience in enumerate(document.audiences):
        texts = [(("insight",), audience.insight), *((("name", tag), text) for tag, text in audience.name.items())]
        for place, text in texts:
            if text and "@" in text:
                said = f"audience '{audience.id}' seems to name an account or an address"
                hint = "an audience is an aggregate of places, languages and ages: take the name out"
                yield Fault(("audiences", number, *place), said, hint)


def _handling(document: Campaign) -> Iterator[Fault]:
    """Find agreed words that stand in some of the campaign's languages only, and embargoes told to everybody."""
    kinds = {channel.id: channel.kind for channel in document.channels}
    embargo = document.handling.embargo if document.handling else None
    for number, entry in enumerate(document.releases):
        if not entry.under_embargo:
            continue
        if embargo is None:
            hint = "add handling: {embargo: {until: …, zone: …}}, or remove under_embargo"
            yield Fault(("releases", number, "under_embargo"), "no embargo is written in handling", hint)
        public = [name for name in entry.channels if kinds.get(name) in PUBLIC]
        if public:
            said = f"channel '{public[0]}' is public ({kinds[public[0]]}), so nobody there can keep an embargo"
            yield Fault(("releases", number, "channels"), said, "send it there after the embargo, in another entry")
    if document.handling is None:
        return
    spoken = sorted({locale for channel in document.channels for locale in channel.locales})
    script = document.handling.core_script
    missing = [locale for locale in spoken if locale not in script]
    if script and missing:
        said = f"the core script has no words in {', '.join(missing)}"
        yield Fault(("handling", "core_script"), said, "spokespeople in each language need it", "warning")


#: What is looked at, in this order.
CHECKS = (_narratives, _messengers, _theory, _pretests, _backfire, _aggregates, _handling)
