"""The SQLite file: everything that was acknowledged is in it, and survives a crash.

One connection, used by the event loop's thread only. Every change is committed, and on the disk
(``synchronous=FULL``), before the request that caused it is answered.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Union

from .root import CannotServe

Values = Union[Sequence[Any], Mapping[str, Any]]

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE identity (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE training_job (
    job_id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_name TEXT NOT NULL UNIQUE,
    job_desc TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    versions_made INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE training_version (
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
);
CREATE INDEX training_version_job ON training_version (job_id);
CREATE VIEW training_job_version AS
    SELECT v.*, j.job_name, j.job_desc FROM training_version v JOIN training_job j USING (job_id);
CREATE VIEW training_job_state AS
    SELECT j.*, v.version_id, v.status, v.start_time, v.end_time, v.engine_type, v.version_count
    FROM training_job j JOIN (
        -- with max(), SQLite takes the other columns from the row that has the maximum
        SELECT job_id, max(version_id) AS version_id, status, start_time, end_time, engine_type,
            count(*) AS version_count
        FROM training_version GROUP BY job_id
    ) v USING (job_id);
CREATE TABLE visualization_job (
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
);
"""


class Store:
    """The open database.

    Raises:
        CannotServe: the file is no database, or one of a newer version.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._connection = _connect(path)
        except sqlite3.Error as error:
            raise CannotServe(f"Cannot use the database {path}: {error}.") from None

    def close(self) -> None:
        self._connection.close()

    def rows(self, sql: str, values: Values = ()) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def number(self, sql: str, values: Values = ()) -> int:
        """The only value of the only row."""
        return int(self._connection.execute(sql, values).fetchone()[0])

    def change(self, sql: str, values: Values = ()) -> int:
        """Run one statement; returns the id of the row that it inserted, if it did."""
        return self._connection.execute(sql, values).lastrowid or 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes of the block, or none of them."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def identity(self, name: str) -> str:
        """A stable id of 32 hexadecimal digits, made when it is first asked for."""
        made = uuid.uuid4().hex
        self.change("INSERT OR IGNORE INTO identity VALUES (?, ?)", (name, made))
        return str(self.rows("SELECT value FROM identity WHERE name = ?", (name,))[0][0])


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > _SCHEMA_VERSION:
        raise CannotServe("This folder was used by a newer version of modelarts_magics.")
    if version < _SCHEMA_VERSION:
        change_version = f"PRAGMA user_version = {_SCHEMA_VERSION};"
        connection.executescript(f"BEGIN;{_SCHEMA}{change_version}COMMIT;")
