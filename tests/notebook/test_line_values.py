"""The value of a magic: assigned it is given and not shown, alone on a line it is shown once."""

from __future__ import annotations

import pytest
from magic_shell import Shell
from scripted_service import ScriptedService, one_job

_CURVES = {"job_id": 5, "job_name": "curves", "status": 10, "train_url": "/bucket/run/"}
LINES = {
    "%ma_log": "JobTable",
    "%ma_log job --no-follow": "LogPicture",
    "%ma_log job --plain": "PlainLog",
    "%ma_log job --start-byte 0": "LogPicture",
    "%ma_log --list": "PanelTable",
    "%ma_viz list": "VisualizationTable",
    "%ma_viz info 5": "JobCard",
}


@pytest.fixture
def shell(scripted_shell: Shell, scripted: ScriptedService) -> Shell:
    """A shell whose service has a job with a log, and a visualization job."""
    job = one_job("some text\n")

    def script(method: str, path: str, query: dict[str, str]) -> tuple[int, object]:
        if path.endswith("/visualization-jobs"):
            return 200, {"is_success": True, "jobs": [_CURVES], "job_total_count": 1}
        if "/visualization-jobs/" in path:
            return 200, {"is_success": True, **_CURVES}
        return job(method, path, query)

    scripted.script = script
    return scripted_shell


def _kept(shell: Shell, name: str) -> str:
    return type(shell.ip.user_ns[name]).__name__


@pytest.mark.parametrize(("line", "kind"), LINES.items())
def test_assigned_a_line_gives_its_result_and_shows_nothing(shell: Shell, line: str, kind: str):
    cell = shell.ok(f"x = {line}")
    assert (cell.outputs, cell.stdout) == ([], "")
    assert _kept(shell, "x") == kind
    assert len(shell.ok("x").outputs) + bool(shell.ok("x").stdout) == 1


@pytest.mark.parametrize(("line", "kind"), LINES.items())
def test_alone_a_line_is_shown_once_and_is_the_last_result(shell: Shell, line: str, kind: str):
    for code in (line, f"{line}\n1 + 1\nNone", f"for _n in [1]:\n    {line}"):
        cell = shell.ok(code)
        assert len(cell.outputs) == 1
        assert cell.stdout == ""
        assert _kept(shell, "_") == kind


def test_a_line_keeps_its_result_under_a_name_and_shows_it(shell: Shell):
    assert len(shell.ok("%ma_log job --no-follow --as kept").outputs) == 1
    assert _kept(shell, "kept") == "LogPicture"
    assert shell.ok("both = %ma_viz list --as kept").outputs == []
    assert shell.ip.user_ns["both"] is shell.ip.user_ns["kept"]


def test_a_call_in_code_gives_its_result_where_it_is_wanted(shell: Shell):
    cell = shell.ok(
        "run = get_ipython().run_line_magic\n"
        "def text(): return run('ma_log', 'job --no-follow').text\n"
        "texts = [run('ma_log', 'job --no-follow').text for _n in range(2)] + [text()]\n"
    )
    assert cell.outputs == []
    assert shell.ip.user_ns["texts"] == ["some text\n"] * 3
    assert len(shell.ok("run('ma_log', 'job --no-follow')").outputs) == 1


def test_a_line_that_gives_nothing_leaves_the_last_result(shell: Shell):
    shell.ok("%ma_log job --no-follow")
    shell.ok("%ma_log --help")
    assert _kept(shell, "_") == "LogPicture"


@pytest.mark.parametrize("magic", ["%%time", "%%capture --no-display"])
def test_a_line_in_a_cell_of_another_magic_is_as_anywhere(shell: Shell, magic: str):
    assert shell.ok(f"{magic}\nx = %ma_log job --no-follow\nNone").outputs == []
    assert _kept(shell, "x") == "LogPicture"
    assert len(shell.ok(f"{magic}\n%ma_log job --no-follow\nNone").outputs) == 1


@pytest.mark.parametrize(("before", "outputs"), [("x = ", 0), ("", 1)])
def test_code_whose_text_is_nowhere_is_as_any_other(shell: Shell, before: str, outputs: int):
    line = f"{before}run_line_magic('ma_log', 'job --no-follow')"
    shell.ip.user_ns["code"] = compile(line, "<nowhere>", "exec")
    cell = shell.ok("exec(code, {'run_line_magic': get_ipython().run_line_magic})")
    assert len(cell.outputs) == outputs
