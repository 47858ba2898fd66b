"""Jobs of API v2 in a real JupyterLab: a distributed one that fails, its events, its viewer."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import past_service
import pytest
from event_files import Writer
from lab import Lab
from panel_page import PanelPage
from past_service import DAY
from playwright.sync_api import expect
from watched_page import TIME_LIMIT

from modelarts_magics.core.api.v2.client import Client
from modelarts_magics.core.api.v2.models.job import TrainingJob
from modelarts_magics.session import Session

pytestmark = pytest.mark.browser

_FAILING = """
if [ $RANK = 0 ]; then echo epoch 1 loss=0.9; sleep 60; fi
echo reading batch 7
printf 'Traceback (most recent call last):\\n  File "train.py", line 12\\nValueError: bad shape\\n'
exit 3
"""
_RETRIED = {"fault-tolerance/job-retry-num": "1"}
_WORDS = {
    "en": ("Events", "Failed", "restarts: 1", "exit code 3", "Exit code 3.", "Hide platform lines"),
    "zh": ("事件", "Failed 失败", "重启次数：1", "退出码 3", "退出码 3。", "隐藏平台日志"),
}


class Cloud:
    """The embedded service, by our own client of API v2."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def run(self, name: str, command: str, nodes: int = 1, **parts: Any) -> str:
        """Run a job to its end; its id."""
        resource = {"flavor_id": "modelarts.vm.cpu.2u", "node_count": nodes}
        algorithm = {"engine": {"image_url": "org/image:1"}, "command": command}
        made = self.client.create_job(
            {
                "kind": "job",
                "metadata": {"name": name, "annotations": parts.get("annotations", {})},
                "algorithm": {**algorithm, "outputs": parts.get("outputs", [])},
                "spec": {"resource": resource},
            }
        )
        self.until(made.metadata.id, lambda job: job.state.is_final)
        return made.metadata.id

    def until(self, job_id: str, is_it: Any) -> TrainingJob:
        give_up = time.monotonic() + TIME_LIMIT / 1000
        while not is_it(job := self.client.get_job(job_id)):
            assert time.monotonic() < give_up, job
            time.sleep(0.05)
        return job


@pytest.fixture
def cloud(modelarts: Lab) -> Iterator[Cloud]:
    with closing(Session(local_root=str(modelarts.data))) as session:
        yield Cloud(Client(session.client.transport, session.project_id))


@pytest.mark.parametrize(("theme", "language"), [("Light", "en"), ("Dark", "zh")])
def test_a_job_that_failed_tells_why_and_what_happened_to_it(
    panel_page: PanelPage, cloud: Cloud, theme: str, language: str
) -> None:
    events, status, restarts, code, told, hide = _WORDS[language]
    job_id = cloud.run(f"today-{language}", _FAILING, nodes=2, annotations=_RETRIED)
    views = ("rich", "core", "html")
    panel_page.page.set_viewport_size({"width": 1280, "height": 800 * len(views)})
    cells = [f"%ma_log {job_id} --view {view}" for view in views]
    panel_page.start(f"today-{language}", *cells, language=language)
    panels = {}
    for number, view in enumerate(views, 1):
        panel_page.run(number)
        panels[view] = panel = panel_page.panel(number)
        for word in (status, restarts, code, "ValueError: bad shape"):
            panel.shows(word)
    for view in ("rich", "core"):
        panels[view].press(events)
        panels[view].shows(told)
    panel_page.use_theme(f"JupyterLab {theme}")
    panel_page.screenshot(f"today-{language}-{theme.lower()}")
    for panel in panels.values():
        panel.is_readable()
    panels["rich"].press(events)
    panels["rich"].lacks(told)
    for view in ("rich", "core"):
        assert "Service Log" in panels[view].log(view).inner_text()
        panels[view].press(hide)
        expect(panels[view].log(view)).not_to_contain_text("Service Log")
        expect(panels[view].log(view)).to_contain_text("reading batch 7")


