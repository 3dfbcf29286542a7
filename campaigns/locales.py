"""The locales that Cordiale speaks, as data: BCP 47 tag, name, direction."""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True)
class Locale:
    """A language as written somewhere. Tags match exactly: `ar` is not `ar-IQ`."""

    tag: str  #: BCP 47, as written in YAML
    name: str  #: in English
    own_name: str  #: in itself
    direction: Direction

    @property
    def language(self) -> str:
        """The primary language subtag: `fr` of `fr-FR`."""
        return self.tag.split("-")[0]

    @property
    def babel(self) -> str:
        """The tag as Babel spells it: `fr_FR`."""
        return self.tag.replace("-", "_")


LOCALES: dict[str, Locale] = {
    locale.tag: locale
    for locale in (
        Locale("en-GB", "English (United Kingdom)", "English", "ltr"),
        Locale("fr-FR", "French (France)", "français", "ltr"),
        Locale("ar", "Arabic", "العربية", "rtl"),
        Locale("ckb", "Central Kurdish (Sorani)", "کوردیی ناوەندی", "rtl"),
        Locale("ku", "Northern Kurdish (Kurmanji)", "kurmancî", "ltr"),
        Locale("fa", "Persian", "فارسی", "rtl"),
        Locale("ur", "Urdu", "اردو", "rtl"),
        Locale("ps", "Pashto", "پښتو", "rtl"),
        Locale("tr", "Turkish", "Türkçe", "ltr"),
        Locale("ru", "Russian", "русский", "ltr"),
        Locale("so", "Somali", "Soomaali", "ltr"),
        Locale("ha", "Hausa", "Hausa", "ltr"),
        Locale("sw", "Swahili", "Kiswahili", "ltr"),
    )
}


def direction(tag: str) -> Direction:
    """Return the writing direction of locale *tag*; unknown tags read left to right."""
    known = LOCALES.get(tag)
    return known.direction if known else "ltr"
