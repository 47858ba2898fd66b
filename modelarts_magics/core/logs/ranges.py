"""Several parts of a log at once, given in the order in which they were asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from functools import partial
from itertools import islice
from typing import Callable, TypeVar

from ..api.log import ByteSource, LogChunk
from ..thread_pool import Task, ThreadPool

_QUEUED = 4  # requests under way or waiting, for each connection

T = TypeVar("T")

Range = tuple[int, int]
"""The first byte of a slice, and how many there are."""


def fetched(
    source: ByteSource, ranges: Iterable[Range], connections: int
) -> Generator[LogChunk, None, None]:
    """All ranges in order; those that follow are fetched meanwhile."""
    return in_order((partial(source.read, *one) for one in ranges), connections)


def in_order(requests: Iterable[Callable[[], T]], connections: int) -> Generator[T, None, None]:
    """The answers to all requests in order; those that follow are made meanwhile."""
    if connections < 2:
        yield from (request() for request in requests)
        return
    left = iter(requests)
    waiting: deque[Task[T]] = deque()
    with ThreadPool(connections, "ranges") as pool:
        while True:
            for request in islice(left, connections * _QUEUED - len(waiting)):
                waiting.append(pool.submit(request))
            if not waiting:
                return
            yield waiting.popleft().result()
