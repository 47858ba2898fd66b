"""Threads for requests that are made at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from queue import SimpleQueue
from typing import Any, Callable, Generic, TypeVar

from .cancellation import acquire, part_of_thread, start

T = TypeVar("T")


class Task(Generic[T]):
    """Some work for a pool, and what became of it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._outcome: list[T] = []
        self._trouble: BaseException | None = None
        self._is_over = threading.Lock()  # released when it is
        self._is_over.acquire()

    def result(self) -> T:
        """Wait for it; what it raised is raised."""
        acquire(self._is_over)
        self._is_over.release()
        if self._trouble is not None:
            raise self._trouble
        return self._outcome[0]

    def run(self) -> None:
        try:
            self._outcome.append(self._work())
        except BaseException as error:  # noqa: BLE001  # raised again where it is asked for
            self._trouble = error
        self._is_over.release()


class ThreadPool:
    """Some threads; whoever leaves the block gives up what is not done, and waits for nothing.

    Those of ``concurrent.futures`` are waited for when the process ends.

    Args:
        count: threads at the most.
        purpose: what they are for; a part of their names.
    """

    def __init__(self, count: int, purpose: str) -> None:
        self._count = count
        self._name = f"modelarts-magics-{purpose}"
        self._threads = 0
        self._tasks: SimpleQueue[Task[Any] | None] = SimpleQueue()
        self._work = part_of_thread()

    def __enter__(self) -> ThreadPool:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._work.cancel()
        for _thread in range(self._threads):
            self._tasks.put(None)

    def submit(self, work: Callable[[], T]) -> Task[T]:
        """Do some work when a thread has time for it."""
        task = Task(work)
        self._tasks.put(task)
        if self._threads < self._count:
            self._threads += 1
            start(self._run, f"{self._name}-{self._threads}", self._work)
        return task

    def results(self, works: Sequence[Callable[[], T]]) -> list[T]:
        """Do all of some work; the results in its order."""
        tasks = [self.submit(work) for work in works]
        return [task.result() for task in tasks]

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None and not self._work.is_cancelled:
            task.run()
