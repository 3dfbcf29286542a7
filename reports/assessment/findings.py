"""Which claims a campaign's own figures allow: variants side by side, exposed against control, after against before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reports.assessment.declared import Trial
from reports.figures import Figure, Qualifier
from reports.intake.subjects import Sent
from reports.measures import Metric
from reports.metrics import EFFECTIVE, METRICS, base_of
from reports.records.blocks import Block
from reports.records.series import Known, Series
from reports.statistics import lift
from reports.statistics.claim import Claim
from reports.statistics.variants import Arm, compare

#: Rates of which variants are compared.
OF_VARIANTS = ("click_through_rate", "open_rate", "engagement_rate", "view_through_rate")
CONTROL, EXPOSED = "control", "exposed"


@dataclass(frozen=True)
class Finding:
    """A claim, and what it is of."""

    metric: Metric
    subject_kind: str  #: message | audience | channel | campaign
    subject: str
    where: str  #: channels and locale of a comparison of variants, or the split of a survey; "" for all
    claim: Claim
    study: str = ""  #: the study of the document that asked; "" where the figures alone allow the claim


def findings(
    known: Sequence[Known], before: Sequence[Series], sent: Sequence[Sent], trials: Sequence[Trial] = ()
) -> tuple[Finding, ...]:
    """
    Return the claims, in a steady order.

    *before* are the figures from before the campaign; *trials* the experiments that the document declares. Variants
    of which none was declared, or too late, are a comparison.
    """
    series = [each for each in known if isinstance(each, Series)]  # a block holds nothing that was asked in a survey
    found = [*_variants(known, sent, trials), *_panels(series), *_waves(series, before)]
    return tuple(sorted(found, key=lambda each: (each.subject_kind, each.subject, each.metric.id, each.where)))


def _variants(known: Sequence[Known], sent: Sequence[Sent], trials: Sequence[Trial]) -> Iterable[Finding]:
    releases = {each.id: each for each in sent}
    tried = {each.id: next((trial for trial in trials if trial.covers(each)), None) for each in sent} if trials else {}
    arms: dict[tuple[str, tuple[str, ...], str, str, Trial | None], dict[str, list[float]]]
    arms = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
    for each in known:
        if each.metric not in OF_VARIANTS:
            continue
        for subject, figure in _counts(each):
            release = releases.get(subject)
            if release is not None and figure.denominator:
                trial = tried.get(subject)
                channels = trial.channels if trial and trial.channels else (release.channel,)
                arm = arms[release.message, channels, release.locale, each.metric, trial][release.variant]
                arm[0] += figure.numerator or 0.0
                arm[1] += figure.denominator
    for (message, channels, locale, metric, trial), counts in arms.items():
        names = sorted(counts)
        for name in names[1:]:
            one, other = (Arm(each, counts[each][0], counts[each][1]) for each in (names[0], name))
            claim = compare(one, other, drawn_at_random=trial is not None and trial.beforehand)
            if trial is not None and not trial.beforehand:
                claim = replace(claim, cannot=(*claim.cannot, "declared-late"))
            place = ", ".join((*channels, locale))
            yield Finding(METRICS[metric], "message", message, place, claim, trial.study if trial else "")


def _counts(each: Known) -> Iterable[tuple[str, Figure]]:
    """Give the releases and whole figures of *each*."""
    if isinstance(each, Block):
        return each.figures()
    return [(each.subject, each.figure)] if each.subject_kind == "release" and not each.split else []


def sample_of(each: Series, every: Iterable[Series]) -> lift.Sample | None:
    """
    Return a survey's sample; None where the source does not say how many were asked.

    Of a weighted share, *every* holds how many unweighted answers say as much; without that there is no interval.
    """
    top, bottom = each.figure.numerator, each.figure.denominator
    if not bottom or METRICS[each.metric].denominator != "respondents":
        return None
    share = each.figure.value
    if each.figure.qualifier is Qualifier.WEIGHTED and share is not None:
        effective = next((other.figure.value for other in every if _tells_of(other, each)), None)
        agreed = share * bottom if top is None else top
        return lift.known(round(agreed), round(bottom), share, effective) if effective else None
    return None if top is None else lift.unweighted(round(top), round(bottom))


def _tells_of(other: Series, each: Series) -> bool:
    """Whether *other* is the effective base of *each*."""
    mine = each.subject_kind, each.subject, each.source, each.at
    theirs = other.subject_kind, other.subject, other.source, other.at
    asked = {**each.split, "question": base_of(each.metric, each.split)}
    return other.metric == EFFECTIVE and mine == theirs and dict(other.split) == asked


def _panels(series: Sequence[Series]) -> Iterable[Finding]:
    groups: dict[tuple[str, str, str, str, str], dict[str, Series]] = defaultdict(dict)
    for each in series:
        panel = each.split.get("panel", "").casefold()
        rest = ", ".join(f"{name} {value}" for name, value in sorted(each.split.items()) if name != "panel")
        if panel in {CONTROL, EXPOSED}:
            groups[each.subject_kind, each.subject, each.metric, each.source, rest][panel] = each
    for (kind, subject, metric, _, rest), found in groups.items():
        samples = [sample_of(found[panel], series) if panel in found else None for panel in (CONTROL, EXPOSED)]
        if samples[0] and samples[1]:
            yield Finding(METRICS[metric], kind, subject, rest, lift.exposed_against_control(samples[0], samples[1]))


def _waves(series: Sequence[Series], before: Sequence[Series]) -> Iterable[Finding]:
    def key(each: Series) -> tuple[object, ...]:
        return each.subject_kind, each.subject, each.metric, each.source, tuple(sorted(each.split.items()))

    earlier = {key(each): each for each in before}
    for each in series:
        old = earlier.get(key(each))
        if old is None or old.at >= each.at:
            continue
        samples = sample_of(old, before), sample_of(each, series)
        if samples[0] and samples[1]:
            where = ", ".join(f"{name} {value}" for name, value in sorted(each.split.items()))
            claim = lift.before_and_after(samples[0], samples[1])
            yield Finding(METRICS[each.metric], each.subject_kind, each.subject, where, claim)
