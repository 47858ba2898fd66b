"""Find out what became of a creation whose answer got lost.

The thing may be there, may not be, or may still come, so nobody creates blindly again: it is looked
for by its name first. A creation that is repeated while the first one is still under way ends in
"the name exists" for one of the two, and the next look finds the thing of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Generic, TypeVar

from .backoff import Backoff
from .errors import ModelArtsError, OutcomeUnknownError, ServiceError
from .http.retry import may_create_again, may_read_again

T = TypeVar("T")

LOOKS = 4  # for a thing whose answer was lost
BACKOFF = Backoff(first=1.0)  # before each of them
_LONGEST_ASKED = 60.0  # seconds; whoever is asked to wait for longer is told so

Wait = Callable[[float], object]


@dataclass(frozen=True)
class Creation(Generic[T]):
    """A thing that is to be made once.

    Attributes:
        make: asks the service for it.
        find: looks for it by its name.
        is_taken: whether the service refused because there is a thing of this name.
        unknown: what a person is told when nobody knows whether it was made, and how to find out.
    """

    make: Callable[[], T]
    find: Callable[[], T | None]
    is_taken: Callable[[ModelArtsError], bool]
    unknown: Callable[[ModelArtsError], tuple[str, str]]

    def settled(self, lost: ModelArtsError, wait: Wait) -> tuple[T, bool]:
        """The thing, and whether a later request made it.

        Args:
            lost: what came in place of the answer to the first request.
            wait: sleeps for some seconds.

        Raises:
            OutcomeUnknownError: looks and attempts are used up.
        """
        for look in range(1, LOOKS + 1):
            asked = getattr(lost, "retry_after", None)
            pause = BACKOFF.pause_within(_LONGEST_ASKED, look, asked)
            if pause is None:
                break
            wait(pause)
            try:
                found = self.find()
            except ModelArtsError as error:
                if may_read_again(error):
                    continue
                raise self._not_known(error) from error
            if found is not None:
                return found, False
            if look == LOOKS or not (self.is_taken(lost) or may_create_again(lost)):
                break
            try:
                return self.make(), True
            except ModelArtsError as error:  # a refusal, too: an earlier request may have worked
                lost = error
        raise self._not_known(lost) from lost

    def _not_known(self, error: ModelArtsError) -> OutcomeUnknownError:
        said = self.unknown(error)
        if not isinstance(error, ServiceError):
            return OutcomeUnknownError(*said)
        return OutcomeUnknownError(
            *said, code=error.code, status=error.status, request_id=error.request_id
        )
