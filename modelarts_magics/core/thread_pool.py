"""Threads for requests that are made at once; the only ones that the core starts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor


def thread_pool(count: int, purpose: str) -> ThreadPoolExecutor:
    """A pool of so many threads, whose names say what they are for."""
    return ThreadPoolExecutor(count, thread_name_prefix=f"modelarts-magics-{purpose}")
