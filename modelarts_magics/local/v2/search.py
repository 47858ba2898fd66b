"""The search for jobs: what its body asks for, as SQL of ``Records.search``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..http.fields import MAX_LONG, Fields
from ..http.refusals import invalid
from ..storage.records import Kind
from .phases import PHASE, PHASES
from .refusals import Coded

KINDS = {"job": Kind.TRAINING, "visualization_job": Kind.VISUALIZATION}
NAME = "(name || CASE WHEN ordinal > 1 THEN printf('-V%04d', ordinal) ELSE '' END)"
"""SQL of a job's name: each version of a training job is a job of its own here."""
USER = "local-user"
MOST_PER_PAGE = 50
LAST_OFFSET = 2**31 - 1

_MOST_FILTERS = 20
_MOST_VALUES = 10
_KIND = " ".join(f"WHEN '{kind.value}' THEN '{name}'" for name, kind in KINDS.items())
_COLUMNS = {
    "name": NAME,
    "create_time": "created",
    "phase": PHASE,
    "kind": f"CASE kind {_KIND} END",
    "algorithm_name": "''",
    "user_id": f"'{USER}'",
    "user_name": f"'{USER}'",
    "runtime_type": "'production'",
}
_KNOWN = {
    "phase": {phase for phase, _ in PHASES.values()},
    "runtime_type": {"production", "debug"},
}
_OPERATORS = ("in", "eq", "not", "like", "between", "rely_to")


@dataclass(frozen=True)
class Search:
    """A page of jobs, the newest first unless it ascends.

    Attributes:
        asked: what the answer repeats.
        where: SQL.
        values: of its parameters.
    """

    asked: Mapping[str, Any]
    where: str
    values: Mapping[str, Any]
    order: str
    limit: int
    skipped: int


def read_search(body: Fields, pages: bool) -> Search:
    """Read a body; an empty one asks for the newest jobs.

    Args:
        body: of the request.
        pages: whether the offset counts pages.
    """
    limit = body.integer("limit", 10, 1, MOST_PER_PAGE)
    offset = body.integer("offset", 0, 0, LAST_OFFSET)
    order = body.choice("order", "desc", ("asc", "desc"))
    if body.text("sort_by") not in {"", "create_time"}:
        raise Coded("2790", "Unsupported sort-by: only create_time is supported.")
    workspace = body.text("workspace_id", "0", longest=64) or "0"
    group_by = body.text("group_by", longest=64)
    parts, values = ["workspace = :workspace"], {"workspace": workspace}
    for number, item in enumerate(_filters(body)):
        part, used = _condition(item, f"f{number}")
        parts.append(part)
        values.update(used)
    if body.text("train_type", "job") not in {"", "job"}:
        parts.append("0")  # there are no others
    return Search(
        asked={
            "limit": limit,
            "offset": offset,
            "sort_by": "create_time",
            "order": order,
            "group_by": group_by,
            "workspace_id": workspace,
        },
        where=" AND ".join(parts),
        values=values,
        order=", ".join(f"{column} {order}" for column in ("created", "kind", "number")),
        limit=limit,
        skipped=offset * limit if pages else offset,
    )


def _filters(body: Fields) -> list[Fields]:
    """Those that ask for something: samples of the vendor hold empty ones."""
    filters = body.objects("filters")
    if len(filters) > _MOST_FILTERS:
        raise invalid(f"Invalid parameter filters: at most {_MOST_FILTERS} are allowed.")
    return [one for one in filters if one.text("key") and _raw_values(one)]


def _condition(item: Fields, prefix: str) -> tuple[str, dict[str, Any]]:
    """One filter as SQL, with the values of its parameters."""
    key, operator = item.text("key"), item.text("operator") or "in"
    column = _COLUMNS.get(key)
    if column is None:
        raise Coded("2807", f"Unsupported condition (key {key[:64]}).")
    if operator not in _OPERATORS or (operator == "between") != (key == "create_time"):
        raise Coded("2808", f"Unsupported condition (operator {operator[:64]} of {key}).")
    texts = _values(item, key)
    if operator == "between":
        return _between(column, texts, prefix)
    values = {f"{prefix}_{n}": text for n, text in enumerate(texts)}
    if operator == "like":
        parts = [f"instr(lower({column}), lower(:{name})) > 0" for name in values]
        return f"({' OR '.join(parts)})", values
    names = ", ".join(f":{name}" for name in values)
    return f"{column} {'NOT ' if operator == 'not' else ''}IN ({names})", values


def _raw_values(item: Fields) -> list[Any]:
    """Those that are not empty."""
    values = item.raw("value")
    return [
        one for one in (values if isinstance(values, list) else [values]) if one not in ("", None)
    ]


def _values(item: Fields, key: str) -> list[str]:
    texts = _raw_values(item)
    is_text = all(isinstance(one, (str, int)) and not isinstance(one, bool) for one in texts)
    if not is_text or len(texts) > _MOST_VALUES:
        raise _bad_value(key)
    texts = [str(one) for one in texts]
    if not set(texts) <= _KNOWN.get(key, set(texts)):
        raise _bad_value(key)
    return texts


def _between(column: str, texts: list[str], prefix: str) -> tuple[str, dict[str, Any]]:
    is_range = len(texts) == 2 and all(text.isascii() and text.isdecimal() for text in texts)
    if not is_range or any(len(text) > 19 or int(text) > MAX_LONG for text in texts):
        raise _bad_value("create_time")
    low, high = f"{prefix}_low", f"{prefix}_high"
    part = f"{column} BETWEEN :{low} AND :{high}"
    return part, {low: int(texts[0]), high: int(texts[1])}


def _bad_value(key: str) -> Coded:
    return Coded("2809", f"Unsupported condition (value of {key}).")
