"""From a line to its shape: which number has which name, and what stands for step and epoch.

No trainer is known here: a name stands before its number, tied to it by a sign, a word or a blank;
by a blank only names that are known are tied, since so is prose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from . import words
from .behind import names_behind
from .label import Label, label
from .prefix import prefix
from .shape import NOWHERE, Pair, Shape

_MOST_NUMBERS = 200  # of a line
_LONGEST_NAME = 100
_MOST_WORDS = 5

_GLUED = re.compile(r"[^\s,;|\]\[(){}\"'<>]{0,24}")
_APART = re.compile(r" {1,2}([A-Za-z/%]{1,10})(?=[\s,;|)\]}]|$)")
_OF = re.compile(r"\s{0,4}(?:/|of |out of )\s{0,12}$")
_LETTER = re.compile(r"[A-Za-z\u3400-\u9fff]")
_SPLIT = re.compile(
    r"(?<![\w/.])(?:" + "|".join(sorted(words.SPLITS, key=len, reverse=True)) + r")(?![\w/.=])",
    re.IGNORECASE,
)
_GLUED_PLACE = re.compile(
    r"(?<![A-Za-z])(epoch|ep|step|iter|iteration)[_-]?(\d{1,9})(?![\w.])", re.IGNORECASE
)
_RANGE = re.compile(r"-\d{1,9}")  # steps 0-9
_RANGE_IS = re.compile(r"-\d{1,9}(?: is|:) ")
_GROUP = re.compile(r"\[([A-Za-z]\w{0,40})\]\[$")
_COUNTED = {"epoch": "epoch", "ep": "epoch", "轮": "epoch", "个epoch": "epoch", "步": "step",
            "次迭代": "step", "个周期": "epoch"}  # fmt: skip
_DONE = ("progress", "completed", "complete", "done", "进度")
_PASSING = frozenset(("eta", "elapsed", "remaining", "sec", "second", "thread"))
_BEST = re.compile(r"\b[Bb]est\b|最佳|最优")
_SAVED = re.compile(r"\b[Ss]av(?:ed|ing)\b.{0,60}\bcheckpoint|\b[Cc]heckpoint.{0,60} saved\b")
_HYPERPARAMETERS = frozenset(("lr", "rate", "weight", "penalty", "cost", "scale"))
_CONSTRUCTED = re.compile(
    r"\b(?:Namespace|[A-Z]\w{0,60}(?:Config|Args|Arguments|Params|Options)|(?:args|config|hparams))"
    r"\s?[({:]|\b(?:Adam|AdamW|SGD|RMSprop|Adagrad|LAMB|Lion)\s?\("
)


class Token(NamedTuple):
    """A number of a line with the text on both sides, up to the next numbers."""

    at: int
    left: str
    number: str
    right: str


def shape_of(parts: Sequence[str]) -> Shape:
    """The shape of a line.

    Args:
        parts: text, number, text, ..., as :func:`.figures.split` gives them.
    """
    line = "".join(parts)
    start, rank_at, rank = prefix(line)
    tokens, rank_index = _tokens(parts, start, rank_at)
    sentence = _Sentence(tokens, line[start:])
    sentence.rank = rank_index
    if tokens and not tokens[0].left.strip() and tokens[0].number.isdigit():
        sentence.tell_behind(names_behind([token.right for token in tokens]))
    return sentence.shape("" if rank_index > NOWHERE else rank)


def _tokens(parts: Sequence[str], start: int, rank_at: int) -> tuple[list[Token], int]:
    """The numbers behind the prefix, and which one in it is the rank."""
    tokens: list[Token] = []
    rank_index, position = NOWHERE, 0
    for at in range(min(len(parts) // 2, _MOST_NUMBERS)):
        left, number = parts[2 * at], parts[2 * at + 1]
        begin = position + len(left)
        rank_index = at if begin == rank_at else rank_index
        if begin >= start:
            own = left[max(0, start - position) :]
            own = own[len(_unit_before(own)) :] if tokens else own
            tokens.append(Token(at, own, number, parts[2 * at + 2]))
        position = begin + len(number)
    return tokens, rank_index


class _Sentence:
    """Reads the numbers of a line from left to right."""

    def __init__(self, tokens: Sequence[Token], line: str) -> None:
        self._tokens = tokens
        self._line = line
        self._taken: set[int] = set()
        self._found: list[tuple[Pair, str]] = []  # with how the name is tied
        self._split = ""
        self._pending = ""  # a name that stands before the step: "loss at step 3: 0.5"
        self._last_was_epoch = False
        self._bare = NOWHERE
        self._never = 0
        self._is_named = False
        self._is_labelled = False
        self._is_of_best = False  # the line repeats what was best so far
        self.places: dict[str, int] = {}
        self.rank = NOWHERE

    def shape(self, rank: str) -> Shape:
        for n, token in enumerate(self._tokens):
            if token.at not in self._taken:
                self._read(n, token)
        self._tell_split(self._tokens[-1].right if self._tokens else self._line)
        said = self._said()
        if self._bare > NOWHERE and not said and not {"step", "part", "epoch"} & set(self.places):
            self.places["step"] = self._bare
        shape = Shape(
            step=self._place("step"),
            total=self._place("total"),
            epoch=self._place("epoch"),
            part=self._place("part"),
            whole=self._place("whole"),
            rank=self.rank,
            said=said,
            rank_said=rank,
            split=self._split,
            is_named=self._is_named,
            is_labelled=self._is_labelled or bool(said),
            has_place=bool(said) or not {"step", "epoch", "part"}.isdisjoint(self.places),
        )
        pairs = tuple(self._accepted(shape))
        splits = {pair.split for pair in pairs}
        own = splits.pop() if len(splits) == 1 else ""
        return replace(
            shape,
            pairs=pairs,
            names=tuple(pair.name for pair in pairs),
            own_split=own,
            is_barred=bool(pairs) and any(tie == "|" for _pair, tie in self._found),
        )

    def tell_behind(self, names: Sequence[str]) -> None:
        """The line begins with its step, and what it tells has its name behind it."""
        for token, name in zip(self._tokens, names):
            self._taken.add(token.at)
            if name and not words.is_never(name):
                self._found.append((Pair(name, "", token.at), " "))
        if names:
            self._bare = self._tokens[0].at

    def _place(self, name: str) -> int:
        return self.places.get(name, NOWHERE)

    # ---- one number -----------------------------------------------------------------------------

    def _read(self, n: int, token: Token) -> None:
        found = label(token.left)
        is_split = bool(found.name) and set(words.words(found.name)) <= words.SPLITS.keys()
        is_bar = token.right.startswith("%||")
        if is_split and token.number.isdigit() and token.right.lstrip().startswith("["):
            found = Label("epoch", found.tie, found.lead + " " + found.name)  # Train: 0 [ 50/247
        if is_bar or _counted(token) or (is_split and self._whole(n) is not None):
            found = Label("", "", token.left)
        if self._pending and _RANGE_IS.fullmatch(token.left):
            token, found = token._replace(left=": "), Label("", ":", "")
        self._tell_split(found.lead if found.name else token.left)
        was_epoch, self._last_was_epoch = self._last_was_epoch, False
        if not found.name:
            self._read_nameless(n, token, found, after_epoch=was_epoch)
        elif found.name.lower() in _DONE and _glued(token).startswith("%"):
            self._put("part", token.at)
        elif self._is_place(n, token, found):
            self._tell_split(found.name)
        elif not self._read_named(n, token, found):
            self._tell_split(token.left)

    def _read_nameless(self, n: int, token: Token, found: Label, *, after_epoch: bool) -> None:
        whole = self._whole(n)
        if counted := _counted(token):
            self._is_labelled = True
            self._put(_COUNTED[counted], token.at)
        elif _is_part(token, after_epoch=after_epoch):
            self._put("part", token.at)
        elif _LETTER.search(token.left) and whole is None:
            return
        elif self._pending and found.tie in (":", "=", "is"):
            self._add(n, token, Label(self._pending, found.tie, ""))
        elif whole is not None:
            self._read_progress(n, token, whole)
        elif after_epoch and not token.left.strip(" \t][:-,("):
            self._put("step", token.at)
        elif n == 0 and not token.left.strip(" \t[(#"):
            self._read_first(token)

    def _read_first(self, token: Token) -> None:
        """A bare number at the start: ``10:``, ``[10]``; ``[2, 2000]`` is epoch and step."""
        following = self._next(0)
        is_pair = token.left.strip() == "[" and following is not None
        if is_pair and following and following.left.strip() == "," and following.right[:1] == "]":
            self._put("epoch", token.at)
            self._put("step", following.at)
            self._taken.add(following.at)
        elif token.number.isdigit() and token.right[:1] in tuple("]:) \t,;|-"):
            self._bare = token.at

    def _read_progress(self, n: int, token: Token, whole: Token) -> None:
        """``450/1000``: the step where nothing else is told, or a part of the epoch."""
        self._taken.add(whole.at)
        if counted := _counted(whole):
            self._is_labelled = True
            self._put(_COUNTED[counted], token.at)
            return
        percent = self._tokens[n + 2] if n + 2 < len(self._tokens) else None
        is_part = (
            token.left.rstrip().endswith("||")
            or whole.right.lstrip().startswith(("[]", "- "))
            or (percent is not None and _glued(percent).startswith("%") and "(" in percent.left)
        )
        if is_part:
            self.places.pop("part", None)
            self._put("part", token.at)
            self._put("whole", whole.at)
            if percent is not None and _glued(percent).startswith("%"):
                self._taken.add(percent.at)
        elif "step" not in self.places:
            self._put("step", token.at)
            self._put("total", whole.at)
        elif token.left.strip() == "][" and "epoch" not in self.places:  # [1/90][20/300]
            self.places.update(epoch=self.places["step"], step=token.at, total=whole.at)

    def _is_place(self, n: int, token: Token, found: Label) -> bool:
        """Whether the number is that of a step or an epoch."""
        kind = _kind_of_place(found)
        glued = _glued(token)
        is_number = not glued.strip(".:/-") or glued[0] in ":/" or _RANGE.fullmatch(glued)
        if not kind or found.tie == "==" or not is_number:
            return False
        if kind in self.places:
            return True
        self._put(kind, token.at)
        self._is_labelled = True
        self._last_was_epoch = kind == "epoch"
        if (whole := self._whole(n)) is not None:
            self._taken.add(whole.at)
            if kind == "step":
                self._put("total", whole.at)
        self._pending = _before_link(found.name)
        return True

    def _read_named(self, n: int, token: Token, found: Label) -> bool:
        """Whether the number has a name that may be that of a metric."""
        if found.name.lower() == "rank" and self.rank == NOWHERE:
            self.rank = token.at
            return True
        return self._add(n, token, found)

    def _add(self, n: int, token: Token, found: Label) -> bool:
        if not _is_free(n, token, found) or not _is_value(token):
            return False
        if self._is_step_behind(n, token, found):
            return True
        self._is_named |= found.tie not in ("", " ")
        name = _weak_name(found.name) if found.tie == " " else _strong_name(found.name)
        if not name:
            return False
        if words.is_never(name):
            self._never += not _PASSING.intersection(words.words(name))
            return False
        if not self._found and _BEST.search(found.lead):
            self._is_of_best = True
        pair = Pair(name, self._split_of(name), token.at, unit=_unit(token))
        if group := self._group(n, token):
            self._split = ""  # a set of data of its own
            self._put("step", self._tokens[n - 1].at)
            pair = pair._replace(name=f"{group}/{name}", split="")
        if (whole := self._whole(n)) is not None:
            if not words.is_vague(name) and token.number.isdigit() and whole.number.isdigit():
                self._taken.add(whole.at)  # i = 50 / 10000
                self._put("step", token.at)
                self._put("total", whole.at)
                return True
            pair = self._share(n, pair, whole)
        self._found.append((pair, found.tie))
        return True

    def _group(self, n: int, token: Token) -> str:
        """The set of data in ``[lfw][600]Accuracy: 0.95``, where the number is the step."""
        if not n or token.left[:1] != "]" or not _LETTER.match(token.left[1:2]):
            return ""
        found = _GROUP.search(self._tokens[n - 1].left)
        group = found[1] if found else ""
        return "" if words.split_in(group) or words.place_in(group) else group

    def _is_step_behind(self, n: int, token: Token, found: Label) -> bool:
        """``Validation loss 1000: 0.35``: a step between the name and the value."""
        following = self._next(n)
        if following is None or found.tie != " " or not token.number.isdigit():
            return False
        is_value = following.left.strip() == ":" or (
            following.left.isspace() and "." in following.number and "/" not in following.right[:1]
        )
        name = _weak_name(found.name)
        if not is_value or not name or {"step", "epoch"} & self.places.keys():
            return False
        self._put("step", token.at)
        self._taken.add(following.at)
        self._add(n + 1, following._replace(left=": "), Label(name, ":", ""))
        return True

    def _share(self, n: int, pair: Pair, whole: Token) -> Pair:
        """``9842/10000 (98.4%)``: the percent where they are told."""
        self._taken.add(whole.at)
        percent = self._tokens[n + 2] if n + 2 < len(self._tokens) else None
        if percent is not None and _glued(percent).startswith("%") and "(" in percent.left:
            self._taken.add(percent.at)
            return pair._replace(at=percent.at, unit="%")
        is_part = "." not in whole.number and "." not in self._tokens[n].number
        return pair._replace(of=whole.at) if is_part else pair  # 0.12 / 0.34 are two values

    # ---- what is around it ----------------------------------------------------------------------

    def _put(self, name: str, at: int) -> None:
        self.places.setdefault(name, at)

    def _next(self, n: int) -> Token | None:
        return self._tokens[n + 1] if n + 1 < len(self._tokens) else None

    def _whole(self, n: int) -> Token | None:
        """The number of which this one is a part."""
        following = self._next(n)
        return following if following is not None and _OF.fullmatch(following.left) else None

    def _tell_split(self, text: str) -> None:
        for found in _SPLIT.finditer(text[-200:]):
            self._split = words.SPLITS[found[0].lower()]

    def _split_of(self, name: str) -> str:
        return "" if words.split_in(name) else self._split

    def _said(self) -> dict[str, float]:
        found = {}
        for match in _GLUED_PLACE.finditer(self._line[:400]):
            kind = "epoch" if match[1].lower() in words.EPOCHS else "step"
            if kind not in self.places:
                found[kind] = float(match[2])
        return found

    @property
    def _is_of_saved(self) -> bool:
        """Whether the numbers are said of a checkpoint."""
        first = self._found[0][0].at if self._found else 0
        before = (token.left + token.number for token in self._tokens if token.at <= first)
        return _SAVED.search("".join(before)) is not None

    def _accepted(self, shape: Shape) -> list[Pair]:
        """The metrics among what was found: the known ones, and their company."""
        results = sum(_is_result(pair.name) for pair, _tie in self._found)
        is_configuration = self._never > 1 + results and not shape.has_place
        is_repeated = self._is_of_best or self._is_of_saved
        if is_repeated or is_configuration or _CONSTRUCTED.search(self._line):
            return []
        has_known = any(words.is_known(pair.name) for pair, _tie in self._found)
        accepted: dict[tuple[str, str], Pair] = {}
        splits = {words.split_in(pair.name) for pair, _tie in self._found} - {""}
        before = words.split_in(self._found[0][0].name) if self._found and len(splits) == 1 else ""
        for pair, tie in self._found:
            own = words.split_in(pair.name)
            before = own if own and " " in pair.name else before
            name, split = pair.name, pair.split or _inherited(pair.name, before)
            is_known = words.is_known(name)
            is_company = (has_known or tie == "|") and words.is_vague(name)
            is_fit = is_known or tie not in " |" or is_company
            if is_fit and (has_known or not words.is_count(name)):
                trust = 2 if is_known else _company(name) * has_known
                accepted.setdefault((name, split), pair._replace(split=split, trust=trust))
        return list(accepted.values())


def _counted(token: Token) -> str:
    """What it counts by the word that hangs on it: ``3epoch:``, ``第3轮``."""
    right = token.right
    bare = right.lstrip()[:1] > "\u3000"  # 第 3 轮
    return next((w for w in _COUNTED if (right.lstrip() if bare else right).startswith(w)), "")


def _is_part(token: Token, *, after_epoch: bool) -> bool:
    """Whether a nameless number tells how much is done: ``45%|``, ``(43%)``, ``Epoch 3: 45%``."""
    before = token.left.strip()
    is_first = before in ("", "(", "[") or (after_epoch and not before.strip(":-[(,"))
    return token.right.startswith("%||") or (token.right.startswith("%") and is_first)


def _is_result(name: str) -> bool:
    """Whether a name is that of a metric, and of nothing that one chooses."""
    return words.is_known(name) and _HYPERPARAMETERS.isdisjoint(words.words(name))


def _inherited(name: str, before: str) -> str:
    """The split of a name behind another one of its line: ``val loss 0.5 acc 0.9``."""
    if words.split_in(name) or words.UNSPLIT.intersection(words.words(name)):
        return ""
    return before


def _company(name: str) -> int:
    """How far a name is trusted that stands beside one of a metric."""
    return 2 if words.is_vague(name) else 1


def _kind_of_place(found: Label) -> str:
    name = re.sub(r"\([^()]{0,40}\)", "", found.name)
    if found.tie == " " and "/" in name.rpartition(" ")[2]:
        return ""
    return words.place_in(name)


def _before_link(name: str) -> str:
    """The name in ``loss at step``."""
    kept = name.split()[:-1]
    while kept and kept[-1].lower() in words.LINKS:
        kept.pop()
    text = " ".join(kept)
    return text if words.is_known(text) else ""


def _glued(token: Token) -> str:
    found = _GLUED.match(token.right)
    return found[0] if found else ""


def _is_free(n: int, token: Token, found: Label) -> bool:
    """Whether a name is tied to it that hangs on nothing else.

    Not so in ``3_loss=0.5``, ``20.3s : 9000``, ``AP @[ IoU=0.75 ]``.
    """
    left = token.left
    if found.tie in ("", "==") or "://" in left or "@[" in found.lead.replace(" ", ""):
        return False
    if n == 0 or not left:
        return True
    if found.tie == "|" and "|" not in found.lead:
        return False
    if re.search(r"\s", left) and (found.lead or left[0].isspace()):
        return True
    return left[0] in ",;|:)]}>&('\"" or left[0] > "\u3000"


def _is_value(token: Token) -> bool:
    """Whether it is a number by itself: no time, no date, no part of a name."""
    glued = _glued(token)
    if token.right.startswith(":") and (token.left.endswith(":") or token.right == ":"):
        return False  # mAP@.5:.95:, 10:00
    bare = glued.rstrip(".:!?")
    if not bare or bare.lower() in words.UNITS or bare in ("-", "/", "+"):
        return True
    return (
        bare.startswith(("±", "+/-", "+-"))
        or bare[0] > "\u3000"
        or bool(bare[0] == "/" and bare.strip("/").isdigit())
    )


def _unit_before(left: str) -> str:
    """The unit of the number before, with which a text begins."""
    found = _GLUED.match(left)
    if found and found[0] and found[0].rstrip(".:").lower() in words.UNITS:
        return found[0].rstrip(":")
    apart = _APART.match(left)
    return apart[0] if apart and apart[1].lower() in words.UNITS and left[apart.end() :] else ""


def _unit(token: Token) -> str:
    glued = _glued(token).rstrip(".:")
    if glued.lower() in words.UNITS:
        return glued
    apart = _APART.match(token.right)
    return apart[1] if apart and apart[1].lower() in words.UNITS else ""


def _weak_name(name: str) -> str:
    """The last words of a text that are those of a metric, or an identifier."""
    bare, bracket, rest = name.rpartition(" (")
    if bare and rest.endswith(")") and (found := _weak_name(bare)):
        return f"{found}{bracket}{rest}"[:_LONGEST_NAME]
    kept: list[str] = []
    for word in reversed(name.split()[-_MOST_WORDS:]):
        if not (word.lower() in words.MODIFIERS or words.is_vague(word) or words.is_known(word)):
            break
        kept.insert(0, word)
    while kept and kept[0].lower() in words.STOP | words.LINKS:
        kept.pop(0)
    text = " ".join(kept)
    if kept and (words.is_known(text) or words.is_vague(text)):
        return text[:_LONGEST_NAME]
    last = name.rpartition(" ")[2]
    return last if "_" in last and len(last) <= _LONGEST_NAME else ""


def _strong_name(name: str) -> str:
    kept = name.split()
    while kept and kept[0].lower() in words.STOP:
        kept.pop(0)
    if len(kept) > _MOST_WORDS:
        return _weak_name(name)
    text = " ".join(kept)
    return text if len(text) <= _LONGEST_NAME and _LETTER.search(text) else ""
