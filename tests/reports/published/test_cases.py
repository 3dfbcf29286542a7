"""Figures that governments and platforms published come out of our functions as they should, traps and all."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest
import yaml

from reports.errors import NotAdditive
from reports.figures import Figure, Qualifier, parse
from reports.measures import Count, Over, Rate, pool, total
from reports.metrics import METRICS
from reports.published.cumulative import Share, Stated, Total, as_of, differences, share_between
from reports.published.periods import compare, of_days, per_day, period
from reports.published.quotients import change, divide, implied_whole, overlap, part, percentage, spread
from reports.published.rounding import How, judge, share
from reports.records.reach import frequency, together

CASES = {
    case["id"]: case for case in yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text("utf-8"))["cases"]
}
REACH, IMPRESSIONS = METRICS["reach"], METRICS["impressions"]
n = Figure
near = partial(pytest.approx, abs=0.00005)


def case(name):
    """Return what is given, stated and expected of a case."""
    found = CASES[name]
    return found["given"], found.get("stated", {}), found.get("expect", {})


def test_gcs_low_cost_waves():
    """Frequency of each wave; reach for each reel is rounded to hundreds; two waves' reach is bounds, not a sum."""
    given, stated, expect = case("gcs_low_cost_waves")
    one, two = given["wave1"], given["wave2"]
    for name, wave in (("freq_wave1", one), ("freq_wave2", two)):
        assert frequency(n(wave["impressions"]), n(wave["reach"])).at_face == pytest.approx(expect[name], abs=0.005)
    reels = n(two["reels"])
    per_reel = divide(n(two["reach"]), reels).at_face
    assert per_reel == pytest.approx(expect["reach_per_reel_exact"], abs=0.005)
    verdict = judge(str(stated["reach_per_reel"]), per_reel)
    assert (verdict.how, verdict.step) == (How.ROUNDED, 100)
    exact = judge(str(stated["impressions_per_reel"]), divide(n(two["impressions"]), reels).at_face)
    assert exact.how is How.EXACT
    both = together([n(one["reach"]), n(two["reach"])])
    assert (both.lower, both.upper) == (125_000, 144_600)
    assert both.figure.qualifier is Qualifier.BETWEEN
    with pytest.raises(NotAdditive):
        total(REACH, {Over.TIME}, [n(one["reach"]), n(two["reach"])])


def test_tcap_newsletter_24m():
    """The first year is the difference of two totals; its rate is weighted; platforms have no difference."""
    given, _, expect = case("tcap_newsletter_24m")
    late, early = given["m24"], given["m12"]
    years = period("2020-11/2021-10"), period("2021-11/2022-10")
    for name in ("urls", "alerts"):
        added = differences([Total(years[0], early[name]), Total(years[1], late[name])])
        assert added[1].added == expect[f"first12_{name}"]
    offline = share_between(
        Share(percentage(f"{early['offline_pct']}%"), early["alerts"]),
        Share(percentage(f"{late['offline_pct']}%"), late["alerts"]),
    )
    assert offline.at_face == pytest.approx(expect["first12_offline"], abs=0.0005)
    assert offline.lower < offline.at_face < offline.upper
    with pytest.raises(NotAdditive, match="no difference over time"):
        differences([Total(years[0], early["platforms"]), Total(years[1], late["platforms"])], metric=REACH)
    # The same twelve months stand as 10,345 in one place and 10,174 in another: which counts depends on the day.
    told = [
        Stated(n(10_174), years[1], date(2022, 11, 1), "report"),
        Stated(n(10_345), years[1], date(2023, 1, 1), "news"),
    ]
    newest, others = as_of(told, years[1], date(2022, 12, 1))
    assert (newest.figure.value, others) == (10_174, [])
    newest, others = as_of(told, years[1], date(2023, 2, 1))
    assert (newest.figure.value, [each.source for each in others]) == (10_345, ["report"])


