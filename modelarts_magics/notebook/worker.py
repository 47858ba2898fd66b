"""Work beside the main thread; the only place that starts threads."""

from __future__ import annotations

import contextvars
import threading
from typing import Callable, TypeVar

T = TypeVar("T")

_CHECK_INTERVAL = 0.1  # seconds between looks for an interrupt


def call(work: Callable[[], T]) -> T:
    """Do some work in a thread and wait for it, open to an interrupt all the time.

    Looking up a host name cannot be interrupted in the main thread. An interrupt leaves the work
    behind; it must end by itself, as a request does at its deadline.
    """
    outcome: list[T] = []
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # noqa: BLE001  # raised again where it was asked for
            trouble.append(error)

    context = contextvars.copy_context()
    thread = threading.Thread(
        target=context.run, args=(run,), name="modelarts-magics-call", daemon=True
    )
    thread.start()
    while thread.is_alive():
        thread.join(_CHECK_INTERVAL)
    if trouble:
        raise trouble[0]
    return outcome[0]
