# ruff: noqa: RUF002 (Arabic digits are what this is about)
"""
Numbers as the world prints them, in plain digits: Arabic and Persian digits, thousands marks, decimal commas.

    1 234 567      thin and unbreakable spaces        ١٬٢٣٤٫٥      Arabic digits and marks
    1.234.567,5    several marks say themselves       1'234        Switzerland

`1.234` and `1,234` may mean two things. For what is counted in whole numbers only one of them makes sense; for money,
minutes and days the file has to say which mark is the decimal one. Nothing is guessed.
"""

import re
import unicodedata

from reports.errors import Unreadable

_MARKS = str.maketrans(
    {
        "\u066b": ",", "\u066c": "'", "\u066a": "%", "\u2019": "'", "\u2212": "-",
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u200e": "", "\u200f": "", "\u061c": "",
    }
)  # fmt: skip
_NUMBER = re.compile(r"[0-9](?:[0-9.,' ]*[0-9])?")
_GROUPED = re.compile(r"[0-9]{1,3}([.,' ])[0-9]{3}(?:\1[0-9]{3})*")
_THREE = 3


def plain(text: str, decimal: str = "", *, whole: bool = True, per_cent: bool = False) -> str:
    """
    Return *text* with its number in ASCII digits and a decimal point, words around it as they are.

    *decimal* is the decimal mark where the file declares it; *whole*, whether a count of whole things is expected;
    with *per_cent*, a bare number is per cent.

    Raises:
        Unreadable: If the number may mean two things.
    """
    if not text:
        return text
    digits = text.translate(_MARKS)
    if not digits.isascii():
        digits = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in digits)
    arabic = "\u066b" in text  # its decimal mark is no comma that could be a thousands mark
    found = _NUMBER.search(digits)
    if found is None:
        return digits
    number = _decided(found[0], "," if arabic else decimal, text, whole=whole)
    result = digits[: found.start()] + number + digits[found.end() :]
    return f"{result.strip()}%" if per_cent and "%" not in result and result.strip()[-1:].isdigit() else result


def _decided(number: str, decimal: str, text: str, *, whole: bool) -> str:
    """Return *number* with a decimal point at most."""
    if decimal:
        return _declared(number, decimal, text)
    marks = [letter for letter in number if letter in ".,' "]
    if not marks or (len(marks) == 1 and not _GROUPED.fullmatch(number)):
        return number.replace(",", ".") if marks and marks[0] in ".," else number
    grouped = _GROUPED.fullmatch(number)
    if grouped:
        sure = len(marks) > 1 or grouped[1] in "' "
        if grouped[1] == "." and whole and not sure:
            message = f"'{text}' may be {number.replace('.', '')} or a fraction"
            raise Unreadable(message, "declare the decimal mark of the file: --decimal , or --decimal .")
        if grouped[1] == "," and not whole and not sure and number[0] != "0":
            message = f"'{text}' may be {number.replace(',', '')} or {number.replace(',', '.')}"
            raise Unreadable(message, "declare the decimal mark of the file: --decimal , or --decimal .")
        if grouped[1] == "." and not sure:
            return number
        if grouped[1] == "," and number[0] == "0":
            return number.replace(",", ".")
        return re.sub(r"[.,' ]", "", number)
    last = max(number.rfind(","), number.rfind("."))
    if last > 0 and number.count(number[last]) == 1:  # 1.234,5 and 1,234.5: the last mark is the decimal one
        thousands, rest = number[:last], number[last + 1 :]
        if rest.isdigit() and _GROUPED.fullmatch(thousands) and number[last] not in thousands:
            return f"{re.sub(r'[^0-9]', '', thousands)}.{rest}"
    return number


def _declared(number: str, decimal: str, text: str) -> str:
    before, mark, after = number.partition(decimal)
    if before.isdigit() or _GROUPED.fullmatch(before):
        whole = re.sub(r"[^0-9]", "", before)
        if not mark:
            return whole
        if after.isdigit():
            return f"{whole}.{after}"
    message = f"'{text}' is no number whose decimal mark is '{decimal}'"
    raise Unreadable(message, "write 1234, or 1234.5 with the declared mark, or declare another with --decimal")
