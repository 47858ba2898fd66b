"""The name that stands before a number, and how both are tied together."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import words

_LONGEST = 120  # characters before a number that are looked at
_OPENS = " \t\"'`([{<"
WRAPPERS = ("tensor", "array", "float32", "float64", "float16", "float")
_COMPARISONS = ("==", ">=", "<=", "!=", "+=", "-=", "*=", "~=")
_CUT = re.compile(
    r"[,;|{}\t!?&*]| {2}|(?:^| )[-/+~>](?= )|[:=](?=[ \u3400-\u9fff])|\](?=.)|> |<|: ?(?=$)"
    r"|\. (?=[A-Z])"
)
_QUOTES = "\"'`"
_NORM = re.compile(r"\|{1,2}(?!\s)([^|]{1,40})(?<!\s)\|{1,2}$")
_JUNK = " -.#/\\*+>~()[]:=@\"'`第"
_MOST_WORDS = 5  # of a name


@dataclass(frozen=True)
class Label:
    """What is told before a number.

    Attributes:
        name: empty where there is none.
        tie: ``":"`` or ``"="``; ``"is"``; ``"|"``; ``" "``; ``"'"`` where the name is quoted; empty
            where nothing ties the number to a name.
        lead: the text before the name.
    """

    name: str
    tie: str
    lead: str


def label(left: str) -> Label:
    """Read the text before a number.

    >>> label("ms/step - val loss: ")
    Label(name='val loss', tie=':', lead='ms/step -')
    >>> label("{'eval_loss': ").name, label(": train loss ").name, label(" = tensor(").name
    ('eval_loss', 'train loss', '')
    """
    left = left[-_LONGEST:]
    text = _opened(left)
    if text.endswith(_COMPARISONS):
        return Label("", "==", left)
    if text.endswith(("',", '",')):  # ('loss', 0.5)
        found = _quoted(text[:-1], "=")
        return found if found.lead.endswith(("(", "[")) else Label("", "", left)
    text, tie = _tie(text, is_apart=text != left)
    if text[-1:] and text[-1] in _QUOTES and tie:
        return _quoted(text, tie)
    if tie in (":", "=") and (norm := _NORM.search(text)):  # |proj g|= 0.5
        return Label(norm[1], tie, text[: norm.start()].rstrip())
    start = max((found.end() for found in _CUT.finditer(text)), default=0)
    name = _balanced(text[start:].strip())
    lead = text[: text.rfind(name) if name else start].rstrip()
    return Label(name.strip(_JUNK.replace(")", "") if "(" in name else _JUNK), tie, lead)


def _opened(text: str) -> str:
    """Without what opens before a number: quotes, brackets, the name of an array."""
    for _time in range(3):
        bare = text.rstrip(_OPENS)
        if text[len(bare) :].strip()[:1] != "(" or not bare.endswith(WRAPPERS):
            return bare
        text = bare.rstrip("abcdefghijklmnopqrstuvwxyz0123456789.")
    return text


def _tie(text: str, *, is_apart: bool) -> tuple[str, str]:
    bare = text.rstrip("=:>~")
    if bare != text:
        return bare.rstrip(), text[len(bare) :].rstrip(">~")[:1] or ">"
    before, _blank, last = text.rpartition(" ")
    if last.lower() in words.IS and before:
        return before.rstrip(" ,"), "is"
    if text.endswith(("为", "是")):
        return text[:-1], "is"
    if text.endswith("|"):
        return text[:-1].rstrip(), "|"
    return text, " " if is_apart or text[-1:] > "\u3000" else ""


def _quoted(text: str, tie: str) -> Label:
    start = text.rfind(text[-1], 0, -1)
    return Label(text[start + 1 : -1].strip(), "'" if start >= 0 and tie in "=:" else tie,
                 text[: max(start, 0)])  # fmt: skip


def _balanced(name: str) -> str:
    """Without what belongs to a bracket that is not of the name."""
    for opening, closing in ("()", "[]"):
        if name.count(closing) > name.count(opening):
            name = name[name.rfind(closing) + 1 :]
        elif name.count(opening) > name.count(closing):
            name = name[name.rfind(opening) + 1 :]
    return name.strip()
