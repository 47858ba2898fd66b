"""Kill the embedded service, or kernels that use it, at random moments, and look at what is left.

    python scripts/sudden_death.py service [--moments 50] [--seed N]
    python scripts/sudden_death.py kernels [--moments 20] [--seed N]

Of a service: nothing that was acknowledged is lost, and nothing half stays. Of a kernel: nothing
that it started runs on. What is found is printed, and then the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Generic, TypeVar

import psutil
import requests

from modelarts_magics.core.auth.signing import SignatureAuth

_TIME_LIMIT = 60.0  # seconds for anything to happen
_ENDED = {3, 5, 10, 11, 12, 13, 14}
_STOPPED = 12
_ENDED_V2 = {"Completed", "Failed", "Terminated", "Abnormal"}
_FOUND, _MADE, _TAKEN = 200, 201, 202
_WRITER = """
import itertools, sys, time
for number in itertools.count():
    print(number, flush=True)
    if "--short" in str(sys.argv) and number > 20:
        break
    time.sleep(0.002)
"""
_CODE = "bucket/code"


def _until(look: Callable[[], object], what: str) -> None:
    give_up = time.monotonic() + _TIME_LIMIT
    while not look():
        if time.monotonic() > give_up:
            raise SystemExit(f"Waited in vain for {what}.")
        time.sleep(0.02)


def left_of(root: Path) -> list[psutil.Process]:
    """The processes that a folder's service, or a kernel that uses it, has started."""
    return [process for process in psutil.process_iter() if _belongs(process, str(root))]


def _belongs(process: psutil.Process, root: str) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        command = process.cmdline()
        if "shim.py" in " ".join(command):  # it is known by the log that it writes to
            return any(file.path.startswith(root) for file in process.open_files())
        return any(root in argument for argument in command)
    except psutil.Error:
        return False


# ---- the service ---------------------------------------------------------------------------------


class Service:
    """A service in a process of its own, and its answers."""

    def __init__(self, root: Path) -> None:
        self.process = start(root)
        assert self.process.stdout
        address = json.loads(self.process.stdout.readline())
        keys = json.loads(Path(address["credentials_file"]).read_text())
        self._service, self._project = address["endpoint"], address["project_id"]
        self._auth = SignatureAuth(keys["access_key"], keys["secret_key"])

    def call(
        self, method: str, path: str, api: str = "v1", **options: Any
    ) -> tuple[int, dict[str, Any]]:
        """Raises requests.ConnectionError once it was killed."""
        with requests.Session() as session:
            session.trust_env = False
            session.auth = self._auth
            url = f"{self._service}/{api}/{self._project}{path}"
            answer = session.request(method, url, timeout=_TIME_LIMIT, **options)
            return answer.status_code, answer.json() if answer.content else {}

    def kill(self) -> None:
        kill(self.process)


