"""API v1 as a whole: its routes, what every success has, and the codes of its refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Callable

from ..engine.jobs import Jobs
from ..http.refusals import AccessRefused, Json, Reason, Refused
from ..http.routes import Reply, Route
from ..storage.obs import Obs
from . import catalogue
from .logs import LogApi
from .quirks import Quirks
from .status import STATUSES
from .training import TrainingApi
from .visualization import VisualizationApi

_CODES = {
    Reason.INVALID: "0104",
    Reason.INVALID_QUERY: "0104",
    Reason.NOT_JSON: "0104",
    Reason.NAME_TAKEN: "0103",
    Reason.TOO_MANY: "0106",
    Reason.WRONG_PHASE: "0105",
    Reason.NOT_FOUND: "0015",
    Reason.NO_LOG_FILE: "0806",
    Reason.NO_SUCH_PATH: "0404",
    Reason.PATH_DENIED: "0415",
    Reason.PATH_CHARACTERS: "2608",
    Reason.PATH_IS_BUCKET: "2606",
    Reason.BUCKET_NAME: "0406",
    Reason.OTHER_PROJECT: "0210",
    Reason.NO_PROJECT: "0212",
    Reason.INTERNAL: "0010",
}
_HTTP = {Reason.NOT_FOUND: 404, Reason.PATH_DENIED: 403}  # the others are 400
_VERBS = {"stop": "stop", "delete": "delete", "restart": "resubmit"}


class FaceV1:
    """See ``Face``.

    Args:
        jobs: what it shows and changes.
        obs: where the files of the jobs are.
        now: gives epoch milliseconds.
        quirks: which form of the contradictions of the documentation it shows.
    """

    prefix = "/v1/"

    def __init__(self, jobs: Jobs, obs: Obs, now: Callable[[], int], quirks: Quirks) -> None:
        training = TrainingApi(jobs, obs, now, quirks)
        self.routes: Sequence[Route] = (
            *training.routes(),
            *LogApi(jobs, training, quirks).routes(),
            *VisualizationApi(jobs, now, quirks).routes(),
            *catalogue.routes(),
        )
        self._quirks = quirks

    def success(self, reply: Reply) -> Reply:
        if self._quirks.silent_success:
            return reply
        return Reply({"is_success": True, **reply.body}, reply.status, reply.headers)

    def refusal(self, refused: Refused, request_id: str) -> Reply:
        if not isinstance(refused, AccessRefused):
            status = 200 if self._quirks.errors_in_200 else _HTTP.get(refused.reason, 400)
            return Reply(self._body(f"ModelArts.{_CODES[refused.reason]}", refused), status)
        code = refused.code or f"ModelArts.{_CODES[refused.reason]}"
        body = {**self._body(code, refused), "request_id": request_id}
        return Reply(body, refused.status, refused.headers)

    def _body(self, code: str, refused: Refused) -> Json:
        message = _message(refused.reason, refused.message, refused.details)
        body = {"is_success": False, "error_code": code, "error_msg": message}
        return body if self._quirks.only_error_msg else {**body, "error_message": message}


def _message(reason: Reason, message: str, details: Mapping[str, str]) -> str:
    """The verbatim words of the vendor, where they are known."""
    if reason is Reason.NAME_TAKEN:
        return f"Job name:{details['name']} is existed"
    if reason is Reason.WRONG_PHASE:
        status = STATUSES[details["state"]].value
        return f"This job can't be {_VERBS[details['action']]}. job status: {status}"
    return message
