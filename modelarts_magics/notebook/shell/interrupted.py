"""An interrupt as one line that says what goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ...core.encodable import encodable
from ...core.i18n import _


class Interrupted(KeyboardInterrupt):
    """The user interrupted a magic.

    Args:
        words: what is left as it was, and what goes on.
    """

    def __init__(self, words: str = "") -> None:
        super().__init__(words)
        self.words = words or _("Interrupted. Jobs are not affected.")

    def _render_traceback_(self) -> list[str]:
        return [encodable(self.words, sys.stdout)]


@contextmanager
def interrupted_as(words: str) -> Iterator[None]:
    """Let an interrupt of the block say what goes on, or what is not known."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(words) from None
