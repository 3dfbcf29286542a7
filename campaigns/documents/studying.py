"""What the studies of a document must satisfy: they name what is there, and they can tell one thing from another."""

from collections.abc import Iterator

from campaigns.documents.faults import Fault, Loc, refers
from campaigns.documents.nouns.study import Differences, Experiment, Interrupted, Roi
from campaigns.documents.schema import Campaign


def check(document: Campaign) -> Iterator[Fault]:
    """Find studies of what is not there, and designs that could not show anything."""
    for number, study in enumerate(document.studies):
        loc: Loc = ("studies", number, study.design)
        if study.experiment:
            yield from _experiment(document, study.experiment, loc)
        if study.differences:
            yield from _differences(document, study.differences, loc)
        if study.interrupted:
            yield from _interrupted(document, study.interrupted, loc)
        if study.roi:
            yield from _roi(document, study.roi, loc)


def _experiment(document: Campaign, study: Experiment, loc: Loc) -> Iterator[Fault]:
    messages = {message.id: message for message in document.messages}
    channels = [channel.id for channel in document.channels]
    yield from refers(study.message, messages, (*loc, "message"), "message")
    for c, name in enumerate(study.channels):
        yield from refers(name, channels, (*loc, "channels", c), "channel")
    message = messages.get(study.message)
    if message is None:
        return
    if not message.variants:
        said = f"message '{message.id}' has no variants, so there is nothing to compare"
        yield Fault((*loc, "message"), said, "add variants: {b: {wording: …}} to the message")
    mine = [entry for entry in document.releases if entry.message == study.message]
    for entry in mine:
        if entry.at[:10] < study.drawn_on.isoformat():
            said = f"the halves were drawn on {study.drawn_on}, after release '{entry.id}' went out ({entry.at[:10]})"
            hint = "correct the day; what was not drawn beforehand is a comparison, and no study is needed for it"
            yield Fault((*loc, "drawn_on"), said, hint)
            break


def _differences(document: Campaign, study: Differences, loc: Loc) -> Iterator[Fault]:
    for name in sorted(set(study.campaign_in) & set(study.not_in)):
        place = (*loc, "not_in", study.not_in.index(name))
        yield Fault(place, f"'{name}' is on both sides", "a part has the campaign or has it not: take it out of one")
    known = {
        "audience": [each.id for each in document.audiences],
        "channel": [each.id for each in document.channels],
    }.get(study.split)
    if known is not None:
        for key in ("campaign_in", "not_in"):
            for number, name in enumerate(getattr(study, key)):
                yield from refers(name, known, (*loc, key, number), study.split)


def _interrupted(document: Campaign, study: Interrupted, loc: Loc) -> Iterator[Fault]:
    yield from refers(study.audience, [each.id for each in document.audiences], (*loc, "audience"), "audience")
    yield from refers(study.channel, [each.id for each in document.channels], (*loc, "channel"), "channel")


def _roi(document: Campaign, study: Roi, loc: Loc) -> Iterator[Fault]:
    kpis = {kpi.id: kpi for objective in document.objectives for kpi in objective.kpis}
    yield from refers(study.kpi, kpis, (*loc, "kpi"), "KPI")
    kpi = kpis.get(study.kpi)
    if kpi is not None and kpi.baseline is None and study.baseline is None:
        said = f"neither the study nor KPI '{kpi.id}' says where it stood before"
        yield Fault((*loc, "kpi"), said, "add baseline: {value: …, source: …} here, or baseline: to the KPI")
