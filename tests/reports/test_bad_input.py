"""Whatever is wrong with a file is listed by line, column, value and cure, and nothing of it is stored."""

import tracemalloc

import duckdb
import openpyxl
import pytest
from sqlalchemy import func, select

from campaigns.errors import InvalidDocument, UsageError
from campaigns.store.tables import table
from reports.cells.layout import Layout, load
from reports.cells.sheet import Csv
from reports.collect import MOST, import_file
from reports.models import DailyReading, Reading, ReadingSeries
from reports.snapshot import Snapshot
from reports.sources.readings_csv import ReadingsCsv
from tests.builders.evaluations import CAMPAIGN, NOW

POST = "wave1/fr-FR/fr-social"
ROW = f"2026-10-12,release,{POST},"
HEADING = "at,subject_kind,subject,metric,value\n"


def bring(connection, path, **layout):
    return import_file(connection, path, CAMPAIGN, "analyst", NOW, layout=Layout(**layout))


def written(folder, raw, name="f.csv"):
    path = folder / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return path


def workbook(folder, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "f.xlsx")
    book.close()
    return folder / "f.xlsx"


def values(connection):
    return list(connection.execute(select(table(Reading).c.value).order_by("series", "at")).scalars())


def refused(connection, path, **layout):
    with pytest.raises(InvalidDocument) as refusal:
        bring(connection, path, **layout)
    for each in (Reading, DailyReading, ReadingSeries):
        assert connection.execute(select(func.count()).select_from(table(each))).scalar_one() == 0
    assert all(each.hint for each in refusal.value.complaints)
    return [str(each) for each in refusal.value.complaints]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        pytest.param(b"at,valeur\n2026-10-12,caf\xe9\n", ["f.csv:2:15 byte 0xe9 is not UTF-8; save"], id="latin-1"),
        pytest.param((HEADING + ROW + "views,5\n").encode("utf-16")[:-1], ["is not utf-16"], id="half-a-letter"),
        pytest.param("at,value\n1,2\n".encode("utf-16-le"), ["the control character U+0000"], id="utf-16-no-mark"),
        pytest.param(HEADING + ROW + "views,1.234\n", [f"f.csv:2:{len(ROW) + 7} '1.234' may be 1234 or a fraction; "],
                     id="a-dot-of-two-minds"),
        pytest.param(HEADING + ROW + 'minutes_viewed,"1,234"\n', ["'1,234' may be 1234 or 1.234; dec"], id="a-comma"),
        pytest.param(HEADING + ROW + "views,6.5\n", ["'6.5' is not a whole number, and 'views' is counted"], id="half"),
        pytest.param("at,Reach,reach\n", ["f.csv:1:10 the heading 'reach' is there twice; keep"], id="heading-twice"),
        pytest.param("Post ID,Date,Views,Plays\n1,2026-10-12,1,2\n", ["f.csv:1:20", "both mean"], id="one-meaning"),
        pytest.param(HEADING + ROW + "views,-5\n", [f"f.csv:2:{len(ROW) + 7} '-5' is negative"], id="negative"),
        pytest.param(HEADING + ROW + "view_through_rate,120%\n", ["'120%' is more than the whole"], id="over-100"),
        pytest.param(HEADING + ROW + "click_through_rate,48.77\n",
                     [f"f.csv:2:{len(ROW) + 20} '48.77' is more than the whole", "write 48.77% or 0.4877"],
                     id="per-cent-as-a-number"),
        pytest.param("at,subject_kind,subject,metric,value,numerator,denominator\n"
                     + ROW + "click_through_rate,48.77%,443488,90930000\n", ["which is 0.4877%"], id="a-hundredfold"),
        pytest.param(HEADING + "2026-10-12T10:00:00+02:00" + ROW[10:] + "views,5\n2026-10-13T10:00:00" + ROW[10:]
                     + "views,6\n", ["f.csv:3:1 '2026-10-13T10:00:00' does not say in which time zone; add the offset"],
                     id="zones-mixed-with-none"),
        pytest.param(HEADING + "2026-10-12T10:00:00+02:00" + ROW[10:] + "views,5\n2026-10-13T10:00:00Z" + ROW[10:]
                     + "views,6\n", ["f.csv:3:1 '2026-10-13T10:00:00Z' is of another time zone than '2026-10-12T10",
                                     "declare --zone"], id="two-zones"),
        pytest.param(HEADING + "2026-10-12,release,wave9/x,views,5\n", ["f.csv:2:20", "has no release 'wave9/x'"],
                     id="unknown-release"),
        pytest.param(HEADING, ["f.csv:1 the file has no figure", "export it again"], id="a-heading-alone"),
        pytest.param("Post ID,Date,Likes\n" + f"{POST},2026-10-12,\n", ["the file has no figure"], id="empty-cells"),
        pytest.param("", ["f.csv:1 the file has no heading"], id="empty"),
        pytest.param(HEADING + ROW + "views,1\x002\n", ["f.csv:2:", "the control character U+0000; remove it"],
                     id="nul"),
        pytest.param(HEADING + "2026-10-12,release,\x1b[31mred,views,1\n", ["f.csv:2:20", "U+001B"], id="escape"),
        pytest.param("at,value,\x07bell\n", ["f.csv:1:10 the cell holds the control character U+0007"], id="bell"),
        pytest.param("# source: a\x00b\n" + HEADING, ["a note holds a control character"], id="nul-in-a-note"),
        pytest.param(HEADING + ROW + 'views,"=1+1"\n', ["'=1+1' is not a figure"], id="formula-in-csv"),
        pytest.param(HEADING + ROW + 'views,"12\n' + ROW + "views,13\n", ["f.csv:2 not CSV", "quotation"], id="quotes"),
        pytest.param("Post ID,Date,Impressions,Link clicks,CTR\n" + f"{POST},2026-10-12,90930000,443488,48.77%\n",
                     ["f.csv:2:50 the row says 48.7700%, and 443,488 of 90,930,000 are 0.4877%; a percentage sign"],
                     id="a-hundredfold-beside-its-counts"),
        pytest.param("Post ID,Date,Impressions,Link clicks,CTR\n" + f"{POST},2026-10-12,90930000,443488,0.4877%\n"
                     + f"{POST},2026-10-13,90930000,443488,0.4877\n", ["f.csv:3:50 the row says 48.7700%"],
                     id="a-percentage-sign-left-out"),
        pytest.param(HEADING[:-1] + ",email\n" + ROW + "views,5,a@b.example\n",
                     ["f.csv:1:38 unknown column 'email'; Cordiale keeps nothing about single persons"], id="persons"),
        pytest.param(HEADING + "03/04/2026" + ROW[10:] + "views,5\n",
                     ["f.csv:2:1 '03/04/2026' is not a date; ", "declare --dates day-first or month-first"],
                     id="date-of-two-minds"),
        pytest.param(HEADING + ROW + "spend,5\n", ["does not say in which currency"], id="money-of-no-currency"),
        pytest.param(HEADING + ROW + "views," + "9" * 200_000 + "\n", ["not CSV: field larger"], id="endless-cell"),
        pytest.param("a" * 1_100_000, ["f.csv:1 the line has no end"], id="a-line-without-end"),
        pytest.param(b"PK\x03\x04 and then nothing", ["the workbook cannot be read"], id="broken-workbook"),
        pytest.param(b"PAR1 and then nothing", ["not Parquet"], id="broken-parquet"),
        pytest.param(b"\xd0\xcf\x11\xe0 old", ["a workbook of Excel 97"], id="old-workbook"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_listed_and_nothing_is_kept(connection, tmp_path, raw, says):
    """Each fault names its place, its value and its cure."""
    found = refused(connection, written(tmp_path, raw))
    assert all(each in found[0] for each in says), found


@pytest.mark.parametrize(
    ("dates", "day"), [("day-first", "2026-11-10"), ("month-first", "2026-10-11")], ids=["day", "month"]
)
def test_a_declared_order_of_dates_decides(connection, tmp_path, dates, day):
    """Declared, 10/11/2026 is a date, with or without a time; a month 13 is none."""
    text = HEADING + f"10/11/2026{ROW[10:]}views,5\n10.11.2026 9:30{ROW[10:]}likes,6\n"
    bring(connection, written(tmp_path, text), dates=dates, zone="UTC")
    found = connection.execute(select(table(Reading).c.at).order_by("at")).scalars().all()
    assert [each.isoformat() for each in found] == [f"{day}T09:30:00+00:00", f"{day}T23:59:59+00:00"]
    with pytest.raises(InvalidDocument, match="'13/13/2026' is not a date"):
        bring(connection, written(tmp_path, HEADING + f"13/13/2026{ROW[10:]}views,5\n"), dates=dates)


def test_a_rate_of_its_own_is_no_hundredfold(connection, tmp_path):
    """A platform may count other clicks in its rate: that it differs is no fault, only a hundredfold is."""
    text = f"Post ID,Date,Impressions,Link clicks,CTR\n{POST},2026-10-12,1000,10,3%\n"
    assert bring(connection, written(tmp_path, text)).added == 3


def test_a_fault_names_the_release_as_people_do(connection, tmp_path):
    """What is here otherwise, and what fell, is told with entry, locale and channel, not with a long id."""
    bring(connection, written(tmp_path, HEADING + ROW + "views,50\n"))
    with pytest.raises(InvalidDocument, match=f"views of release {POST} at 2026-10-12T23:59:59Z is 60 here and 50"):
        bring(connection, written(tmp_path, HEADING + ROW + "views,60\n", "g.csv"))
    text = HEADING + f"2026-10-13{ROW[10:]}views,40\n"
    (fall,) = bring(connection, written(tmp_path, text, "h.csv")).falls
    assert (fall.subject, fall.by) == (POST, 10)


def times(*texts):
    rows = "".join(f"{text}{ROW[10:]}views,{number}\n" for number, text in enumerate(texts))
    return HEADING + rows


def test_every_row_of_another_zone_is_listed(connection, tmp_path):
    """Not the first alone: whoever mends the file sees all of them."""
    found = refused(
        connection, written(tmp_path, times(*(f"2026-10-1{n}T10:00:00{'Z' if n % 2 else '+02:00'}" for n in range(8))))
    )
    assert [each.split(" ")[0] for each in found] == ["f.csv:3:1", "f.csv:5:1", "f.csv:7:1", "f.csv:9:1"]


@pytest.mark.parametrize(
    ("texts", "zone"),
    [
        pytest.param(["2026-10-24T10:00:00Z", "2026-10-26T10:00:00+00:00", "2026-10-27"], "", id="one-offset"),
        pytest.param(
            ["2026-10-24T10:00:00+02:00", "2026-10-26T10:00:00+01:00", "2026-10-27T10:00:00"], "Europe/Paris",
            id="summer-and-winter-of-the-declared-zone",
        ),
        pytest.param(["2026-10-24T10:00:00Z", "2026-10-26T10:00:00Z"], "Europe/London", id="utc-beside-a-zone"),
    ],
)  # fmt: skip
def test_one_clock_is_no_mixture(connection, tmp_path, texts, zone):
    """One offset, or summer and winter time of the declared zone, are one clock."""
    assert bring(connection, written(tmp_path, times(*texts)), zone=zone).added == len(texts)


def test_summer_and_winter_time_are_two_zones_until_one_is_declared(connection, tmp_path):
    """Nobody guesses that +02:00 and +01:00 are Paris; and Berlin's clocks do not show what Moscow's do."""
    text = times("2026-10-24T10:00:00+02:00", "2026-10-26T10:00:00+01:00")
    assert "is of another time zone" in refused(connection, written(tmp_path, text))[0]
    text = times("2026-10-24T10:00:00+02:00", "2026-10-26T10:00:00+03:00")
    assert "is of another time zone" in refused(connection, written(tmp_path, text), zone="Europe/Berlin")[0]


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("1\u202f234\u202f567", 1_234_567), ("1\u00a0234", 1234), ("1'234", 1234), ("1.234.567", 1_234_567),
        ("\u0661\u066c\u0662\u0663\u0664", 1234), ("\u06f1\u06f2\u06f3", 123), ("1,234", 1234),
        ("over 600,000", 600_000), ("almost 2m", 2_000_000), ("\u0661\u0662\u0663\u066b\u0660", 123),
    ],
)  # fmt: skip
def test_thousands_marks_and_digits_of_the_world(connection, tmp_path, printed, value):
    """Narrow spaces, apostrophes, several dots, Arabic and Persian digits are what they stand for."""
    bring(connection, written(tmp_path, f'{HEADING}{ROW}views,"{printed}"\n'))
    assert values(connection) == [value]


