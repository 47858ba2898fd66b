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

from .migrations import migrate
from .root import CannotServe

Values = Union[Sequence[Any], Mapping[str, Any]]


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
        """All changes of the block, or none of them; a block inside of another belongs to it."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self._connection.in_transaction:  # a full disk may have ended it
            self._connection.execute("ROLLBACK")

    def next_number(self, counter: str) -> int:
        """The next number of a counter, from 1 on; none is ever given twice."""
        self.change("INSERT OR IGNORE INTO counter VALUES (?, 0)", (counter,))
        self.change("UPDATE counter SET value = value + 1 WHERE name = ?", (counter,))
        return self.number("SELECT value FROM counter WHERE name = ?", (counter,))

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
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection
