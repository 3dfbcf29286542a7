"""Campaign documents for tests: one that is whole and sound, and a strategy for any that the schema takes."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from campaigns.documents import schema
from campaigns.documents.fields import MOST
from campaigns.documents.written import PATTERNS
from campaigns.locales import LOCALES

SOUND: dict[str, Any] = {
    "campaign": "raqqa-voices",
    "title": {"en-GB": "Voices of Raqqa", "fr-FR": "Les voix de Raqqa"},
    "partners": {
        "uk": {"name": {"fr-FR": "Royaume-Uni", "ar": "المملكة المتحدة"}, "help": {"ar": "0800 789 321، 24/7"}},
        "fr": {"name": {"fr-FR": "France", "ar": "فرنسا"}, "help": {"fr-FR": "0 800 005 696, 24 h/24"}},
    },
    "policy_aim": "Fewer young people believe Daesh's claim to govern.",
    "starts": "2027-01-11",
    "ends": "2027-04-30",
    "objectives": [
        {
            "id": "know-the-truth",
            "kind": "awareness",
            "statement": {"en-GB": "Young people know that Daesh lost its ground."},
            "kpis": [
                {
                    "id": "recall",
                    "stage": "outtake",
                    "metric": "recall_rate",
                    "audience": "young-fr",
                    "baseline": "11%",
                    "target": "18%",
                    "by": "2027-04-30",
                    "why": "the best campaign of last year gained seven points",
                }
            ],
        }
    ],
    "audiences": [{"id": "young-fr", "locales": ["fr-FR", "ar"], "timezone": "Europe/Paris", "ages": "18-24"}],
    "channels": [
        {
            "id": "fr-mastodon",
            "kind": "mastodon",
            "issuer": "fr",
            "account": "@stopdaech@social.example",
            "locales": ["fr-FR", "ar"],
            "server": "https://social.example",
            "credential": "fr-mastodon",
            "rate": "30/h",
        }
    ],
    "messages": [
        {
            "id": "lost-ground",
            "audiences": ["young-fr"],
            "values": {"partners_in_coalition": 74},
            "link": "https://example.org/daesh",
            "wording": {
                "fr-FR": "Daesh a perdu son territoire. {{ partners_in_coalition }} partenaires tiennent bon.",
                "ar": "خسر داعش أرضه. {{ partners_in_coalition }} شريكًا يقفون معًا.",
            },
            "variants": {"b": {"wording": {"fr-FR": "Plus un village.", "ar": "ولا قرية."}}},
        }
    ],
    "releases": [
        {"id": "launch", "message": "lost-ground", "channels": ["fr-mastodon"], "at": "2027-01-12T18:30"},
        {
            "id": "reminder",
            "message": "lost-ground",
            "channels": ["fr-mastodon"],
            "at": "2027-01-19T18:30",
            "repeat": "FREQ=WEEKLY;COUNT=4",
            "variant": "alternate",
        },
    ],
    "blackouts": [
        {
            "id": "fr-reserve",
            "partner": "fr",
            "from": "2027-04-09T00:00",
            "to": "2027-04-11T20:00",
            "zone": "Europe/Paris",
            "reason": "réserve électorale",
        }
    ],
}


#: For properties of whole documents: few of them, and no clock, since a busy machine is no fault of theirs.
WHOLE = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def sound() -> dict[str, Any]:
    """Return a document about which there is nothing to say, as plain data to change at will."""
    return deepcopy(SOUND)


def put(data: dict[str, Any], road: str, value: Any) -> dict[str, Any]:
    """Set *value* at *road*, such as `messages.0.wording.ar`, and return *data*; `...` takes the key out."""
    *steps, last = [int(step) if step.isdigit() else step for step in road.split(".")]
    here: Any = data
    for step in steps:
        here = here[step]
    if value is ...:
        del here[last]
    elif isinstance(here, list) and last == len(here):
        here.append(value)
    else:
        here[last] = value
    return data


_letters = st.characters(
    exclude_categories=["Cs"],
    exclude_characters=[chr(n) for n in (*range(9), *range(11, 32), *range(127, 160), 0xFFFE, 0xFFFF)],
)
_prose = st.lists(
    st.sampled_from(
        [
            "Daesh",
            "lost",
            "خسر داعش",
            "l’État",  # noqa: RUF001 (French writes it so)
            "74 %",
            "{{ n }}",
            "no",
            "- a",
            "# b",
            "k: v",
            "'",
            '"',
            "\\",
            "\n",
            " ",
        ]
    ),
    min_size=1,
    max_size=12,
).map(" ".join)
texts = st.one_of(st.text(_letters, min_size=1, max_size=60), _prose).filter(lambda text: text != "")
_breaks = "\n\r\x0b\x0c\x85\u2028\u2029"
lines = texts.map(lambda text: "".join(letter for letter in text if letter not in _breaks)[:300]).filter(bool)
ids = st.integers(0, 999).map("n{}".format) | st.sampled_from(["0", "no", "1e3", "007", "a_b-c", "x" * 63])
zones = st.sampled_from(["Europe/London", "Europe/Paris", "Asia/Baghdad", "Pacific/Tahiti"])
days = st.integers(0, 1500).map(lambda day: (date(2027, 1, 1) + timedelta(days=day)).isoformat())
walls = st.tuples(days, st.integers(0, 23), st.integers(0, 59), st.sampled_from([0, 30])).map(
    lambda at: "{}T{:02}:{:02}:{:02}".format(*at)
)
figures = st.floats(-1e15, 1e15) | st.integers(-(10**12), 10**12)
_tags = list(LOCALES)
_locales = st.lists(st.sampled_from(_tags), min_size=1, max_size=4, unique=True)
localised = st.dictionaries(st.sampled_from(_tags), texts, max_size=3)
said = st.dictionaries(st.sampled_from(_tags), texts, min_size=1, max_size=3)


def _noun(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return plain data with an id, and a few of *fields*: a trailing `_` marks those that are always there."""
    always = {name.removesuffix("_"): value for name, value in fields.items() if name.endswith("_")}
    perhaps = {name: value for name, value in fields.items() if not name.endswith("_")}
    return st.fixed_dictionaries(always, optional=perhaps)