def test_eu_iru_2018():
    """83.64 % of the referrals were removed: fewer of the items assessed."""
    given, _, expect = case("eu_iru_2018")
    assessed, referred = n(given["assessed"]), n(given["referred"])
    assert divide(referred, assessed).at_face == near(expect["referral_rate"])
    removed = part(percentage(f"{given['removed_pct_of_referred']}%"), referred)
    assert round(removed.value) == expect["removed"]
    assert removed.lower < expect["removed"] < removed.upper
    of_assessed = divide(removed, assessed)
    assert of_assessed.at_face == near(expect["removed_of_assessed"])
    assert of_assessed.upper < removed.value / given["referred"]  # the two denominators are no rounding of each other


def test_eu_iru_2023_secondary():
    """A whole per cent leaves an interval around the items removed."""
    given, _, expect = case("eu_iru_2023_secondary")
    assert divide(n(given["referred"]), n(given["assessed"])).at_face == pytest.approx(
        expect["referral_rate"], abs=0.0005
    )
    removed = part(percentage(f"{given['success_pct']}%"), n(given["referred"]))
    assert round(removed.value) == expect["removed"]
    assert (round(removed.lower), round(removed.upper)) == (6047, 6111)


def test_eu_iru_shares_2017():
    """Two rounded shares imply totals 6 % apart at face value; only what their intervals share is known."""
    given, _, expect = case("eu_iru_shares_2017")
    totals = [
        implied_whole(n(given["to_member_states"]), percentage(f"{given['to_member_states_pct']}%")),
        implied_whole(n(given["from_member_states"]), percentage(f"{given['from_member_states_pct']}%")),
    ]
    assert [round(each.value) for each in totals] == [expect["implied_total_a"], expect["implied_total_b"]]
    assert all(each.qualifier is Qualifier.ABOUT and each.lower < each.value < each.upper for each in totals)
    shared = overlap(totals)
    assert shared.value is None
    assert 29_000 < shared.lower < shared.upper < 29_600


def changes_of_cnil(name, before, days=None):
    """Check the printed changes of a CNIL report, which are cut toward zero."""
    given, stated, expect = case(name)
    old, _, _ = case(before)
    for what in ("blocking", "removal", "dereferencing"):
        found = change(n(old[what]), n(given[what])).at_face
        if f"{what}_chg" in expect:
            assert found == near(expect[f"{what}_chg"])
        verdict = judge(f"{stated[f'{what}_chg_pct']}%", found)
        assert verdict.plausible
        assert verdict.stated == stated[f"{what}_chg_pct"] / 100
        yield what, verdict.how


def added_up(given):
    """Return a report's total of what was asked for."""
    figures = [n(given[name]) for name in ("blocking", "removal", "dereferencing")]
    return total(METRICS["items_referred"], {Over.BREAKDOWN}, figures)


def test_cnil_2017():
    """The three kinds of request add up to the printed total."""
    given, stated, _ = case("cnil_2017")
    assert added_up(given).value == stated["total"]
    assert judge(f"{stated['removal_chg_pct']}%", 12.7).how is How.EXACT


def test_cnil_2018():
    """Changes that were cut toward zero are known as that; rounding half up would give another number."""
    given, stated, expect = case("cnil_2018")
    before = case("cnil_2017")[1]["total"]
    assert added_up(given).value == stated["total"]
    found = change(n(before), added_up(given)).at_face
    assert found == near(expect["total_chg"])
    assert judge(f"{stated['total_chg_pct']}%", found).how is How.CUT
    assert judge("-35%", found).how is How.ROUNDED
    assert dict(changes_of_cnil("cnil_2018", "cnil_2017")) == {
        "blocking": How.ROUNDED, "removal": How.CUT, "dereferencing": How.ROUNDED,
    }  # fmt: skip


