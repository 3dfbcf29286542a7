"""
What in a text points at one person or account: only what its form or its check digits prove, or a word beside it says.

Every pattern is bounded, so that a text of any kind costs little. Sources: IBAN, ISO 13616 and ISO 7064 (mod 97); card
numbers, ISO/IEC 7812 (Luhn); National Insurance number, HMRC NIM39110; NIR, décret 82-103 (key 97 - n mod 97).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

KEPT = 4096  #: texts remembered

EMAIL, PHONE, SERVICE_PHONE, ROLE_EMAIL = "e-mail address", "telephone number", "service number", "role mailbox"
PROFILE = "personal profile"

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2)
_GAPS = "[ \u00a0\u202f\u2009.-]"
_ENOUGH_DIGITS = re.compile(r"(?:[0-9\u0660-\u0669\u06f0-\u06f9][^0-9\u0660-\u0669\u06f0-\u06f9\n]{0,4}){6}")

_ROLES = frozenset(
    [
        "info",
        "contact",
        "press",
        "presse",
        "media",
        "enquiries",
        "help",
        "aide",
        "support",
        "communication",
        "communications",
        "news",
        "webmaster",
        "office",
        "secretariat",
        "noreply",
        "no-reply",
        "hello",
        "admin",
        "privacy",
        "dpo",
    ]
)
#: Letters of an IBAN by country: no other length is one.
_IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FO", "FI", "GL", "NL"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "XK"), 20),
    **dict.fromkeys(("CH", "CR", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "DE", "GB", "GE", "IE", "ME", "RS"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "LY", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("DJ", "FR", "GR", "IT", "MC", "MR", "SM", "SO"), 27),
    **dict.fromkeys(("AL", "AZ", "CY", "DO", "HU", "LB", "PL", "SD"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    "RU": 33,
}


@dataclass(frozen=True)
class Identifier:
    """Something that points at somebody, and its place: characters, end exclusive."""

    kind: str  #: as a sentence names it
    start: int
    end: int
    text: str
    certain: bool = True  #: it is one person's; otherwise a person should look

    @property
    def masked(self) -> str:
        """Its first two signs, so that it can be found and not be read."""
        return f"{self.text[:2]}\u2026"

    @property
    def digits(self) -> str:
        """Its digits, in ours."""
        return re.sub(r"[^0-9]", "", self.text.translate(_DIGITS))


@lru_cache(maxsize=KEPT)
def identifiers(text: str) -> tuple[Identifier, ...]:
    """Return what points at somebody in *text*, in order; each place once."""
    found: list[Identifier] = []
    if "@" in text:
        found += _emails(text)
    if "/" in text:
        found += _named(_PROFILE, PROFILE, text, certain=False)
    if "<<" in text:
        found += _named(_MACHINE_READABLE, "passport's machine-readable line", text)
    if _ENOUGH_DIGITS.search(text):
        plain = text.translate(_DIGITS)
        for look in _LOOKS:
            found += [each for each in look(plain) if not any(_meet(each, one) for one in found)]
    written = (replace(each, text=text[each.start : each.end]) for each in found)
    return tuple(sorted(written, key=lambda each: each.start))


_EMAIL = re.compile(r"(?<![\w.+/@-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_PROFILE = re.compile(
    r"(?:linkedin\.com/in/|facebook\.com/profile\.php\?id=|facebook\.com/people/|vk\.com/id)[\w%.-]{1,80}",
    re.IGNORECASE,
)
_IBAN = re.compile(rf"(?<![A-Za-z0-9])[A-Z]{{2}}[0-9]{{2}}(?:{_GAPS}?[A-Z0-9]){{11,30}}(?![A-Za-z0-9])")
_CARD = re.compile(rf"(?<![\w.,+])[2-6][0-9]{{3}}(?:{_GAPS}?[0-9]){{9,15}}(?![\w]|[.,][0-9])")
_NINO = re.compile(
    r"(?<![A-Za-z0-9])([A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]) ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D](?![A-Za-z0-9])"
)
_NIR = re.compile(
    rf"(?<![0-9])[1-478]{_GAPS}?[0-9]{{2}}{_GAPS}?[0-9]{{2}}{_GAPS}?(?:[0-9]{{2}}|2[AB])"
    rf"{_GAPS}?[0-9]{{3}}{_GAPS}?[0-9]{{3}}{_GAPS}?(?:cl\u00e9 )?[0-9]{{2}}(?![0-9])"
)
_PASSPORT_WORD = r"(?:passport|passeport|pasaport|паспорт\w{0,4}|جواز(?: ال?سفر)?|گذرنامه|پاسپورت)"
_PASSPORT = re.compile(
    rf"{_PASSPORT_WORD}[^\d\n]{{0,24}}?"
    r"(?P<number>[0-9]{9}|[0-9]{2}[A-Z]{2}[0-9]{5}|[A-Z]{1,2}[0-9]{6,8})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_MACHINE_READABLE = re.compile(r"(?<![A-Z0-9<])P[A-Z<][A-Z]{3}[A-Z]{1,38}<<?[A-Z<]{5,38}")
_DECIMAL_PLACE = re.compile(
    r"(?<![\d.])(-?[0-9]{1,2}\.[0-9]{4,10})\s?°?\s?[NS]?\s?[,;/ ]\s?(-?[0-9]{1,3}\.[0-9]{4,10})(?![\d.])"
)
_ANGLE = (
    r"[0-9]{1,3}\s?°\s?[0-9]{1,2}\s?['\u2032\u2019]\s?[0-9]{1,2}(?:[.,][0-9]{1,4})?\s?"
    r"(?:[\"\u2033\u201d]|''|\u2019\u2019)\s?"
)
_ANGLED_PLACE = re.compile(rf"{_ANGLE}[NS][ ,;]{{0,3}}{_ANGLE}[EWO]")
_ABROAD = re.compile(rf"(?<![\w.,/=-])(?:\+|00)[1-9][0-9]{{0,2}}(?:{_GAPS}?\(?[0-9]\)?){{7,12}}(?![\w]|[.,/-][0-9])")
_FRENCH = re.compile(
    r"(?<![\w.,/=+-])0[1-9](?P<gap>[ \u00a0\u202f.-]?)[0-9]{2}(?:(?P=gap)[0-9]{2}){3}(?![\w]|[.,/-][0-9])"
)
_FRENCH_SERVICE = re.compile(
    rf"(?<![\w.,/=+-])0{_GAPS}?8[0-9]{{2}}{_GAPS}?[0-9]{{3}}{_GAPS}?[0-9]{{3}}(?![\w]|[.,/-][0-9])"
)
_BRITISH = re.compile(
    r"(?<![\w.,/=+-])(?:\(?02[0-9]\)?[ \u00a0-]?[0-9]{4}[ \u00a0-]?[0-9]{4}"
    r"|\(?0(?:1[0-9]{3}|7[0-9]{3})\)?[ \u00a0-]?[0-9]{3}[ \u00a0-]?[0-9]{3}"
    r"|\(?01[0-9]{2}\)?[ \u00a0-][0-9]{3}[ \u00a0-][0-9]{4}"
    r"|0[38][0-9]{2}[ \u00a0-]?[0-9]{3}[ \u00a0-]?[0-9]{3,4})(?![\w]|[.,/-][0-9])"
)
_SERVICE = re.compile(r"(?:\+33|0033)?0?8[0-9]{8}|(?:\+44|0044)?0?(?:8[0-9]{8,9}|3[0-9]{9})")
#: An increase: +12 000 000.
_INCREASE = re.compile(rf"\+[0-9]{{1,3}}(?:{_GAPS}[0-9]{{3}})*{_GAPS}000")


def _emails(text: str) -> Iterator[Identifier]:
    for match in _EMAIL.finditer(text):
        name = match[0].partition("@")[0].lower().partition("+")[0]
        role = bool(set(re.split(r"[._-]", name)) & _ROLES) or name in _ROLES
        yield Identifier(ROLE_EMAIL if role else EMAIL, *match.span(), match[0], certain=not role)


def _named(pattern: re.Pattern[str], kind: str, text: str, *, certain: bool = True) -> Iterator[Identifier]:
    return (Identifier(kind, *match.span(), match[0], certain) for match in pattern.finditer(text))


def _ibans(text: str) -> Iterator[Identifier]:
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(match[0][:2])
        signs = re.sub(_GAPS, "", match[0])
        end, seen = match.start(), 0
        while seen < (length or 0) and end < match.end():
            seen += text[end].isalnum()
            end += 1
        if length and len(signs) >= length and _mod_97(signs[:length]) == 1:
            yield Identifier("bank account (IBAN)", match.start(), end, text[match.start() : end])


def _mod_97(signs: str) -> int:
    moved = signs[4:] + signs[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97


def _cards(text: str) -> Iterator[Identifier]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"[^0-9]", "", match[0])
        if _issued(digits) and _luhn(digits) and len(set(digits)) > 1:
            yield Identifier("payment card number", *match.span(), match[0])


def _issued(digits: str) -> bool:
    """Say whether a card scheme issues numbers that begin and end so."""
    size, first = len(digits), int(digits[:4])
    return (
        (digits[0] == "4" and size in {13, 16, 19})
        or (size == 16 and (5100 <= first < 5600 or 2221 <= first <= 2720))  # noqa: PLR2004
        or (size == 15 and digits[:2] in {"34", "37"})  # noqa: PLR2004
        or (size in {16, 19} and (digits[:2] == "65" or 6440 <= first < 6500 or digits[:4] == "6011"))  # noqa: PLR2004
        or (size == 14 and (digits[:2] in {"36", "38"} or 3000 <= first < 3060))  # noqa: PLR2004
    )


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + sum(each - 9 * (each > 9) for each in doubled)) % 10 == 0  # noqa: PLR2004


def _ninos(text: str) -> Iterator[Identifier]:
    for match in _NINO.finditer(text):
        if match[1] not in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}:
            yield Identifier("National Insurance number", *match.span(), match[0])


def _nirs(text: str) -> Iterator[Identifier]:
    for match in _NIR.finditer(text):
        signs = re.sub(r"[^0-9AB]", "", match[0])
        number = int(signs[:13].replace("2A", "19").replace("2B", "18"))
        if 1 <= int(signs[3:5]) <= 99 and 97 - number % 97 == int(signs[13:]):  # noqa: PLR2004
            yield Identifier("French social security number", *match.span(), match[0])


def _passports(text: str) -> Iterator[Identifier]:
    for match in _PASSPORT.finditer(text):
        yield Identifier("passport number", *match.span("number"), match["number"])


def _places(text: str) -> Iterator[Identifier]:
    for match in _DECIMAL_PLACE.finditer(text):
        if abs(float(match[1])) <= 90 and abs(float(match[2])) <= 180:  # noqa: PLR2004 (degrees)
            yield Identifier("exact place (coordinates)", *match.span(), match[0])
    yield from _named(_ANGLED_PLACE, "exact place (coordinates)", text)


def _phones(text: str) -> Iterator[Identifier]:
    seen: list[Identifier] = []
    for pattern in (_ABROAD, _FRENCH_SERVICE, _FRENCH, _BRITISH):
        for match in pattern.finditer(text):
            if _INCREASE.fullmatch(match[0]):
                continue
            service = bool(_SERVICE.fullmatch(re.sub(r"[^0-9+]", "", match[0])))
            each = Identifier(SERVICE_PHONE if service else PHONE, *match.span(), match[0], certain=not service)
            if not any(_meet(each, one) for one in seen):
                seen.append(each)
    return iter(seen)


#: The surest first: what one has taken, no other takes.
_LOOKS: tuple[Callable[[str], Iterator[Identifier]], ...] = (
    _ibans,
    _nirs,
    _cards,
    _ninos,
    _passports,
    _places,
    _phones,
)


def _meet(one: Identifier, two: Identifier) -> bool:
    return one.start < two.end and two.start < one.end
