"""Sound YAML made unsound, a hundred ways: what a slip of the hand, a bad disk or an enemy would do to a document."""

import random
import re
from collections.abc import Callable
from itertools import pairwise

VALUE = re.compile(r"(?<=: )[^\s{}\[\],][^{}\[\],\n]*|(?<=- )[^\s{}\[\],:][^{}\[\],:\n]*$", re.MULTILINE)
KEYS = re.compile(r"[a-z_]{2,}(?=:)")
SPACES = re.compile(r"^ +", re.MULTILINE)
LONGEST = 64_000  #: characters of a small document
OTHER_TYPES = (
    *(
        "7",
        "-1",
        "0",
        "true",
        "no",
        "null",
        "~",
        "",
        "[]",
        "{}",
        "[7]",
        "{a: 7}",
        '""',
        "text",
        "1.5",
        "50%",
        "250_000",
    ),
    *("[[], {}]", "[null, null]", "{1: 2}", "{[a]: b}", "? x", "|", ">-", "- x", "'", '"', "%", "@x", "`x", "!x y"),
)
NUMBERS = (
    *("99999999999999999999", "-99999999999999999999", "1e999", "-1e999", ".inf", ".nan", "0x7fffffffffffffff", "0o7"),
    *("9" * 400, "9" * 5000, f"0.{'3' * 400}", "1_000_000_000_000_000_000_000", "1e-999", "00", "-0", "1e308%"),
)
TIMES = (
    *(
        "2027-02-30",
        "2027-13-01",
        "0000-00-00",
        "9999-12-31",
        "2027-02-30T18:30",
        "2027-01-12T24:60",
        "2027-01-12T18:30Z",
    ),
    *(
        "2027-03-28T02:30",
        "2027-10-31T02:30",
        "2199-12-31T23:59:59",
        "1999-12-31T23:59",
        "366d",
        "367d",
        "9" * 30 + "d",
    ),
    *(
        "FREQ=SECONDLY",
        "FREQ=DAILY;COUNT=9999",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2",
        "FREQ=DAILY;BYSETPOS=366",
    ),
    *("FREQ=MINUTELY;INTERVAL=1;COUNT=1000000", "FREQ=WEEKLY;INTERVAL=99999999;COUNT=9", "FREQ=DAILY;UNTIL=99991231"),
)
LETTERS = (
    *(
        "\u202e",
        "\u200b",
        "\ufeff",
        "\u0085",
        "\u2028",
        "\x7f",
        "\x1b",
        "\x07",
        "e" + "\u0301" * 500,
        "\U0001f600" * 50,
    ),
    *("خسر داعش", "\ufffe", "\U0010ffff", "\u200d".join("👩👩👧👦"), "İ", "ﷺ", "\\u0000", '"\\uD800"', '"\\x07"'),
)
WORDINGS = (
    *("{{ x }}", "{% if x %}", "{{", "}}", "{{ a." + "b." * 400 + "c }}", "{{ x }}" * 900, "{% for i in x %}" * 50),
    *(
        "{# ",
        "{{ x|" + "upper|" * 400 + "upper }}",
        "{{ '" + "%s" * 300 + "' }}",
        "{{ ((((((((((x)))))))))) }}",
        "{{ " + "(" * 900,
    ),
)
Hand = Callable[[str, random.Random], str]


def mutated(text: str, source: random.Random) -> bytes:
    """Return *text* after a few changes by hand, and in one of four after one to its bytes, too."""
    for _ in range(source.choice((1, 1, 2, 3, 5))):
        text = source.choice(HANDS)(text, source)[:LONGEST]
    raw = text.encode("utf-8", "surrogatepass")
    return source.choice(DISKS)(raw, source) if source.random() < 1 / 4 else raw


def _line(text: str, source: random.Random) -> str:
    """Take a line out, write it twice, or swap it with another."""
    lines = text.split("\n")
    at, to = source.randrange(len(lines)), source.randrange(len(lines))
    match source.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines.insert(to, lines[at])
        case 2:
            lines[at], lines[to] = lines[to], lines[at]
        case _:
            lines[at : at + 1] = [lines[at]] * source.choice((2, 50))
    return "\n".join(lines)


def _key(text: str, source: random.Random) -> str:
    """Misspell a key, or call it by another's name."""
    found = list(KEYS.finditer(text))
    if not found:
        return text
    key, other = source.choice(found), source.choice(found)
    word, at = key[0], source.randrange(len(key[0]))
    typo = source.choice((word[:at] + word[at + 1 :], word[:at] + "x" + word[at:], word.upper(), other[0], "include"))
    return text[: key.start()] + typo + text[key.end() :]