def start(root: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "modelarts_magics.local", "--root", str(root)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


@dataclass
class Known:
    """What was acknowledged of a version, or of a job of API v2.

    Attributes:
        job: of a version.
        log: as much as was read of it.
        is_unsure: something was asked for and never answered.
    """

    job: int = 0
    log: str = ""
    is_stopped: bool = False
    is_deleted: bool = False
    is_unsure: bool = False


K = TypeVar("K", int, str)


@dataclass
class Client(ABC, Generic[K]):
    """Asks for one thing after the other, and writes down what was acknowledged."""

    name: str
    chance: random.Random
    known: dict[K, Known] = field(default_factory=dict)
    _made: int = 0

    def work(self, service: Service) -> None:
        """Until the service is gone."""
        try:
            while True:
                self.chance.choice(self._actions())(service)
        except (requests.RequestException, ValueError):
            return

    @abstractmethod
    def _actions(self) -> Sequence[Callable[[Service], None]]:
        """What is done, some of it more often."""

    @abstractmethod
    def losses(self, service: Service, root: Path) -> Iterator[str]:
        """What was acknowledged and is not so after the service was started again."""

    @contextmanager
    def _unsure(self, one: K) -> Iterator[Known]:
        """Not answered, it may have been done or not."""
        self.known[one].is_unsure = True
        yield self.known[one]
        self.known[one].is_unsure = False

    def _any(self) -> K | None:
        there = [one for one, known in self.known.items() if not known.is_deleted]
        return self.chance.choice(there) if there else None


class ClientV1(Client[int]):
    """Jobs with versions, by number."""

    def __init__(self, name: str, chance: random.Random) -> None:
        super().__init__(name, chance)
        self.described: dict[int, str] = {}

    def _actions(self) -> Sequence[Callable[[Service], None]]:
        often = (self._create, self._create, self._stop, self._delete, self._read, self._read)
        return (*often, self._create_version, self._describe)

    def _create(self, service: Service) -> None:
        self._made += 1
        body = {"job_name": f"{self.name}-{self._made}", "config": self._config()}
        self._note(service.call("POST", "/training-jobs", json=body))

    def _create_version(self, service: Service) -> None:
        if version := self._any():
            config = {**self._config(), "pre_version_id": version}
            path = f"/training-jobs/{self.known[version].job}/versions"
            self._note(service.call("POST", path, json={"config": config}))

    def _stop(self, service: Service) -> None:
        if version := self._any():
            with self._unsure(version) as known:
                status, _ = service.call("POST", self._path(version) + "/stop")
                known.is_stopped |= status == 200

    def _delete(self, service: Service) -> None:
        if version := self._any():
            with self._unsure(version) as known:
                status, _ = service.call("DELETE", self._path(version))
                known.is_deleted |= status == 200

    def _read(self, service: Service) -> None:
        if version := self._any():
            path = self._path(version) + "/log"
            file = service.call("GET", path + "/file-names")[1]["log_file_list"][0]
            query = {"log_file": file, "start_byte": len(self.known[version].log)}
            self.known[version].log += service.call("GET", path, params=query)[1]["log"]

    def _describe(self, service: Service) -> None:
        if version := self._any():
            job, words = self.known[version].job, str(self.chance.random())
            self.described.pop(job, None)
            status, _ = service.call("PUT", f"/training-jobs/{job}", json={"job_desc": words})
            if status == 200:
                self.described[job] = words

    def _note(self, answer: tuple[int, dict[str, Any]]) -> None:
        status, body = answer
        if status == 200:
            self.known[int(body["version_id"])] = Known(int(body["job_id"]))

    def _path(self, version: int) -> str:
        return f"/training-jobs/{self.known[version].job}/versions/{version}"

    def _config(self) -> dict[str, Any]:
        length = self.chance.choice(["--short", "--long"])
        return {
            "app_url": f"/{_CODE}/",
            "boot_file_url": f"/{_CODE}/writer.py",
            "engine_id": 1,
            "spec_id": 1,
            "worker_server_num": 1,
            "parameter": [{"label": length[2:], "value": ""}],
        }

    def losses(self, service: Service, root: Path) -> Iterator[str]:
        for version, known in self.known.items():
            status, found = service.call("GET", self._path(version))
            if known.is_unsure and status == 404:
                known.is_deleted = True
            if known.is_deleted != (status == 404):
                yield f"version {version}: {known}, but HTTP {status}"
            elif status == 200:
                yield from self._losses_of(root, version, known, found)
            known.is_unsure = False
            known.is_stopped |= status == 200 and int(found["status"]) == _STOPPED

    def _losses_of(
        self, root: Path, version: int, known: Known, found: dict[str, Any]
    ) -> Iterator[str]:
        if int(found["status"]) not in _ENDED:
            yield f"version {version} has status {found['status']}, but nothing runs"
        if known.is_stopped and int(found["status"]) != _STOPPED:
            yield f"version {version} was stopped, but has status {found['status']}"
        log = root / "logs/training" / str(version) / f"job-{found['job_name']}.0"
        text = log.read_text() if log.exists() else ""
        if not text.startswith(known.log):
            yield f"version {version}: what was read of its log is gone"
        if (words := self.described.get(known.job)) and found["job_desc"] != words:
            yield f"job {known.job}: its description is not {words}"


class ClientV2(Client[str]):
    """The same by API v2: jobs of two tasks, of which the second one's log is read."""

    def _actions(self) -> Sequence[Callable[[Service], None]]:
        return (self._create, self._stop, self._delete, self._read, self._read)

    def _create(self, service: Service) -> None:
        self._made += 1
        count = self.chance.choice([20, 20_000])
        command = f"for n in $(seq {count}); do echo $n; sleep 0.002; done"
        body = {
            "kind": "job",
            "metadata": {"name": f"{self.name}-{self._made}"},
            "algorithm": {"engine": {"image_url": "org/image:1"}, "command": command},
            "spec": {"resource": {"flavor_id": "modelarts.vm.cpu.2u", "node_count": 2}},
        }
        status, made = service.call("POST", "/training-jobs", "v2", json=body)
        if status == _MADE:
            self.known[made["metadata"]["id"]] = Known()

    def _stop(self, service: Service) -> None:
        if job := self._any():
            with self._unsure(job) as known:
                asked = {"action_type": "terminate"}
                status, _ = service.call("POST", self._path(job) + "/actions", "v2", json=asked)
                known.is_stopped |= status == _TAKEN

    def _delete(self, service: Service) -> None:
        if job := self._any():
            with self._unsure(job) as known:
                status, _ = service.call("DELETE", self._path(job), "v2")
                known.is_deleted |= status == _TAKEN

    def _read(self, service: Service) -> None:
        if job := self._any():
            path = self._path(job) + "/tasks/worker-1/logs/preview"
            status, found = service.call("GET", path, "v2")
            if status == _FOUND:
                self.known[job].log = str(found["content"])

    def _path(self, job: str) -> str:
        return f"/training-jobs/{job}"

    def losses(self, service: Service, root: Path) -> Iterator[str]:
        for job, known in self.known.items():
            status, found = service.call("GET", self._path(job), "v2")
            is_there = status == _FOUND
            if known.is_unsure and not is_there:
                known.is_deleted = True
            if known.is_deleted == is_there:
                yield f"job {job}: {known}, but HTTP {status}"
            elif is_there:
                yield from self._losses_of(service, job, known, found["status"]["phase"])
            known.is_unsure = False
            known.is_stopped |= is_there and found["status"]["phase"] == "Terminated"

    def _losses_of(self, service: Service, job: str, known: Known, phase: str) -> Iterator[str]:
        if phase not in _ENDED_V2:
            yield f"job {job} is {phase}, but nothing runs"
        if known.is_stopped and phase != "Terminated":
            yield f"job {job} was terminated, but is {phase}"
        path = self._path(job) + "/tasks/worker-1/logs/preview"
        _status, found = service.call("GET", path, "v2")
        if not str(found.get("content", "")).startswith(known.log):
            yield f"job {job}: what was read of its log is gone"


_UNTOLD = """
SELECT count(*) FROM job
WHERE COALESCE(ending, phase) IS NOT
    (SELECT what FROM event WHERE job = uuid AND task = '' ORDER BY id DESC LIMIT 1)
"""


def halves(root: Path) -> Iterator[str]:
    """What is there by half once a service has begun again on a folder."""
    with closing(sqlite3.connect(root / "modelarts.sqlite")) as database:
        sound = database.execute("PRAGMA integrity_check").fetchone()[0]
        jobs = {str(row[0]) for row in database.execute("SELECT number FROM job")}
        removed = database.execute("SELECT count(*) FROM removed").fetchone()[0]
        untold = database.execute(_UNTOLD).fetchone()[0]
    folders = {path.name for path in (root / "logs/training").iterdir()}
    if sound != "ok" or removed:
        yield f"the database is {sound}, and {removed} removals are not done"
    if untold:
        yield f"the events of {untold} jobs do not end as the jobs did"
    if folders - jobs:
        yield f"there are logs of no job: {sorted(folders - jobs)}"
    if drafts := [path.name for path in root.glob("*.new")]:
        yield f"there are drafts: {drafts}"


def kill_service(root: Path, moments: int, seed: int) -> list[str]:
    """Kill a service again and again while three clients use it; returns what is wrong."""
    chance = random.Random(seed)
    clients: list[Client[Any]] = [
        ClientV1("one", random.Random(f"{seed} one")),
        ClientV1("two", random.Random(f"{seed} two")),
        ClientV2("new", random.Random(f"{seed} new")),
    ]
    service, found = Service(root), list[str]()
    (root / "obs" / _CODE).mkdir(parents=True, exist_ok=True)
    (root / "obs" / _CODE / "writer.py").write_text(_WRITER)
    for _moment in range(moments):
        threads = [threading.Thread(target=one.work, args=(service,)) for one in clients]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.02, 1.2))
        service.kill()
        for thread in threads:
            thread.join()
        _until(lambda: not left_of(root), f"the end of what runs on {root}")
        if chance.random() < 0.3:  # while it starts, too
            starting = start(root)
            time.sleep(chance.uniform(0.0, 0.4))
            kill(starting)
        service = Service(root)
        found += [loss for one in clients for loss in one.losses(service, root)]
        found += halves(root)
    service.process.send_signal(signal.SIGTERM)
    service.process.wait()
    kill(service.process)
    _tell(clients, moments)
    return found


