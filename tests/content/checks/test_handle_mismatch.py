"""All languages name the same accounts."""

import pytest

from content.checks.handle_mismatch import HandleMismatch
from content.policy import Policy
from tests.builders.parities import found, shown, wordings

CHECK = HandleMismatch()
MAPPED = Policy(same_handles=((("en-GB", "@UKAgainstDaesh"), ("fr-FR", "@StopDjihadisme"), ("ar", "@CoalitionAR")),))


@pytest.mark.parametrize(
    ("locale", "source", "own", "policy"),
    [
        pytest.param("fr-FR", "Ask @UKAgainstDaesh.", "Demandez à @ukagainstdaesh.", None, id="capitals"),
        pytest.param("ar", "Ask @UKAgainstDaesh.", "اسأل @UKAgainstDaesh", None, id="same-ar"),
        pytest.param("fr-FR", "Ask @UKAgainstDaesh.", "Demandez à @StopDjihadisme.", MAPPED, id="mapped"),
        pytest.param("ar", "Ask @UKAgainstDaesh.", "اسأل @CoalitionAR", MAPPED, id="mapped-ar"),
        pytest.param("fr-FR", "Ask @UKAgainstDaesh.", "Demandez à @UKAgainstDaesh.", MAPPED, id="mapped-and-the-same"),
        pytest.param("ru", "Ask @uk@social.example.", "Спросите @uk@social.example.", None, id="with-a-server"),
        pytest.param("fr-FR", "Write to a@example.org.", "Écrivez.", None, id="an-e-mail-address-is-none"),
    ],
)
def test_the_same_accounts(locale: str, source: str, own: str, policy: Policy | None) -> None:
    """An account agrees with itself, and with the one that the workspace says stands for it."""
    assert found(CHECK, wordings(locale, policy, en_GB=source, **{locale.replace("-", "_"): own})) == []


@pytest.mark.parametrize(
    ("locale", "source", "own", "policy", "findings"),
    [
        pytest.param(
            "fr-FR",
            "Ask @UKAgainstDaesh.",
            "Demandez à @UKAgainstDaech.",
            None,
            ["@UKAgainstDaech -> @UKAgainstDaesh"],
            id="one-letter",
        ),
        pytest.param(
            "ar", "Ask @UKAgainstDaesh.", "اسأل @Coalition", MAPPED, ["@Coalition -> @CoalitionAR"], id="not-the-mapped"
        ),
        pytest.param("fr-FR", "Ask @UKAgainstDaesh.", "Demandez.", None, [""], id="left-out"),
        pytest.param("ckb", "Ask.", "@UKAgainstDaesh", None, ["@UKAgainstDaesh"], id="added"),
        pytest.param("fr-FR", "@aa and @bb.", "@cc", None, ["@cc", "", ""], id="not-sure-which"),
    ],
)
def test_other_accounts(locale: str, source: str, own: str, policy: Policy | None, findings: list[str]) -> None:
    """Another account blocks, with the right one where only one can be."""
    asked = wordings(locale, policy, en_GB=source, **{locale.replace("-", "_"): own})
    assert shown(CHECK, asked) == findings
    assert all(each.severity == CHECK.severity for each in found(CHECK, asked))


@pytest.mark.timeout(5)
def test_a_hostile_wording_is_read_at_once() -> None:
    """20,000 characters of signs take no more than a moment."""
    assert len(found(CHECK, wordings("fr-FR", en_GB="@a." * 6600, fr_FR="@@" * 10_000))) <= 6600
