"""Which claims a campaign's own figures allow: variants side by side, exposed against control, after against before."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from reports.blocks import Block
from reports.figures import Figure
from reports.measures import Metric
from reports.metrics import METRICS
from reports.series import Known, Series
from reports.statistics import lift
from reports.statistics.claim import Claim
from reports.statistics.variants import Arm, compare
from reports.subjects import Sent

#: Rates of which variants are compared.
OF_VARIANTS = ("click_through_rate", "open_rate", "engagement_rate", "view_through_rate")
CONTROL, EXPOSED = "control", "exposed"


@dataclass(frozen=True)
class Finding:
    """A claim, and what it is of."""

    metric: Metric
    subject_kind: str  #: message | audience | channel | campaign
    subject: str
    where: str  #: channel and locale of a comparison of variants, or the split of a survey; "" for all
    claim: Claim


def findings(
    known: Sequence[Known], before: Iterable[Series], sent: Sequence[Sent], drawn: Collection[str] = ()
) -> tuple[Finding, ...]:
    """
    Return the claims, in a steady order.

    *before* are the figures from before the campaign; *drawn* the messages whose list halves were drawn at random, as
    the reader of the list attests.
    """
    series = [each for each in known if isinstance(each, Series)]  # a block holds nothing that was asked in a survey
    found = [*_variants(known, sent, drawn), *_panels(series), *_waves(series, before)]
    return tuple(sorted(found, key=lambda each: (each.subject_kind, each.subject, each.metric.id, each.where)))


def _variants(known: Sequence[Known], sent: Sequence[Sent], drawn: Collection[str]) -> Iterable[Finding]:
    releases = {each.id: each for each in sent}
    arms: dict[tuple[str, str, str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
    for each in known:
        if each.metric not in OF_VARIANTS:
            continue
        for subject, figure in _counts(each):
            release = releases.get(subject)
            if release is not None and figure.denominator:
                arm = arms[release.message, release.channel, release.locale, each.metric][release.variant]
                arm[0] += figure.numerator or 0.0
                arm[1] += figure.denominator
    for (message, channel, locale, metric), counts in arms.items():
        names = sorted(counts)
        for name in names[1:]:
            one, other = (Arm(each, counts[each][0], counts[each][1]) for each in (names[0], name))
            claim = compare(one, other, drawn_at_random=message in drawn)
            yield Finding(METRICS[metric], "message", message, f"{channel}, {locale}", claim)


def _counts(each: Known) -> Iterable[tuple[str, Figure]]:
    """Give the releases and whole figures of *each*."""
    if isinstance(each, Block):
        return each.figures()
    return [(each.subject, each.figure)] if each.subject_kind == "release" and not each.split else []


def _sample(each: Series) -> lift.Sample | None:
    """Return a survey's sample; None where the source does not say how many were asked."""
    top, bottom = each.figure.numerator, each.figure.denominator
    if top is None or not bottom or METRICS[each.metric].denominator != "respondents":
        return None
    return lift.unweighted(round(top), round(bottom))


def _panels(series: Sequence[Series]) -> Iterable[Finding]:
    groups: dict[tuple[str, str, str, str, str], dict[str, Series]] = defaultdict(dict)
    for each in series:
        panel = each.split.get("panel", "").casefold()
        rest = ", ".join(f"{name} {value}" for name, value in sorted(each.split.items()) if name != "panel")
        if panel in {CONTROL, EXPOSED}:
            groups[each.subject_kind, each.subject, each.metric, each.source, rest][panel] = each
    for (kind, subject, metric, _, rest), found in groups.items():
        samples = [_sample(found[panel]) if panel in found else None for panel in (CONTROL, EXPOSED)]
        if samples[0] and samples[1]:
            yield Finding(METRICS[metric], kind, subject, rest, lift.exposed_against_control(samples[0], samples[1]))


def _waves(series: Sequence[Series], before: Iterable[Series]) -> Iterable[Finding]:
    def key(each: Series) -> tuple[object, ...]:
        return each.subject_kind, each.subject, each.metric, each.source, tuple(sorted(each.split.items()))

    earlier = {key(each): each for each in before}
    for each in series:
        old = earlier.get(key(each))
        if old is None or old.at >= each.at:
            continue
        samples = _sample(old), _sample(each)
        if samples[0] and samples[1]:
            where = ", ".join(f"{name} {value}" for name, value in sorted(each.split.items()))
            claim = lift.before_and_after(samples[0], samples[1])
            yield Finding(METRICS[each.metric], each.subject_kind, each.subject, where, claim)
