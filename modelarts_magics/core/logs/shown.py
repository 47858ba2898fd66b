"""Whether a log that ends before what was shown of it is another one, or its service is wrong.

A service may be asked while it does not see a log, or sees it as it was a while ago; and a job may
begin its log anew. Other text in the place of what was shown tells the latter. Where there is none,
or the same, nobody knows it at once: some looks one after the other have to say so.
"""

from __future__ import annotations

from ..api.log import ByteSource, LogText
from ..errors import ContradictoryAnswerError
from ..i18n import _
from .fingerprint import Fingerprint


class Shown:
    """What was shown of a log.

    Args:
        looks: how many have to say that the log is shorter than this, before it is believed.
    """

    def __init__(self, source: ByteSource, looks: int) -> None:
        self._source = source
        self._looks = self._left = looks
        self._known = Fingerprint()

    @property
    def is_doubted(self) -> bool:
        """Whether the last look said that the log is shorter."""
        return self._left < self._looks

    def add(self, piece: LogText) -> None:
        if piece.start_byte > self._known.position:
            self._known = Fingerprint(piece.start_byte)
        if piece.end_byte > self._known.position:
            self._known.add(piece)

    def is_of_another(self, *, is_shorter: bool) -> bool:
        """Whether the log was written anew.

        Raises:
            ContradictoryAnswerError: it is shorter, and a later look tells why.
        """
        if not is_shorter and not self.is_doubted:
            return False
        is_other = self._known.is_replaced_in(self._source) or (is_shorter and not self._left)
        if is_shorter and not is_other:
            self._left -= 1
            raise self._doubt()
        self._left = self._looks
        self._known = Fingerprint() if is_other else self._known
        return is_other

    def _doubt(self) -> ContradictoryAnswerError:
        return ContradictoryAnswerError(
            _("{file}: the service says that the log has become shorter", file=self._source.name),
            _("Try again later"),
        )
