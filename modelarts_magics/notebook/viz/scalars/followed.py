"""Scalars that grow, and the job that writes them."""

from __future__ import annotations

from ....core.errors import ModelArtsError, NotFoundError
from ....core.logs.cadence import JobWatch
from .scalars import Scalars


class Followed:
    """Reads on in scalars until nothing more is written.

    Args:
        scalars: what is read.
        watch: the job that writes them; ``None`` where there is none.
        goes_on: whether more may be written; without a job nothing says when that ends.

    Attributes:
        is_done: all is read, and nothing more comes.
    """

    def __init__(self, scalars: Scalars, watch: JobWatch | None, goes_on: bool) -> None:
        self.scalars = scalars
        self.is_done = False
        self._watch = watch
        self._pace = watch.pace() if watch else None
        self._seen = scalars.changes
        self._goes_on = goes_on

    def step(self, seconds: float) -> None:
        """Read what is new, for some seconds at most.

        The status comes before the reading, so that after the last status all is read. What cannot
        be read any more is told, and done.
        """
        if self.is_done:
            return
        self._look_at_job()
        try:
            self.scalars.read(seconds)
        except ModelArtsError as error:
            self.scalars.tell(str(error))
            self.is_done = True
            return
        is_over = not self._goes_on or self.scalars.is_final
        self.is_done = is_over and not self.scalars.is_behind

    def _look_at_job(self) -> None:
        if self._watch is None or self._pace is None or self._pace.due_in > 0:
            return
        started, is_news = self._pace.clock(), self._seen != self.scalars.changes
        self._watch.begin_poll()
        try:
            self.scalars.told(self._watch.look())
        except NotFoundError as error:  # the job was deleted: nothing more is written
            self._goes_on = False
            self.scalars.tell(str(error))
        except ModelArtsError as error:
            self.scalars.tell(str(error))
        self._seen = self.scalars.changes
        self._pace.looked(is_news=is_news, started=started)
