"""Whatever docstrings, comments, test names and pages cite is there, and the tables are true."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from modelarts_magics.core.api.v1.codes import CODES
from modelarts_magics.core.api.v1.status import JobStatus, Phase
from modelarts_magics.core.http.failure import Failure

REPOSITORY = Path(__file__).resolve().parent.parent
API = REPOSITORY / "docs" / "api"
PACKAGE = sorted((REPOSITORY / "modelarts_magics").rglob("*.py"))
OTHERS = [
    path
    for folder, kind in (
        ("tests", "py"),
        ("scripts", "py"),
        ("benchmarks", "py"),
        ("js/src", "js"),
        ("js/test", "js"),
    )
    for path in sorted((REPOSITORY / folder).rglob(f"*.{kind}"))
]
PAGES = [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").rglob("*.md"))]

# What a citation looks like, and the anchor in docs/api that it stands for.
CITATIONS = {
    r"\bmodelarts_0\d_\d{4}": "{}",
    r"\b[TLVR]\d\b": "{}",
    r"\b[Qq]uirks?[ _](\d+(?:(?:,? (?:and )?|_)\d+)*)": "quirk-{}",
    r"(?<=\s)\[(\d+)\]": "quirk-{}",
    r"\b[Ss]ections?\s+(\d+)": "section-{}",
}
_PAGE = re.compile(r"\bdocs/[\w./-]+\.md(?:#[\w-]+)?")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_SOURCE = re.compile(r"^ *Sources?(?: of the \w+)?: (.+)", re.MULTILINE)


@cache
def prose(path: Path) -> str:
    """Docstrings and comments of a Python file with the names of its tests; comments of others."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        return "\n".join(re.findall(r"//.*|/\*.*?\*/", text, re.DOTALL))
    if path.suffix != ".py":
        return text
    comments = re.findall(r"(?:^|  )#.*", text, re.MULTILINE)
    return "\n".join([*comments, *_docstrings(ast.parse(text))])


def _docstrings(tree: ast.Module) -> Iterator[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, *functions)):
            yield ast.get_docstring(node) or ""
        if isinstance(node, functions) and node.name.startswith("test_"):
            yield node.name.removeprefix("test_")


def cited(text: str) -> set[str]:
    """The anchors in docs/api that a text cites."""
    found: set[str] = set()
    for pattern, anchor in CITATIONS.items():
        for match in re.finditer(pattern, text):
            names = re.findall(r"\d+", match[1]) if match.lastindex else [match[0].lower()]
            found.update(anchor.format(name) for name in names)
    return found


@cache
def anchors(page: Path) -> frozenset[str]:
    """The places of a page that a link can name: our own, and those of its headings."""
    text = page.read_text(encoding="utf-8")
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(text))
    return frozenset([*_ANCHOR.findall(text), *(words.replace(" ", "-") for words in headings)])


def is_there(link: str, beside: Path) -> bool:
    """Whether a link of a page leads to a file here, and to a place in it."""
    name, _mark, place = link.partition("#")
    target = (beside / name).resolve() if name else beside
    return target.exists() and (not place or place in anchors(target))


DEFINED = Counter(
    name for page in API.glob("*.md") for name in _ANCHOR.findall(page.read_text(encoding="utf-8"))
)


def test_a_place_has_one_definition():
    assert [name for name, times in DEFINED.items() if times > 1] == []


def test_citations_are_found():
    """Of each kind that is in use, so that no pattern has gone blind."""
    text = "T2 of modelarts_03_0045, see quirk 7; quirks 7, 9 and 12; [5] in section 8."
    quirks = {f"quirk-{n}" for n in (5, 7, 9, 12)}
    assert cited(text) == {"t2", "modelarts_03_0045", "section-8", *quirks}
    assert cited("quirk_2_3_count_and_end") == {"quirk-2", "quirk-3"}
    assert cited("values[3], a part [of] it, V0001 and utf-8") == set()


def test_what_is_cited_is_defined():
    texts = {path: prose(path) for path in [*PACKAGE, *OTHERS, *PAGES]}
    unknown = {path: cited(text) - set(DEFINED) for path, text in texts.items()}
    assert {path: names for path, names in unknown.items() if names} == {}
    pages = [(path, page) for path, text in texts.items() for page in _PAGE.findall(text)]
    assert [(path, page) for path, page in pages if not is_there(page, REPOSITORY)] == []


@pytest.mark.parametrize(
    "page",
    [
        *("CONTRIBUTING.md", "SECURITY.md", "docs/metric-format.md", "docs/exactness.md"),
        *(f"docs/api/{p.name}" for p in API.glob("*")),
    ],
)
def test_a_page_names_files_that_are_here(page):
    """A path is that of the repository or of the package; some are made by tools."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    paths = re.findall(r"`((?:[a-z_-]+/)+[\w.-]*\.(?:py|js|md|json)|(?:[a-z_]+/)+|\w+\.py)`", text)
    places = (REPOSITORY, REPOSITORY / "modelarts_magics")
    gone = {path for path in paths if not any((place / path).exists() for place in places)}
    assert gone <= {"notebook/static/", "test-results/", "dist/"}


def test_a_source_is_a_page_of_this_repository():
    sources = [(path, words) for path in PACKAGE for words in _SOURCE.findall(prose(path))]
    assert [found for found in sources if not re.search("docs/|``", found[1])] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    links = _LINK.findall(path.read_text(encoding="utf-8"))
    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    dead = [link for link in inside if not is_there(link, path if link[0] == "#" else path.parent)]
    assert dead == []


# ---- the tables are true ------------------------------------------------------------------------


def rows(page: str, columns: int) -> Iterator[list[str]]:
    """The cells of those tables of a page that have so many columns."""
    for line in (API / page).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip(" *") for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == columns:
            yield cells


ERRORS = {
    number: kind
    for codes, _meaning, kind in rows("v1-errors.md", 3)
    if kind.endswith("Error")
    for number in codes.split(", ")
}
CLASSES = {
    int(status): kind
    for statuses, kind in rows("v1-errors.md", 2)
    if kind.endswith("Error")
    for status in re.findall(r"\d+", statuses)
}


def error(status: int, code: str = "") -> str:
    return type(CODES.error(Failure(status=status, code=code, message="m"))).__name__


def test_a_code_becomes_the_error_that_the_page_says():
    numbers = [f"{number:04}" for number in range(10_000)]
    known = {number: error(418, f"ModelArts.{number}") for number in numbers}
    unknown = error(418, "ModelArts.none")
    assert {number: ERRORS.get(number, unknown) for number in numbers} == known


def test_a_status_becomes_the_error_that_the_page_says():
    statuses = range(400, 600)
    said = {status: CLASSES.get(min(status, 500), "UnexpectedAnswerError") for status in statuses}
    assert {status: error(status) for status in statuses} == said


STATUSES = {int(cells[0]): cells for cells in rows("v1-statuses.md", 7) if cells[0].isdecimal()}


@pytest.mark.parametrize("status", [s for s in JobStatus if s.phase is not Phase.UNKNOWN])
def test_a_status_means_what_the_page_says(status):
    allowed = (status.can_stop, status.can_restart, status.can_delete)
    words = ["yes" if is_allowed else "no" for is_allowed in allowed]
    _number, name, _meaning, *said = STATUSES[status]
    assert [name, *said] == [status.name, status.phase.value, *words]
