"""Who speaks for the issuer, who pays them, and what may not be public yet: readers see it on everything."""

from pathlib import Path

import pytest

from campaigns.documents import schema
from content.check import Context
from content.checklist import review
from content.embargo import sentence
from content.render import fingerprint, render
from tests.builders.renderings import request

LOCALES = ("en-GB", "fr-FR", "ar")
KINDS = ("mastodon", "outbox", "webhook", "smtp", "feed")
TEACHER = schema.Messenger.model_validate(
    {
        "id": "history-teachers",
        "name": {"en-GB": "History Teachers", "fr-FR": "Professeurs d’histoire", "ar": "معلمو التاريخ"},  # noqa: RUF001 (French writes it so)
        "kind": "civil_society",
        "funded_by": ["uk"],
        "disclosure": {
            "en-GB": "Funded by the UK Government.",
            "fr-FR": "Financé par le Gouvernement britannique.",
            "ar": "بتمويل من الحكومة البريطانية.",
        },
    }
)
EMBARGO = schema.Embargo.model_validate({"until": "2027-01-12T18:30", "zone": "Europe/Paris"})


@pytest.mark.parametrize("options", [{}, {"template": "press"}], ids=["own", "press"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_messenger_and_its_funding_stand_on_every_rendering(
    locale: str, kind: str, options: dict[str, str | int | bool]
) -> None:
    """Who speaks and who pays them is visible in each language, in the text and in the HTML, and no check objects."""
    asked = request(locale, kind, options=options, messenger=TEACHER)
    rendering = render(asked)
    for part in rendering.parts:
        for text in filter(None, (part.text, part.html)):
            assert TEACHER.name[locale] in text
            assert TEACHER.disclosure[locale] in text

    assert [finding for finding in review(asked, rendering, Context()) if finding.check == "missing-attribution"] == []


@pytest.mark.parametrize(
    ("template", "missing"),
    [
        pytest.param("{{ text }}\n{{ attribution }}\n{{ help }}\n{{ link }}", 0, id="ours"),
        pytest.param(
            "{{ text }}\nIssued by: UK government. With: French government.\n{{ help }}\n{{ link }}",
            2,
            id="written-out",
        ),
    ],
)
def test_a_template_that_hides_the_funding_blocks(tmp_path: Path, template: str, missing: int) -> None:
    """A workspace template that leaves out the messenger or who pays them lets nothing out."""
    (tmp_path / "post").mkdir()
    (tmp_path / "post" / "text.j2").write_text(template, "utf-8")
    asked = request("en-GB", templates=tmp_path, messenger=TEACHER)
    found = [each for each in review(asked, render(asked), Context()) if each.check == "missing-attribution"]

    assert len(found) == missing


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        pytest.param("en-GB", "Under embargo until 12 January 2027, 18:30 (Paris).", id="en-GB"),
        pytest.param("fr-FR", "Sous embargo jusqu’au 12 janvier 2027, 18:30 (Paris).", id="fr-FR"),  # noqa: RUF001 (French writes it so)
        pytest.param("ar", "محظور النشر حتى 12 يناير 2027، 6:30 م (باريس).", id="ar"),
    ],
)
def test_an_embargo_reads_like_this(locale: str, said: str) -> None:
    """Day, time and the place whose clock counts, as the language writes them."""
    assert sentence(EMBARGO, locale) == said


@pytest.mark.parametrize("options", [{}, {"template": "press"}], ids=["own", "press"])
@pytest.mark.parametrize("kind", ["smtp", "webhook", "outbox"])
@pytest.mark.parametrize("locale", LOCALES)
def test_an_embargo_stands_on_what_leaves_before_it_ends(
    locale: str, kind: str, options: dict[str, str | int | bool]
) -> None:
    """Whoever gets it early is told until when to keep it, instead of being told to publish it at once."""
    asked = request(locale, kind, options=options, embargo=EMBARGO)
    rendering = render(asked)
    part = rendering.parts[0]

    for text in filter(None, (part.text, part.html)):
        assert sentence(EMBARGO, locale) in text
    assert "For immediate release" not in part.text
    assert [finding for finding in review(asked, rendering, Context()) if finding.check == "missing-attribution"] == []


def test_a_template_that_hides_the_embargo_blocks(tmp_path: Path) -> None:
    """A workspace template that does not print the embargo lets nothing out under it."""
    (tmp_path / "email").mkdir()
    (tmp_path / "email" / "text.j2").write_text("{{ text }}\n{{ attribution }}\n{{ help }}\n{{ link }}", "utf-8")
    asked = request("en-GB", "smtp", templates=tmp_path, embargo=EMBARGO)
    found = [each.message for each in review(asked, render(asked), Context()) if each.check == "missing-attribution"]

    assert found == ["The text of 'lost-ground' in en-GB does not show its embargo."]


@pytest.mark.parametrize(
    "change", [pytest.param({"messenger": TEACHER}, id="messenger"), pytest.param({"embargo": EMBARGO}, id="embargo")]
)
def test_who_speaks_is_part_of_what_a_draft_depends_on(change: dict[str, object]) -> None:
    """A change of messenger or embargo renders anew, and so voids what was signed."""
    assert fingerprint(request("en-GB", **change)) != fingerprint(request("en-GB"))
