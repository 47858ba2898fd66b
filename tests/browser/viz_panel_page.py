"""The panel of visualization jobs, as a test sees it."""

from __future__ import annotations

import re

from panel_page import PATIENCE
from playwright.sync_api import FrameLocator, Locator, Page, expect


class VizPanelView:
    """What the cell of a panel shows.

    Args:
        page: with the notebook.
        number: of the cell.
    """

    def __init__(self, page: Page, number: int) -> None:
        self.page = page
        self.output = (
            page.locator(".jp-Notebook .jp-CodeCell").nth(number).locator(".jp-OutputArea")
        )
        self.core = self.output.locator(".modelarts-magics-viz")
        self.form = self.output.locator(".modelarts-magics-form")
        self.html = self.output.locator("div.modelarts-magics > table")
        self.rows = self.core.locator(".modelarts-magics-row:visible")

    def is_core(self) -> None:
        expect(self.core).to_be_visible(timeout=PATIENCE)

    def row(self, name: str) -> Locator:
        return self.rows.filter(has_text=name)

    def shows(self, text: str | re.Pattern[str]) -> None:
        expect(self.core).to_contain_text(text, timeout=PATIENCE)

    def press(self, name: str, row: str = "") -> None:
        """Press a button of the panel, or of a row."""
        within = self.row(row) if row else self.core
        button = within.get_by_role("button", name=name, exact=True)
        expect(button).to_be_enabled(timeout=PATIENCE)
        button.click(timeout=PATIENCE)

    def can_press(self, name: str, row: str) -> bool:
        return self.row(row).get_by_role("button", name=name, exact=True).is_enabled()

    def is_in_state(self, row: str, state: str) -> None:
        expect(self.row(row)).to_contain_text(state, timeout=PATIENCE)

    def names(self) -> list[str]:
        """The names in the list, from top to bottom."""
        shown = self.rows.evaluate_all(
            "rows => rows.map(row => [row.getBoundingClientRect().top,"
            " row.querySelector('b + *, div:nth-child(2) b')?.textContent])"
            ".sort((a, b) => a[0] - b[0]).map(row => row[1])"
        )
        return list(shown)

    def field(self, label: str) -> Locator:
        """The input behind a label of the form."""
        line = self.form.locator(".widget-hbox").filter(
            has=self.page.locator(".widget-label", has_text=re.compile(f"^{label}$"))
        )
        return line.locator("input, textarea, select").first

    def note(self, label: str) -> Locator:
        """What stands beside a field of the form."""
        line = self.form.locator(".widget-hbox").filter(
            has=self.page.locator(".widget-label", has_text=re.compile(f"^{label}$"))
        )
        return line.locator(".widget-html")

    @property
    def create(self) -> Locator:
        return self.form.get_by_role("button", name="Create", exact=True)

    @property
    def tensorboard(self) -> FrameLocator:
        """The page of TensorBoard below the panel."""
        return self.output.frame_locator("iframe")