def _list(noun: st.SearchStrategy[dict[str, Any]], least: int = 1) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(noun, min_size=least, max_size=2, unique_by=lambda each: each["id"])


_audience = _noun(
    id_=ids,
    locales_=_locales,
    timezone_=zones,
    name=localised,
    countries=st.lists(st.sampled_from(["FR", "GB", "IQ"]), max_size=2, unique=True),
    ages=st.sampled_from(["18-24", "25+"]),
    insight=texts,
    size=st.fixed_dictionaries({"value": st.integers(100, 10**9)}, optional={"source": texts, "as_of": days}),
    regions=st.lists(st.sampled_from(["FR-75", "GB-LND"]), max_size=2, unique=True),
    think=texts,
    feel=texts,
    do=texts,
    barriers=st.lists(
        st.fixed_dictionaries({"component": st.sampled_from(["capability", "motivation"]), "barrier": texts}),
        max_size=2,
    ),
    accessibility=st.lists(texts, max_size=2),
    mindful_of=st.lists(st.sampled_from(["ramadan", "friday_prayer"]), max_size=2, unique=True),
)
_kpi = _noun(
    id_=ids,
    stage_=st.sampled_from(["input", "output", "outtake", "outcome", "impact"]),
    metric_=ids,
    target_=figures,
    by_=days,
    unit=st.sampled_from(["count", "share"]),
    baseline=figures,
    baseline_as_of=days,
    audiences=st.lists(ids, max_size=2, unique=True),
    channel=ids,
    message=ids,
    locale=st.sampled_from(_tags),
    why=texts,
)
_channel = _noun(
    id_=ids,
    kind_=ids,
    issuer_=ids,
    account_=lines,
    locales_=_locales,
    server=lines,
    credential=ids,
    rate=st.sampled_from(["30/h", "1/s"]),
    pace=st.sampled_from(["4/d", "1/h"]),
    quiet=zones.map(lambda zone: {"from": "22:00", "to": "07:30", "zone": zone}),
    options=st.dictionaries(ids, texts | st.booleans() | st.integers(-MOST, MOST), max_size=2),
)
_message = _noun(
    id_=ids,
    audiences_=st.lists(ids, min_size=1, max_size=2, unique=True),
    wording_=said,
    kind=ids,
    counters=ids,
    messenger=ids,
    headline=st.dictionaries(st.sampled_from(_tags), lines, max_size=2),
    values=st.dictionaries(
        st.sampled_from(["n", "count", "_x1", "No"]),
        texts | st.integers(-MOST, MOST) | st.floats(-1e15, 1e15),
        max_size=3,
    ),
    link=st.dictionaries(st.sampled_from([*_tags, "*"]), lines, min_size=1, max_size=2),
    media=st.lists(st.fixed_dictionaries({"file": st.just("map.png"), "alt": localised}), max_size=2),
    variants=st.dictionaries(st.sampled_from("bcd"), st.fixed_dictionaries({"wording": said}), max_size=2),
    translated=st.dictionaries(
        st.sampled_from(_tags),
        st.dictionaries(
            st.sampled_from(["wording", "headline", "b/wording", "map 1.png/alt"]),
            st.from_regex(PATTERNS["translation_mark"], fullmatch=True),
            max_size=2,
        ),
        max_size=2,
    ),
    waive=st.lists(st.fixed_dictionaries({"check": ids, "because": texts}, optional={"channel": ids}), max_size=2),
)
_entry = _noun(
    id_=ids,
    message_=ids,
    channels_=st.lists(ids, min_size=1, max_size=2, unique=True),
    at_=walls,
    zone=zones,
    fold=st.sampled_from([0, 1]),
    repeat=st.just("FREQ=WEEKLY;COUNT=4"),
    until=walls,
    exdate=st.lists(walls, max_size=2, unique=True),
    not_before=walls,
    under_embargo=st.booleans(),
    variant=st.sampled_from(["a", "b", "alternate"]),
    supersedes=ids | ids.map("{}@20270119T183000".format),
    if_late=st.fixed_dictionaries({"after": st.integers(0, 10**6), "then": st.sampled_from(["send", "skip", "ask"])}),
    not_after=walls,
)
_exception = st.fixed_dictionaries(
    {"releases": st.lists(ids, min_size=1, max_size=2), "authorised_by": lines, "because": texts}
)
_blackout = st.fixed_dictionaries(
    {"id": ids, "partner": ids, "zone": zones, "reason": texts},
    optional={"exceptions": st.lists(_exception, max_size=2)},
).map(lambda each: {**each, "from": "2027-04-09T00:00", "to": "2027-04-11T20:00:30"})
_objective = st.fixed_dictionaries(
    {"id": ids, "kind": st.sampled_from(["awareness", "behaviour"]), "statement": localised, "kpis": _list(_kpi, 0)}
)