def test_a_declared_decimal_mark_decides(connection, tmp_path):
    """Semicolons are seen; with a declared comma, 1.234 is a thousand and more, and 1.234,5 a half more."""
    text = f"at;subject_kind;subject;metric;value\n2026-10-12;release;{POST};views;1.234\n"
    text += f"2026-10-12;release;{POST};minutes_viewed;1.234,5\n"
    bring(connection, written(tmp_path, text), decimal=",")
    assert sorted(values(connection)) == [1234, 1234.5]


def test_what_a_mapping_declares_is_read(connection, tmp_path):
    """A YAML file says the encoding, what headings mean, what every row has, what is per cent, and the zone."""
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        "source: réseau\nkind: platform\nencoding: cp1252\ncolumns: {Total: views, Interne: '-'}\npercent: [CTR]\n"
        "always: {subject_kind: channel, subject: fr-social}\nzone: Europe/Paris\n",
        "utf-8",
    )
    text = "Date,Total,CTR,Interne,Caf\u00e9\n2026-10-12T08:00:00,7,48.77,x,y\n2026-10-13,9,1.5,x,y\n".encode("cp1252")
    layout = load(mapping)
    outcome = import_file(connection, written(tmp_path, text), CAMPAIGN, "analyst", NOW, layout=layout)
    assert (outcome.kind, outcome.ignored) == ("platform", ("Interne", "Caf\u00e9"))
    assert sorted(values(connection)) == [0.015, 0.4877, 7, 9]
    found = connection.execute(select(table(Reading).c.at).order_by("at").distinct()).scalars().all()
    assert [each.isoformat() for each in found] == ["2026-10-12T06:00:00+00:00", "2026-10-13T21:59:59+00:00"]
    of = connection.execute(select(table(ReadingSeries)).limit(1)).one()
    assert (of.source, of.subject_kind, of.subject) == ("réseau", "channel", "fr-social")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colums: {a: b}\n", "colums"), ("- a\n", "keys and values"), ("zone: Mars/Phobos\n", "no time zone 'Mars"),
        ("decimal: x\n", "decimal"), ("a: [\n", "not YAML"),
    ],
)  # fmt: skip
def test_a_bad_mapping_is_refused(tmp_path, text, says):
    """A mapping that says what there is not is listed like any other file."""
    with pytest.raises(InvalidDocument, match=says):
        load(written(tmp_path, text, "m.yaml"))
    with pytest.raises(UsageError, match="no mapping file"):
        load(tmp_path / "absent.yaml")


