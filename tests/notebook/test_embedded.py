"""An embedded service that runs but does not answer keeps nobody waiting."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from job_service import start_service

from modelarts_magics.core.errors import ConnectionFailedError
from modelarts_magics.notebook.shell import embedded

SHORT = 0.1  # seconds


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[psutil.Process]:
    """A service that somebody else has started, stopped where it stands."""
    started = start_service(tmp_path / "root", tmp_path / "home")
    started.send_signal(signal.SIGSTOP)
    yield psutil.Process(started.pid)
    started.send_signal(signal.SIGCONT)
    started.terminate()
    started.wait()


def is_frozen(process: psutil.Process) -> bool:
    return process.is_running() and process.status() == psutil.STATUS_STOPPED


def test_one_that_is_frozen_is_said_not_to_answer(frozen: psutil.Process, tmp_path: Path) -> None:
    before = psutil.Process().children()
    with pytest.raises(ConnectionFailedError, match="runs, but does not answer") as refused:
        embedded.use(tmp_path / "root", SHORT)
    assert f"kill -9 {frozen.pid}" in str(refused.value)
    assert is_frozen(frozen)
    assert psutil.Process().children() == before  # no second one was started


def test_once_it_goes_on_it_is_used(frozen: psutil.Process, tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailedError):
        embedded.use(tmp_path / "root", SHORT)
    frozen.send_signal(signal.SIGCONT)
    used = embedded.use(tmp_path / "root")
    assert used.answers
    used.release()
    assert frozen.is_running()


def test_one_that_was_started_here_has_no_key_and_is_ended_although_it_is_frozen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "a-key-of-the-kernel")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:a-key-of-the-kernel@proxy.invalid")
    before = psutil.Process().children()
    used = embedded.use(tmp_path / "root")
    (process,) = set(psutil.Process().children()) - set(before)
    known = [*process.environ().values(), *process.cmdline()]
    assert not [value for value in known if "a-key-of-the-kernel" in value]
    process.send_signal(signal.SIGSTOP)
    used.release(SHORT)
    assert not process.is_running()
    again = embedded.use(tmp_path / "root")  # what it left is in nobody's way
    assert again.answers
    again.release()


def test_one_whose_folder_was_removed_is_ended(tmp_path: Path) -> None:
    before = psutil.Process().children()
    used = embedded.use(tmp_path / "root")
    (process,) = set(psutil.Process().children()) - set(before)
    shutil.rmtree(tmp_path / "root")
    used.release()
    assert not process.is_running()
    assert not (tmp_path / "root").exists()


def test_what_listens_at_the_address_of_a_service_that_is_gone_is_not_asked_again(
    tmp_path: Path,
) -> None:
    """A stranger that never answers took the port; nobody has the folder."""
    started = start_service(tmp_path / "root", tmp_path / "home")
    stranger = start_service(tmp_path / "other", tmp_path / "home")
    started.kill()
    started.wait()
    address = (tmp_path / "other/service.json").read_text()
    (tmp_path / "root/service.json").write_text(address)
    stranger.send_signal(signal.SIGSTOP)
    used = embedded.use(tmp_path / "root", SHORT)
    assert (tmp_path / "root/service.json").read_text() != address
    used.release()
    stranger.kill()
    stranger.wait()
