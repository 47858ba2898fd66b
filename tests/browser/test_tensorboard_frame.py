"""TensorBoard inside JupyterLab: directly, through a proxy, and where neither works."""

from __future__ import annotations

import base64
import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from jupyters import LAB_ELSEWHERE, LAB_ELSEWHERE_WITH_PROXY, LAB_WITH_PROXY
from lab import Lab
from panel_page import Panel, PanelPage
from playwright.sync_api import FrameLocator, Locator, Page, Route, expect
from watched_page import TIME_LIMIT

from modelarts_magics.core.api.v1.models.visualization import (
    VisualizationJob,
    new_visualization_job,
)
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.session import Session

pytestmark = pytest.mark.browser

_FIRST_COLOUR = (18, 181, 203)  # which TensorBoard gives to the first run
_COUNT = """async ([picture, colour]) => {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const {data} = pen.getImageData(0, 0, image.width, image.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    found += colour.every((part, number) => Math.abs(part - data[at + number]) < 30);
  }
  return found;
}"""


class Board:
    """A visualization job with curves; ``cell`` is the source of a cell that opens it."""

    def __init__(self, session: Session) -> None:
        self._client = session.client
        body = new_visualization_job("/test-bucket/curves/", "curves")
        self.job_id = self._client.create_visualization_job(body).job_id
        self._wait(JobStatus.RUNNING)

    def now(self) -> VisualizationJob:
        return self._client.get_visualization_job(self.job_id)

    def stop(self) -> None:
        self._client.stop_visualization_job(self.job_id)
        self._wait(JobStatus.KILLED)

    def restart(self) -> None:
        self._client.restart_visualization_job(self.job_id)
        self._wait(JobStatus.RUNNING)

    def delete(self) -> None:
        self._client.delete_visualization_job(self.job_id)

    def cell(self, options: str = "", before: str = "") -> str:
        return (
            "from modelarts_magics.notebook.viz.tensorboard.frame import open_job\n"
            "from modelarts_magics.session import Session\n"
            f"{before}\n"
            f"job = Session().client.get_visualization_job({self.job_id!r})\n"
            f"frame = open_job(job, is_embedded=True{options})\n"
            "frame"
        )

    def _wait(self, status: JobStatus) -> None:
        give_up = time.monotonic() + TIME_LIMIT / 1000
        while self.now().status is not status:
            assert time.monotonic() < give_up, self.now()
            time.sleep(0.05)


@pytest.fixture(scope="module")
def board(modelarts: Lab) -> Iterator[Board]:
    write_curves(modelarts.data / "obs/test-bucket/curves")
    session = Session(local_root=str(modelarts.data))
    made = Board(session)
    yield made
    made.delete()
    session.close()


def write_curves(folder: Path) -> None:
    """Two runs of a training, each with a loss and an accuracy."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    for run, rate in (("slow", 0.02), ("fast", 0.08)):
        writer = EventFileWriter(str(folder / run))
        for step in range(100):
            loss = math.exp(-rate * step)
            values = [
                Summary.Value(tag="loss", simple_value=loss),
                Summary.Value(tag="accuracy", simple_value=1 - loss),
            ]
            summary = Summary(value=values)
            writer.add_event(Event(wall_time=time.time(), step=step, summary=summary))
        writer.close()


def shows_runs(inside: FrameLocator | Page) -> None:
    """Wait for TensorBoard's own page, and for what it asks its server."""
    expect(inside.locator("app-header")).to_be_visible()
    expect(inside.locator("runs-data-table")).to_contain_text("slow")


def shows_curves(inside: FrameLocator | Page) -> None:
    """Wait for TensorBoard's own page of scalars: its runs, and a card with its curve drawn."""
    shows_runs(inside)
    card = inside.locator("scalar-card").first
    expect(card).to_contain_text("accuracy")
    expect(card.locator("line-chart-axis[axis=x]")).to_contain_text("80")
    chart = card.locator("line-chart")
    wait_for(chart.page, lambda: pixels(chart, _FIRST_COLOUR) > 100)


def pixels(element: Locator, colour: tuple[int, int, int]) -> int:
    """How much of an element has about this colour; its canvas belongs to another thread."""
    picture = base64.b64encode(element.screenshot()).decode()
    return int(element.page.evaluate(_COUNT, [picture, colour]))


def inside(output: Locator) -> FrameLocator:
    return output.frame_locator("iframe")


def opens_in_a_tab(output: Locator) -> None:
    """Click on the link, as a reader does: TensorBoard is there, and cannot reach the notebook."""
    with output.page.context.expect_page() as opening:
        output.get_by_role("link", name="Open TensorBoard").click()
    tab = opening.value
    shows_runs(tab)
    assert tab.evaluate("window.opener") is None
    tab.close()


def looks_as_the_notebook(panel: Panel, board: Board, *, is_dark: bool) -> None:
    """Its link leads to the job, its page has the notebook's theme, all words can be read."""
    assert link_of(panel.output) == board.now().service_url
    body = inside(panel.output).locator("body")
    assert body.evaluate("it => it.classList.contains('dark-mode')") is is_dark
    panel.is_readable(3)


