"""However a visualization job ends: no process of its TensorBoard is left, and no port is held."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from running_service import (
    RunningService,
    StartedService,
    descendants,
    in_process,
    is_alive,
    none_left,
    until,
)

JOBS = "/visualization-jobs"
TRAIN_URL = "/bucket/events/"


@dataclass(frozen=True)
class Board:
    """The processes of one visualization job, and the ports on which they listen."""

    pids: frozenset[int]
    ports: frozenset[int]

    def is_gone(self) -> bool:
        return not any(map(is_alive, self.pids)) and all(map(is_free, self.ports))

    def ends(self) -> None:
        none_left(set(self.pids))
        assert all(map(is_free, self.ports))


def board_of(service: int, *others: psutil.Process) -> Board:
    """A TensorBoard that answers: its shim, itself and its data server, for this machine only.

    Args:
        service: the process that started it.
        others: what that process has started besides.
    """
    from tensorboard_data_server import server_binary

    children = psutil.Process(service).children(recursive=True)
    processes = [child for child in children if child not in others]
    words = " ".join(word for process in processes for word in process.cmdline())
    assert "shim.py" in words
    assert "tensorboard.main" in words
    assert server_binary() is None or server_binary() in words
    listening = [
        connection.laddr
        for process in processes
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert {address.ip for address in listening} == {"127.0.0.1"}
    assert len(listening) == len(processes) - 1  # all but the shim
    pids = frozenset(process.pid for process in processes)
    return Board(pids, frozenset(address.port for address in listening))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except OSError:
            return False
    return True


def create(service: RunningService) -> str:
    (service.root / "obs/bucket/events").mkdir(parents=True)
    made = service.succeed("POST", JOBS, json={"job_name": "board", "train_url": TRAIN_URL})
    return f"{JOBS}/{made['job_id']}"


@contextmanager
def a_running_job(service: RunningService) -> Iterator[tuple[str, Board]]:
    path = create(service)
    until(lambda: service.get(path)["status"] == 8, "the TensorBoard")
    yield path, board_of(service.process.pid)


def test_after_a_stop_and_a_second_one_after_a_restart(own_service: RunningService) -> None:
    with a_running_job(own_service) as (path, first):
        own_service.succeed("POST", path + "/stop")
        until(lambda: own_service.get(path)["status"] == 12, "the end of the job")
        assert first.is_gone()
        own_service.succeed("POST", path + "/restart")
        until(lambda: own_service.get(path)["status"] == 8, "the TensorBoard again")
        second = board_of(own_service.process.pid)
        assert not first.pids & second.pids
        own_service.succeed("POST", path + "/stop")
        until(lambda: own_service.get(path)["status"] == 12, "the end of the job")
        assert second.is_gone()


def test_after_a_delete(own_service: RunningService) -> None:
    with a_running_job(own_service) as (path, board):
        own_service.succeed("DELETE", path)
        board.ends()


def test_after_it_died(own_service: RunningService) -> None:
    with a_running_job(own_service) as (path, board):
        for pid in board.pids:
            with suppress(psutil.NoSuchProcess):  # it goes with the one before
                if "tensorboard.main" in psutil.Process(pid).cmdline():
                    os.kill(pid, signal.SIGKILL)
        until(lambda: own_service.get(path)["status"] == 11, "the failure")
        assert board.is_gone()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_after_the_service_was_told_to_end(own_service: RunningService, number: int) -> None:
    with a_running_job(own_service) as (_path, board):
        own_service.process.send_signal(number)
        assert own_service.process.wait(60) == 0
        assert board.is_gone()


def test_after_the_service_was_killed(own_service: RunningService) -> None:
    with a_running_job(own_service) as (_path, board):
        own_service.kill()
        board.ends()


def test_after_the_service_was_killed_while_it_started(own_service: RunningService) -> None:
    create(own_service)
    pids = until(lambda: len(found := descendants(own_service.process.pid)) > 1 and found)
    own_service.kill()
    none_left(pids)


def test_after_its_time_was_over(tmp_path: Path) -> None:
    def scenario(service: StartedService) -> None:
        schedule = [{"type": "stop", "time_unit": "HOURS", "duration": 1}]
        body = {"job_name": "board", "train_url": TRAIN_URL, "schedule": schedule}
        path = f"{JOBS}/{service.call('POST', JOBS, json=body)['job_id']}"
        service.wait(path, 8)
        board = board_of(os.getpid(), *before)
        service.now += 3600
        service.wait(path, 12)
        assert board.is_gone()

    before = psutil.Process().children(recursive=True)
    in_process(tmp_path / "root", scenario)