def _tell(clients: Sequence[Client[Any]], moments: int) -> None:
    known: list[Known] = [one for client in clients for one in client.known.values()]
    read = sum(len(one.log) for one in known)
    newer = sum(len(client.known) for client in clients if isinstance(client, ClientV2))
    stopped, deleted = sum(one.is_stopped for one in known), sum(one.is_deleted for one in known)
    print(
        f"{moments} moments: {len(known) - newer} versions and {newer} jobs of API v2,"
        f" {stopped} stopped, {deleted} deleted, {read} characters of logs read"
    )


# ---- kernels -------------------------------------------------------------------------------------

_CELLS = """
%load_ext modelarts_magics
%ma_session local --root {root}
import pathlib
code = pathlib.Path({root!r}) / "obs" / {code!r}
code.mkdir(parents=True, exist_ok=True)
(code / "writer.py").write_text({writer!r})
from modelarts_magics.session import Session
from modelarts_magics.estimator import Estimator
estimator = Estimator(modelarts_session=Session(), train_instance_count=1,
    train_instance_type="modelarts.vm.cpu.2u", code_dir="/{code}/", boot_file="/{code}/writer.py",
    output_path="/{code}/out/", framework_type="PyTorch",
    framework_version="PyTorch-1.0.0-python3.6")
job = estimator.fit(inputs="/{code}/", wait=False, job_name="killed")
%ma_log job
%ma_viz create /bucket/code/ --name killed
%ma_viz
%ma_log killed --save {root}/saved.log
"""


