"""The steps from an empty database to that of today, each with the number of its place.

``PRAGMA user_version`` says how many were taken. All that are missing are taken in one
transaction: a crash in the middle leaves the database as it was. A step is never changed after it
was released; it knows the words and numbers of its day and imports nothing of today's.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from typing import Any, Callable

from .root import CannotServe

_FIRST_TABLES = (
    "CREATE TABLE identity (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE training_job (
        job_id INTEGER PRIMARY KEY AUTOINCREMENT,
        job_name TEXT NOT NULL UNIQUE,
        job_desc TEXT NOT NULL,
        workspace_id TEXT NOT NULL,
        create_time INTEGER NOT NULL,
        versions_made INTEGER NOT NULL DEFAULT 0
    )""",
    """CREATE TABLE training_version (
        version_id INTEGER PRIMARY KEY AUTOINCREMENT,
        job_id INTEGER NOT NULL REFERENCES training_job ON DELETE CASCADE,
        version_name TEXT NOT NULL,
        pre_version_id INTEGER,
        status INTEGER NOT NULL,
        create_time INTEGER NOT NULL,
        start_time INTEGER,
        end_time INTEGER,
        resource_id TEXT NOT NULL,
        engine_type INTEGER NOT NULL,
        config TEXT NOT NULL
    )""",
    """CREATE TABLE visualization_job (
        job_id INTEGER PRIMARY KEY AUTOINCREMENT,
        job_name TEXT NOT NULL UNIQUE,
        job_desc TEXT NOT NULL,
        workspace_id TEXT NOT NULL,
        train_url TEXT NOT NULL,
        stop_after_hours INTEGER,
        status INTEGER NOT NULL,
        create_time INTEGER NOT NULL,
        start_time INTEGER,
        end_time INTEGER,
        resource_id TEXT NOT NULL,
        failure_reason TEXT
    )""",
)

_GENERIC_TABLES = (
    "CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
    """CREATE TABLE job (
        uuid TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        number INTEGER NOT NULL,
        series INTEGER NOT NULL,
        ordinal INTEGER NOT NULL,
        follows INTEGER,
        name TEXT NOT NULL,
        description TEXT NOT NULL,
        workspace TEXT NOT NULL,
        resource TEXT NOT NULL,
        phase TEXT NOT NULL,
        ending TEXT,
        reason TEXT,
        series_created INTEGER NOT NULL,
        created INTEGER NOT NULL,
        started INTEGER,
        ended INTEGER,
        node_count INTEGER NOT NULL,
        flavor TEXT NOT NULL,
        engine TEXT NOT NULL,
        code TEXT NOT NULL,
        boot_file TEXT NOT NULL,
        input TEXT NOT NULL,
        output TEXT NOT NULL,
        log_export TEXT NOT NULL,
        pool TEXT NOT NULL,
        stop_after_hours INTEGER,
        parameters TEXT NOT NULL,
        extra TEXT NOT NULL,
        tasks TEXT NOT NULL,
        attempts TEXT NOT NULL,
        UNIQUE (kind, number)
    )""",
    "CREATE INDEX job_series ON job (kind, series)",
)
_COUNTERS = {
    "training_job": ("training series",),
    "training_version": ("training",),
    "visualization_job": ("visualization series", "visualization"),
}
_STATES = {
    1: ("accepted", None),
    7: ("starting", None),
    8: ("running", None),
    9: ("ending", None),
    10: ("ended", "completed"),
    12: ("ended", "stopped"),
    14: ("ended", "lost"),
}
_FLAVORS = {1: "modelarts.vm.cpu.2u", 2: "modelarts.vm.cpu.8u"}
_ENGINES = {
    1: "TF-1.13.1-python3.6",
    2: "TF-2.1.0-python3.6",
    3: "MXNet-1.2.1-python3.6",
    4: "Scikit_Learn-0.18.1-python3.6",
    5: "XGBoost-0.80-Sklearn-0.18.1-python3.6",
    6: "PyTorch-1.0.0-python3.6",
    7: "PyTorch-1.4.0-python3.6",
}