def wait_for(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait for something that the test sees in requests of the page."""
    give_up = time.monotonic() + TIME_LIMIT / 1000
    while not is_so():
        assert time.monotonic() < give_up
        page.wait_for_timeout(20)


def link_of(output: Locator) -> str:
    return str(output.locator("a").get_attribute("href"))


# ---- where the page reaches it ------------------------------------------------------------------


def test_a_frame_is_never_blank_shows_curves_and_is_a_link_where_nothing_is_trusted(
    panel_page: PanelPage, board: Board
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        """The question whether it answers, and its page."""
        held.append(route) if len(held) < 2 else route.continue_()

    panel_page.page.route(f"{board.now().service_url}**", hold)
    panel_page.start("tensorboard-en", board.cell())
    panel_page.use_theme("JupyterLab Light")
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.shows("TensorBoard is starting")
    wait_for(panel_page.page, lambda: len(held) == 1)
    held[0].continue_()
    wait_for(panel_page.page, lambda: len(held) == 2)
    expect(panel.output.locator("iframe")).to_have_count(1)
    panel.shows("TensorBoard is starting")
    panel_page.show("cell1")
    panel_page.screenshot("tensorboard-starting")
    held[1].continue_()
    shows_curves(inside(panel.output))
    panel.lacks("TensorBoard is starting")
    panel_page.screenshot("tensorboard-en")
    looks_as_the_notebook(panel, board, is_dark=False)

    saved = panel_page.save()
    saved["cells"][1]["source"] += " "
    (panel_page.jupyter.notebooks / "untrusted.ipynb").write_text(json.dumps(saved), "utf-8")
    panel_page.open("untrusted.ipynb")
    panel = panel_page.panel(1)
    panel.shows("It appears here where the page may run scripts")
    assert link_of(panel.output) == board.now().service_url
    expect(panel.output.locator("iframe")).to_have_count(0)


def test_curves_are_dark_in_a_dark_notebook(panel_page: PanelPage, board: Board) -> None:
    panel_page.start("tensorboard-zh", board.cell(), language="zh")
    with panel_page.theme("JupyterLab Dark"):
        panel_page.run(1)
        panel = panel_page.panel(1)
        shows_curves(inside(panel.output))
        panel_page.show("cell1")
        panel_page.screenshot("tensorboard-zh")
        looks_as_the_notebook(panel, board, is_dark=True)


def test_the_link_opens_a_tab_of_its_own(panel_page: PanelPage, board: Board) -> None:
    panel_page.start("tab", board.cell(", is_inline=False"))
    panel_page.run(1)
    output = panel_page.panel(1).output
    opens_in_a_tab(output)
    expect(output.locator("iframe")).to_have_count(0)


@pytest.mark.parametrize("jupyter", [LAB_ELSEWHERE_WITH_PROXY], indirect=True)
def test_on_another_machine_frame_and_link_go_through_the_proxy(
    panel_page: PanelPage, board: Board
) -> None:
    panel_page.start("proxy", board.cell(), board.cell(", is_inline=False"))
    panel_page.run(1)
    output = panel_page.panel(1).output
    shows_curves(inside(output))
    panel_page.show("cell1")
    panel_page.screenshot("tensorboard-proxy")
    port = urlsplit(board.now().service_url).port
    address = f"{panel_page.jupyter.server.base_url}proxy/{port}/"
    assert link_of(output) == address
    assert output.locator("iframe").get_attribute("src") == address
    opens_in_a_tab(output)
    panel_page.run(2)
    expect(panel_page.panel(2).output.locator("a")).to_have_attribute("href", address)


@pytest.mark.parametrize("jupyter", [LAB_WITH_PROXY], indirect=True)
def test_the_template_of_the_environment_goes_before_all_and_the_proxy_where_no_port_is_forwarded(
    panel_page: PanelPage, board: Board
) -> None:
    setting = "import os; os.environ['TENSORBOARD_PROXY_URL'] = '/proxy/%PORT%/?by=template'"
    without = "import os; del os.environ['TENSORBOARD_PROXY_URL']"
    panel_page.start("tunnel", board.cell(before=setting), board.cell(before=without))
    panel_page.run(1)
    by_template = panel_page.panel(1).output
    shows_runs(inside(by_template))
    assert link_of(by_template).endswith("/?by=template")

    panel_page.page.route(f"{board.now().service_url}**", lambda route: route.abort())
    panel_page.run(2)
    output = panel_page.panel(2).output
    shows_runs(inside(output))
    assert "/proxy/" in link_of(output)
    assert "by=template" not in link_of(output)


# ---- where it does not --------------------------------------------------------------------------


@pytest.mark.parametrize("jupyter", [LAB_ELSEWHERE], indirect=True)
def test_on_another_machine_without_the_proxy_words_and_link_remain(
    panel_page: PanelPage, board: Board
) -> None:
    panel_page.start("elsewhere", board.cell())
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.shows("It cannot be shown: the kernel runs elsewhere")
    panel_page.screenshot("tensorboard-elsewhere")
    expect(panel.output.locator("iframe")).to_have_count(0)
    assert link_of(panel.output) == board.now().service_url


def test_a_frame_of_a_stopped_job_says_that_nothing_answers(
    panel_page: PanelPage, board: Board
) -> None:
    panel_page.start("stopped", board.cell(), "frame", board.cell())
    panel_page.run(1)
    shows_runs(inside(panel_page.panel(1).output))
    board.stop()
    panel_page.run(2)
    panel = panel_page.panel(2)
    panel.shows(f"TensorBoard does not answer: see %ma_viz info {board.job_id}")
    panel_page.show("cell2")
    panel_page.screenshot("tensorboard-stopped")
    expect(panel.output.locator("iframe")).to_have_count(0)
    board.restart()
    panel_page.run(3)
    shows_runs(inside(panel_page.panel(3).output))
