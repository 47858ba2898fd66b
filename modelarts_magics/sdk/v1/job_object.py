"""What an object for a job has, whatever the kind of the job: its session."""

from __future__ import annotations

from typing import Any

from ...core.api.v1.client import Client
from ..session import Session


class JobObject:
    """A job that is asked about, and changed, through a session.

    Args:
        modelarts_session: a Session of ours or of the vendor's SDK.
    """

    def __init__(self, modelarts_session: Any) -> None:
        self._session = Session.of(modelarts_session)

    @property
    def modelarts_session(self) -> Session:
        """The session that this object uses."""
        return self._session

    @property
    def _client(self) -> Client:
        return self._session.client