def migrate(connection: sqlite3.Connection) -> None:
    """Take the steps that a database lacks.

    Raises:
        CannotServe: it has had steps that nobody knows here.
    """
    taken = connection.execute("PRAGMA user_version").fetchone()[0]
    if taken > len(STEPS):
        raise CannotServe("This folder was used by a newer version of modelarts_magics.")
    if taken == len(STEPS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in STEPS[taken:]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _make_first_tables(connection: sqlite3.Connection) -> None:
    for statement in _FIRST_TABLES:
        connection.execute(statement)


def _make_one_table_of_jobs(connection: sqlite3.Connection) -> None:
    """Every version of a training job and every visualization job becomes a row of ``job``."""
    for statement in _GENERIC_TABLES:
        connection.execute(statement)
    store = uuid.uuid4()
    connection.execute("INSERT INTO identity VALUES ('store', ?)", (store.hex,))
    for table, last in connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall():
        for counter in _COUNTERS[table]:
            connection.execute("INSERT INTO counter VALUES (?, ?)", (counter, last))
    connection.execute(
        "INSERT INTO counter SELECT 'training series ' || job_id, versions_made FROM training_job"
    )
    versions = connection.execute(
        "SELECT v.*, job_name, job_desc, workspace_id, j.create_time AS series_created"
        " FROM training_version v JOIN training_job j USING (job_id)"
    )
    boards = connection.execute("SELECT * FROM visualization_job")
    jobs = [*map(_training, versions.fetchall()), *map(_visualization, boards.fetchall())]
    for job in jobs:
        job["uuid"] = str(uuid.uuid5(store, f"{job['kind']}/{job['number']}"))
        names, marks = ", ".join(job), ", ".join(":" + name for name in job)
        connection.execute(f"INSERT INTO job ({names}) VALUES ({marks})", job)  # noqa: S608
    for view in ("training_job_version", "training_job_state"):
        connection.execute(f"DROP VIEW IF EXISTS {view}")
    for table in ("training_version", "training_job", "visualization_job"):
        connection.execute(f"DROP TABLE {table}")


def _training(row: sqlite3.Row) -> dict[str, Any]:
    config = json.loads(row["config"])
    count = config["worker_server_num"]
    parameters = [{"name": item["label"], "value": item["value"]} for item in config["parameter"]]
    return {
        **_common(row),
        "kind": "training",
        "number": row["version_id"],
        "series": row["job_id"],
        "ordinal": int(row["version_name"][1:]),
        "follows": row["pre_version_id"],
        "series_created": row["series_created"],
        "node_count": count,
        "flavor": _FLAVORS[config["spec_id"]],
        "engine": _ENGINES[config["engine_id"]],
        "code": config["app_url"],
        "boot_file": config["boot_file_url"],
        "input": config["data_url"],
        "output": config["train_url"],
        "log_export": config["log_url"],
        "pool": config["pool_id"],
        "parameters": json.dumps(parameters),
        "extra": json.dumps({name: config[name] for name in ("data_source", "volumes")}),
        "tasks": _tasks(f"job-{row['job_name']}.{rank}" for rank in range(count)),
    }


def _visualization(row: sqlite3.Row) -> dict[str, Any]:
    return {
        **_common(row),
        "kind": "visualization",
        "number": row["job_id"],
        "series": row["job_id"],
        "ordinal": 1,
        "reason": row["failure_reason"],
        "series_created": row["create_time"],
        "node_count": 1,
        **dict.fromkeys(("flavor", "engine", "code", "boot_file", "output"), ""),
        **dict.fromkeys(("log_export", "pool"), ""),
        "input": row["train_url"],
        "stop_after_hours": row["stop_after_hours"],
        "parameters": "[]",
        "extra": "{}",
        "tasks": _tasks(["tensorboard.log"]),
    }


def _common(row: sqlite3.Row) -> dict[str, Any]:
    start, end = row["start_time"], row["end_time"]
    phase, ending = _STATES.get(row["status"], ("ended", "failed"))
    return {
        "name": row["job_name"],
        "description": row["job_desc"],
        "workspace": row["workspace_id"],
        "resource": row["resource_id"],
        "phase": phase,
        "ending": ending,
        "created": row["create_time"],
        "started": start,
        "ended": end,
        "attempts": json.dumps([] if start is None else [{"start": start, "end": end}]),
    }


def _tasks(logs: Any) -> str:
    tasks = [{"name": f"worker-{rank}", "log": log} for rank, log in enumerate(logs)]
    return json.dumps(tasks)


def _make_table_of_removed_jobs(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE removed (kind TEXT, number INTEGER, PRIMARY KEY (kind, number))"
    )


_FOR_ANOTHER_API = (
    "ALTER TABLE job ADD COLUMN image TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE job ADD COLUMN command TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE job ADD COLUMN channels TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE job ADD COLUMN environment TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE job ADD COLUMN retries INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        job TEXT NOT NULL REFERENCES job ON DELETE CASCADE,
        time INTEGER NOT NULL,
        what TEXT NOT NULL,
        task TEXT NOT NULL,
        code INTEGER
    )""",
    "CREATE INDEX event_of_job ON event (job)",
    """CREATE TABLE usage (
        job TEXT NOT NULL REFERENCES job ON DELETE CASCADE,
        task TEXT NOT NULL,
        minute INTEGER NOT NULL,
        cpu REAL NOT NULL,
        memory REAL NOT NULL,
        PRIMARY KEY (job, task, minute)
    )""",
)


def _make_room_for_another_api(connection: sqlite3.Connection) -> None:
    for statement in _FOR_ANOTHER_API:
        connection.execute(statement)


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _make_first_tables,
    _make_one_table_of_jobs,
    _make_table_of_removed_jobs,
    _make_room_for_another_api,
)
