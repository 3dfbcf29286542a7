# ruff: noqa: RUF001 (other alphabets have letters that look like ours)
"""
The few fixed words that Cordiale itself puts into a rendering, by locale. Data.

Labels rather than sentences, so that any partner's name fits behind them without an article or a case
ending. Locales that no reviewed phrases exist for say them in English; a check then says so.
"""

from dataclasses import dataclass

from babel import Locale as BabelLocale

from campaigns.locales import LOCALES

FALLBACK = "en-GB"


@dataclass(frozen=True)
class Phrases:
    """One locale's fixed words. `{}` marks where a name goes."""

    locale: str  #: the language they are in
    issued_by: str
    partners: str
    spoken_by: str  #: before a messenger that is not the issuer
    separator: str  #: between names
    count: dict[str, str]  #: CLDR plural category -> how many other partners, where they are too many to name
    advice: str  #: before a bare help number
    read_more: str
    press_notice: str
    for_immediate_release: str
    under_embargo: str  #: before the instant that ends it

    def many(self, count: int, figure: str) -> str:
        """Return how many other partners there are, in words that fit the number; *figure* is it as written."""
        category = BabelLocale.parse(LOCALES[self.locale].babel).plural_form(count)
        return self.count.get(category, self.count["other"]).format(figure)


_NBSP = "\xa0"

PHRASES: dict[str, Phrases] = {
    phrases.locale: phrases
    for phrases in (
        Phrases(
            locale="en-GB",
            issued_by="Issued by: {}.",
            partners="With: {}.",
            spoken_by="Spoken by: {}.",
            separator=", ",
            advice="Help and advice: {}",
            read_more="Read more",
            press_notice="Press notice",
            for_immediate_release="For immediate release",
            under_embargo="Under embargo until {}.",
            count={"one": "{} partner", "other": "{} partners"},
        ),
        Phrases(
            locale="fr-FR",
            issued_by=f"Publié par{_NBSP}: {{}}.",
            partners=f"Avec{_NBSP}: {{}}.",
            spoken_by=f"Parole donnée à{_NBSP}: {{}}.",
            separator=", ",
            advice=f"Aide et conseils{_NBSP}: {{}}",
            read_more="Lire la suite",
            press_notice="Communiqué de presse",
            for_immediate_release="Pour diffusion immédiate",
            under_embargo="Sous embargo jusqu’au {}.",
            count={"one": "{} partenaire", "many": "{} de partenaires", "other": "{} partenaires"},
        ),
        Phrases(
            locale="ar",
            issued_by="صادر عن: {}.",
            partners="بالشراكة مع: {}.",
            spoken_by="المتحدث: {}.",
            separator="، ",
            advice="للمساعدة والمشورة: {}",
            read_more="اقرأ المزيد",
            press_notice="بيان صحفي",
            for_immediate_release="للنشر الفوري",
            under_embargo="محظور النشر حتى {}.",
            count={
                "zero": "{} شريك",
                "one": "شريك واحد",
                "two": "شريكان",
                "few": "{} شركاء",
                "many": "{} شريكا",
                "other": "{} شريك",
            },
        ),
        Phrases(
            locale="fa",
            issued_by="منتشرکننده: {}.",
            partners="با همکاری: {}.",
            spoken_by="گوینده: {}.",
            separator="، ",
            advice="کمک و مشاوره: {}",
            read_more="بیشتر بخوانید",
            press_notice="بیانیهٔ مطبوعاتی",
            for_immediate_release="برای انتشار فوری",
            under_embargo="انتشار تا {} ممنوع است.",
            count={"one": "{} شریک", "other": "{} شریک"},
        ),
        Phrases(
            locale="ur",
            issued_by="جاری کردہ: {}۔",
            partners="بتعاون: {}۔",
            spoken_by="متکلم: {}۔",
            separator="، ",
            advice="مدد اور مشورہ: {}",
            read_more="مزید پڑھیں",
            press_notice="پریس ریلیز",
            for_immediate_release="فوری اشاعت کے لیے",
            under_embargo="{} تک اشاعت ممنوع ہے۔",
            count={"one": "{} شراکت دار", "other": "{} شراکت دار"},
        ),
        Phrases(
            locale="tr",
            issued_by="Yayımlayan: {}.",
            partners="İş birliği: {}.",
            spoken_by="Konuşan: {}.",
            separator=", ",
            advice="Yardım ve danışma: {}",
            read_more="Devamını oku",
            press_notice="Basın bildirisi",
            for_immediate_release="Derhal yayımlanabilir",
            under_embargo="{} tarihine kadar ambargoludur.",
            count={"one": "{} ortak", "other": "{} ortak"},
        ),
        Phrases(
            locale="ru",
            issued_by="Издатель: {}.",
            partners="Совместно: {}.",
            spoken_by="Говорит: {}.",
            separator=", ",
            advice="Помощь и консультации: {}",
            read_more="Подробнее",
            press_notice="Пресс-релиз",
            for_immediate_release="Для немедленной публикации",
            under_embargo="Эмбарго до {}.",
            count={"one": "{} партнёр", "few": "{} партнёра", "many": "{} партнёров", "other": "{} партнёра"},
        ),
        Phrases(
            locale="sw",
            issued_by="Imetolewa na: {}.",
            partners="Pamoja na: {}.",
            spoken_by="Msemaji: {}.",
            separator=", ",
            advice="Msaada na ushauri: {}",
            read_more="Soma zaidi",
            press_notice="Taarifa kwa vyombo vya habari",
            for_immediate_release="Kwa kuchapishwa mara moja",
            under_embargo="Isichapishwe kabla ya {}.",
            count={"one": "mshirika {}", "other": "washirika {}"},
        ),
    )
}


def of(locale: str) -> Phrases:
    """Return the phrases of *locale*, or the English ones where there are none."""
    return PHRASES.get(locale, PHRASES[FALLBACK])
