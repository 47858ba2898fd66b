"""What the pages tell people to type is understood by what they type it to."""

from __future__ import annotations

import ast
import contextlib
import doctest
import io
import re
from pathlib import Path

import flag_tables
import pytest

from modelarts_magics.notebook.shell.arguments import split
from modelarts_magics.notebook.text import pattern
from modelarts_magics.notebook.viz.commands.subcommands import panel_parser

REPOSITORY = Path(__file__).resolve().parent.parent
DOCS = REPOSITORY / "docs"
IN_ENGLISH = [*sorted(DOCS.glob("*.md")), *sorted((DOCS / "recipes").glob("[!i]*.md"))]
FOR_DEVELOPERS = {"architecture.md", "metric-format.md"}
PAIRS = {
    REPOSITORY / "README.md": REPOSITORY / "README.zh-CN.md",
    **{page: DOCS / "zh" / page.name for page in IN_ENGLISH if page.name not in FOR_DEVELOPERS},
}
PAGES = [*sorted(REPOSITORY.glob("README*.md")), *sorted(DOCS.rglob("*.md"))]
_BLOCK = re.compile(r"^ *```([\w{}-]*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
_TABLE = re.compile(r"<!-- flags (.+) -->")
_MAGIC = re.compile(r"^(?:In \[\d+\]: )?(%ma_\w+)(.*?)(?: {2,}# .*)?$")


@pytest.fixture(scope="module", autouse=True)
def no_pattern_process_stays():
    yield
    pattern.close()


def blocks(path, language):
    return [text for found, text in _BLOCK.findall(path.read_text("utf-8")) if found == language]


def _to_type(text):
    """The lines of the blocks of a page, without comments and lists of pages."""
    return [
        re.sub(r"(^| +)# .*", "", line)
        for language, block in _BLOCK.findall(text)
        if not language.startswith("{")
        for line in block.splitlines()
    ]


def unquoted(line):
    """Without the quote that ends the lines of an `ipython -c`."""
    line = line.strip()
    return line[:-1] if line.endswith("'") and line.count("'") % 2 else line


def magics():
    """Each line of a block that is a magic, with its page."""
    for path in PAGES:
        for text in blocks(path, ""):
            for line in map(unquoted, text.splitlines()):
                if found := _MAGIC.match(line):
                    yield pytest.param(found[1], split(found[2]), id=f"{path.name}: {line[:60]}")


def parser_of(magic, words):
    if magic != "%ma_viz":
        return flag_tables.PARSERS[magic](), words
    if not words or words[0].startswith("-"):
        return panel_parser(), words
    return flag_tables.PARSERS[f"{magic} {words[0]}"](), words[1:]


@pytest.mark.parametrize(("magic", "words"), [*magics()])
def test_a_line_of_the_pages_is_one_that_the_magic_takes(magic, words):
    parser, rest = parser_of(magic, words)
    parser.parse_words(rest)


@pytest.mark.parametrize("path", [path for path in PAGES if blocks(path, "python")], ids=str)
def test_examples_in_python_import_what_there_is(path):
    for text in blocks(path, "python"):
        if ">>>" in text:
            continue  # run below
        tree = ast.parse(text)
        imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        exec(compile(ast.Module(imports, []), str(path), "exec"), {})


def test_examples_with_answers_answer_so():
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        results = [
            doctest.testfile(str(path), module_relative=False, encoding="utf-8")
            for path in PAGES
            if ">>>" in path.read_text("utf-8")
        ]
    assert told.getvalue() == ""
    assert sum(result.attempted for result in results) > 0


@pytest.mark.parametrize("folder", ["recipes", "zh"])
@pytest.mark.parametrize("name", ["job-failed.md", "distributed.md"])
def test_a_recipe_without_a_service_runs(folder, name, capsys):
    for text in blocks(DOCS / folder / name, "python"):
        exec(compile(text, name, "exec"), {})
    assert capsys.readouterr().out.strip()


def test_every_page_for_users_is_there_in_chinese():
    assert {*(DOCS / "zh").glob("*.md")} == {*PAIRS.values()} - {*REPOSITORY.glob("*.md")}


@pytest.mark.parametrize("page", PAIRS, ids=lambda page: page.name)
def test_a_page_says_the_same_lines_and_names_in_both_languages(page):
    """Commands, code, tables of flags; what a line explains is told in its own language."""
    texts = [path.read_text("utf-8") for path in (page, PAIRS[page])]
    english, chinese = ([_to_type(text), _TABLE.findall(text)] for text in texts)
    assert english == chinese


def test_every_page_of_the_site_is_in_a_list_of_pages():
    listed = {
        found
        for page in DOCS.rglob("*.md")
        for text in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
        for name in re.findall(r"^[\w/*-]+$", text, re.MULTILINE)
        for found in page.parent.glob(f"{name}.md")
    }
    assert set(DOCS.rglob("*.md")) - listed == {DOCS / "index.md"}
