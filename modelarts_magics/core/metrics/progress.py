"""How far a training is, as its log tells: the epoch, the part of it that is done, the time left.

Trainers count in two ways: epochs of which each has its steps, or steps only. A count that begins
anew counts something smaller, and a bar of a download or of an evaluation counts something else;
neither tells how far the training is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LAST = 8192  # characters of a text that are looked at: what is before them is past
_LONGEST_LINE = 2000  # characters
_COUNT = r"(?P<n>\d{1,9})\s{0,9}/\s{0,9}(?P<of>\d{1,9})"
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_EPOCHS = re.compile(
    r"(?:\bepochs?\b|轮次|第)[^\d\n]{0,12}?(?P<n>\d{1,6})\s?(?:/|\bof\b|，共|共)\s?(?P<of>\d{1,6})",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\bepoch\b[^\d\n]{0,12}?(?P<n>\d{1,6})(?![\d.])", re.IGNORECASE)
_STEPS = re.compile(
    rf"\b(?:iter|iters|iteration|step|steps|batch|it)\b[^\d\n]{{0,9}}{_COUNT}", re.I
)
_BRACKETS = re.compile(rf"[\[(]\s{{0,6}}{_COUNT}(?:\s{{0,3}}\(\d{{1,3}}\s?%\))?\s{{0,3}}[\])]")
_BAR = re.compile(rf"(?:\|[^|\n]{{0,200}}\||^)\s{{0,9}}{_COUNT}\s{{0,4}}(?:\[|$)")
_LEFT = re.compile(
    r"\beta\b[:=\s]{0,4}(?:(?P<days>\d{1,4}) days?, )?(?P<h>\d{1,4}):(?P<m>\d\d)(?::(?P<s>\d\d))?",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:eval|valid|val|test|predict|download|extract|load|map|tokeniz|filter|sanity|upload|[kmg]i?b/s)"
    r"|验证|评估|测试|下载|加载",
    re.IGNORECASE,
)
_IS_DRAWN = re.compile(r"[|\[]\s?[=█▏▎▍▌▋▊▉#━>-]")
_FIGURE = re.compile(r"[a-z_]\s?[:=]\s?-?\d*\.\d", re.IGNORECASE)


@dataclass(frozen=True)
class Progress:
    """How far a training is.

    Attributes:
        done: of the whole training, from 0 to 1.
        epoch: the one that runs, from 1; ``None`` where the log counts steps only.
        epochs: how many there are.
        remaining: seconds that are left, where the log itself says so.
    """

    done: float
    epoch: int | None = None
    epochs: int | None = None
    remaining: float | None = None


class ProgressReader:
    """Reads it in the text of one log as it comes.

    >>> reader = ProgressReader()
    >>> reader.feed("Epoch 3/10\\n 50/100 [=====>.....] - ETA: 1s - loss: 0.31\\n")
    >>> reader.progress
    Progress(done=0.25, epoch=3, epochs=10, remaining=None)
    """

    def __init__(self) -> None:
        self.progress: Progress | None = None
        self._unfinished = ""
        self._epoch: tuple[int, int] | None = None  # as it was told, and of how many
        self._is_over = False  # the line of an epoch told figures of it, so that it had ended
        self._part: float | None = None  # of the epoch
        self._first = 1  # number of the first epoch
        self._counts: tuple[int, int] | None = None  # steps of the whole training
        self._is_of_epoch = False  # the steps are those of an epoch of which nobody says how many
        self._remaining: float | None = None

    def feed(self, text: str) -> None:
        """Take text that came; of much at once, its end. A line counts when it has ended."""
        *lines, rest = re.split(r"[\r\n]+", (self._unfinished + text)[-_LAST:])
        self._unfinished = rest[-_LONGEST_LINE:]
        for line in lines:
            self._read(_ESCAPES.sub("", line[:_LONGEST_LINE]).strip())
        self.progress = self._judged()

    def _read(self, line: str) -> None:
        if not line or _OTHER.search(line):
            return
        is_drawn = bool(_IS_DRAWN.search(line))
        epochs = _EPOCHS.search(line)
        if epochs:
            self._take_epoch(int(epochs["n"]), int(epochs["of"]), bool(_FIGURE.search(line)))
        elif _EPOCH.search(line):
            self._is_of_epoch = True
        left = _LEFT.search(line)
        if left and not is_drawn:
            days, hours, minutes, seconds = (
                int(left[name] or 0) for name in ("days", "h", "m", "s")
            )
            if left["s"] is None:  # minutes and seconds
                hours, minutes, seconds = 0, hours, minutes
            self._remaining = ((days * 24 + hours) * 60 + minutes) * 60.0 + seconds
        rest = line[epochs.end() :] if epochs else line
        if found := _STEPS.search(rest) or _BRACKETS.search(rest) or _BAR.search(rest):
            self._take_steps(int(found["n"]), int(found["of"]))

    def _take_epoch(self, number: int, of: int, has_figures: bool) -> None:
        if not number <= of or of == 0:
            return
        if number == 0:
            self._first = 0
        if (number, of) != self._epoch:
            self._part = None
        self._epoch, self._is_over = (number, of), has_figures

    def _take_steps(self, number: int, of: int) -> None:
        if not 0 <= number <= of or of < 2:
            return
        if self._epoch:
            self._part = number / of
            return
        if self._counts and number < self._counts[0]:
            self._is_of_epoch = True  # it begins anew
        self._counts = number, of

    def _judged(self) -> Progress | None:
        if self._epoch:
            number, of = self._epoch
            before = number - self._first
            part = self._part if self._part is not None else float(self._is_over)
            done = min(1.0, max(0.0, (before + part) / of))
            return Progress(done, before + 1, of, self._remaining)
        if self._counts and not self._is_of_epoch:
            number, of = self._counts
            return Progress(number / of, remaining=self._remaining)
        return None
