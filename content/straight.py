"""
The short way through a plain source: text, names and conditions on names, joined without the engine.

Nine of ten wordings and our own templates for posts are no more than that. What they give is what the engine gives.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import nodes

#: Takes the names with their values, and what writes a value that is not a short text.
Straight = Callable[[Mapping[str, Any], Callable[[Any], str]], str]


def straight(tree: nodes.Template, largest: int) -> Straight | None:
    """
    Return what fills *tree*, or None where only the engine can.

    Values of more than *largest* characters, divided by the names that stand in it, go to the writer of the values.
    """
    named = sum(isinstance(each, nodes.Name) for each in tree.find_all(nodes.Name))
    try:
        items = ", ".join(_items(tree.body, largest // (named + 1)))
    except _Winding:
        return None
    # Texts and names are written as literals: nothing of a source is ever read as code.
    return eval(f"lambda names, written: ''.join([{items}])", {})  # type: ignore[no-any-return]  # noqa: S307


class _Winding(Exception):
    """Something that only the engine can fill."""


def _items(body: list[nodes.Node], short: int) -> Iterator[str]:
    for node in body:
        if isinstance(node, nodes.Output):
            for each in node.nodes:
                if isinstance(each, nodes.TemplateData):
                    yield repr(each.data)
                elif isinstance(each, nodes.Name):
                    value = f"(value := names[{each.name!r}])"
                    yield f"value if {value}.__class__ is str and len(value) <= {short} else written(value)"
                else:
                    raise _Winding
        elif isinstance(node, nodes.If) and isinstance(node.test, nodes.Name) and not node.elif_:
            then, other = (", ".join(_items(each, short)) for each in (node.body, node.else_))
            yield f"*([{then}] if names[{node.test.name!r}] else [{other}])"
        else:
            raise _Winding
