"""Who may call: a signed request, or one with a user token.

Sources: docs/api/signing.md, docs/api/v1-errors.md.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from ...core.auth.signing import (
    CONTENT_HASH_HEADER,
    DATE_FORMAT,
    UNSIGNED_PAYLOAD,
    Authorization,
    canonical_request,
    parse_query,
    signature,
)
from ..http.clock import Clock
from ..http.refusals import (
    AccessRefused,
    Reason,
    Refused,
    refused_by_gateway,
    unauthenticated,
)
from ..storage.root import ServiceKeys
from .grants import Grants

CLOCK_SKEW = 15 * 60.0


@dataclass(frozen=True)
class Wire:
    """A request as it was received: the parts that are signed."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    content: bytes


class Gate:
    """Lets requests in.

    Args:
        credentials: the permanent keys.
        grants: tokens and temporary keys.
        project_id: the only project.
        clock: for the window in which a signature is valid.
    """

    def __init__(
        self, credentials: ServiceKeys, grants: Grants, project_id: str, clock: Clock
    ) -> None:
        self._credentials = credentials
        self._grants = grants
        self._project_id = project_id
        self._clock = clock

    def project_of(self, wire: Wire) -> str | None:
        """The project for which the request may act; ``None`` for a token without project.

        Raises:
            AccessRefused: no credentials, or not ours.
        """
        if "Authorization" in wire.headers:
            self._check_signature(wire)
            return self._project_id
        if "X-Auth-Token" not in wire.headers:
            raise unauthenticated("x-auth-token not found")
        grant = self._grants.token(wire.headers["X-Auth-Token"])
        if grant is None:
            raise refused_by_gateway("0307", "The token must be updated.", 401)
        return grant.project_id

    def check_project(self, wire: Wire, asked: str) -> None:
        """Let a request act in a project, or refuse it."""
        allowed = self.project_of(wire)
        if allowed is None:
            raise AccessRefused(Reason.NO_PROJECT, "The token has no project.", 403)
        if asked != allowed:
            raise AccessRefused(Reason.OTHER_PROJECT, "The project ID does not match.", 403)

    def _check_signature(self, wire: Wire) -> None:
        claimed = Authorization.parse(wire.headers["Authorization"])
        if claimed is None:
            raise unauthenticated("the Authorization header is not SDK-HMAC-SHA256")
        self._check_date(wire)
        secret = self.secret_of(claimed.access_key, wire.headers.get("X-Security-Token", ""))
        expected = signature(secret, wire.headers["X-Sdk-Date"], _canonical(wire, claimed))
        if not hmac.compare_digest(expected, claimed.signature):
            raise _bad_signature()

    def _check_date(self, wire: Wire) -> None:
        try:
            date = datetime.strptime(wire.headers.get("X-Sdk-Date", ""), DATE_FORMAT)
        except ValueError:
            raise unauthenticated("X-Sdk-Date is missing or malformed") from None
        if abs(date.replace(tzinfo=timezone.utc).timestamp() - self._clock()) > CLOCK_SKEW:
            message = (
                "Incorrect app authentication information: the X-Sdk-Date is more than 15 minutes"
                " away from the server's time"
            )
            raise refused_by_gateway("0303", message, 401)

    def secret_of(self, access_key: str, token: str) -> str:
        """The secret of a key; a temporary one goes with its token.

        Raises:
            AccessRefused: there is no such key.
        """
        if hmac.compare_digest(access_key.encode(), self._credentials.access_key.encode()):
            return self._credentials.secret_key
        key = self._grants.key(access_key)
        if key is None:
            masked = access_key[:4] + "***"
            raise unauthenticated(f"Get secretKey failed,ak:{masked},err:ak not exist")
        if not hmac.compare_digest(token.encode(), key.security_token.encode()):
            raise unauthenticated("the security token does not match the access key")
        return key.secret


def _canonical(wire: Wire, claimed: Authorization) -> str:
    """The text that should have been signed.

    A declared hash of the body stands for it in that text, so it has to be true.
    """
    declared = wire.headers.get(CONTENT_HASH_HEADER, UNSIGNED_PAYLOAD)
    if declared not in {UNSIGNED_PAYLOAD, hashlib.sha256(wire.content).hexdigest()}:
        raise _bad_signature()
    if "x-sdk-date" not in claimed.signed_headers:
        raise _bad_signature()
    try:
        return canonical_request(
            wire.method,
            wire.path,
            parse_query(wire.query),
            wire.headers,
            claimed.signed_headers,
            wire.content,
        )
    except KeyError:  # a header that is said to be signed is not there
        raise _bad_signature() from None


def _bad_signature() -> Refused:
    return unauthenticated("verify aksk signature fail")
