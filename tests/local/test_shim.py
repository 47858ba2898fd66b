"""Programs under the shim: whatever happens, nothing of them is left."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import psutil
import pytest
from running_service import is_alive, none_left, until

from modelarts_magics.local.engine.supervisor import CannotStart, Program, launch
from modelarts_magics.local.surroundings import child_environment

# Starts a child that ignores SIGTERM in the same group, and one in a session of its own.
FAMILY = """
import os, signal, subprocess, sys, time
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
for own in (False, True):
    child = subprocess.Popen([sys.executable, "-c", stubborn], start_new_session=own)
    print(child.pid, flush=True)
print(os.getpid(), flush=True)
"""


def program(tmp_path: Path, source: str, grace: float = 0.5) -> Program:
    return Program(
        argv=(sys.executable, "-c", source),
        cwd=str(tmp_path),
        env=child_environment(),
        output=str(tmp_path / "output"),
        grace=grace,
    )


def run(scenario: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(scenario)


def pids(tmp_path: Path, count: int) -> set[int]:
    output = tmp_path / "output"
    until(lambda: len(output.read_text().split()) == count, "the processes")
    return set(map(int, output.read_text().split()))


@pytest.mark.parametrize(("source", "code"), [("", 0), ("raise SystemExit(3)", 3)])
def test_the_exit_code_is_reported(tmp_path: Path, source: str, code: int) -> None:
    async def scenario() -> int:
        return await (await launch(program(tmp_path, source))).wait()

    assert run(scenario()) == code


def test_a_signal_is_reported_as_its_negative_number(tmp_path: Path) -> None:
    async def scenario() -> int:
        running = await launch(program(tmp_path, "import time; time.sleep(600)"))
        os.kill(running.pid, signal.SIGSEGV)
        return await running.wait()

    assert run(scenario()) == -signal.SIGSEGV


@pytest.mark.parametrize(
    "change",
    [{"argv": ("/nowhere/program",)}, {"cwd": "/nowhere"}, {"argv": ("a", "x" * 5_000_000)}],
    ids=["no program", "no folder", "too many arguments"],
)
def test_what_cannot_be_started_says_why(tmp_path: Path, change: dict[str, Any]) -> None:
    wanted = Program(**{**vars(program(tmp_path, "")), **change})
    with pytest.raises(CannotStart, match=r"nowhere|too long|No such file"):
        run(launch(wanted))


def test_a_stop_asks_first(tmp_path: Path) -> None:
    polite = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "print(1, flush=True)\n"
        "time.sleep(600)"
    )

    async def scenario() -> int:
        running = await launch(program(tmp_path, polite, grace=30))
        await asyncio.to_thread(pids, tmp_path, 1)
        running.stop()
        running.stop()
        return await running.wait()

    assert run(scenario()) == 7


def test_a_stop_ends_the_whole_family_even_if_it_refuses(tmp_path: Path) -> None:
    async def scenario() -> set[int]:
        running = await launch(program(tmp_path, FAMILY + "time.sleep(600)"))
        family = await asyncio.to_thread(pids, tmp_path, 3)
        running.stop()
        await running.wait()
        return family

    none_left(run(scenario()))


def test_what_a_program_leaves_behind_is_ended(tmp_path: Path) -> None:
    async def scenario() -> int:
        return await (await launch(program(tmp_path, FAMILY))).wait()

    assert run(scenario()) == 0
    none_left(pids(tmp_path, 3))


def test_when_the_shim_is_killed_the_group_is_ended(tmp_path: Path) -> None:
    async def scenario() -> tuple[int, int]:
        running = await launch(program(tmp_path, "import time; time.sleep(600)"))
        psutil.Process(running.pid).parent().kill()
        return running.pid, await running.wait()

    pid, code = run(scenario())
    assert code < 0
    none_left({pid})


def test_when_the_shim_is_told_to_end_it_ends_the_program(tmp_path: Path) -> None:
    async def scenario() -> tuple[int, int]:
        running = await launch(program(tmp_path, "import time; time.sleep(600)"))
        assert is_alive(running.pid)
        psutil.Process(running.pid).parent().terminate()
        return running.pid, await running.wait()

    pid, code = run(scenario())
    assert code == -signal.SIGTERM
    assert not is_alive(pid)


def test_a_child_sees_no_secret_of_its_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@proxy")
    monkeypatch.setenv("SOME_API_TOKEN", "secret")
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    seen = child_environment(RANK="0")
    assert not any("secret" in value for value in seen.values())
    assert (seen["OMP_NUM_THREADS"], seen["RANK"]) == ("2", "0")
    assert "PATH" in seen
