"""One word for one thing: those that were given up are gone from code, tests and pages."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PLACES = (
    *("modelarts_magics/**/*.py", "tests/**/*.py", "benchmarks/**/*.py", "scripts/**/*.py"),
    *("js/src/**/*.js", "js/test/**/*.js", "docs/**/*.md", "*.md"),
)
# what is said now: retry; request; follower; discovery; line log, byte log; rate limit, limiter
GIVEN_UP = re.compile(
    r"(?i:\bpatient(ly)?\b|waits and repeats by (him|it)self|\bwish(es|ed)?\b|\blookouts?\b"
    r"|\barrivals?\b|\bbudgets?\b)|_?(Patient|Either|Ahead)(Log|Source)\b"
)

# 跟踪, but of scrolling; 帐号; 单元格
GIVEN_UP_IN_CHINESE = re.compile("跟随(?!末尾)|账号|单元(?!格)")


def test_words_that_were_given_up_are_gone():
    paths = {path for place in PLACES for path in REPOSITORY.glob(place)}
    told = {Path(__file__), REPOSITORY / "CHANGELOG.md"}
    found = {
        path.relative_to(REPOSITORY): sorted(words)
        for path in sorted(paths - told)
        if (words := {match[0] for match in GIVEN_UP.finditer(path.read_text("utf-8"))})
    }
    assert found == {}


def test_chinese_has_one_word_for_one_thing():
    places = ("docs/zh/*.md", "*.md", "notebooks/*.ipynb", "js/src/text/*.js")
    paths = [path for place in places for path in REPOSITORY.glob(place)]
    paths.append(REPOSITORY / "modelarts_magics/core/locale/zh.py")
    words = {
        (path.name, word)
        for path in paths
        for word in GIVEN_UP_IN_CHINESE.findall(path.read_text("utf-8"))
    }
    assert words == set()
