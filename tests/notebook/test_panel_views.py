"""Which view of a panel is in sight, by what the front end answers: the table of `Views`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_front_end import FrontEnd
from magic_kernel import Kernel
from scripted_service import ChangingJob, ScriptedService

pytestmark = pytest.mark.kernel

_LINES = "".join(f"line {n} of the log {'.' * 80}\n" for n in range(3000))


@pytest.fixture(scope="module")
def service() -> Iterator[ScriptedService]:
    made = ScriptedService()
    yield made
    made.close()


@pytest.fixture(scope="module")
def _kernel(front_end: None, service: ScriptedService, tmp_path_factory) -> Iterator[Kernel]:
    made = Kernel(tmp_path_factory.mktemp("kernel"), service.environment)
    yield made
    made.close()


@pytest.fixture
def job(service: ScriptedService) -> ChangingJob:
    service.script = made = ChangingJob(8, {"a.log": _LINES})
    return made


@pytest.fixture
def page(_kernel: Kernel, job: ChangingJob) -> FrontEnd:
    """A front end, of which the kernel knows nothing."""
    _kernel.run("%reload_ext modelarts_magics")
    return FrontEnd(_kernel)


def in_sight(page: FrontEnd, sight: str, line: str = "%ma_log job --interval 1") -> None:
    """A panel of which this is in sight."""
    page.run(line)
    if sight == "plain":
        page.wait_for(page.answer_plain)  # a panel of a slow service comes after its cell
    elif sight == "rich":
        page.wait_for(page.answer_rich)
    page.wait_for(lambda: page.sight == sight)


@pytest.mark.parametrize("line", ["%ma_log job", "%ma_viz"])
def test_picture_asked_little_goes_out_before_an_answer(page: FrontEnd, line: str) -> None:
    page.run(line)
    page.hear(1.5)
    assert page.sight == "picture"
    assert page.opened <= 20
    assert page.bytes <= 64_000
    assert page.custom() == []


def test_plain_asked_only_whether_there_is_a_rich_view(page: FrontEnd) -> None:
    in_sight(page, "plain")
    page.run("%ma_log job --interval 1", "another")
    assert page.sight == "plain"  # at once: the front end has shown that it can
    assert page.questions == []
    assert page.custom() == []
    page.answer_rich()
    page.wait_for(lambda: page.sight == "rich")


def test_rich_asked_it_takes_its_place_in_the_frame_itself(page: FrontEnd) -> None:
    in_sight(page, "rich")
    opened = page.opened
    page.run("%ma_log job --interval 1\nimport time\ntime.sleep(1)", "while all cells run")
    newest = list(page.comms.values())[-2:]
    views = [state for state in page.comms.values() if "tail" in state]
    assert views[-1]["box_id"] in page.comms
    assert newest
    assert page.opened - opened <= 6
    assert any(m.get("kind") == "text" for m in page.custom()[-2:])
    assert len(page.bundles) == 1


@pytest.mark.parametrize("line", ["%ma_log job", "%ma_viz"])
def test_picture_plain_answered(page: FrontEnd, line: str) -> None:
    in_sight(page, "plain", line)


def test_picture_rich_answered(page: FrontEnd) -> None:
    page.run("%ma_log job")
    page.answer_plain()
    page.answer_rich()
    page.wait_for(lambda: page.sight == "rich")
    page.hear(1.0)
    assert "HTMLModel" not in [state["_model_name"] for state in page.comms.values()]
    assert "".join(page.sent) in _LINES


@pytest.mark.parametrize("event", ["answer_plain"])
@pytest.mark.parametrize("sight", ["plain", "rich"])
def test_answered_again_nothing_happens(page: FrontEnd, sight: str, event: str) -> None:
    in_sight(page, sight)
    opened = page.opened
    getattr(page, event)()
    page.run("1", "another")
    page.hear(0.7)
    assert (page.sight, page.opened) == (sight, opened)


def test_plain_rich_answered(page: FrontEnd) -> None:
    in_sight(page, "plain")
    widgets = len(page.comms)
    page.answer_rich()
    page.wait_for(lambda: page.sight == "rich")
    page.wait_for(lambda: len(page.comms) < widgets / 4)  # the plain view is gone


def test_rich_rich_answered_by_a_second_page(page: FrontEnd) -> None:
    in_sight(page, "rich")
    opened = page.opened
    page.answer_rich()
    page.run("1", "another")
    assert (page.sight, page.opened) == ("rich", opened)


@pytest.mark.parametrize("sight", ["picture", "plain", "rich"])
def test_shown_again_it_is_there_twice(page: FrontEnd, sight: str) -> None:
    in_sight(page, sight, "%ma_log job --as panel")
    page.run("import time\nwhile 'line 2999' not in panel.text: time.sleep(0.01)", "waits")
    opened, shown = page.opened, len(page.messages)
    page.run("panel", "another")
    displays = [m for m in page.messages[shown:] if m["msg_type"] == "display_data"]
    assert len(displays) == 2
    assert ("widget-view" in str(displays)) == (sight != "picture")
    assert "line 2999" in str(displays)
    assert (page.sight, page.opened) == (sight, opened)


@pytest.mark.parametrize("sight", ["plain", "rich"])
def test_a_notebook_that_is_saved_while_a_job_runs_has_the_text_that_came_first(
    page: FrontEnd, job: ChangingJob, sight: str
) -> None:
    job.logs["a.log"] = ""
    in_sight(page, sight)
    page.hear(1.5)
    before = page.bytes
    page.hear(1.5)
    assert page.bytes - before < 2000  # no picture is drawn anew without any text
    job.logs["a.log"] = "the first words\n"
    page.wait_for(lambda: "the first words" in page.texts())
    job.logs["a.log"] += "more words\n"
    page.hear(2.5)
    assert "more words" not in page.texts()


@pytest.mark.parametrize("sight", ["picture", "plain", "rich"])
def test_closed_it_leaves_a_true_picture_and_no_widget(
    page: FrontEnd, job: ChangingJob, sight: str
) -> None:
    in_sight(page, sight, "%ma_log job --interval 1 --as panel")
    job.logs["a.log"] += "the last words\n"
    read = "import time\nwhile 'last words' not in panel.text: time.sleep(0.01)"
    page.run(f"{read}\npanel.close()", "another")
    page.run("1", "one more")
    assert page.sight == "picture"
    assert "the last words" in page.texts() or sight == "picture"
    kinds = [state["_model_name"] for state in page.comms.values()]
    scripts = ["LayoutModel", "AnyModel"]  # of the watch, and of the log view; panels share them
    assert kinds in (scripts, scripts * 2)


def test_a_late_answer_shows_an_ended_job(page: FrontEnd, job: ChangingJob) -> None:
    job.status = 10
    page.run("%ma_log job --as panel\nimport time\nwhile panel.is_running: time.sleep(0.01)")
    page.hear(0.5)
    page.answer_rich()
    page.wait_for(lambda: bool(page.sent))
    page.answer_plain()
    assert "line 2999" in page.sent[-1]


@pytest.mark.parametrize("broken", ["None", "types.ModuleType('without anything')"])
def test_without_anywidget_the_plain_view_and_one_quiet_hint(page: FrontEnd, broken: str) -> None:
    rich = "modelarts_magics.notebook.log.views.rich"
    page.run(f"import sys, types\nkept = sys.modules.pop({rich!r}, None), sys.modules['anywidget']")
    page.run(f"sys.modules['anywidget'] = {broken}")
    try:
        in_sight(page, "plain")
        page.hear(0.7)
        assert str(list(page.comms.values())).count("anywidget is missing or broken") == 1
        errors = [m for m in page.messages if m["msg_type"] in ("error", "stream")]
        assert errors == []
        page.run("%ma_log job --as second", "another")
        page.run("second.model.hint == '' or 1 / 0", "asks")
        assert [m for m in page.messages if m["msg_type"] == "error"] == []
    finally:
        page.run("sys.modules['anywidget'] = kept[1]")


def test_the_rich_view_gets_each_byte_once(page: FrontEnd, job: ChangingJob) -> None:
    in_sight(page, "rich", "%ma_log job --interval 1 --tail 1 --as panel")
    page.hear(0.5)
    before = page.bytes
    text = "".join(f"{n:06} of the log {'.' * 80}\n" for n in range(400))
    for part in range(4):
        job.logs["a.log"] += text[part * len(text) // 4 : (part + 1) * len(text) // 4]
        size = len(job.logs["a.log"])
        until = f"max(s.end for s in panel.model.spools.values()) < {size}"
        page.run(f"import time\nwhile {until}: time.sleep(0.02)", "waits")
    page.wait_for(lambda: text[-200:] in "".join(page.sent))
    assert (page.bytes - before) / len(text) <= 1.06


def test_the_plain_view_gets_hardly_a_byte_twice(page: FrontEnd, job: ChangingJob) -> None:
    in_sight(page, "plain", "%ma_log job --interval 1 --tail 1 --as panel")
    page.hear(1.0)
    before, messages = page.bytes, len(page.messages)
    new = [f"{n:06} of the log {'.' * 80}\n" for n in range(400)]
    for part in range(4):
        job.logs["a.log"] += "".join(new[part * 100 : (part + 1) * 100])
        size = len(job.logs["a.log"])
        until = f"max(s.end for s in panel.model.spools.values()) < {size}"
        page.run(f"import time\nwhile {until}: time.sleep(0.02)", "waits")
    page.wait_for(lambda: new[-1][:20] in str([s.get("value") for s in page.comms.values()]))
    sent = [m for m in page.messages[messages:] if m["msg_type"] == "comm_msg"]
    assert len(sent) <= 4 * 4
    assert (page.bytes - before) / len("".join(new)) <= 1.2