def test_cnil_2019():
    """A period of 333 days is compared with one of 338 by what each day had."""
    given, _, expect = case("cnil_2019")
    old = n(case("cnil_2018")[1]["total"]), period("2018-03-01/2019-02-01")
    new = n(given["total"]), period("2019-02-02/2019-12-31")
    assert (old[1].days, new[1].days) == (338, given["days"])
    assert old[1].touches(new[1])
    found = compare(old, new)
    assert found.total.at_face == near(expect["total_chg_vs_2018"])
    assert found.unequal
    assert found.daily.at_face > found.total.at_face
    assert per_day(*old).at_face == pytest.approx(expect["per_day_2018"], abs=0.05)
    assert per_day(*new).at_face == pytest.approx(expect["per_day_2019"], abs=0.05)


def test_pharos_2017():
    """A share of all reports, and two falls, each from its own year."""
    given, stated, expect = case("pharos_2017")
    terror = [n(given[name]) for name in ("terrorism_2015", "terrorism_2016", "terrorism_reports")]
    found = divide(terror[2], n(given["reports"])).at_face
    assert found == near(expect["terrorism_share"])
    assert share(given["terrorism_reports"], given["reports"], f"{stated['terrorism_share_pct']}%").how is How.ROUNDED
    assert change(terror[1], terror[2]).at_face == near(expect["chg_2017"])
    assert change(terror[0], terror[1]).at_face == near(expect["chg_2016"])


def test_ctiru_cumulative():
    """Differences of the running totals are the printed column, to the item; periods are of unequal length."""
    given, _, _ = case("ctiru_cumulative")
    totals = [Total(period(name), running) for name, _, running in given["rows"]]
    added = differences(totals, start=given["start_total"])
    assert [each.added for each in added] == [printed for _, printed, _ in given["rows"]]
    assert not any(each.correction or each.gap for each in added)
    assert {each.period.days for each in added} == {92, 59, 31, 91, 30, 62, 28, 61}
    quickest = max(added, key=lambda each: each.per_day)
    assert quickest.period == period("2014-11")
    assert quickest.per_day == pytest.approx(14_000 / 30)


def test_gifct_2022():
    """About 370,000 items stay about; the parts give 370,200; hashes are counted apart from items."""
    given, stated, expect = case("gifct_2022")
    items = total(
        METRICS["items_referred"], {Over.BREAKDOWN}, [n(given[name]) for name in ("images", "videos", "pdf_text_items")]
    )
    assert items.value == expect["sum"]
    printed = parse(f"approximately {stated['distinct_items_approx']:,}").figure
    assert (printed.value, printed.qualifier) == (370_000, Qualifier.ABOUT)
    assert judge(f"{stated['distinct_items_approx']:,}", items.value).how is How.ROUNDED
    assert divide(n(given["hashes"]), printed).at_face == pytest.approx(expect["hashes_per_item"], abs=0.005)
    also = total(METRICS["items_referred"], {Over.CHANNELS}, [printed, n(200)])
    assert also.qualifier is Qualifier.ABOUT


def test_icsve_english_2017():
    """Almost 604,000 views over more than a million people are at most 0.604 each."""
    given, _, expect = case("icsve_english_2017")
    views = parse(f"almost {given['views_almost']:,}").figure
    reached = parse(f"over {given['reach_over']:,}").figure
    found = divide(views, reached)
    assert found.upper == pytest.approx(expect["views_per_reach_max"])
    assert found.figure.qualifier is Qualifier.UNDER
    assert found.figure.value is None
    assert of_days(date(2017, 12, 7), given["days"]).last == date(2017, 12, 31)


def test_icsve_iraq_2017():
    """What is "close to" stays about, also for each day."""
    given, _, _ = case("icsve_iraq_2017")
    views = parse(f"close to {given['views_close_to']:,}").figure
    assert (views.value, views.qualifier) == (1_700_000, Qualifier.ABOUT)
    assert per_day(views, of_days(date(2017, 1, 1), given["days"])).at_face == pytest.approx(1_700_000 / 24)