def test_time_clears_the_log_of_an_old_job_measures_one_that_runs_and_ends_a_viewer(
    panel_page: PanelPage, tmp_path: Path
) -> None:
    with past_service.running(tmp_path / "past", 31 * DAY) as past:
        image = {"engine": {"image_url": "org/image:1"}}
        resource = {"flavor_id": "modelarts.vm.cpu.2u", "node_count": 1}
        output = {"name": "out", "remote": {"obs": {"obs_url": "obs://test-bucket/old/"}}}
        trained = {
            "kind": "job",
            "metadata": {"name": "old"},
            "algorithm": {**image, "command": "echo kept for a month", "outputs": [output]},
            "spec": {"resource": resource},
        }
        old = past.made(trained, "Completed")
        past.ago = 3540  # an hour before is now, less a minute
        runs = {**trained, "metadata": {"name": "runs"}}
        runs["algorithm"] = {**image, "command": "sleep 600"}
        runs_id = past.made(runs, "Running")
        sources = {"data_sources": [{"job": {"job_id": old}}]}
        stop = {"auto_stop": {"time_unit": "HOURS", "duration": 1}}
        viewer = {
            "kind": "visualization_job",
            "metadata": {"name": "for-an-hour", "annotations": {"tensorboard/enable": "true"}},
            "algorithm": {**image, "command": "true", "summary": sources},
            "spec": {"resource": resource, **stop},
        }
        viewer_id = past.made(viewer, "Running")
        past.ago = 0.0
        past.until_phase(viewer_id, "Running")
        panel_page.start(
            "today-time",
            f"%ma_session local --root {tmp_path / 'past'}",
            f"%ma_log {old} --view rich",
            "%ma_session --api v2",
            "%ma_viz info for-an-hour",
            f"%ma_log {runs_id} --resources",
        )
        panel_page.run(1)
        panel_page.run(2)
        panel = panel_page.panel(2)
        panel.shows("log file cleared")
        past.ago = -120.0
        past.until_phase(viewer_id, "Terminated")
        for number in (3, 4):
            panel_page.run(number)
        expect(panel_page.panel(4).output).to_contain_text("Terminated")
        panel_page.screenshot("today-time")
        panel_page.run(5)
        used = panel_page.panel(5).output
        memory = used.locator(".mm-chart h4", has_text="Memory (%)")
        expect(memory).to_have_attribute("title", "memUsage")
        expect(used.locator("[data-chart=x]")).to_have_value("wall")
        panel_page.bring(5)
        expect(used.locator(".mm-plot canvas").first).to_be_visible()
        panel_page.screenshot("today-resources")


def test_a_viewer_opens_at_a_click_and_here_and_no_notebook_keeps_its_token(
    panel_page: PanelPage, modelarts: Lab, cloud: Cloud
) -> None:
    folder = modelarts.data / "obs/test-bucket/today"
    folder.mkdir(parents=True)
    with Writer(folder) as writer:
        for step in range(3):
            writer.scalars(step, loss=1.0 / (step + 1))
    output = {"obs": {"obs_url": "obs://test-bucket/today/"}}
    job_id = cloud.run("today-viewed", "true", outputs=[{"name": "train_url", "remote": output}])
    lines = [f"create {job_id} --name today-viewer", "open today-viewer --inline"]
    panel_page.page.set_viewport_size({"width": 1280, "height": 1400})
    panel_page.start(
        "today-viewer", "%ma_session --api v2", *(f"%ma_viz {one}" for one in lines), "%ma_viz"
    )
    for number in (1, 2, 3):
        panel_page.run(number)
    panel = panel_page.panel(3)
    frame = panel.output.frame_locator("iframe")
    expect(frame.get_by_text("loss").first).to_be_visible()
    panel_page.screenshot("today-viewer")
    with panel_page.page.context.expect_page() as opening:
        panel.press("Open TensorBoard in a new tab")
    tab = opening.value
    expect(tab.get_by_text("loss").first).to_be_visible()
    assert tab.evaluate("[window.opener, document.referrer]") == [None, ""]
    [viewer] = [one for one in cloud.client.list_jobs().items if one.name == "today-viewer"]
    token = cloud.client.get_job(viewer.metadata.id).viewer.token
    assert token
    assert token not in tab.url
    tab.close()
    saved = panel_page.save_until(lambda notebook: "today-viewer" in json.dumps(notebook))
    assert token not in json.dumps(saved)
    panel_page.run(4)
    row = panel_page.panel(4)
    row.press("Open")
    expect(row.button("Open TensorBoard in a new tab")).to_be_visible()
    panel_page.bring(4)
    panel_page.screenshot("today-viz-panel")
    cloud.client.stop_job(viewer.metadata.id)
    cloud.until(viewer.metadata.id, lambda job: job.state.is_final)
    panel.press("Open TensorBoard in a new tab")
    panel.shows("It has no address now")
    cloud.client.delete_job(viewer.metadata.id)


def test_lines_far_up_come_where_the_service_counts_no_bytes(
    panel_page: PanelPage, cloud: Cloud
) -> None:
    job_id = cloud.run("today-long", "for n in $(seq 1 5000); do echo line $n of many; done")
    ways = ("--tail 100", "--tail 50 --at line777")
    panel_page.start("today-long", *(f"%ma_log {job_id} {way}" for way in ways))
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_rich()
    panel.shows("line 5000 of many")
    panel.rich.locator(".cm-scroller").hover()
    panel_page.page.mouse.wheel(0, -5000)
    # Whoever scrolled stays where he is; once all is there the lines have their numbers.
    expect(panel.rich.locator(".cm-lineNumbers")).to_contain_text("4905")
    panel.shows("line 4905 of many")
    panel.rich.locator(".cm-content").focus()
    panel_page.page.keyboard.press("g")
    panel.shows("line 1 of many")
    panel_page.run(2)
    opened = panel_page.panel(2)
    opened.is_rich()
    opened.shows("line 777 of many")
    opened.press("Copy the address of the line")
    opened.shows("--at line777")
    panel_page.screenshot("today-place")
