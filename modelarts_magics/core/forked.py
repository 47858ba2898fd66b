"""What a forked child does not have: the threads of its parent.

It would wait for ever for locks that they held, and for places behind them. So whatever lives long
and is used by several threads makes its locks by a method, which is called once more in a child.
"""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class UsedByThreads(Protocol):
    """Something with locks."""

    def forget_threads(self) -> None:
        """Nobody waits, nothing is under way."""


_ALL: WeakSet[UsedByThreads] = WeakSet()


def heed_forks(one: UsedByThreads) -> None:
    """Let something forget threads in each forked child."""
    _ALL.add(one)


def _begin_child() -> None:
    for one in list(_ALL):
        one.forget_threads()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_child)