def test_a_workbook_is_read_by_its_cells(connection, tmp_path):
    """Numbers, dates and text of a sheet are read as stored: NA stays Namibia, an id of text keeps its digits."""
    rows = [
        ["Post ID", "Date", "Impressions", "Country"],
        ["1140000000000000000", NOW.date(), 78_500, "NA"],
        ["1140000000000000000", "2026-10-13", 79_000.0, "NA"],
    ]
    assert bring(connection, workbook(tmp_path, rows)).added == 2
    assert connection.execute(select(table(ReadingSeries).c.dimensions)).scalar_one() == '{"country":"NA"}'
    assert sorted(values(connection)) == [78_500, 79_000]


def test_formulas_and_rounded_ids_of_a_workbook_are_listed(connection, tmp_path):
    """A formula, an error and an id that Excel rounded are faults with row and column; all are listed."""
    rows = [
        ["Post ID", "Date", "Impressions"],
        ["1140000000000000000", "2026-10-12", "=SUM(C3:C4)"],
        [1_140_000_000_000_000_000, "2026-10-12", 5],
        ["1140000000000000000", "2026-10-12", "#REF!"],
        ["1140000000000000000", "2026-10-12", 5, "stray"],
    ]
    found = refused(connection, workbook(tmp_path, rows))
    assert [each.split(" ")[0] for each in found] == ["f.xlsx:2:3", "f.xlsx:3:1", "f.xlsx:4:3", "f.xlsx:5:4"]
    assert "formula =SUM(C3:C4)" in found[0]
    assert "more digits than Excel keeps" in found[1]


