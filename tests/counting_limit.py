"""A rate limit that counts what passes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from modelarts_magics.core.http.rate_limit import RateLimit


class Counting(RateLimit):
    """Lets nobody wait long, and counts."""

    passed = 0

    def __init__(self) -> None:
        super().__init__(1000)

    @contextmanager
    def request(self, reader: Any, *, is_held: bool = True) -> Iterator[None]:
        with super().request(reader, is_held=is_held):
            self.passed += 1
            yield