def test_redirect_pilot():
    """Over 500,000 minutes are at least 1.56 for each user, and about a year."""
    given, _, expect = case("redirect_pilot")
    minutes = parse(f"over {given['minutes_over']:,}").figure
    each = divide(minutes, n(given["users_exact"]))
    assert each.figure.qualifier is Qualifier.OVER
    assert each.figure.lower == pytest.approx(expect["minutes_per_user_min"], abs=0.005)
    years = divide(minutes, n(60 * 24 * 365.25))
    assert years.lower == pytest.approx(expect["total_years"], abs=0.005)
    verdict = judge(f"{given['users_rounded']:,}", given["users_exact"])
    assert (verdict.how, verdict.plausible) == (How.ROUNDED, True)


def test_adl_redirect_2019():
    """Two figures for one thing stay two: bounds that hold both, and a rate for each."""
    given, _, expect = case("adl_redirect_2019")
    views = [parse(f"over {given[name]:,}").figure for name in ("ad_views_over_a", "ad_views_over_b")]
    clicks = parse(f"over {given['clicks_over']:,}").figure
    rates = [divide(clicks, each) for each in views]
    assert rates[0].at_face == near(expect["ctr_if_200k"])
    assert rates[1].at_face == near(expect["ctr_if_175k"])
    assert not any(each.bounded for each in rates)  # over 4,000 of over 200,000 bounds nothing
    held, differ = spread(views)
    assert differ
    assert (held.lower, held.qualifier) == (175_000, Qualifier.OVER)


def test_adl_moonshot_election_2020():
    """Hours for each search, in seconds."""
    given, _, expect = case("adl_moonshot_election_2020")
    seconds = n(given["hours_viewed_over"] * 3600)
    assert divide(seconds, n(given["searches_over"])).at_face == pytest.approx(expect["seconds_per_search"], abs=0.05)


def test_stop_djihadisme_calls():
    """Eight per cent of the calls is 5,440, give or take half a per cent of them."""
    given, _, expect = case("stop_djihadisme_calls")
    found = part(percentage(f"{given['identifications_pct']}%"), n(given["calls"]))
    assert (found.value, found.lower, found.upper) == (expect["identifications"], 5100, 5780)


def test_adwords_by_device():
    """Click-through rates printed a hundred times too large are found; totals pool by weight, costs divide."""
    given, stated, expect = case("adwords_by_device")
    rate, clicks = METRICS["click_through_rate"], METRICS["link_clicks"]
    assert isinstance(rate, Rate)
    assert isinstance(clicks, Count)
    devices = [given["desktop"], given["mobile"]]
    figures = [n(each["clicks"] / each["impressions"], None, None, Qualifier.EXACT, each["clicks"], each["impressions"])
               for each in devices]  # fmt: skip
    for name, figure in zip(("desktop", "mobile", "total"), [*figures, pool(rate, figures)], strict=True):
        assert figure.value * 100 == near(expect[f"ctr_{name}_pct"])
        verdict = share(figure.numerator, figure.denominator, f"{stated[f'ctr_{name}_pct_as_printed']}%")
        assert (verdict.how, verdict.plausible) == (How.HUNDREDFOLD, False)
    assert total(clicks, {Over.BREAKDOWN}, [n(each["clicks"]) for each in devices]).value == stated["clicks_total"]
    shown = total(IMPRESSIONS, {Over.BREAKDOWN}, [n(each["impressions"]) for each in devices])
    assert shown.value == stated["impressions_total"]
    for name, each in given.items():
        cost = divide(n(each["spend"]), n(each["clicks"])).at_face
        assert judge(str(stated[f"cpc_{name}"]), cost).plausible
    for name, key in (("clicks", "clicks"), ("impressions", "impr")):
        found = divide(n(devices[1][name]), n(devices[0][name])).at_face
        assert judge(f"{stated[f'mobile_vs_desktop_{key}_pct']}%", found).plausible
    fall = change(n(devices[0]["spend"]), n(devices[1]["spend"])).at_face
    assert judge(f"{stated['mobile_vs_desktop_spend_pct']}%", fall).plausible


@pytest.mark.parametrize("name", CASES)
def test_no_case_is_left_out(name):
    """Every case of the file has its test here."""
    assert callable(globals()[f"test_{name}"])
