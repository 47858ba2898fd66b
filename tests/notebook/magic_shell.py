"""A real IPython shell in this process, and what a cell in it shows."""

from __future__ import annotations

import atexit
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config


@dataclass(frozen=True)
class Cell:
    """A cell that has run."""

    success: bool
    stdout: str
    stderr: str
    outputs: list[dict[str, Any]] = field(repr=False)
    error: BaseException | None = None

    @property
    def text(self) -> str:
        """The plain text of the only display."""
        [data] = self.outputs
        return data["text/plain"]

    @property
    def html(self) -> str:
        [data] = self.outputs
        return data["text/html"]

    @property
    def mistake(self) -> str:
        """The one line that a failed cell shows; anything else is a failure of the test."""
        assert not self.success, f"the cell did not fail: {self.outputs or self.stdout}"
        assert self.stderr == ""
        assert self.outputs == []
        lines = self.stdout.rstrip("\n").split("\n")
        assert len(lines) == 1, f"more than one line: {self.stdout}"
        assert all(character.isprintable() for character in lines[0])
        return lines[0]


class Shell:
    """Runs cells as a notebook does."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        config.IPCompleter.use_jedi = False
        self.ip = InteractiveShell.instance(config=config)

    @property
    def context(self) -> Any:
        """What the magics share."""
        return self.ip.magics_manager.registry["ModelArtsMagics"].context

    def __call__(self, code: str) -> Cell:
        with capture_output() as captured:
            result = self.ip.run_cell(code, store_history=False)
        return Cell(
            bool(result.success),
            captured.stdout,
            captured.stderr,
            [output.data for output in captured.outputs],
            result.error_in_exec or result.error_before_exec,
        )

    def ok(self, code: str) -> Cell:
        cell = self(code)
        assert cell.success, cell.stdout + cell.stderr
        assert cell.stderr == ""
        return cell

    def complete(self, line: str) -> list[str]:
        """What Tab offers at the end of a line, as whole words."""
        with provisionalcompleter():
            return [found.text for found in self.ip.Completer.completions(line, len(line))]

    def close(self) -> None:
        atexit.unregister(self.ip.atexit_operations)
        self.ip.atexit_operations()
        InteractiveShell.clear_instance()


class Page(HTMLParser):
    """Tags, attributes and text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.styles: list[str] = []
        self.text = ""
        self.oddities: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "style":
                self.styles.append(value or "")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:  # of a style sheet or a script
            self.text += data

    def handle_comment(self, data: str) -> None:
        self.oddities.append(data)

    def handle_decl(self, decl: str) -> None:
        self.oddities.append(decl)

    def handle_pi(self, data: str) -> None:
        self.oddities.append(data)

    def unknown_decl(self, data: str) -> None:
        self.oddities.append(data)
