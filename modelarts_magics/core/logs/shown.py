"""Whether a log that lacks what was shown of it is another one, or its service is wrong.

A service may be asked while it does not see a log, or sees it as it was a while ago; and a job may
begin its log anew. Other text in the place of what was shown tells the latter. Where there is none,
or the same, nobody knows it at once: some looks one after the other have to say so.
"""

from __future__ import annotations

from ..api.log import ByteSource, LogText
from ..errors import ContradictoryAnswerError
from ..i18n import _
from .fingerprint import Fingerprint, last_of


class Shown:
    """What was shown of a log.

    Args:
        looks: how many have to say that the log lacks this, before it is believed.

    Attributes:
        was_the_same: whether the log that was written anew last is as the one before it was: then
            it is the same, whose service does not say where its text stands.
    """

    def __init__(self, source: ByteSource, looks: int) -> None:
        self._source = source
        self._looks = self._left = looks
        self._known = self._former = Fingerprint()
        self.was_the_same = False
        self._last = ""  # text that surely is the bytes before the position

    @property
    def is_doubted(self) -> bool:
        """Whether the last look said that the log lacks it."""
        return self._left < self._looks

    @property
    def is_exact(self) -> bool:
        """Whether it surely stands where it is said to: a U+FFFD may be one byte, or three."""
        return self._known.is_exact

    def before(self, position: int) -> str:
        """What was shown last, if that ends there: some bytes by which the log is known again."""
        most = self._source.longest_slice // 8
        return last_of(self._last, most) if position == self._known.position else ""

    def add(self, piece: LogText) -> None:
        if piece.start_byte > self._known.position:
            self._known, self._last = Fingerprint(piece.start_byte), ""
        if piece.end_byte > self._known.position:
            data = self._known.add(piece)
            is_exact = len(data) == piece.end_byte - piece.start_byte
            self._last = last_of(self._last + piece.text) if is_exact else ""

    def is_of_another(self, *, is_gone: bool) -> bool:
        """Whether the log was written anew.

        Args:
            is_gone: whether the last look did not find what was shown.

        Raises:
            ContradictoryAnswerError: a later look tells why it did not.
        """
        if not is_gone and not self.is_doubted:
            return False
        is_other = self._known.is_replaced_in(self._source) or (is_gone and not self._left)
        if is_gone and not is_other:
            self._left -= 1
            raise self._doubt()
        self._left = self._looks
        if is_other:
            self.was_the_same = self._known.is_like(self._former)
            self._former, self._known, self._last = self._known, Fingerprint(), ""
        return is_other

    def _doubt(self) -> ContradictoryAnswerError:
        name = self._source.name
        return ContradictoryAnswerError(
            _("{file}: the service gives no longer what was shown of the log", file=name),
            _("Try again later"),
        )
