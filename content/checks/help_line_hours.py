"""Whoever is told to call is told when somebody answers."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.reading import read
from content.rendering import Rendering, Request

#: A number that one dials, of five digits or more. Shorter ones are emergency numbers, which always answer.
_TELEPHONE = re.compile(r"\+?\(?\d(?:[ \xa0\u202f.\u2011-]?(?:\d|\(0\)|(?<=\d)\)[ \xa0]?\d)){4,14}")
_EMERGENCY = 3  #: digits
#: Hours in words: at any time, day and night, weekdays.
_WORDS = re.compile(
    r"round the clock|around the clock|any ?time|day and night|day or night|always open|all hours|office hours"
    r"|jour et nuit|\ben permanence|\bà toute heure|en continu|heures de bureau"
    "|على مدار|طوال اليوم|ليلا ونهار|ليلًا ونهار|في أي وقت|کل وقت|هر ساعت|شبانه|شبانه‌روز|هر وقت"
    "|چوبیس گھنٹے|دن رات|ہر وقت|بیست و چهار|لە هەموو کاتێک|شەو و ڕۆژ|شپه او ورځ|هر وخت"
    "|круглосуточно|в любое время|her zaman|gece gündüz|7/24|şev û roj|her dem"
    "|wakati wowote|saa zote|mchana na usiku|kowane lokaci|dare da rana|goor kasta|habeen iyo maalin",
    re.IGNORECASE,
)


class HelpLineHours:
    """A help line with a telephone number says its hours. Emergency numbers need none; round the clock is hours too."""

    id: ClassVar[str] = "help-line-hours"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield one finding if the issuer's help line in the locale, which stands on everything, leaves them out."""
        del context
        issuer = request.channel.issuer
        partner = request.partners.get(issuer)
        line = partner.help.get(request.locale, "") if partner else ""
        if line and _asks_to_call(line) and any(part.text for part in rendering.parts):
            yield Finding(
                self.id,
                self.severity,
                f"The help line of '{issuer}' in {request.locale} does not say when it can be reached: '{line}'.",
                f"Add its hours to the help line of '{issuer}', such as 'daily, 9am to 5pm' or '24/7'.",
            )


@lru_cache(maxsize=256)
def _asks_to_call(line: str) -> bool:
    """Return whether *line* gives a number to call, and neither figures nor words for its hours."""
    prose = read(line).prose
    rest, numbers = _TELEPHONE.subn(" ", prose)
    if not numbers or _WORDS.search(rest):
        return False
    figures = [each for each in re.findall(r"\d+", rest) if len(each) < _EMERGENCY]
    return not figures
