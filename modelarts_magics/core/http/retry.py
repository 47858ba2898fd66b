"""Whether a request may be made again after an error: the one place that decides.

==================  =====================================================================
who asks            may ask again
==================  =====================================================================
a person's call     after transient trouble, when it only reads. After 503 only where the
                    service says when, as the gateway's documentation wants it. After
                    something that is not of this API once: the address may be mistyped.
                    One that writes: only when it was refused at the door
a follower,         after all transient trouble: they only read, and go on with growing
download or wait    pauses
a creation          when it is known that there is no thing of this name, after what a
                    person's reading may be repeated; never after a strange answer
==================  =====================================================================
"""

from __future__ import annotations

from ..errors import ModelArtsError, ServiceError, ThrottledError, UnexpectedAnswerError

_READING = frozenset({"GET", "HEAD"})
_NOT_AT_ONCE = 503


def may_call_again(method: str, error: ServiceError, attempt: int, answered: str) -> bool:
    """Whether a person's call may be repeated.

    Args:
        attempt: how many times it was made, counted from 1.
        answered: the method of the request that failed, which may have been one for a token; no
            password is sent twice to somebody strange.
    """
    if not error.is_transient or _was_refused_at_the_door(error):
        return error.is_transient
    if method not in _READING or not _may_be_tried_soon(error):
        return False
    is_strange = isinstance(error, UnexpectedAnswerError)
    return not is_strange or (attempt == 1 and answered in _READING)


def may_read_again(error: ModelArtsError) -> bool:
    """Whether somebody who reads on and on may go on after a pause."""
    return isinstance(error, ServiceError) and error.is_transient


def may_have_had_effect(error: ModelArtsError) -> bool:
    """Whether a request that writes may have done its work in spite of the error."""
    return may_read_again(error) and not _was_refused_at_the_door(error)


def may_create_again(error: ModelArtsError) -> bool:
    """Whether a creation may be repeated after a look that did not find its thing."""
    if not isinstance(error, ServiceError) or isinstance(error, UnexpectedAnswerError):
        return False
    return error.is_transient and _may_be_tried_soon(error)


def _was_refused_at_the_door(error: ModelArtsError) -> bool:
    return isinstance(error, ThrottledError)


def _may_be_tried_soon(error: ServiceError) -> bool:
    return error.status != _NOT_AT_ONCE or error.retry_after is not None
