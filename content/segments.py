"""
A wording taken apart for translators: its sentence, and the forms that plural() and gender() choose among.

    Daesh lost {{ plural(n, one="a town", other="{} towns") }}.
    sentence    Daesh lost {{ plural(n) }}.
    forms       one: a town, other: {} towns

A call keeps its place in the sentence as a mark of one name, so that a translator moves it as they move a figure.
Only calls that stand alone between braces and count a name are taken out; whatever else a template may hold stays in
the sentence. What is put together again reads the same to the template engine, or the wording is left whole.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from content.filters import CATEGORIES, GENDERS

FUNCTIONS = ("plural", "gender")
ORDER = {"plural": CATEGORIES, "gender": GENDERS}  #: function -> the names of its forms

_TEXT = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
_CALL = re.compile(
    rf"\{{\{{\s*(plural|gender)\(\s*([A-Za-z_]\w*)\s*((?:,\s*[a-z]+\s*=\s*(?:{_TEXT})\s*)+),?\s*\)\s*\}}\}}", re.ASCII
)
_FORM = re.compile(rf",\s*([a-z]+)\s*=\s*({_TEXT})")
_MARK = re.compile(r"\{\{ (?:plural|gender)\([A-Za-z_]\w*(?:, [0-9]+)?\) \}\}", re.ASCII)
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_BLOCK = re.compile(
    rf"\{{\{{(?:{_TEXT}|[^\"'}}]|\}}(?!\}}))*\}}\}}|\{{%(?:{_TEXT}|[^\"'%]|%(?!\}}))*%\}}|\{{#.*?#\}}", re.DOTALL
)
_LTR = re.compile(r"\s*\|\s*ltr\b(?:\(\s*\))?")
_TOKEN = re.compile(rf"{_TEXT}|\s+|[^\s\"']+")


@dataclass(frozen=True)
class Call:
    """A call of plural() or gender() over a name, with its forms."""

    function: str
    name: str  #: what is counted, or who speaks
    forms: tuple[tuple[str, str], ...]  #: in the order of `ORDER`

    def form(self, name: str) -> str:
        """Return the form that the function would give for *name*: its own, or `other`, or else the first."""
        forms = dict(self.forms)
        return forms.get(name, forms.get("other", self.forms[0][1]))

    def written(self) -> str:
        """Return the call as a wording writes it."""
        forms = ", ".join(f'{name}="{text.translate(_ESCAPES)}"' for name, text in self.forms)
        return f"{{{{ {self.function}({self.name}, {forms}) }}}}"


Segments = tuple[str | Call, ...]


@lru_cache(maxsize=4096)
def split(wording: str) -> Segments:
    """Return the segments of *wording*; the wording itself where taking it apart would change it."""
    if "plural(" not in wording and "gender(" not in wording:
        return (wording,)
    segments, at = list[str | Call](), 0
    for match in _CALL.finditer(wording):
        call = _call(*match.groups())
        if call is None:
            continue
        segments += [wording[at : match.start()], call]
        at = match.end()
    segments = [each for each in (*segments, wording[at:]) if each]
    whole = any(isinstance(each, str) and _MARK.search(each) for each in segments)
    return (wording,) if whole or not _alike(wording, join(segments)) else tuple(segments)


def join(segments: Sequence[str | Call]) -> str:
    """Return the wording that *segments* make."""
    return "".join(each if isinstance(each, str) else each.written() for each in segments)


def calls(segments: Segments) -> dict[str, Call]:
    """Return the calls among *segments* by the mark that stands for each: `{{ plural(n) }}`, the next `(n, 2)`."""
    found: dict[str, Call] = {}
    for each in segments:
        if isinstance(each, Call):
            number = 1
            while (mark := _mark(each, number)) in found:
                number += 1
            found[mark] = each
    return found


def sentence(segments: Segments, marks: Mapping[str, Call]) -> tuple[str, dict[str, Call]]:
    """
    Return the sentence with the marks of *marks*, which a source has, and the calls of *segments* that they stand for.

    A call that the source does not have stands in the sentence as it is written.
    """
    said, used = "", dict[str, Call]()
    for each in segments:
        if isinstance(each, str):
            said += each
            continue
        like = (mark for mark, call in marks.items() if (call.function, call.name) == (each.function, each.name))
        mark = next((mark for mark in like if mark not in used), None)
        if mark is None:
            said += each.written()
        else:
            said, used[mark] = said + mark, each
    return said, used


def filled(said: str, marks: Mapping[str, Call]) -> str:
    """Return the sentence *said* with each mark replaced by its call."""
    return _MARK.sub(lambda found: marks[found[0]].written() if found[0] in marks else found[0], said)


def marked(said: str) -> list[str]:
    """Return the marks that stand in the sentence *said*."""
    return _MARK.findall(said)


def blocks(said: str) -> list[str]:
    """Return what stands between braces in *said*, spaces evened out, without `ltr`, which only some languages need."""
    return [_even(found) for found in _BLOCK.findall(said)]


def blocks_out(said: str) -> str:
    """Return *said* without what stands between braces."""
    return _BLOCK.sub(" ", said)


def _even(block: str) -> str:
    opener, inside, closer = block[:2], block[2:-2].strip("-+ \t\r\n"), block[-2:]
    said = "".join(each if each[0] in "\"'" else re.sub(r"\s+", " ", each) for each in _TOKEN.findall(inside))
    return f"{opener} {_LTR.sub('', said).strip()} {closer}"


def _mark(call: Call, number: int) -> str:
    return f"{{{{ {call.function}({call.name}{f', {number}' if number > 1 else ''}) }}}}"


def _call(function: str, name: str, written: str) -> Call | None:
    """Return the call; none where a form has another name, stands twice, is empty or cannot be read."""
    forms = [(form, _text(text)) for form, text in _FORM.findall(written)]
    order = ORDER[function]
    if any(form not in order or not text for form, text in forms) or len(dict(forms)) < len(forms):
        return None
    return Call(function, name, tuple(sorted(((f, t or "") for f, t in forms), key=lambda form: order.index(form[0]))))


def _text(quoted: str) -> str | None:
    """Return what a quoted text of a template says, as the template engine reads it."""
    try:
        return quoted[1:-1].encode("ascii", "backslashreplace").decode("unicode-escape")
    except UnicodeDecodeError:
        return None


def _alike(one: str, other: str) -> bool:
    """Return whether the template engine reads both texts the same."""
    from jinja2 import TemplateError, nodes

    from content.environment import Format, environment

    reader = environment(Format.TEXT)

    def read(text: str) -> nodes.Template:
        tree = reader.parse(text)
        for call in tree.find_all(nodes.Call):
            call.kwargs.sort(key=lambda argument: argument.key)
        return tree

    try:
        return read(one) == read(other)
    except (TemplateError, ValueError, RecursionError, MemoryError):
        return False