def _assumed(least: float, most: float) -> st.SearchStrategy[dict[str, Any]]:
    ends = st.floats(least, most)
    return _noun(value_=ends, source_=texts, to=ends)


_amounts = st.floats(0, 1e9) | st.integers(0, 10**9)
_PLAN = {
    "narratives": _noun(
        id_=ids,
        claim=localised,
        decision=st.sampled_from(["respond", "monitor", "do_not_respond"]),
        because_=texts,
        first_seen=days,
        review_on=days,
    ),
    "messengers": _noun(
        id_=ids,
        name_=st.dictionaries(st.sampled_from(_tags), lines, min_size=1, max_size=2),
        kind_=st.sampled_from(["expert", "creator"]),
        funded_by_=st.lists(ids, max_size=2),
        disclosure_=st.dictionaries(st.sampled_from(_tags), lines, min_size=1, max_size=2),
        credible_because=texts,
    ),
    "theory_of_change": _noun(
        id_=ids,
        assumption_=texts,
        basis_=st.sampled_from(["guess", "research"]),
        evidence_=texts,
        from_=ids,
        to_=ids,
    ),
    "pretests": _noun(
        id_=ids,
        messages_=st.lists(ids, min_size=1, max_size=2),
        by_=lines,
        on_=days,
        result_=texts,
        verdict_=st.sampled_from(["use", "change", "drop"]),
        audience=ids,
        method=texts,
        people=st.integers(0, 10**6),
    ),
    "studies": st.one_of(
        _noun(
            id_=ids,
            asks_=texts,
            experiment_=_noun(
                message_=ids, drawn_by_=lines, how_=texts, drawn_on_=days, channels=st.lists(ids, max_size=1)
            ),
        ),
        _noun(
            id_=ids,
            asks_=texts,
            differences_=_noun(
                metric_=ids,
                campaign_in_=st.lists(lines, min_size=1, max_size=1),
                not_in_=st.lists(lines, min_size=1, max_size=1),
                split=st.sampled_from(["region", "country"]),
                begins=days,
                every=st.sampled_from(["day", "week"]),
            ),
        ),
        _noun(id_=ids, asks_=texts, interrupted_=_noun(metric_=ids, audience=ids, channel=ids, begins=days)),
        _noun(
            id_=ids,
            asks_=texts,
            roi_=_noun(
                kpi_=ids,
                worth_=_assumed(1, 1e6),
                trend_=_assumed(-1e6, 1e6),
                isolation_=_assumed(0, 1),
                externalities_=_assumed(-1e6, 1e6),
                spent_=_assumed(1, 1e6),
                currency_=st.just("GBP"),
                baseline=_assumed(-1e6, 1e6),
            ),
        ),
    ),
    "budget": _noun(
        id_=ids,
        partner_=ids,
        kind_=st.sampled_from(["paid_media", "evaluation"]),
        amount_=_amounts,
        currency_=st.sampled_from(["GBP", "EUR"]),
        channel=ids,
        on=days,
        purpose=texts,
    ),
    "spend_approvals": _noun(
        id_=ids, gate_=ids, reference_=lines, by_=lines, on_=days, up_to_=_amounts, currency_=st.just("EUR")
    ),
    "adjustments": _noun(id_=ids, on_=days, by_=lines, because_=texts),
    "learning": _noun(id_=ids, found_=texts, evidence=texts, next_time_=texts),
    "carries": _noun(id_=ids, campaign_=ids, learning_=ids, applied_=texts),
}
_handling = st.fixed_dictionaries(
    {},
    optional={
        "core_script": localised,
        "lines_to_take": st.lists(said, max_size=2),
        "holding_statement": localised,
        "questions": st.lists(st.fixed_dictionaries({"question": said, "answer": said}), max_size=2),
        "risks": _list(
            _noun(
                id_=ids,
                risk_=texts,
                likelihood_=st.just("low"),
                impact_=st.just("high"),
                response_=texts,
                effect=texts,
                owner=lines,
            ),
            0,
        ),
        "embargo": st.fixed_dictionaries(
            {"until": walls, "zone": zones}, optional={"fold": st.sampled_from([0, 1]), "note": texts}
        ),
        "contact": lines,
    },
)
_backfire = st.fixed_dictionaries(
    {
        "by": lines,
        "audiences": st.lists(ids, min_size=1, max_size=2),
        "signs": st.lists(texts, min_size=1, max_size=2),
        "stop_if": st.lists(texts, min_size=1, max_size=2),
    },
    optional={"every": st.integers(1, 10**6)},
)


