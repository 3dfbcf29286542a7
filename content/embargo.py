"""Under embargo until when, in the words of a locale."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location

from campaigns.documents import schema
from campaigns.locales import LOCALES
from content import phrases
from content.filters import own_digits


def sentence(embargo: schema.Embargo, locale: str, digits: str = "") -> str:
    """
    Return `Under embargo until 12 January 2027, 18:30 (Paris).`, the place being where that clock hangs.

    *digits* is the numbering system; "" is the locale's own.
    """
    words = phrases.of(locale)
    until = datetime.fromisoformat(embargo.until)
    language = Locale.parse(LOCALES[words.locale].babel)
    day, time = format_date(until, "long", locale=language), format_time(until, "short", locale=language)
    place = get_timezone_location(ZoneInfo(embargo.zone), locale=language, return_city=True)
    written = own_digits(f"{day}{words.separator}{time}", words.locale, digits)
    return words.under_embargo.format(f"{written} ({place})")
