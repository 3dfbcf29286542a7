"""What is signed of a thread is every part: all pages show them, and each with its own count."""

import zipfile
from datetime import timedelta
from pathlib import Path

from campaigns import clock
from scheduler.releases.outgoing import canonical, digest, parse
from scheduler.releases.show import lines
from tests.builders import threads
from tests.builders.commands import process
from tests.builders.workspaces import Workspace

DUE = (clock.now() + timedelta(days=2)).replace(microsecond=0)


def test_review_and_bundle_show_every_part_with_its_count(workspace: Workspace, tmp_path: Path):
    """The terminal, each page that travels and the digest cover all three parts."""
    on = threads.channel(server="http://127.0.0.1:9")
    planned = list(lines(workspace.plan(threads.campaign(DUE, on))))
    workspace.apply(threads.campaign(DUE, on))
    row = workspace.row()
    texts = [part.text for part in parse(row["outgoing"]).parts]
    whole = row["outgoing"]
    assert len(texts) == threads.PARTS
    assert digest(canonical(parse(whole))) == row["digest"]
    assert digest(whole.replace("3/3", "3/4").encode()) != row["digest"]

    assert any(each.startswith("    a thread of 3 parts: ") and each.count(" of 280 weighted") == 3 for each in planned)
    said = process(workspace.folder, "review", "voices").stdout
    process(workspace.folder, "review", "voices", "--bundle", str(tmp_path / "pack.zip"))
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        pages = {name: pack.read(name).decode() for name in ("en.html", "fr.html", "ar.html", "preview.html")}

    assert said.count("of 280 weighted characters:") == threads.PARTS
    for number, text in enumerate(texts, 1):
        assert f"Part {number} of 3, " in said
        assert [name for name, page in pages.items() if text.splitlines()[0] not in page] == []
        assert f"Text {number}" in pages["preview.html"]
