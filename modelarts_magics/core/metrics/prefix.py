"""What stands before the words of a line: times, levels, names of files, ranks."""

from __future__ import annotations

import re

_MOST_PARTS = 12
_TIME = r"\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?"
_ZONE = r"(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?"
_DATE = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/]\d{1,2}(?:[-/]\d{2,4})?)"
_DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d{1,2}(?: \d{4})?,?"
_LEVEL = (
    r"(?:DEBUG|INFO|NOTICE|WARN[A-Z]{0,3}|ERR[A-Z]{0,2}|CRIT[A-Z]{0,4}|FAT[A-Z]{2}|TRACE|SUCCESS)"
)
_LEVEL_WORD = r"(?:debug|info|notice|warn[a-z]{0,3}|err[a-z]{0,2}|trace)"
_FILE = r"[\w./-]{1,100}\.(?:py|cc|cpp|cu|go|rs|lua)"
_RANK = r"(?:(?:local |global )?rank|RANK|Rank|default|node|GPU|gpu|npu|NPU|worker|device)"
_PARTS = [
    rf"{_DATE}[T _-]{_TIME}{_ZONE}(?: [A-Za-z][\w.-]{{0,60}}(?=\]))?",
    rf"\d{{8}}[ -]{_TIME}{_ZONE}",
    rf"{_DAY}{_MONTH} {_TIME}(?: [AP]M)?(?: \d{{4}})?",
    rf"{_TIME}(?: ?[AP]M)?{_ZONE}(?= |\]|\)|\||$)",
    r"\d{4}-\d{2}-\d{2}(?=[ \]|])",
    rf"[IWEF]\d{{4,8}} {_TIME} {{1,8}}\d{{1,9}} [\w./-]{{1,100}}:\d{{1,6}}\]",
    r"\d{10}(?:\.\d{1,9})?(?=[ \]:])",
    r"(?:stdout|stderr) [FP](?= )",
    r"\[[A-Za-z][\w.-]{0,60}\](?= {1,2}\d{4}-)",
    rf"{_LEVEL}:[A-Za-z][\w.-]{{0,60}}:(?=[^\s:])",
    rf"{_LEVEL}(?![\w.])",
    r"LOG \([\w.-]{1,60}(?:\[[\w.~-]{1,60}\])?:[\w~]{1,80}\(\):[\w./-]{1,99}:\d{1,6}\)",
    rf"{_LEVEL_WORD}(?=[ \]:|])",
    rf"{_FILE}(?:[: ]\d{{1,6}})?(?::[\w<>.]{{1,60}})?(?:\(\))?(?=[\]: \t)])",
    r"[A-Za-z_][\w.]{0,80}:\d{1,6}(?:\(\w{1,40}\))?(?=[\])])",
    r"[A-Za-z_]\w{0,40}(?:\.\w{1,40}){1,8}(?= - )",
    rf"\[?{_RANK}[ :=_#-]{{0,3}}(?P<n>\d{{1,6}})\]?(?:\[\d{{1,6}}\])?(?=[\]:| ,>)]|$)",
    r"\[\d{1,6},(?P<m>\d{1,6})\](?:<std(?:out|err)>)?:?",
    r"\([A-Za-z_][\w.:-]{0,60}(?:\([\w, ]{0,60}\))? pid=(?P<p>\d{1,9})(?:, ip=[\d.]{1,20})?\)",
    r"[A-Za-z][\w.-]{0,60}-(?P<o>\d{1,6})(?: +\||:)(?= )",
]
_PART = re.compile("|".join(f"(?:{part})" for part in _PARTS))
_OPEN = re.compile(r"[\s\[({|:*<]{0,12}")
_CLOSE = re.compile(r"(?:[\s\]):|,>]|-(?=\s)){0,12}")
_RANKS = ("n", "m", "p", "o")


def prefix(line: str) -> tuple[int, int, str]:
    """Where the prefix ends; where in it the number of the rank stands, or -1; and that number.

    >>> prefix("2026-11-25 10:00:01,123 [rank3]: loss 0.5")
    (33, 29, '3')
    >>> prefix("[10] train-auc:0.9")
    (0, -1, '')
    """
    end, at, rank = 0, -1, ""
    for _part in range(_MOST_PARTS):
        found = _PART.match(line, end) or _PART.match(line, _skip(_OPEN, line, end))
        if found is None:
            break
        for name in _RANKS:
            if found[name] is not None:
                at, rank = found.start(name), found[name]
        end = _skip(_CLOSE, line, found.end())
    return end, at, rank


def without_prefix(line: str) -> str:
    """The line with blanks in place of its prefix: what is in columns stays there."""
    end = prefix(line)[0]
    return " " * end + line[end:]


def _skip(pattern: re.Pattern[str], line: str, start: int) -> int:
    found = pattern.match(line, start)
    return found.end() if found else start


def has_numbers(line: str) -> bool:
    """Whether there are digits behind the prefix."""
    return any(map(str.isdigit, line[prefix(line)[0] :]))
