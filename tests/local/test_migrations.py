"""What people have in their folder goes on working with a database of a later version.

``data/version_1`` is the folder of a service of database version 1, killed while jobs ran, and
what that service answered when it was started again on a copy of it.
"""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from running_service import RunningService, Training, running_service, until

from modelarts_magics.local.storage.database import Store
from modelarts_magics.local.storage.migrations import STEPS
from modelarts_magics.local.storage.records import Attempt, Kind, Records, TaskRecord
from modelarts_magics.local.storage.root import CannotServe

VERSION_1 = Path(__file__).parent / "data" / "version_1"
RECORDED = json.loads((VERSION_1 / "answers.json").read_text(encoding="utf-8"))
KEYS = {
    "access_key": "LOCAL0123456789ABCDE",
    "secret_key": "made-up",
    "username": "local-user",
    "password": "made-up-too",
    "domain": "local-account",
}

# A migration that is killed when all but its last statement is done.
KILLED = """
import os, signal, sys
from pathlib import Path
from modelarts_magics.local.storage import migrations
migrations.STEPS = (*migrations.STEPS, lambda _: os.kill(os.getpid(), signal.SIGKILL))
from modelarts_magics.local.storage.database import Store
Store(Path(sys.argv[1]))
"""


def old_folder(root: Path) -> Path:
    shutil.copytree(VERSION_1, root)
    (root / "credentials.json").write_text(json.dumps(KEYS))
    return root


def content(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return [*database.iterdump(), str(database.execute("PRAGMA user_version").fetchone())]


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    root = old_folder(tmp_path_factory.mktemp("upgraded") / "root")
    with running_service(root) as service:
        yield service


@pytest.mark.parametrize("path", RECORDED["answers"])
def test_every_answer_is_the_one_of_before(upgraded: RunningService, path: str) -> None:
    assert upgraded.call("GET", path).json() == RECORDED["answers"][path]


def test_keys_and_ids_are_those_of_before(upgraded: RunningService) -> None:
    assert upgraded.address["project_id"] == RECORDED["project_id"]
    assert upgraded.credentials == KEYS


def test_work_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with running_service(old_folder(tmp_path / "root")) as service:
        config = {**service.write_code("print('again')"), "pre_version_id": 2}
        made = service.succeed("POST", "/training-jobs/1/versions", json={"config": config})
        version = Training(service, made["job_id"], made["version_id"])
        assert version.wait() == 10
        assert version.log().startswith("again\n")
        assert (made["version_id"], made["version_name"]) == (17, "V0004")  # none comes twice
        new = service.train("new", "print(1)")
        assert (new.job_id, new.version_id) == (15, 18)
        body = {"job_name": "finished", "config": config}
        assert service.refuse("POST", "/training-jobs", json=body) == (400, "ModelArts.0103")
        board = "/visualization-jobs/1"
        service.succeed("POST", board + "/restart")
        until(lambda: service.get(board)["status"] == 8, "the TensorBoard")
        service.succeed("DELETE", board)
        body = {"job_name": "board", "train_url": "/bucket/events/"}
        assert service.succeed("POST", "/visualization-jobs", json=body)["job_id"] == 6


def test_what_was_being_stopped_is_stopped(tmp_path: Path) -> None:
    root = old_folder(tmp_path / "root")
    with closing(sqlite3.connect(root / "modelarts.sqlite")) as database:
        database.execute("UPDATE training_version SET status = 9 WHERE version_id = 7")
        database.commit()
    with running_service(root) as service:
        assert service.get("/training-jobs/5/versions/7")["status"] == 12


def test_a_record_has_what_another_api_needs(tmp_path: Path) -> None:
    shutil.copy(VERSION_1 / "modelarts.sqlite", tmp_path)
    with closing(Store(tmp_path / "modelarts.sqlite")) as store:
        failed = Records(store).job(Kind.TRAINING, 2)
        board = Records(store).job(Kind.VISUALIZATION, 1)
        namespace = uuid.UUID(store.identity("store"))
    assert failed
    assert board
    assert failed.uuid == str(uuid.uuid5(namespace, "training/2"))
    assert board.uuid == str(uuid.uuid5(namespace, "visualization/1"))
    assert failed.tasks == [
        TaskRecord("worker-0", "job-finished.0"),
        TaskRecord("worker-1", "job-finished.1"),
    ]
    assert failed.attempts == [Attempt(failed.started or 0, failed.ended)]
    assert (failed.spec.node_count, failed.spec.flavor) == (2, "modelarts.vm.cpu.8u")


def test_a_uuid_never_changes(tmp_path: Path) -> None:
    shutil.copy(VERSION_1 / "modelarts.sqlite", tmp_path)

    def uuids() -> set[str]:
        with closing(Store(tmp_path / "modelarts.sqlite")) as store:
            return {job.uuid for job in Records(store).series(Kind.TRAINING, 1)}

    first = uuids()
    assert len(first) == 2
    assert uuids() == first


def test_an_old_and_a_new_database_have_the_same_tables(tmp_path: Path) -> None:
    shutil.copy(VERSION_1 / "modelarts.sqlite", tmp_path / "old")
    for name in ("old", "new"):
        Store(tmp_path / name).close()

    def schema(name: str) -> list[str]:
        with closing(sqlite3.connect(tmp_path / name)) as database:
            found: list[Any] = database.execute("SELECT name, sql FROM sqlite_master").fetchall()
            return sorted(map(str, found))

    assert schema("old") == schema("new")


def test_a_kill_in_the_middle_of_a_migration_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "modelarts.sqlite"
    shutil.copy(VERSION_1 / "modelarts.sqlite", path)
    before = content(path)
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert content(path) == before
    Store(path).close()
    assert content(path)[-1] == f"({len(STEPS)},)"


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "modelarts.sqlite"
    Store(path).close()
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    before = content(path)
    with pytest.raises(CannotServe, match="newer version") as refused:
        Store(path)
    assert "\n" not in str(refused.value)
    assert content(path) == before