def test_parquet_is_read_as_text(connection, tmp_path):
    """Whole numbers, dates and null of a Parquet file are read; a time without a zone is refused with its row."""
    duck = duckdb.connect()
    query = f"SELECT DATE '2026-10-12' AS \"Date\", '{POST}' AS post, 9007199254740993 AS views, NULL AS likes"
    duck.execute(f"COPY ({query.replace('9007199254740993', '41')}) TO '{tmp_path / 'f.parquet'}'")
    duck.execute(f"COPY ({query.replace('DATE', 'TIMESTAMP')}) TO '{tmp_path / 'naive.parquet'}'")
    duck.close()
    found = refused(connection, tmp_path / "naive.parquet")
    assert found[0].startswith("naive.parquet:2:1 '2026-10-12 00:00:00' does not say in which time zone")
    assert bring(connection, tmp_path / "f.parquet").added == 1
    assert values(connection) == [41]


def test_very_many_faults_are_counted(connection, tmp_path):
    """The first ten thousand are listed, and the last line says how many more there are."""
    rows = "".join(f"2026-10-12,release,{POST},views,x{n}\n" for n in range(MOST + 5))
    found = refused(connection, written(tmp_path, HEADING + rows))
    assert len(found) == MOST + 1
    assert "5 more faults follow" in found[-1]


def test_memory_follows_the_row_and_not_the_file(tmp_path):
    """A file twenty times as large takes no more memory to read: rows come and go one at a time."""
    peaks = []
    for number in (500, 10_000):
        path = written(tmp_path, HEADING + "".join(f"{ROW}views,{n}\n" for n in range(number)))
        tracemalloc.start()
        with path.open("rb") as stream:
            rows = ReadingsCsv().read(Csv(stream, "f.csv"), CAMPAIGN, Layout())
            assert sum(isinstance(each, Snapshot) for each in rows) == number
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]
