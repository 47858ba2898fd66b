"""``%ma_viz`` on API v2: viewers of training jobs, whose token nothing shows but ``reveal``."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from fake_front_end import FrontEnd
from magic_kernel import Kernel
from magic_shell import Shell
from scripted_service import KEYS, ScriptedService
from v2_service import JOB, Said
from viewer_cloud import TOKEN, ViewerCloud

from modelarts_magics.core import settling
from modelarts_magics.core.backoff import Backoff
from modelarts_magics.core.http.rate_limit import RateLimit
from modelarts_magics.core.visualization import waiting
from modelarts_magics.notebook.viz.panel.form_values import FormValues
from modelarts_magics.notebook.viz.panel.viz_panel import VizPanel

VIEWER = "99999999-0000-4000-8000-000000000000"


@pytest.fixture
def cloud() -> ViewerCloud:
    return ViewerCloud()


@pytest.fixture
def on_v2(shell: Shell, cloud: ViewerCloud, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell that speaks with the vendor's cloud, which is in this process."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(settling, "BACKOFF", Backoff(0.01))
    monkeypatch.setattr(waiting, "BACKOFF", Backoff(0.01, longest=0.01))
    transport = shell.context.session.client.transport
    transport.pool.mount("https://", cloud.adapter)
    transport.limiter = RateLimit(math.inf)
    return shell


def kept(shell: Shell, line: str) -> Any:
    shell.ok(f"%ma_viz {line} --as kept")
    return shell.ip.user_ns["kept"]


def everything(shell: Shell, code: str) -> str:
    """All that a cell shows."""
    cell = shell(code)
    return json.dumps([cell.stdout, cell.stderr, cell.outputs])


@pytest.mark.parametrize("word", [JOB, "resnet"])
def test_a_viewer_of_a_job_is_made_and_waited_for(on_v2, cloud, word):
    cloud.phases = ["Creating", "Pending"]
    card = kept(on_v2, f"create {word} --name a-name-of-more-than-20-letters --auto-stop 2")
    assert card.status.word == "Running"
    assert card.train_url == JOB
    [viewer] = cloud.viewers
    assert viewer["metadata"]["name"] == "a-name-of-more-than-20-letters"
    assert viewer["spec"]["auto_stop"]["duration"] == 2


def test_a_lost_answer_makes_no_second_viewer(on_v2, cloud):
    cloud.creations = ["lost"]
    cell = on_v2.ok(f"%ma_viz create {JOB} --name curves")
    assert "its answer was lost, and it was found again" in cell.text
    assert len(cloud.viewers) == 1


def test_what_there_is_is_listed_described_stopped_and_deleted(on_v2, cloud):
    kept(on_v2, f"create {JOB} --name curves")
    assert "curves" in on_v2.ok("%ma_viz list --status running").text
    assert [one.job_name for one in kept(on_v2, "list")] == ["curves"]
    assert "Running" in on_v2.ok("%ma_viz info curves").text
    assert kept(on_v2, "update curves --desc words").job.job_desc == "words"
    assert kept(on_v2, "stop curves --no-wait").status.is_stopping
    cloud.end()
    on_v2.ok("%ma_viz delete curves --yes")
    assert cloud.viewers == []


def test_only_one_line_shows_the_token(on_v2, cloud):
    job_id = kept(on_v2, f"create {JOB} --name curves").job_id
    lines = ["create curves", "list", "info curves", "open curves", "open curves --inline"]
    lines += [f"create {JOB} --open", "", "open nobody"]
    shown = "".join(everything(on_v2, f"%ma_viz {line}") for line in lines)
    assert f"https://viewer.example.com/{job_id}/" in shown
    assert "%ma_viz reveal" in shown
    assert TOKEN not in shown
    url = f"https://viewer.example.com/{job_id}/?token={TOKEN}"
    assert on_v2.ok("%ma_viz reveal curves").text == url


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("create /bucket/run/", "%ma_viz scalars /bucket/run/"),
        ("create resnet --type mindinsight", "runs TensorBoard, not mindinsight"),
        ("create resnet --type mindstudio-insight", "runs TensorBoard, not mindstudio-insight"),
        ("create resnet --auto-stop 0", "--auto-stop 24"),
        ("restart curves", "%ma_viz create"),
    ],
)
def test_what_it_cannot_do_is_one_line_with_what_can(on_v2, cloud, line, words):
    kept(on_v2, f"create {JOB} --name curves")
    cloud.end()
    config = on_v2.ok("%ma_session --api v2")
    assert config.success
    transport = on_v2.context.session.client.transport
    transport.pool.mount("https://", cloud.adapter)
    assert words in on_v2(f"%ma_viz {line}").mistake
    assert len(cloud.viewers) == 1


def test_a_viewer_that_has_ended_has_no_address(on_v2, cloud):
    kept(on_v2, f"create {JOB} --name curves")
    cloud.end()
    for line in ("open curves", "reveal curves"):
        assert "Terminated and has no address" in on_v2(f"%ma_viz {line}").mistake


# ---- the panel ---------------------------------------------------------------------------------


def panel_of(shell: Shell) -> VizPanel:
    return VizPanel(shell.context, shell.context.visualizations())


def steps(panel: VizPanel) -> None:
    """Let its thread do what it has to do now."""
    work = panel.steps()
    next(work)


def test_a_folder_on_the_vendors_hosts_is_one_line_with_what_can_show_it(on_v2, cloud):
    absent = {"error_code": "APIGW.0101", "error_msg": "The API does not exist"}
    cloud.answers["/v1/"] = lambda _asked: Said(absent, 404)
    mistake = on_v2("%ma_viz create /bucket/run/").mistake
    assert "\n" not in mistake
    for words in (
        "not the folder /bucket/run/",
        "%ma_viz scalars /bucket/run/",
        "%ma_session local",
    ):
        assert words in mistake


def test_the_form_makes_a_viewer_of_a_job_that_is_named_and_refuses_a_folder(on_v2, cloud):
    panel = panel_of(on_v2)
    values = FormValues("resnet", "from-form", rules=panel.rules)
    assert values.is_complete
    assert "scalars" in FormValues("/bucket/run/", rules=panel.rules).problems()["folder"]
    panel.act("create", values)
    steps(panel)
    assert [one["metadata"]["name"] for one in cloud.viewers] == ["from-form"]
    assert [job.name for job in panel.model.jobs] == ["from-form"]
    view = panel.plain()
    assert view.refresh(is_last=True) is False
    assert TOKEN not in json.dumps([one.get_state() for one in tree(view.box)], default=str)
    view.close()
    panel.close()


def tree(widget: Any) -> list[Any]:
    return [widget, *(found for child in getattr(widget, "children", ()) for found in tree(child))]


# ---- a click in a page ---------------------------------------------------------------------------


def one_viewer(_method: str, path: str, _query: dict[str, str]) -> tuple[int, Any]:
    board = {"url": f"https://viewer.example.com/{VIEWER}/", "token": TOKEN}
    viewer = {
        "kind": "visualization_job",
        "metadata": {"id": VIEWER, "name": "curves"},
        "status": {"phase": "Running"},
        "endpoints": {"tensorboard": board},
    }
    return (200, viewer) if path.endswith(VIEWER) else (404, {"error_code": "ModelArts.2775"})


@pytest.mark.kernel
def test_a_click_gets_the_address_by_a_message_and_nothing_else_has_the_token(new_kernel):
    service = ScriptedService()
    service.script = one_viewer
    kernel: Kernel = new_kernel(**service.environment)
    page = FrontEnd(kernel)
    page.run(f"%ma_viz open {VIEWER}")
    assert "viewer.example.com" in page.texts()
    [door] = [comm for comm, state in page.comms.items() if "options" in state]
    page.send(door, {"kind": "ready"})
    page.wait_for(lambda: page.sight == "rich")
    for number in ("1", "2"):
        page.send(door, {"kind": "address", "number": number, "framed": False})
        page.wait_for(lambda n=number: [n] == [m["number"] for m in page.custom()][-1:])
    url = f"https://viewer.example.com/{VIEWER}/?token={TOKEN}"
    assert [message["address"] for message in page.custom()] == [url, url]
    others = [m for m in page.messages if m["content"].get("data", {}).get("method") != "custom"]
    assert TOKEN not in json.dumps(others, default=str)
    service.script = lambda *_request: (404, {"error_code": "ModelArts.2775", "error_msg": "no"})
    page.send(door, {"kind": "address", "number": "3", "framed": False})
    page.wait_for(lambda: len(page.custom()) == 3)
    last = page.custom()[-1]
    said = f"Visualization job {VIEWER} was deleted. %ma_viz list shows the jobs with their ids"
    assert (last["address"], last["said"]) == ("", said)
    service.close()
