"""API v2 as a whole: its routes, and the codes of its refusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable

from ..engine.jobs import Jobs
from ..http.refusals import AccessRefused, Json, Reason, Refused
from ..http.routes import Reply, Route
from ..storage.obs import Obs
from . import offers
from .events import EventApi
from .jobs import JobApi
from .logs import Links, LogApi
from .profile import Profile
from .refusals import Coded
from .resources import ResourceApi

_CODES = {
    Reason.INVALID: "2788",
    Reason.INVALID_QUERY: "2764",
    Reason.NOT_JSON: "2787",
    Reason.NAME_TAKEN: "2751",
    Reason.TOO_MANY: "2815",
    Reason.NOT_FOUND: "2775",
    Reason.NO_LOG_FILE: "2818",
    Reason.NO_SUCH_PATH: "2791",
    Reason.PATH_DENIED: "2791",
    Reason.PATH_CHARACTERS: "2791",
    Reason.PATH_IS_BUCKET: "2791",
    Reason.BUCKET_NAME: "2791",
    Reason.OTHER_PROJECT: "2786",
    Reason.NO_PROJECT: "2784",
    Reason.NO_ENDPOINT: "2836",
    Reason.NO_METHOD: "2803",
    Reason.INTERNAL: "2950",
}
_HTTP = {Reason.OTHER_PROJECT: 404, Reason.INTERNAL: 500}
_WRONG_PHASE = {
    "stop": ("2796", "The job cannot be terminated."),
    "restart": ("2813", "The job cannot be restarted."),
    "delete": ("2878", "The state of the job has changed."),
}
_FRAMES = {
    Reason.INVALID: "Invalid parameter({}).",
    Reason.INVALID_QUERY: "Invalid query parameter ({}).",
}


class FaceV2:
    """See ``Face``.

    Args:
        jobs: what it shows and changes.
        obs: where the files of the jobs are.
        links: for downloads of logs.
        base: address of this service.
        now: gives epoch milliseconds.
        profile: how it reads what is not documented.
    """

    prefix = "/v2/"

    def __init__(
        self,
        jobs: Jobs,
        obs: Obs,
        links: Links,
        base: str,
        now: Callable[[], int],
        profile: Profile,
    ) -> None:
        api = JobApi(jobs, obs, base, now, profile)
        self.routes: Sequence[Route] = (
            *api.routes(),
            *LogApi(jobs, links, api.known, now, profile).routes(),
            *EventApi(jobs, api.known, now, profile).routes(),
            *ResourceApi(jobs, api.known).routes(),
            *offers.routes(),
        )

    def success(self, reply: Reply) -> Reply:
        """As it is: the status says that it is one."""
        return reply

    def refusal(self, refused: Refused, request_id: str) -> Reply:
        if isinstance(refused, Coded):
            body = _body(f"ModelArts.{refused.code}", refused.message)
            if refused.solution:
                body["error_solution"] = refused.solution
            return Reply(body, refused.status)
        if refused.reason is Reason.WRONG_PHASE:
            code, message = _WRONG_PHASE[refused.details["action"]]
            return Reply(_body(f"ModelArts.{code}", message), 409)
        return self._by_reason(refused, request_id)

    def _by_reason(self, refused: Refused, request_id: str) -> Reply:
        status, headers = _HTTP.get(refused.reason, 400), {}
        if isinstance(refused, AccessRefused):
            status, headers = _HTTP.get(refused.reason, refused.status), dict(refused.headers)
        if isinstance(refused, AccessRefused) and refused.reason is Reason.GATEWAY:
            body = {**_body(refused.code, refused.message), "request_id": request_id}
        else:
            body = _body(f"ModelArts.{_CODES[refused.reason]}", _message(refused))
        return Reply(body, status, headers)


def _body(code: str, message: str) -> Json:
    return {"error_code": code, "error_msg": message}


def _message(refused: Refused) -> str:
    """The verbatim words of the vendor, where they are known."""
    if refused.reason is Reason.NAME_TAKEN:
        return f"Duplicate training job (name {refused.details['name']})."
    frame = _FRAMES.get(refused.reason)
    if frame is None:
        return refused.message
    prefix = "Invalid parameter "
    text = refused.message.rstrip(".")
    return frame.format(text[len(prefix) :] if text.startswith(prefix) else text)
