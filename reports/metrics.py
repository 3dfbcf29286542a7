# ruff: noqa: RUF001 (French is written with its own apostrophe)
"""
The metrics, by stage of the GCS Evaluation Cycle. What each may be added over is its type: see `reports.measures`.

Views and impressions are exposure (output), not engagement. There are no advertising-value equivalents. French names
follow French post-tests: reconnaissance, attribution, agrément, incitation.
"""

from collections.abc import Mapping

from reports.measures import EXPOSURES, Count, Metric, People, Rate

#: Beside each weighted share of a survey: how many unweighted answers say as much (Kish). Never shown by itself.
EFFECTIVE = "effective_base"

METRICS: dict[str, Metric] = {
    metric.id: metric
    for metric in (
        # Inputs: what was put in.
        Count("items_produced", "input", "Items produced", "Contenus produits", "items", "own"),
        Count("staff_days", "input", "Staff days", "Jours de travail", "days", "own"),
        Count("spend", "input", "Money spent", "Dépenses", "money", "own"),
        People(EFFECTIVE, "input", "Effective base", "Base efficace", "people", "gcs", level=True),
        # Outputs: delivery, reach, distribution, exposure.
        People("reach", "output", "Reach", "Couverture", "people", "platform"),
        Count("impressions", "output", "Impressions", "Impressions", "times shown", "platform", over=EXPOSURES),
        Count("views", "output", "Views", "Vues", "views", "platform", over=EXPOSURES),
        Count(
            "video_completions", "output", "Videos watched to the end", "Vidéos vues jusqu’au bout", "views",
            "platform", over=EXPOSURES,
        ),
        Count("minutes_viewed", "output", "Minutes viewed", "Minutes vues", "minutes", "platform", over=EXPOSURES),
        People("followers", "output", "Followers", "Abonnés", "people", "platform", level=True),
        Count("deliveries", "output", "Messages delivered", "Messages remis", "messages", "platform", over=EXPOSURES),
        *(
            Count(name, "output", en, fr, "messages", "platform", lower_is_better=True, over=EXPOSURES)
            for name, en, fr in (
                ("permanent_failures", "Messages that failed for good", "Messages en échec définitif"),
                ("temporary_failures", "Messages that failed for now", "Messages en échec temporaire"),
                ("technical_failures", "Messages that failed on the way", "Messages en échec technique"),
            )
        ),
        People("unique_opens", "output", "People who opened", "Personnes ayant ouvert", "people", "platform"),
        Count("coverage_items", "output", "Press items", "Retombées presse", "items", "mcom"),
        Count(
            "coverage_with_message", "output", "Press items carrying the message", "Retombées portant le message",
            "items", "mcom",
        ),
        Count("coverage_positive", "output", "Favourable press items", "Retombées favorables", "items", "mcom"),
        Count(
            "coverage_negative", "output", "Unfavourable press items", "Retombées défavorables", "items", "mcom",
            lower_is_better=True,
        ),
        People("attendance", "output", "Attendance", "Participants", "people", "own"),
        Rate(
            "message_penetration", "output", "Message penetration", "Pénétration du message", "share", "mcom",
            top="coverage_with_message", bottom="coverage_items",
        ),
        Rate(
            "view_through_rate", "output", "View-through rate", "Taux de lecture complète", "share", "platform",
            top="video_completions", bottom="views",
        ),
        Rate(
            "open_rate", "output", "Open rate", "Taux d’ouverture", "share", "platform",
            top="unique_opens", bottom="deliveries",
        ),
        # Outtakes: what the audience thinks, feels, intends.
        Count("engagements", "outtake", "Engagements", "Interactions", "acts", "isd"),
        Count("likes", "outtake", "Likes", "Mentions J’aime", "acts", "isd"),
        Count("reshares", "outtake", "Shares", "Partages", "acts", "isd"),
        Count("comments", "outtake", "Comments", "Commentaires", "acts", "isd"),
        Count("saves", "outtake", "Saves", "Enregistrements", "acts", "isd"),
        Count("positive_comments", "outtake", "Positive comments", "Commentaires positifs", "acts", "isd"),
        Count(
            "negative_comments", "outtake", "Negative comments", "Commentaires négatifs", "acts", "isd",
            lower_is_better=True,
        ),
        Rate(
            "engagement_rate", "outtake", "Engagement rate", "Taux d’interaction", "share", "isd",
            top="engagements", bottom="impressions",
        ),
        Rate(
            "positive_comment_rate", "outtake", "Share of positive comments", "Part de commentaires positifs", "share",
            "isd", top="positive_comments", bottom="comments",
        ),
        Rate(
            "negative_comment_rate", "outtake", "Share of negative comments", "Part de commentaires négatifs", "share",
            "isd", lower_is_better=True, top="negative_comments", bottom="comments",
        ),
        *(
            Rate(name, "outtake", en, fr, "share", origin, lower_is_better=worse, top=top, bottom="respondents")
            for name, en, fr, origin, worse, top in (
                ("awareness_rate", "Awareness", "Notoriété", "gcs", False, "aware"),
                ("recall_rate", "Recall", "Mémorisation", "gcs", False, "recalled"),
                ("recognition_rate", "Recognition", "Reconnaissance", "post-test", False, "recognised"),
                ("attribution_rate", "Attribution", "Attribution", "post-test", False, "attributed"),
                ("liking_rate", "Liking", "Agrément", "post-test", False, "liked"),
                ("understanding_rate", "Understanding", "Compréhension", "gcs", False, "understood"),
                ("trust_rate", "Trust", "Confiance", "gcs", False, "trusting"),
                ("attitude_rate", "Attitude", "Attitude", "gcs", False, "agreeing"),
                ("intention_rate", "Intention to act", "Incitation", "post-test", False, "intending"),
                (
                    "belief_rate", "Belief in the claim that is countered", "Adhésion au discours combattu", "isd",
                    True, "believing",
                ),
                (
                    "backfire_rate", "Sympathy raised by the message", "Sympathie suscitée par le message", "isd", True,
                    "moved_towards",
                ),
            )
        ),
        # Outcomes: what the audience started, stopped or kept doing.
        Count("link_clicks", "outcome", "Link clicks", "Clics sur le lien", "acts", "platform"),
        Count("site_visits", "outcome", "Site visits", "Visites du site", "visits", "own"),
        Count("downloads", "outcome", "Downloads", "Téléchargements", "acts", "own"),
        Count("helpline_calls", "outcome", "Helpline calls", "Appels au numéro d’aide", "calls", "own"),
        Count("reports_made", "outcome", "Reports made", "Signalements", "reports", "own"),
        People("sign_ups", "outcome", "Sign-ups", "Inscriptions", "people", "own"),
        Count("partner_reuses", "outcome", "Reuses by partners", "Reprises par des partenaires", "items", "own"),
        Count("unsubscribes", "outcome", "Unsubscribes", "Désinscriptions", "acts", "platform", lower_is_better=True),
        Rate(
            "click_through_rate", "outcome", "Click-through rate", "Taux de clic", "share", "platform",
            top="link_clicks", bottom="impressions",
        ),
        Rate(
            "unsubscribe_rate", "outcome", "Unsubscribe rate", "Taux de désinscription", "share", "platform",
            lower_is_better=True, top="unsubscribes", bottom="deliveries",
        ),
        Rate(
            "claimed_behaviour_rate", "outcome", "Claimed behaviour", "Comportement déclaré", "share", "gcs",
            top="claiming", bottom="respondents",
        ),
        # Impact: the policy aim.
        Count(
            "propaganda_items", "impact", "Propaganda items found", "Contenus de propagande relevés", "items", "own",
            lower_is_better=True,
        ),
        Count("items_referred", "impact", "Items referred", "Contenus signalés aux plateformes", "items", "own"),
        Count("items_removed", "impact", "Items removed", "Contenus retirés", "items", "tco"),
        Rate(
            "removal_rate", "impact", "Removal rate", "Taux de retrait", "share", "tco",
            top="items_removed", bottom="items_referred",
        ),
    )
}  # fmt: skip


def base_of(metric: str, split: Mapping[str, str]) -> str:
    """Return the `question` by which an effective base says of which share it is."""
    return f"{metric}/{split['question']}" if "question" in split else metric
