"""A translation is about as long as what it translates."""

import pytest

from content.check import Severity
from content.checks.length_ratio import LengthRatio
from tests.builders.parities import found, wordings

CHECK = LengthRatio()
ENGLISH = "Daesh has lost a lot of ground. The United Kingdom and France are among those that lead the Coalition."


@pytest.mark.parametrize(
    ("locale", "source", "own", "word"),
    [
        pytest.param(
            "fr-FR",
            ENGLISH,
            "Daech a perdu beaucoup de terrain. La France et le Royaume-Uni y jouent un rôle.",
            "",
            id="fr",
        ),
        pytest.param("ar", ENGLISH, "خسر تنظيم داعش كثيرًا من الأراضي، وللمملكة المتحدة وفرنسا دور قيادي.", "", id="ar"),
        pytest.param("fr-FR", "Daesh lost.", "Daech a perdu tout son terrain ici.", "", id="short-texts"),
        pytest.param("fr-FR", ENGLISH, "Daech a perdu.", "short", id="cut-off"),
        pytest.param("ar", ENGLISH, "خسر داعش.", "short", id="cut-off-ar"),
        pytest.param("fa", ENGLISH, ENGLISH * 3, "long", id="three-times"),
        pytest.param("ru", ENGLISH, f"{ENGLISH} {'{{ partners }} ' * 9}", "", id="braces-are-not-counted"),
        pytest.param("ar", "e" * 60, "e\u0301" * 60, "", id="graphemes-not-characters"),
    ],
)
def test_length(locale: str, source: str, own: str, word: str) -> None:
    """Half or twice what is usual is a warning that names both lengths; short texts say nothing."""
    findings = found(CHECK, wordings(locale, en_GB=source, **{locale.replace("-", "_"): own}))
    assert [each.severity for each in findings] == ([Severity.WARN] if word else [])
    assert all(f"is {word} beside en-GB" in each.message for each in findings)


@pytest.mark.timeout(5)
def test_a_hostile_wording_is_measured_at_once() -> None:
    """20,000 characters with joiners take no more than a moment."""
    assert found(CHECK, wordings("fr-FR", en_GB="a\u0301" * 6_500, fr_FR="\u200d" * 13_000))
