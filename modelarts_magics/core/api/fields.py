"""Reading JSON that does not keep to its own documentation.

A :class:`Record` is a frozen dataclass whose fields say under which keys they stand and how they
are read. Numbers may come as strings, fields may be missing or null, and fields nobody documented
are kept in ``raw``.

Source: docs/api/v1-quirks.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Any, Callable, TypeVar

R = TypeVar("R", bound="Record")
Reader = Callable[[Any], Any]

_END_OF_CALENDAR = 253_402_200_000_000  # ms: a day before the year 10000, in whatever zone
_DECIMAL = re.compile(r"\s*-?[0-9]{1,40}\s*")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def integer(value: Any) -> int | None:
    """An int or a decimal string; anything else, such as an empty text, is ``None``.

    >>> integer("10"), integer(10), integer(None), integer("ten"), integer(1.0)
    (10, 10, None, None, 1)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        return int(value) if _DECIMAL.fullmatch(value) else None
    return int(value) if isinstance(value, int) else None  # a plain one, of an enum too


def moment(value: Any) -> int | None:
    """Epoch milliseconds; what no calendar has is ``None``.

    >>> moment("1600000000000"), moment(10**30), moment(-1)
    (1600000000000, None, None)
    """
    milliseconds = integer(value)
    is_in_calendar = milliseconds is not None and 0 <= milliseconds < _END_OF_CALENDAR
    return milliseconds if is_in_calendar else None


def number(value: Any) -> float | None:
    """A float, of unknown unit where the field says so."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def text(value: Any) -> str:
    """A text; null becomes the empty text, a number its decimal form.

    JSON can hold halves of UTF-16 characters, which no file or terminal can; they are replaced.
    """
    if value is None:
        return ""
    given = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _HALF_CHARACTER.sub("\ufffd", given)


def identifier(value: Any) -> str:
    """An id: a number in some answers, a string in others, always a string here."""
    return text(value)


def texts(value: Any) -> tuple[str, ...]:
    """An array of texts; a single text stands for an array of one (quirk 24)."""
    if value is None:
        return ()
    return tuple(map(text, value)) if isinstance(value, list) else (text(value),)


def structure(value: Any) -> Any:
    """A JSON value, or JSON text of one (quirk 25)."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def many(kind: type[R]) -> Callable[[Any], tuple[R, ...]]:
    """An array of records; one object stands for an array of one (quirk 9)."""

    def read(value: Any) -> tuple[R, ...]:
        items = value if isinstance(value, list) else [value]
        return tuple(kind.from_json(item) for item in items if isinstance(item, Mapping))

    return read


def one(kind: type[R]) -> Callable[[Any], R]:
    """A record; an empty one where there is none."""

    def read(value: Any) -> R:
        return kind.from_json(value if isinstance(value, Mapping) else {})

    return read


def wire(read: Reader, *keys: str, is_secret: bool = False) -> Any:
    """A dataclass field that is read from the first of ``keys`` that is there.

    Without ``keys`` the name of the field is the key. A secret is not part of the ``repr``.
    """
    metadata = {"read": read, "keys": keys}
    return field(default_factory=lambda: read(None), metadata=metadata, repr=not is_secret)


@dataclass(frozen=True)
class Record:
    """An answer, or a part of one."""

    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls: type[R], data: Mapping[str, Any]) -> R:
        values = {name: read(_first(data, keys)) for name, read, keys in cls._wires()}
        return cls(raw=data, **values)

    def as_dict(self) -> dict[str, Any]:
        """The documented dict of the SDK: the answer's own fields, with numbers made numbers."""
        result = dict(self.raw)
        for name, read, keys in self._wires():
            for key in set(keys) & set(result):
                result[key] = _plain(getattr(self, name), read)
        return result

    @classmethod
    def _wires(cls) -> list[tuple[str, Reader, tuple[str, ...]]]:
        return [
            (f.name, f.metadata["read"], f.metadata["keys"] or (f.name,))
            for f in fields(cls)
            if "read" in f.metadata
        ]


def _first(data: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((data[key] for key in keys if data.get(key) is not None), None)


def _plain(value: Any, read: Reader) -> Any:
    if read is identifier:
        decimal = integer(value)
        return value if decimal is None else decimal
    if isinstance(value, tuple):
        return [item.as_dict() if isinstance(item, Record) else item for item in value]
    if isinstance(value, Record):
        return value.as_dict()
    return int(value) if isinstance(value, IntEnum) else value
