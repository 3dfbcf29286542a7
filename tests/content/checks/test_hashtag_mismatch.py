"""All languages join the same conversations."""

import pytest

from content.check import Severity
from content.checks.hashtag_mismatch import HashtagMismatch
from content.policy import Policy
from tests.builders.parities import found, wordings

CHECK = HashtagMismatch()
MAPPED = Policy(same_hashtags=((("en-GB", "#AgainstDaesh"), ("fr-FR", "#ContreDaech"), ("ar", "#ضد_داعش")),))


@pytest.mark.parametrize(
    ("locale", "source", "own", "policy", "words"),
    [
        pytest.param("fr-FR", "#Daesh", "#Daech", None, [], id="translated"),
        pytest.param("ar", "#Daesh #Raqqa", "#داعش #الرقة", None, [], id="translated-ar"),
        pytest.param("fa", "#Daesh and #daesh", "#داعش", None, [], id="said-twice"),
        pytest.param("fr-FR", "#AgainstDaesh", "#ContreDaech", MAPPED, [], id="mapped"),
        pytest.param("fr-FR", "We are #1.", "Nous.", None, [], id="a-number-is-none"),
        pytest.param("fr-FR", "#Daesh", "Daech", None, ["has no hashtag, and en-GB 1."], id="left-out"),
        pytest.param("ar", "Daesh", "#داعش #الرقة", None, ["has 2 hashtags, and en-GB 0."], id="added"),
        pytest.param(
            "fr-FR",
            "#AgainstDaesh",
            "#Daech",
            MAPPED,
            ["does not have #ContreDaech, which stands for #AgainstDaesh"],
            id="not-the-mapped",
        ),
        pytest.param(
            "ar", "#AgainstDaesh", "نص", MAPPED, ["does not have #ضد_داعش", "has no hashtag"], id="mapped-and-left-out"
        ),
    ],
)
def test_hashtags(locale: str, source: str, own: str, policy: Policy | None, words: list[str]) -> None:
    """As many hashtags as the source has, and those that are known to stand for them; otherwise a warning."""
    findings = found(CHECK, wordings(locale, policy, en_GB=source, **{locale.replace("-", "_"): own}))
    assert all(each in finding.message for each, finding in zip(words, findings, strict=True))
    assert {each.severity for each in findings} <= {Severity.WARN}


@pytest.mark.timeout(5)
def test_a_hostile_wording_is_read_at_once() -> None:
    """20,000 characters of signs take no more than a moment."""
    assert len(found(CHECK, wordings("fr-FR", en_GB="#" * 20_000, fr_FR="#a" * 10_000))) <= 1
