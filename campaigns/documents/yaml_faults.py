"""What the YAML reader trips over, in the words of those who write campaign files."""

CURE = "mend the line, or put the text in quotes"

_STARTS = "found character that cannot start any token"
_NO_DASH = "did not find expected '-' indicator"


def told(problem: str, text: str, at: int) -> tuple[str, str]:
    """Return what is wrong and its cure, of a *problem* as libyaml words it, met at character *at* of *text*."""
    met = text[at : at + 1]
    if problem == _STARTS and met == "\t":
        return "a tab stands where only spaces may", "YAML indents with spaces: put spaces in place of the tab"
    if problem == _STARTS and met:
        return f"a text that begins with {met} needs quotes", f'write it in quotes, such as "{_word(text, at)}"'
    if problem == _NO_DASH:
        said = "this line is indented otherwise than the lines of its list"
        return said, "begin it with - in their column, or indent it under the item that it belongs to"
    return problem, CURE


def _word(text: str, at: int) -> str:
    """Return the word at character *at*, in short."""
    found = text[at : at + 30].split()
    return found[0].rstrip(",]}") if found else ""