def _distinct_kpis(data: dict[str, Any]) -> dict[str, Any]:
    """Give the KPIs of a campaign ids of their own, as `references` asks."""
    for number, objective in enumerate(data.get("objectives", [])):
        for kpi in objective["kpis"]:
            kpi["id"] = f"k{number}-{kpi['id']}"[:63]
    return data


def campaigns(name: str | None = None) -> st.SearchStrategy[schema.Campaign]:
    """Return a strategy for documents that the schema takes, their references led where they may."""
    return (
        _noun(
            campaign_=st.just(name) if name else ids,
            partners_=st.dictionaries(
                ids,
                st.fixed_dictionaries(
                    {},
                    optional={"name": localised, "help": localised, "country": st.just("GB"), "region": st.just("ENG")},
                ),
                min_size=1,
                max_size=3,
            ),
            starts_=st.just("2027-01-11"),
            audiences_=_list(_audience),
            channels_=_list(_channel),
            messages_=_list(_message),
            releases_=_list(_entry),
            title=localised,
            policy_aim=texts,
            ends=st.just("2027-04-30"),
            owner=lines,
            marking=lines,
            handling=_handling,
            backfire=_backfire,
            **{key: _list(noun, 0) for key, noun in _PLAN.items()},
            zone=zones,
            objectives=_list(_objective, 0),
            blackouts=_list(_blackout, 0),
        )
        .map(_distinct_kpis)
        .map(schema.Campaign.model_validate)
    )
