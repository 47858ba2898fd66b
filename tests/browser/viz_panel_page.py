"""The panel of visualization jobs, as a test sees it."""

from __future__ import annotations

import re

from fake_service import FakeService
from notebook_page import wait_for
from panel_page import Panel, PanelPage
from playwright.sync_api import FrameLocator, Locator, expect

_NAMES = """rows => rows
  .map(row => [row.getBoundingClientRect().top,
    row.querySelector('.modelarts-magics-name').textContent])
  .sort(([one], [other]) => one - other)
  .map(([_top, name]) => name)
"""

_CUT_OFF = """root => [...root.querySelectorAll('*')]
  .filter(one => one.checkVisibility()
    && one.getBoundingClientRect().right > root.getBoundingClientRect().right + 1)
  .map(one => one.outerHTML.slice(0, 80))
"""


def use_service(service: FakeService) -> str:
    """A cell after which the kernel uses a service."""
    environment = {
        "HUAWEICLOUD_SDK_AK": "SCRIPTEDACCESSKEY",
        "HUAWEICLOUD_SDK_SK": "scripted-secret-key-0123456789",
        "HUAWEICLOUD_SDK_PROJECT_ID": "p",
        "MODELARTS_MAGICS_REGION": "cn-north-4",
        "MODELARTS_MAGICS_ENDPOINT": service.url,
    }
    return f"import os\ndel os.environ['MODELARTS_MAGICS_LOCAL']\nos.environ |= {environment}"


class VizPanelView(Panel):
    """What the cell of a panel shows.

    Args:
        of: the page with the notebook.
        number: of the cell.
    """

    def __init__(self, of: PanelPage, number: int) -> None:
        super().__init__(of.page, of.page.locator(".jp-Notebook .jp-CodeCell").nth(number))
        self.core = self.output.locator(".modelarts-magics-viz")
        self.form = self.output.locator(".modelarts-magics-form")
        self.rows = self.core.locator(".modelarts-magics-row:visible")

    def is_core(self) -> None:
        expect(self.core).to_be_visible()

    def fits(self) -> None:
        """Wait until nothing of the panel is cut off at its right."""
        self.has_none_of(lambda: self.core.evaluate(_CUT_OFF))

    def row(self, name: str) -> Locator:
        """The row of a job."""
        exactly = re.compile(f"^{re.escape(name)}$")
        own = self.page.locator(".modelarts-magics-name", has_text=exactly)
        return self.rows.filter(has=own)

    def press_in(self, row: str, name: str) -> None:
        """Press a button of a row."""
        self.button_in(row, name).click()

    def button_in(self, row: str, name: str) -> Locator:
        return self.row(row).get_by_role("button", name=name, exact=True)

    def can_press(self, row: str, *names: str) -> None:
        """Wait until these buttons of a row can be pressed, and no other."""
        buttons = self.row(row).locator("button:visible:enabled")
        expect(buttons).to_have_text(list(names))

    def is_in_state(self, row: str, state: str) -> None:
        expect(self.row(row)).to_contain_text(state)

    def shows_jobs(self, *names: str) -> None:
        """Wait until these are the jobs in the list, from top to bottom."""
        expect(self.rows).to_have_count(len(names))
        for name in names:
            expect(self.row(name)).to_be_visible()
        wait_for(
            self.page,
            f"([rows, names]) => String(({_NAMES})([...rows.querySelectorAll("
            "'.modelarts-magics-row')].filter(row => row.checkVisibility()))) === String(names)",
            arg=[self.core.element_handle(), list(names)],
        )

    def names(self) -> list[str]:
        """The names in the list, from top to bottom."""
        return list(self.rows.evaluate_all(_NAMES))

    def field(self, label: str) -> Locator:
        """An input by its label, as a reader of the screen finds it."""
        return self.core.get_by_label(label, exact=True)

    def note(self, label: str) -> Locator:
        """What stands beside a field of the form."""
        line = self.form.locator(".widget-hbox").filter(
            has=self.page.get_by_label(label, exact=True)
        )
        return line.locator(".widget-html")

    def open_form(self, button: str = "New job…", first: str = "Folder") -> None:
        """Open the form; its first field takes the focus, and what is typed before goes there."""
        self.press(button)
        expect(self.field(first)).to_be_focused()

    def has_note(self, label: str, text: str | re.Pattern[str]) -> None:
        expect(self.note(label)).to_contain_text(text)

    @property
    def create(self) -> Locator:
        return self.form.get_by_role("button", name="Create", exact=True)

    @property
    def tensorboard(self) -> FrameLocator:
        """The page of TensorBoard below the panel."""
        return self.output.frame_locator("iframe")
