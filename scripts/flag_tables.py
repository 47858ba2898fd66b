"""Write the tables of flags in the READMEs from the magics' own parsers.

    python scripts/flag_tables.py [--check]

A table stands between `<!-- flags %ma_log -->` and `<!-- end -->`. With `--check` nothing is
written; the exit code tells whether something would be.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Callable

from modelarts_magics.core.i18n import language, use_language
from modelarts_magics.notebook.log import flags as log_flags
from modelarts_magics.notebook.shell import session as session_command
from modelarts_magics.notebook.shell.arguments import MagicParser
from modelarts_magics.notebook.viz.commands.subcommands import SUBCOMMANDS

REPOSITORY = Path(__file__).resolve().parent.parent
READMES = {"README.md": "en", "README.zh-CN.md": "zh"}
PARSERS: dict[str, Callable[[], MagicParser]] = {
    "%ma_log": log_flags.parser,
    "%ma_session": session_command.parser,
    **{f"%ma_viz {name}": subcommand.parser for name, subcommand in SUBCOMMANDS.items()},
}
_TABLE = re.compile(r"(<!-- flags (?P<magic>%[\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def with_tables(text: str) -> str:
    """The text of a README with its tables made anew, in the language in use."""
    return _TABLE.sub(lambda found: found[1] + _table_for(found["magic"]) + found[3], text)


def with_tables_of(text: str, name: str) -> str:
    """The same in the language of a name, such as `zh`."""
    before = language()
    use_language(name)
    try:
        return with_tables(text)
    finally:
        use_language(before)


def _table_for(magic: str) -> str:
    return _table_of_subcommands() if magic == "%ma_viz" else _table(PARSERS[magic]())


def _table_of_subcommands() -> str:
    """Each sub-command with its words and flags, and what it does."""
    lines = []
    for name, subcommand in SUBCOMMANDS.items():
        parser = subcommand.parser()
        words = " ".join([name, *map(_words, filter(_is_telling, parser._actions))])
        lines.append(f"| `{words}` | {parser.description} |\n")
    return "| | |\n|---|---|\n" + "".join(lines)


def _is_telling(action: argparse.Action) -> bool:
    """Not one of the flags that all sub-commands have."""
    return not {"--help", "--as"} & set(action.option_strings)


def _table(parser: MagicParser) -> str:
    rows = [(_words(action), action.help or "") for action in parser._actions]
    lines = [f"| `{words}` | {text} |\n" for words, text in rows if text]
    return "| | |\n|---|---|\n" + "".join(lines)


def _words(action: argparse.Action) -> str:
    name = max(action.option_strings, key=len, default="")
    return " ".join(filter(None, [name, str(action.metavar or "")])).replace("|", "\\|")


def outdated() -> list[Path]:
    """The READMEs whose tables are not those of the parsers."""
    return [path for path in map(REPOSITORY.joinpath, READMES) if _made(path) != _read(path)]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _made(path: Path) -> str:
    return with_tables_of(_read(path), READMES[path.name])


def main() -> int:
    arguments = argparse.ArgumentParser(description="Write the tables of flags in the READMEs.")
    arguments.add_argument("--check", action="store_true", help="only tell whether they are right")
    check = arguments.parse_args().check
    for path in outdated():
        if check:
            print(f"{path.name}: the tables are outdated: python scripts/flag_tables.py")
            return 1
        path.write_text(_made(path), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
