"""XML that a service answers, read without obeying it: one that declares anything is refused.

Namespaces differ between the flavours of an API, so that only local names count.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser


class _Plain(TreeBuilder):
    """Refuses a declaration before what it declares, such as entities, is read."""

    def doctype(self, *_declared: object) -> None:
        raise ParseError


def parse(body: bytes) -> Element | None:
    """The outermost element; ``None`` for what is no XML, or more than plain elements."""
    parser = XMLParser(target=_Plain())  # noqa: S314  # it is refused what makes it unsafe
    try:
        parser.feed(body)
        root = parser.close()
    except (ParseError, ValueError, LookupError):  # the latter two for an encoding
        return None
    return root if isinstance(root, Element) else None


def children(element: Element, name: str) -> Iterator[Element]:
    """The elements of a name directly in another."""
    return (child for child in element if local_name(child) == name)


def fields(element: Element | None) -> dict[str, str]:
    """The texts directly in an element, by name; the first one where there are several."""
    found = [] if element is None else list(element)
    return {local_name(child): child.text or "" for child in reversed(found)}


def local_name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
