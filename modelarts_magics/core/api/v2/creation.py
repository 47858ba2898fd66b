"""Create a job exactly once, though the answer may get lost; its name is the mark.

Source: docs/api/v2-endpoints.md.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ...errors import (
    ModelArtsError,
    PermissionDeniedError,
    ServiceError,
    UnexpectedAnswerError,
)
from ...http.retry import may_have_had_effect
from ...i18n import _
from ...settling import Creation, Wait
from .client import Client
from .codes import NAME_EXISTS
from .models.job import TrainingJob
from .names import is_taken, jobs_named


def create_once(
    client: Client,
    body: Mapping[str, Any],
    wait: Wait = time.sleep,
    *,
    is_name_new: bool = False,
) -> TrainingJob:
    """Create the job that a body describes.

    Args:
        wait: sleeps for some seconds, before a job is looked for whose answer was lost.
        is_name_new: nobody can have a job of this name; else that is looked up first, since a job
            that was there before is not the one that is made.

    Raises:
        OutcomeUnknownError: the job may have been made.
        ServiceError: the service refused, or cannot be reached; nothing was made.
    """
    name = body["metadata"]["name"]
    is_free = is_name_new or _is_free(client, name)
    try:
        return _made(client, body)
    except ServiceError as error:
        if not is_free or not may_have_had_effect(error):
            raise
        lost = error
    creation = Creation(
        make=lambda: _made(client, body),
        find=lambda: next(jobs_named(client, name), None),
        is_taken=_says_taken,
        unknown=lambda error: _not_known(name, error),
    )
    return creation.settled(lost, wait)[0]


def _made(client: Client, body: Mapping[str, Any]) -> TrainingJob:
    """The answer to one request, which has to tell the id of the job."""
    made = client.create_job(body)
    if made.metadata.id:
        return made
    raise UnexpectedAnswerError(
        _("{url} answered something that is not of this API", url=client.transport.endpoint),
        status=200,
    )


def _is_free(client: Client, name: str) -> bool:
    """Whether a name is known to be free; creating may be allowed where listing is not."""
    try:
        return not is_taken(client, name)
    except PermissionDeniedError:
        return False


def _says_taken(error: ModelArtsError) -> bool:
    return isinstance(error, ServiceError) and error.code == NAME_EXISTS


def _not_known(name: str, error: ModelArtsError) -> tuple[str, str]:
    return (
        _(
            "Whether training job {name} was made is not known: {reason}",
            name=name,
            reason=error.message,
        ),
        _("Look for it: %ma_log lists the jobs"),
    )
