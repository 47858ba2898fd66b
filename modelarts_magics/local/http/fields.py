"""Typed reading of queries and JSON bodies; whatever does not fit is a documented refusal."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .refusals import Reason, Refused

LONGEST_DESCRIPTION = 256
MAX_LONG = 2**63 - 1
_BOOLEANS = {"true": True, "false": False}
_DECIMAL = re.compile(r"-?[0-9]{1,19}")


class Fields:
    """The fields of a query or of a JSON object; ``null`` counts as absent.

    Args:
        values: the fields.
        where: prefix of a field's name in messages, such as ``config.``.
        reason: which rule is broken by what does not fit.
    """

    def __init__(
        self, values: Mapping[str, Any], where: str = "", reason: Reason = Reason.INVALID
    ) -> None:
        self._values = {name: value for name, value in values.items() if value is not None}
        self._where = where
        self._reason = reason

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def raw(self, name: str) -> Any:
        return self._values.get(name)

    def as_json(self) -> dict[str, Any]:
        return dict(self._values)

    def require(self, *names: str) -> None:
        for name in names:
            if name not in self._values:
                raise self._refused(f"The parameter {self._where}{name} is required.")

    def text(
        self, name: str, default: str = "", *, longest: int | None = None, pattern: str = ""
    ) -> str:
        value = self._values.get(name, default)
        if not isinstance(value, str):
            raise self._wrong(name, "should be a string")
        if longest is not None and len(value) > longest:
            words = name.replace("_", " ")
            raise self._refused(f"The length of {words} should be in [0,{longest}]")
        if pattern and name in self._values and not re.fullmatch(pattern, value):
            raise self._wrong(name, f"should match ^{pattern}$")
        return value

    def integer(self, name: str, default: int, low: int, high: int = MAX_LONG) -> int:
        """A number, or its decimal text, in the closed range ``[low, high]``."""
        value = self._values.get(name, default)
        if isinstance(value, str) and _DECIMAL.fullmatch(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(name, "should be an integer")
        number: int = value
        if not low <= number <= high:
            raise self._wrong(name, f"should be in [{low},{high}]")
        return number

    def boolean(self, name: str, default: bool) -> bool:
        value = self._values.get(name, default)
        if isinstance(value, str):
            value = _BOOLEANS.get(value.lower())
        if not isinstance(value, bool):
            raise self._wrong(name, "should be a boolean")
        return value

    def choice(self, name: str, default: str, options: Collection[str]) -> str:
        """One of some words, in capitals or not."""
        value = self.text(name, default).lower()
        chosen = next((option for option in options if option.lower() == value), None)
        if chosen is None:
            raise self._wrong(name, "should be one of " + ", ".join(options))
        return chosen

    def object(self, name: str) -> Fields:
        """An object; an empty one when it is absent."""
        value = self._values.get(name, {})
        if not isinstance(value, dict):
            raise self._wrong(name, "should be an object")
        return Fields(value, f"{self._where}{name}.")

    def objects(self, name: str) -> list[Fields]:
        """An array of objects; empty when it is absent."""
        value = self._values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._wrong(name, "should be an array of objects")
        return [Fields(item, f"{self._where}{name}[{i}].") for i, item in enumerate(value)]

    def _wrong(self, name: str, rule: str) -> Refused:
        return self._refused(f"Invalid parameter {self._where}{name}: {rule}.")

    def _refused(self, message: str) -> Refused:
        return Refused(self._reason, message)


def query_fields(pairs: Sequence[tuple[str, str]]) -> Fields:
    """The first value of each name, trimmed; an empty value counts as absent."""
    values = {name: value.strip() for name, value in reversed(pairs)}
    given = {name: value for name, value in values.items() if value}
    return Fields(given, reason=Reason.INVALID_QUERY)


def body_fields(body: bytes) -> Fields:
    """A JSON object; an absent body and ``null`` are an empty one."""
    try:
        value = json.loads(body.decode(), parse_float=_finite, parse_constant=_finite)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is not text
    except (ValueError, RecursionError):
        if body.strip():
            raise Refused(Reason.NOT_JSON, "The request body is not valid JSON.") from None
        return Fields({})
    if value is not None and not isinstance(value, dict):
        raise Refused(Reason.NOT_JSON, "The request body should be a JSON object.")
    return Fields(value or {})


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
