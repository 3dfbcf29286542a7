"""Every number finds the form of the word that its language asks for."""

import pytest

from content.check import Severity
from content.checks.plural_incomplete import PluralIncomplete
from tests.builders.parities import found
from tests.builders.renderings import request

CHECK = PluralIncomplete()
BLOCK, WARN = Severity.BLOCK, Severity.WARN


def _plural(*forms: str) -> str:
    return "{{ n }} {{ plural(n, " + ", ".join(f'{form}="x"' for form in forms) + ") }}"


SIX = ("zero", "one", "two", "few", "many", "other")


@pytest.mark.parametrize(
    ("locale", "forms", "value", "findings"),
    [
        pytest.param("en-GB", ("one", "other"), 4, [], id="en"),
        pytest.param("fr-FR", ("one", "other"), 4, [], id="fr"),
        pytest.param("fr-FR", ("one", "many", "other"), 4, [], id="fr-with-millions"),
        pytest.param("ar", SIX, 4, [], id="ar"),
        pytest.param("ckb", ("one", "other"), 4, [], id="ckb"),
        pytest.param("fa", ("one", "other"), 4, [], id="fa"),
        pytest.param("ru", ("one", "few", "many", "other"), 4, [], id="ru"),
        pytest.param("en-GB", ("other",), 4, [(BLOCK, "without one=", "one= for 1")], id="en-without-one"),
        pytest.param("fr-FR", ("other",), 4, [(BLOCK, "without one=", "one= for 0, 1")], id="fr-without-one"),
        pytest.param(
            "ar",
            ("one", "other"),
            4,
            [(BLOCK, "without zero=, two=, few= and many=", "few= for 3, 4, 5; many= for 11, 12, 13")],
            id="ar-as-in-english",
        ),
        pytest.param(
            "ru", ("one", "other"), 4, [(BLOCK, "without few= and many=", "few= for 2, 3, 4")], id="ru-as-in-english"
        ),
        pytest.param(
            "fr-FR",
            ("one", "other"),
            2_000_000,
            [(BLOCK, "without many=", "many= for 1,000,000")],
            id="fr-round-millions",
        ),
        pytest.param("fr-FR", ("one", "other"), 2_500_000, [], id="fr-other-millions"),
        pytest.param("en-GB", ("one", "few", "other"), 4, [(WARN, "with few=", "one= and other=")], id="en-idle"),
        pytest.param("sw", ("one", "two", "other"), 4, [(WARN, "with two=", "one= and other=")], id="sw-idle"),
    ],
)
def test_forms(locale: str, forms: tuple[str, ...], value: int, findings: list[tuple[Severity, str, str]]) -> None:
    """A form that whole numbers ask for, or the message's own value, blocks; an idle one is a warning."""
    seen = found(CHECK, request(locale, wording={locale: _plural(*forms)}, values={"n": value}))
    assert [each.severity for each in seen] == [severity for severity, _, _ in findings]
    for each, (_, message, remedy) in zip(seen, findings, strict=True):
        assert message in each.message
        assert remedy in each.remedy


@pytest.mark.parametrize(
    ("wording", "findings"),
    [
        pytest.param("The word plural alone.", 0, id="the-word"),
        pytest.param('{% if n %}{{ plural(n, other="x") }}{% endif %}', 1, id="in-a-condition"),
        pytest.param('{{ plural(n, other="x") }} {{ plural(m, other="x") }}', 2, id="two-calls"),
        pytest.param('{{ plural(3, other="x")|upper }}', 1, id="filtered"),
    ],
)
def test_calls(wording: str, findings: int) -> None:
    """Every call is looked at, wherever it stands."""
    assert len(found(CHECK, request("en-GB", wording={"en-GB": wording}, values={"n": 3, "m": 4}))) == findings
