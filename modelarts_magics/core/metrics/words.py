"""The words by which names are told apart: metrics, steps, splits, and what is none of them.

A name is looked at word by word: ``val_top1Acc`` is *val*, *top*, *acc*. The table of words is
``words.json``: ``vague`` ones are a metric's only beside a known one or with a sign to its number,
``never`` ones make a name none of a metric, ``unless_known`` only where no other word is known.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

_TABLE: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("words.json").read_text(encoding="utf-8")
)


def _group(name: str) -> frozenset[str]:
    return frozenset(" ".join(_TABLE[name]).split())


_METRICS, _VAGUE = _group("metrics"), _group("vague")
_AMOUNTS = _group("amounts")
_NEVER, _UNLESS_KNOWN = _group("never"), _group("unless_known")
_STEPS, _STEP_NAMES, _NOT_OF_A_STEP = map(_group, ("steps", "step_names", "not_of_a_step"))
EPOCHS = _group("epochs")
SPLITS = {word: split for split in ("train", "valid", "test") for word in _group(split)}
UNSPLIT = _group("unsplit")
IS, LINKS, STOP = map(_group, ("is", "links", "stop"))
MODIFIERS = _group("modifiers")
UNITS = _group("units")
NO_HEADS = _group("no_heads")
PHASES = _group("phases") | {*SPLITS, *_group("links")}
_CHINESE = sorted(
    (word for group in _TABLE for word in _group(group) if len(word) > 1 and not word.isascii()),
    key=len,
)
_PACES = _group("paces")
_LENGTHS, _MEANS = frozenset(("len", "length")), frozenset(("mean", "avg", "average"))
_PROBS = frozenset(("prob", "probs", "probability"))
_AGAIN = ("last ", "previous ")  # what was told before
_RATES = ("/s", "/sec", "/second")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[\u3400-\u9fff]+")
_LETTERS = re.compile(r"[A-Za-z]+")
_WITH_DIGIT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][0-9](?![A-Za-z0-9])")
_LONGEST = 200  # characters of a name


@lru_cache(4_096)
def words(name: str) -> tuple[str, ...]:
    """The words of a name, in small letters.

    >>> words("val_top1Acc/epoch"), words("l1")
    (('acc', 'val', 'top', 'epoch'), ('l1',))
    """
    name = name[:_LONGEST]
    short = _WITH_DIGIT.findall(name)
    found = _WORD.findall(_WITH_DIGIT.sub(" ", name)) if short else _WORD.findall(name)
    whole = [word.lower() for word in _LETTERS.findall(name) if not word.islower()]
    is_chinese = not name.isascii()
    parts = [part for part in _CHINESE if part in name and part not in found] if is_chinese else []
    return tuple(dict.fromkeys((*whole, *parts, *(word.lower() for word in (*found, *short)))))


def is_known(name: str) -> bool:
    """Whether a name says that it is a metric."""
    found = words(name)
    is_rate = "per" in found and bool(_PACES.intersection(found))
    is_logprob = "log" in found and not _PROBS.isdisjoint(found)
    is_average = not _LENGTHS.isdisjoint(found) and not _MEANS.isdisjoint(found)
    return (
        bool(_METRICS.intersection(found))
        or is_rate
        or is_average
        or is_logprob
        or name.lower().endswith(_RATES)
    )


def is_vague(name: str) -> bool:
    """Whether a name has a word that metrics have, if other things have it, too."""
    return bool(_VAGUE.intersection(words(name))) or is_known(name)


def is_never(name: str) -> bool:
    """Whether a name says that it is no metric."""
    found = words(name)
    return (
        any(word in _NEVER for word in found if len(word) > 1)
        or name.lower() in _NEVER
        or (" " in name and "time" in found)
        or name.lower().startswith(_AGAIN)
        or ("max" in found and not {"acc", "accuracy"}.isdisjoint(found))  # the best so far
    )


def is_count(name: str) -> bool:
    """Whether a name counts something, and has no word of a metric."""
    return bool(_UNLESS_KNOWN.intersection(words(name))) and not is_known(name)


def is_amount(name: str) -> bool:
    """Whether a name may be that of something that is counted up."""
    return bool(_AMOUNTS.intersection(words(name)))


def split_in(name: str) -> str:
    """The split that a name tells by itself; empty where it tells none."""
    return next((SPLITS[word] for word in words(name) if word in SPLITS), "")


def place_in(name: str) -> str:
    """Whether a name is that of an ``epoch`` or of a ``step``; empty where it is neither."""
    name = name.partition(" (")[0]
    if name.lower().replace(" ", "_") in _STEP_NAMES:
        return "step"
    found = words(name)
    if name.lower().startswith("global_step") and not is_known(name):
        return "step"
    if found[:1] and found[0] in _STEPS and "in" in found:  # step_in_epoch
        return "step"
    if not found or _NOT_OF_A_STEP.intersection(found[-2:]):
        return ""
    if found[-1] in EPOCHS or name == "E":
        return "epoch"
    return "step" if found[-1] in _STEPS else ""