def _value(*kinds: tuple[str, ...]) -> Hand:
    """Return the hand that writes something of *kinds* for a value, or into it."""

    def hand(text: str, source: random.Random) -> str:
        found = list(VALUE.finditer(text))
        if not found:
            return text
        value, new = source.choice(found), source.choice(source.choice(kinds))
        at = source.choice((value.start(), source.randint(value.start(), value.end())))
        end = source.choice((value.end(), at))
        return text[: min(at, end)] + new + text[end:]

    return hand


def _nested(text: str, source: random.Random) -> str:
    """Put a value in brackets, many deep, closed or not."""
    found = list(VALUE.finditer(text))
    if not found:
        return text
    value, depth = source.choice(found), source.choice((1, 5, 50, 99, 101, 2000))
    opening, closing = source.choice((("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("[[", "]")))
    inside = opening * depth + value[0] + closing * source.choice((depth, 0))
    return text[: value.start()] + inside + text[value.end() :]


def _aliased(text: str, source: random.Random) -> str:
    """Name a value and let others be the same; or let a few names swell."""
    if source.random() < 1 / 3:
        names = "abcdefghij"[: source.randint(2, 10)]
        item = source.choice(("x", "{}", "[]", "{id: x}", "'" + "x" * 500 + "'"))
        lines = [f"a: &a [{', '.join([item] * source.choice((2, 9, 90)))}]"]
        lines += [f"{c}: &{c} [{', '.join([f'*{b}'] * 9)}]" for b, c in pairwise(names)]
        return "\n".join(lines) + "\n" + text
    found = [match for match in VALUE.finditer(text) if match[0]]
    if not found:
        return text
    first, *others = sorted(source.sample(range(len(found)), min(len(found), source.choice((2, 3, 20)))))
    for number in reversed(others):
        at, end = found[number].span()
        text = text[:at] + source.choice(("*a", "*a", "*b", "<<: *a")) + text[end:]
    at = found[first].start()
    return text[:at] + "&a " + text[at:]


def _layout(text: str, source: random.Random) -> str:
    """Change what ends lines or indents them."""
    match source.randrange(6):
        case 0:
            return text.replace("\n", "\r\n")
        case 1:
            return text.replace("\n", "\r")
        case 2:
            return SPACES.sub(lambda found: "\t" * (len(found[0]) // 2), text)
        case 3:
            at = source.randrange(len(text) + 1)
            return (
                text[:at]
                + source.choice(("\t", " ", "\n", "\n\n\n", "\r", "#", "---\n", "...\n", "\0", "\ufeff"))
                + text[at:]
            )
        case 4:
            return "".join(line + source.choice(("\n", "\r\n", "\r")) for line in text.split("\n"))
        case _:
            return text.replace("\n", "\n" * source.choice((2, 200)))


def _swollen(text: str, source: random.Random) -> str:
    """Write a piece of it many times over."""
    at = source.randrange(len(text) + 1)
    piece = text[at : at + source.choice((1, 2, 10, 200))]
    return text[:at] + piece * min(source.choice((10, 200, 5000)), 20_000 // max(1, len(piece))) + text[at:]


def _flipped(raw: bytes, source: random.Random) -> bytes:
    """Flip bits."""
    torn = bytearray(raw)
    for _ in range(source.choice((1, 1, 3, 50))):
        if torn:
            torn[source.randrange(len(torn))] ^= 1 << source.randrange(8)
    return bytes(torn)


def _cut(raw: bytes, source: random.Random) -> bytes:
    """Lose the end, the beginning or the middle."""
    at, to = sorted((source.randrange(len(raw) + 1), source.randrange(len(raw) + 1)))
    return source.choice((raw[:at], raw[at:], raw[:at] + raw[to:], raw[:at] + bytes(to - at) + raw[to:]))


def _encoded(raw: bytes, source: random.Random) -> bytes:
    """Save it otherwise."""
    name = source.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "latin-1", "utf-8-sig", "cp1256"))
    return raw.decode("utf-8", "replace").encode(name, "replace")


def _noise(raw: bytes, source: random.Random) -> bytes:
    """Write any bytes at all into it."""
    at = source.randrange(len(raw) + 1)
    return raw[:at] + source.randbytes(source.choice((1, 4, 400))) + raw[at:]


HANDS: tuple[Hand, ...] = (
    *(_line, _line, _key, _key, _nested, _aliased, _layout, _swollen),
    *(_value(OTHER_TYPES), _value(OTHER_TYPES), _value(NUMBERS), _value(TIMES), _value(LETTERS), _value(WORDINGS)),
)
DISKS = (_flipped, _cut, _encoded, _noise)
