"""Work beside the main thread; the only place that starts threads."""

from __future__ import annotations

import contextvars
import math
import threading
import time
from typing import Callable, TypeVar

T = TypeVar("T")

_CHECK_INTERVAL = 0.1  # seconds between looks for an interrupt


def call(work: Callable[[], T], patience: float = math.inf) -> T:
    """Do some work in a thread and wait for it, open to an interrupt all the time.

    Looking up a host name cannot be interrupted in the main thread. An interrupt leaves the work
    behind; it must end by itself, as a request does at its deadline.

    Raises:
        TimeoutError: the work is not done after ``patience`` seconds, and left behind.
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
    end = time.monotonic() + patience
    while thread.is_alive():
        thread.join(min(_CHECK_INTERVAL, max(0.0, end - time.monotonic())))
        if thread.is_alive() and time.monotonic() >= end:
            raise TimeoutError
    if trouble:
        raise trouble[0]
    return outcome[0]
