"""Calls of the service that nothing here knows, with the credentials of a session.

Source: docs/api/v2-sdk.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..core.api.v1.codes import CODES
from ..core.api.v2.codes import CODES as NEWER_CODES
from ..core.errors import InvalidArgumentError
from ..core.http.answer import Answer
from ..core.i18n import _
from ..core.numbers import wrong
from .session import Session

_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD")
_NEWER = "/v2/"


def auth_by_apig(
    session: Any,
    method: str,
    path: str,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """Call the ModelArts service.

    Args:
        session: a Session of ours or of the vendor's SDK.
        method: such as ``GET``.
        path: below the address of the service, such as ``/v2/{project_id}/training-jobs/{id}``.
        query: parameters; those that are ``None`` are left out.
        body: what becomes JSON, or JSON text.
        headers: beside those of every request.

    Returns:
        The JSON value of the answer, or its text where it is no JSON; ``None`` for an empty body.

    Raises:
        InvalidArgumentError: an argument makes no sense; credentials go to the service only.
        ServiceError: the service refused, or could not be reached.
    """
    word = str(method).upper()
    if word not in _METHODS:
        raise wrong("method", method, _("It is one of {choices}", choices=", ".join(_METHODS)))
    if not isinstance(path, str) or not path.startswith("/"):
        raise wrong("path", path, _("It begins with /"))
    client = Session.of(session).client
    options = {
        "query": query,
        "body": _value(body),
        "headers": headers,
        "codes": NEWER_CODES if path.startswith(_NEWER) else CODES,
        "accept": _whole,
    }
    answer: Answer = client.transport.send(word, client.transport.endpoint + path, **options)[
        "answer"
    ]
    return answer.data if answer.body.strip() else None


def _whole(answer: Answer) -> dict[str, Any]:
    return {"answer": answer}


def _value(body: Any) -> Any:
    if not isinstance(body, (str, bytes)):
        return body
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError) as error:
        raise InvalidArgumentError(_("The body is no JSON")) from error
