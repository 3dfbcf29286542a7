# ruff: noqa: RUF001 (French is written with its own apostrophe)
"""
The metrics, by stage of the GCS Evaluation Cycle, and the only way to add or to pool their figures.

Views and impressions are exposure (output), not engagement. There are no advertising-value equivalents. French names
follow French post-tests: reconnaissance, attribution, agrément, incitation.

`total` refuses what would count people twice: reach has no sum over channels, audiences or time. `pool` divides
summed numerators by summed denominators and refuses an average of bare percentages.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from reports.errors import NotAdditive
from reports.figures import Figure, add

Stage = Literal["input", "output", "outtake", "outcome", "impact"]
STAGES: tuple[Stage, ...] = ("input", "output", "outtake", "outcome", "impact")


class Over(StrEnum):
    """What figures differ in when somebody wants to add them."""

    TIME = "time"  #: what each day added
    CHANNELS = "channels"
    AUDIENCES = "audiences"
    LOCALES = "locales"
    MESSAGES = "messages"
    RELEASES = "releases"
    BREAKDOWN = "breakdown"  #: the parts of one figure: by country, age or device


PEOPLE: frozenset[Over] = frozenset()  #: one person may be in each figure: nothing adds up
#: Logged acts: every sum is right.
ACTS: frozenset[Over] = frozenset(Over)
#: Times shown: a platform may count one showing for two audiences.
EXPOSURES: frozenset[Over] = ACTS - {Over.AUDIENCES}


@dataclass(frozen=True)
class Metric:
    """A measure: what it counts, at which stage, and what may be summed."""

    id: str
    stage: Stage
    en: str
    fr: str
    unit: str  #: what is counted, a key of the words; "share" for a rate
    additive: frozenset[Over]
    kind: Literal["count", "share"] = "count"
    numerator: str | None = None  #: rates: what is divided, a metric or a survey's count of answers
    denominator: str | None = None  #: rates: by what
    lower_is_better: bool = False
    stock: bool = False  #: a level that goes up and down, not a running total from zero

    @property
    def share(self) -> bool:
        """Whether its figures are 0 to 1."""
        return self.kind == "share"

    @property
    def people(self) -> bool:
        """Whether it counts people, or answers of people, so that small cells are suppressed."""
        return self.unit == "people" or self.denominator == "respondents"


def rate(
    name: str,
    stage: Stage,
    en: str,
    fr: str,
    numerator: str,
    denominator: str,
    *,
    lower_is_better: bool = False,
) -> Metric:
    """Return a share: *numerator* divided by *denominator*. Never summed, pooled by weight."""
    return Metric(name, stage, en, fr, "share", PEOPLE, "share", numerator, denominator, lower_is_better)


METRICS: dict[str, Metric] = {
    metric.id: metric
    for metric in (
        # Inputs: what was put in.
        Metric("items_produced", "input", "Items produced", "Contenus produits", "items", ACTS),
        Metric("staff_days", "input", "Staff days", "Jours de travail", "days", ACTS),
        # Outputs: delivery, reach, distribution, exposure.
        Metric("reach", "output", "Reach", "Couverture", "people", PEOPLE),
        Metric("impressions", "output", "Impressions", "Impressions", "times shown", EXPOSURES),
        Metric("views", "output", "Views", "Vues", "views", EXPOSURES),
        Metric(
            "video_completions", "output", "Videos watched to the end", "Vidéos vues jusqu’au bout", "views", EXPOSURES
        ),
        Metric("minutes_viewed", "output", "Minutes viewed", "Minutes vues", "minutes", EXPOSURES),
        Metric("followers", "output", "Followers", "Abonnés", "people", PEOPLE, stock=True),
        Metric("deliveries", "output", "Messages delivered", "Messages remis", "messages", EXPOSURES),
        Metric("unique_opens", "output", "People who opened", "Personnes ayant ouvert", "people", PEOPLE),
        Metric("coverage_items", "output", "Press items", "Retombées presse", "items", ACTS),
        Metric(
            "coverage_with_message",
            "output",
            "Press items carrying the message",
            "Retombées portant le message",
            "items",
            ACTS,
        ),
        Metric("attendance", "output", "Attendance", "Participants", "people", PEOPLE),
        rate(
            "message_penetration",
            "output",
            "Message penetration",
            "Pénétration du message",
            "coverage_with_message",
            "coverage_items",
        ),
        rate(
            "view_through_rate", "output", "View-through rate", "Taux de lecture complète", "video_completions", "views"
        ),
        rate("open_rate", "output", "Open rate", "Taux d’ouverture", "unique_opens", "deliveries"),
        # Outtakes: what the audience thinks, feels, intends.
        Metric("engagements", "outtake", "Engagements", "Interactions", "acts", ACTS),
        Metric("likes", "outtake", "Likes", "Mentions J’aime", "acts", ACTS),
        Metric("reshares", "outtake", "Shares", "Partages", "acts", ACTS),
        Metric("comments", "outtake", "Comments", "Commentaires", "acts", ACTS),
        Metric("saves", "outtake", "Saves", "Enregistrements", "acts", ACTS),
        Metric("positive_comments", "outtake", "Positive comments", "Commentaires positifs", "acts", ACTS),
        Metric(
            "negative_comments",
            "outtake",
            "Negative comments",
            "Commentaires négatifs",
            "acts",
            ACTS,
            lower_is_better=True,
        ),
        rate("engagement_rate", "outtake", "Engagement rate", "Taux d’interaction", "engagements", "impressions"),
        rate(
            "positive_comment_rate",
            "outtake",
            "Share of positive comments",
            "Part de commentaires positifs",
            "positive_comments",
            "comments",
        ),
        rate(
            "negative_comment_rate",
            "outtake",
            "Share of negative comments",
            "Part de commentaires négatifs",
            "negative_comments",
            "comments",
            lower_is_better=True,
        ),
        rate("awareness_rate", "outtake", "Awareness", "Notoriété", "aware", "respondents"),
        rate("recall_rate", "outtake", "Recall", "Mémorisation", "recalled", "respondents"),
        rate("recognition_rate", "outtake", "Recognition", "Reconnaissance", "recognised", "respondents"),
        rate("attribution_rate", "outtake", "Attribution", "Attribution", "attributed", "respondents"),
        rate("liking_rate", "outtake", "Liking", "Agrément", "liked", "respondents"),
        rate("understanding_rate", "outtake", "Understanding", "Compréhension", "understood", "respondents"),
        rate("trust_rate", "outtake", "Trust", "Confiance", "trusting", "respondents"),
        rate("attitude_rate", "outtake", "Attitude", "Attitude", "agreeing", "respondents"),
        rate("intention_rate", "outtake", "Intention to act", "Incitation", "intending", "respondents"),
        rate(
            "belief_rate",
            "outtake",
            "Belief in the claim that is countered",
            "Adhésion au discours combattu",
            "believing",
            "respondents",
            lower_is_better=True,
        ),
        rate(
            "backfire_rate",
            "outtake",
            "Sympathy raised by the message",
            "Sympathie suscitée par le message",
            "moved_towards",
            "respondents",
            lower_is_better=True,
        ),
        # Outcomes: what the audience started, stopped or kept doing.
        Metric("link_clicks", "outcome", "Link clicks", "Clics sur le lien", "acts", ACTS),
        Metric("site_visits", "outcome", "Site visits", "Visites du site", "visits", ACTS),
        Metric("downloads", "outcome", "Downloads", "Téléchargements", "acts", ACTS),
        Metric("helpline_calls", "outcome", "Helpline calls", "Appels au numéro d’aide", "calls", ACTS),
        Metric("reports_made", "outcome", "Reports made", "Signalements", "reports", ACTS),
        Metric("sign_ups", "outcome", "Sign-ups", "Inscriptions", "people", PEOPLE),
        Metric("partner_reuses", "outcome", "Reuses by partners", "Reprises par des partenaires", "items", ACTS),
        Metric("unsubscribes", "outcome", "Unsubscribes", "Désinscriptions", "acts", ACTS, lower_is_better=True),
        rate("click_through_rate", "outcome", "Click-through rate", "Taux de clic", "link_clicks", "impressions"),
        rate(
            "unsubscribe_rate",
            "outcome",
            "Unsubscribe rate",
            "Taux de désinscription",
            "unsubscribes",
            "deliveries",
            lower_is_better=True,
        ),
        rate(
            "claimed_behaviour_rate", "outcome", "Claimed behaviour", "Comportement déclaré", "claiming", "respondents"
        ),
        # Impact: the policy aim.
        Metric(
            "propaganda_items",
            "impact",
            "Propaganda items found",
            "Contenus de propagande relevés",
            "items",
            ACTS,
            lower_is_better=True,
        ),
        Metric("items_referred", "impact", "Items referred", "Contenus signalés aux plateformes", "items", ACTS),
        Metric("items_removed", "impact", "Items removed", "Contenus retirés", "items", ACTS),
        rate("removal_rate", "impact", "Removal rate", "Taux de retrait", "items_removed", "items_referred"),
    )
}


def total(metric: Metric, over: Iterable[Over], figures: Iterable[Figure]) -> Figure:
    """
    Return the sum of *figures*, which differ in *over*. Figures that are missing do not count as zero.

    Raises:
        NotAdditive: If the metric has no sum over one of these, or if nobody says what the figures differ in.
    """
    differing = set(over)
    given = [figure for figure in figures if not figure.missing]
    if not differing and len(given) > 1:
        message = f"Figures of '{metric.id}' are not added without saying what they differ in."
        raise NotAdditive(message, f"One or more of {', '.join(Over)}.")
    refused = sorted(differing - metric.additive)
    if refused:
        message = f"'{metric.id}' has no sum over {' and '.join(refused)}."
        if metric.share:
            hint = "Pool a rate by its numerators and denominators, with `pool`."
        else:
            hint = "The same people or showings may be in several figures; give bounds, or one figure each."
        raise NotAdditive(message, hint)
    return add(given) if given else Figure()


def pool(metric: Metric, figures: Iterable[Figure]) -> Figure:
    """
    Return one rate from several: the summed numerators over the summed denominators.

    Raises:
        NotAdditive: If the metric is no rate, or a figure comes without its numerator and denominator.
    """
    given = [figure for figure in figures if not figure.missing]
    if not metric.share:
        message = f"'{metric.id}' is counted, not a rate."
        raise NotAdditive(message, "Use `total`.")
    if not given:
        return Figure()
    weights = [(figure.numerator, figure.denominator) for figure in given]
    if any(part is None for pair in weights for part in pair):
        message = f"'{metric.id}' cannot be pooled: a figure does not say how many it is a share of."
        raise NotAdditive(message, "Give numerator and denominator with each share.")
    numerator = math.fsum(top or 0 for top, _ in weights)
    denominator = math.fsum(bottom or 0 for _, bottom in weights)
    return Figure(numerator / denominator, numerator=numerator, denominator=denominator)
