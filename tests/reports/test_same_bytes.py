"""The same figures give the same bytes: in another process, with other hash seeds, in another zone, years later."""

import hashlib
import json
import os
import subprocess
import sys

from sqlmodel import SQLModel

from campaigns.store.engine import writing
from reports.collect import import_file
from reports.referrals.models import Referral
from tests.builders.commands import HOUSE
from tests.builders.evaluations import CAMPAIGN, NOW, apply_campaign, csv_file, database, document, kpi
from tests.builders.programs import need_pango

READINGS = """\
at,subject_kind,subject,metric,value,numerator,denominator,country
2026-10-20,release,wave1/fr-FR/fr-social,reach,"over 20,000",,,
2026-10-20,release,wave1/ar/fr-social,impressions,21000,,,NA
2026-10-27,release,wave1/fr-FR/fr-social,link_clicks,190,,,
2026-11-03,release,wave1/fr-FR/fr-social,link_clicks,310,,,
2026-11-10,release,wave1/fr-FR/fr-social,link_clicks,420,,,
2026-11-10,release,wave2/fr-FR/fr-social,impressions,20000,,,
2026-11-19,audience,young-fr,recall_rate,,90,500,
"""
KPIS = (kpi(), kpi(id="recall", stage="outtake", metric="recall_rate", baseline="11%", target="18%"))
PROGRAM = """
import hashlib, json, sys
import time_machine
from campaigns.store.engine import connect, reading
from reports.assessment.evaluation import evaluate
from reports.presentation.files import files
url, campaign, when = sys.argv[1:]
with time_machine.travel(when, tick=True), reading(connect(url)) as connection:
    found = evaluate(connection, campaign)
    for language in ("en", "ar"):
        made = files(found, ("html", "brief", "pdf", "csv", "xlsx", "json", "parquet"), language)
        raw = {name: data if isinstance(data, bytes) else data.encode() for name, data in made.items()}
        print(json.dumps({name: hashlib.sha256(data).hexdigest() for name, data in raw.items()}))
"""


def test_every_format_is_the_same_in_another_process(tmp_path):
    """HTML, brief, PDF, CSV, XLSX, JSON and Parquet do not depend on hash seed, zone, language or day."""
    need_pango()
    engine = database(tmp_path)
    assert Referral.__tablename__ in SQLModel.metadata.tables
    with writing(engine) as connection:
        apply_campaign(connection, document(KPIS))
        import_file(connection, csv_file(tmp_path, READINGS), CAMPAIGN, "analyst", NOW)
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    told = []
    for seed, zone, language, when in (("1", "UTC", "C.UTF-8", "2026-12-01"), ("7", "Asia/Tokyo", "C", "2031-07-09")):
        surroundings = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "PYTHONPATH": str(HOUSE)}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, url, CAMPAIGN, when],
            env=os.environ | surroundings, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        told.append([json.loads(line) for line in done.stdout.splitlines()])
    assert told[0] == told[1]
    endings = {name.rpartition(".")[2] for made in told[0] for name in made}
    assert endings == {"html", "pdf", "csv", "xlsx", "json", "parquet"}
    assert hashlib.sha256(b"").hexdigest() not in {each for made in told[0] for each in made.values()}
