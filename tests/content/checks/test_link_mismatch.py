"""All languages lead to the same pages."""

import pytest

from content.check import Severity
from content.checks.link_mismatch import LinkMismatch
from content.policy import Policy
from tests.builders.parities import found, shown, wordings
from tests.builders.renderings import request

CHECK = LinkMismatch()
BLOCK, WARN = Severity.BLOCK, Severity.WARN
MAPPED = Policy(
    same_links=(
        (("en-GB", "gov.uk"), ("fr-FR", "diplomatie.gouv.fr")),
        (("en-GB", "https://www.gov.uk/help"), ("ar", "https://gov.uk/help.ar")),
    )
)


@pytest.mark.parametrize(
    ("locale", "source", "own", "policy"),
    [
        pytest.param("fr-FR", "See https://gov.uk/daesh", "Voir https://gov.uk/daesh", None, id="same"),
        pytest.param("ar", "See https://gov.uk/daesh", "انظر https://gov.uk/daesh", None, id="same-ar"),
        pytest.param("fa", "See gov.uk", "ببینید gov.uk", None, id="no-scheme-fa"),
        pytest.param("fr-FR", "See https://www.gov.uk/daesh/", "Voir GOV.UK/daesh", None, id="another-spelling"),
        pytest.param("fr-FR", "See https://gov.uk/a%20b", "Voir https://gov.uk/a%20b", None, id="encoded"),
        pytest.param("fr-FR", "https://example.org/en/daesh", "https://example.org/fr/daesh", None, id="language-step"),
        pytest.param("ar", "https://example.org/daesh", "https://example.org/ar/daesh", None, id="added-step"),
        pytest.param("ru", "https://example.org/?lang=en&p=1", "https://example.org/?lang=ru&p=1", None, id="query"),
        pytest.param(
            "fr-FR", "See https://gov.uk/x", "Voir https://www.diplomatie.gouv.fr/y", MAPPED, id="mapped-host"
        ),
        pytest.param("ar", "https://gov.uk/help", "https://gov.uk/help.ar", MAPPED, id="mapped-address"),
        pytest.param("fr-FR", "See https://gov.uk/x", "Voir https://gov.uk/x", MAPPED, id="mapped-and-the-same"),
        pytest.param("fr-FR", "{{ 'https://gov.uk/x'|ltr }}", "https://gov.uk/x", None, id="in-braces"),
        pytest.param("fr-FR", "No link.", "Aucun lien.", None, id="none"),
    ],
)
def test_the_same_links(locale: str, source: str, own: str, policy: Policy | None) -> None:
    """A link agrees in another spelling, in the page's own language, and where the workspace says so."""
    asked = wordings(locale, policy, en_GB=source, **{locale.replace("-", "_"): own})
    assert found(CHECK, asked) == []


@pytest.mark.parametrize(
    ("locale", "source", "own", "policy", "findings"),
    [
        pytest.param(
            "fr-FR",
            "https://gov.uk/daesh",
            "https://gov.co/daesh",
            None,
            [(BLOCK, "https://gov.co/daesh -> https://gov.uk/daesh")],
            id="another-host",
        ),
        pytest.param(
            "ar",
            "https://gov.uk/a",
            "https://gov.uk/b",
            None,
            [(BLOCK, "https://gov.uk/b -> https://gov.uk/a")],
            id="another-page",
        ),
        pytest.param("fr-FR", "https://gov.uk/a", "Rien.", None, [(BLOCK, "")], id="left-out"),
        pytest.param("ckb", "Nothing.", "https://gov.uk/a", None, [(BLOCK, "https://gov.uk/a")], id="added"),
        pytest.param(
            "fr-FR",
            "https://gov.uk/a https://gov.uk/b",
            "https://gov.uk/c",
            None,
            [(BLOCK, "https://gov.uk/c"), (BLOCK, ""), (BLOCK, "")],
            id="not-sure-which",
        ),
        pytest.param(
            "fr-FR",
            "https://gov.uk/x",
            "https://example.org/x",
            MAPPED,
            [(BLOCK, "https://example.org/x")],
            id="mapped-host-has-no-page",
        ),
        pytest.param(
            "ar",
            "https://gov.uk/help",
            "https://gov.uk/aide",
            MAPPED,
            [(BLOCK, "https://gov.uk/aide -> https://gov.uk/help.ar")],
            id="mapped-address",
        ),
        pytest.param(
            "fr-FR",
            "https://example.org/en/daesh",
            "https://example.org/fr/daech",
            None,
            [(WARN, "https://example.org/fr/daech")],
            id="own-name-in-its-language",
        ),
    ],
)
def test_other_links(
    locale: str, source: str, own: str, policy: Policy | None, findings: list[tuple[Severity, str]]
) -> None:
    """Another link blocks, with the right one where only one can be; a page's name in its language is a warning."""
    asked = wordings(locale, policy, en_GB=source, **{locale.replace("-", "_"): own})
    severities = [each.severity for each in found(CHECK, asked)]
    assert list(zip(severities, shown(CHECK, asked), strict=True)) == findings


def test_the_message_s_own_link_stands_for_itself() -> None:
    """Where `link:` has an address a language, a wording may name that of its language."""
    links = {"en-GB": "https://example.org/help", "fr-FR": "https://exemple.fr/aide"}
    said = {"en-GB": "See https://example.org/help", "fr-FR": "Voir https://exemple.fr/aide"}
    assert found(CHECK, request("fr-FR", wording=said, values={}, link=links)) == []


@pytest.mark.timeout(5)
def test_a_hostile_wording_is_read_at_once() -> None:
    """20,000 characters of links take no more than a moment."""
    source, own = "https://gov.uk/a " * 1170, "a.b" * 6600
    assert len(found(CHECK, wordings("fr-FR", en_GB=source, fr_FR=own))) == 1
