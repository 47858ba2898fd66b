"""Several slices of a log at once, given in the order in which they were asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from functools import partial
from itertools import islice

from ..api.log import ByteSource, LogChunk
from ..thread_pool import Task, ThreadPool

_QUEUED = 4  # slices under way or waiting, for each connection

Range = tuple[int, int]
"""The first byte of a slice, and how many there are."""


def fetched(
    source: ByteSource, ranges: Iterable[Range], connections: int
) -> Generator[LogChunk, None, None]:
    """All ranges in order; those that follow are fetched meanwhile."""
    if connections < 2:
        yield from (source.read(*one) for one in ranges)
        return
    left = iter(ranges)
    waiting: deque[Task[LogChunk]] = deque()
    with ThreadPool(connections, "ranges") as pool:
        while True:
            for one in islice(left, connections * _QUEUED - len(waiting)):
                waiting.append(pool.submit(partial(source.read, *one)))
            if not waiting:
                return
            yield waiting.popleft().result()