def kill_kernels(folder: Path, moments: int, seed: int) -> list[str]:
    """Kill kernels while they use services of their own; returns what of them runs on."""
    from jupyter_client.manager import KernelManager

    chance, roots = random.Random(seed), list[Path]()
    for moment in range(moments):
        root = folder / f"root-{moment}"
        manager = KernelManager(kernel_name="python3")
        manager.start_kernel(cwd=str(folder))
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=_TIME_LIMIT)
        client.execute(_CELLS.format(root=str(root), code=_CODE, writer=_WRITER))
        time.sleep(chance.uniform(0.0, 3.0))
        started = sorted(" ".join(one.cmdline()[-3:])[:60] for one in left_of(root))
        manager.shutdown_kernel(now=True)
        client.stop_channels()
        roots.append(root)
        print(f"killed with {len(started)} processes of ours", flush=True)
    give_up = time.monotonic() + _TIME_LIMIT
    while (left := [one for root in roots for one in left_of(root)]) and (
        time.monotonic() < give_up
    ):
        time.sleep(0.5)
    return [f"{one.pid} runs on: {one.cmdline()}" for one in left]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("service", "kernels"))
    parser.add_argument("--moments", type=int)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    print(f"seed {asked.seed}")
    with tempfile.TemporaryDirectory() as place:
        if asked.what == "service":
            found = kill_service(Path(place) / "root", asked.moments or 50, asked.seed)
        else:
            found = kill_kernels(Path(place), asked.moments or 20, asked.seed)
    print("\n".join(found) or "Nothing is lost, and nothing is left.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
