"""What a browser does not hold of a log is searched by the kernel."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.notebook.log.search import Range, Search, lines_backward
from modelarts_magics.notebook.log.spool import Spool
from modelarts_magics.notebook.text.pattern import Pattern

_TIME_LIMIT = 60.0  # seconds; far more than anything here takes

words = st.sampled_from(["", "a", "日志", "x" * 30, "1%\r2%", "\x1b[31mred\x1b[0m"])
logs = st.lists(words, max_size=30)


class Heard:
    """What a view is told."""

    def __init__(self) -> None:
        self.lines: dict[str, list[int]] = {}
        self.problem = ""
        self.is_done = threading.Event()
        self.full = threading.Event()

    def __call__(self, message: dict[str, Any]) -> None:
        for file, starts in message["lines"].items():
            self.lines.setdefault(file, []).extend(starts)
        self.problem = message["problem"]
        if sum(map(len, self.lines.values())) >= 5000:
            self.full.set()
        if message["is_done"]:
            self.is_done.set()


def searched(spool: Spool, pattern: Pattern, *ranges: Range) -> Heard:
    heard = Heard()
    search = Search(SimpleNamespace(spools={"f": spool}), heard)
    search.start(1, pattern, ranges)
    assert heard.is_done.wait(_TIME_LIMIT)
    search.close()
    return heard


@given(logs, st.integers(0, 9), st.integers(0, 60), st.integers(1, 400))
def test_each_line_that_has_something_in_a_range_is_looked_at_once(lines, offset, start, length):
    log = "\n".join(lines)
    size = len(log.encode())
    start, end = min(start, size), min(start + length, size)
    while end < size and log.encode()[end] & 0xC0 == 0x80:  # a view holds whole characters
        end += 1
    with closing(Spool(offset)) as spool:
        spool.append(log)
        slices = list(lines_backward(spool, offset + start, offset + end))
    at, wanted = 0, []
    for line in lines:
        behind = at + len(line.encode())
        if line and start < end and at < end and behind >= start:
            wanted.append(offset + max(at, start))
        at = behind + 1
    assert [first for lines in slices for first, _text in lines] == wanted[::-1]


def test_a_line_is_found_wherever_slices_cut_it() -> None:
    words = ["日志 needle", *["中文"] * 996] * 100
    lines = [f"{number:06d} {word}" for number, word in enumerate(words)]
    log = "".join(f"{line}\n" for line in lines)
    with closing(Spool(0)) as spool:
        spool.append(log)
        heard = searched(spool, Pattern("NEEDLE", is_regexp=False), Range("f", 0, spool.end))
        starts = heard.lines["f"]
        assert [spool.read(start, start + 6)[2] for start in starts] == [
            line[:6] for line in lines[::-1] if "needle" in line
        ]


def test_a_match_is_one_of_what_is_seen_not_of_sequences() -> None:
    with closing(Spool(0)) as spool:
        spool.append("\x1b[1;31mfai\x1b[0mled\n31m\nfailing\r100%\n")
        pattern = Pattern("failed|;31|failing")
        assert searched(spool, pattern, Range("f", 0, spool.end)).lines == {"f": [0]}


def test_a_match_that_the_browser_has_half_of_is_found() -> None:
    with closing(Spool(0)) as spool:
        spool.append("one\nsome needle here\nend\n")
        plain = Pattern("needle", is_regexp=False)
        assert searched(spool, plain, Range("f", 0, 11)).lines == {"f": [4]}
        assert searched(spool, plain, Range("f", 12, 24)).lines == {"f": [12]}


def test_a_pattern_that_is_none_or_takes_for_ever_is_told() -> None:
    with closing(Spool(0)) as spool:
        spool.append("a" * 40 + "!\n")
        assert "regular" in searched(spool, Pattern("("), Range("f", 0, 9)).problem
        endless = searched(spool, Pattern(r"(\w+\s?)+$"), Range("f", 0, spool.end))
        assert "too long" in endless.problem


def test_what_is_told_is_bounded_and_what_is_not_there_is_nothing() -> None:
    with closing(Spool(0)) as spool:
        spool.append("a\n" * 20_000)
        heard = Heard()
        search = Search(SimpleNamespace(spools={"f": spool}), heard)
        search.start(1, Pattern("a"), [Range("f", 0, spool.end)])
        assert heard.full.wait(_TIME_LIMIT)
        search.close()
        assert len(heard.lines["f"]) == 5000
        assert not heard.is_done.is_set()  # there are more
        assert searched(spool, Pattern("a"), Range("other", 0, 9)).lines == {}


def test_a_search_ends_with_its_panel() -> None:
    with closing(Spool(0)) as spool:
        spool.append("a\n" * 2_000_000)
        search = Search(SimpleNamespace(spools={"f": spool}), lambda _message: None)
        search.start(1, Pattern("nothing like it"), [Range("f", 0, spool.end)])
        search.close()
        search.start(2, Pattern("a"), [Range("f", 0, spool.end)])
        end = time.monotonic() + _TIME_LIMIT
        while threads := [one for one in threading.enumerate() if "search" in one.name]:
            assert time.monotonic() < end, threads
            time.sleep(0.01)
