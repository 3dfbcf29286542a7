"""Plural rules: ours are CLDR's, for every locale, and a PO file that says otherwise is not taken."""

import re
import xml.etree.ElementTree as ET
from gettext import c2py
from pathlib import Path

import pytest

from campaigns.locales import LOCALES
from content.environment import Format, compiled, render
from content.filters import CATEGORIES
from content.translations.plural_forms import FORMS, same

CLDR = Path("/usr/share/unicode/cldr/common/supplemental/plurals.xml")
CURE = f"{CLDR} is not there; as root on Debian: apt-get install unicode-cldr-core"


def samples(tag: str) -> list[tuple[int, str]]:
    """Return CLDR's own samples of whole numbers for a locale: number, category."""
    tree = ET.parse(CLDR)  # noqa: S314 (a file of the distribution)
    language = LOCALES[tag].language
    for rules in tree.iterfind("plurals[@type='cardinal']/pluralRules"):
        if language in rules.attrib["locales"].split():
            found = [(rule.attrib["count"], rule.text or "") for rule in rules]
            return [(number, category) for category, text in found for number in _integers(text)]
    message = f"CLDR has no plural rules for {tag}"
    raise LookupError(message)


def _integers(rule: str) -> list[int]:
    listed = re.search(r"@integer([^@]*)", rule)
    found: list[int] = []
    for each in (listed[1] if listed else "").split(","):
        if span := re.fullmatch(r"(\d+)(?:~(\d+))?", each.strip()):  # 1c6 is a way of writing, not another number
            found += range(int(span[1]), int(span[2] or span[1]) + 1)
    return found


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    if not CLDR.exists():
        pytest.skip(CURE)


@pytest.mark.parametrize("tag", LOCALES)
def test_the_rule_of_a_po_file_is_that_of_cldr(tag: str) -> None:
    """Every sample of CLDR gets the box of its category: `msgstr[4]` of Arabic is *many*, `msgstr[5]` *other*."""
    forms, rule = FORMS[tag], c2py(FORMS[tag].rule)
    found = samples(tag)
    assert len(found) >= 20
    assert [(number, forms.categories[rule(number)]) for number, _ in found] == found
    assert forms.categories == tuple(name for name in CATEGORIES if name in {category for _, category in found})


@pytest.mark.parametrize("tag", LOCALES)
def test_plural_chooses_as_cldr_does(tag: str) -> None:
    """A wording says the form of the category that CLDR gives, for every sample."""
    forms = ", ".join(f'{name}="{name}"' for name in CATEGORIES)
    ready = compiled(Format.TEXT, "wording", f"{{{{ plural(n, {forms}) }}}}")
    found = samples(tag)
    assert [(number, render(ready, tag, {"n": number})) for number, _ in found] == found


@pytest.mark.parametrize("tag", LOCALES)
def test_our_own_header_is_recognised(tag: str) -> None:
    """What we write we take back."""
    assert same(FORMS[tag].header, FORMS[tag])


@pytest.mark.parametrize(
    ("tag", "header", "taken"),
    [
        pytest.param(
            "ar",
            "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
            True,
            id="arabic-of-weblate",
        ),
        pytest.param(
            "ar",
            "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100<=2 ? 4 : 5);",
            False,
            id="arabic-of-babel-many-and-other-swapped",
        ),
        pytest.param("ar", "nplurals=2; plural=(n != 1);", False, id="arabic-in-two-forms"),
        pytest.param("fr-FR", "nplurals=2; plural=(n > 1);", False, id="french-without-millions"),
        pytest.param("fa", "nplurals=1; plural=0;", False, id="persian-in-one-form"),
        pytest.param("fa", "nplurals=2; plural=n>1", True, id="no-brackets"),
        pytest.param("en-GB", "nplurals=2; plural=n>1;", False, id="zero-is-plural-in-english"),
        pytest.param(
            "ru",
            "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
            True,
            id="russian-of-gettext",
        ),
        pytest.param("en-GB", "", False, id="none"),
        pytest.param("en-GB", "nplurals=2; plural=(n != 1", False, id="unclosed"),
        pytest.param("en-GB", "nplurals=2; plural=__import__('os');", False, id="no-expression"),
        pytest.param("en-GB", "nplurals=2; plural=" + "(" * 400 + "n" + ")" * 400 + ";", False, id="nested"),
        pytest.param("en-GB", "nplurals=2; plural=n/0;", False, id="division-by-nothing"),
    ],
)
def test_a_rule_is_known_by_what_it_does(tag: str, header: str, taken: bool) -> None:
    """The same rule in other words is taken; another rule is not, however it looks."""
    assert same(header, FORMS[tag]) is taken
