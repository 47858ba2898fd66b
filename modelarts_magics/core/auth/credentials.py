"""What authorizes requests: an access key, or a token for a user name and password.

Source: docs/api/identity.md.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Protocol

from requests import PreparedRequest
from requests.auth import AuthBase

from ..errors import UnexpectedAnswerError
from ..forked import heed_forks
from ..http.answer import Answer
from ..http.codes import Codes
from ..i18n import _
from .keys import AccessKey, Token, token_request
from .signing import SignatureAuth

_TOKEN_MARGIN = timedelta(minutes=5)
_KEY_MARGIN = timedelta(minutes=40)


class Exchange(Protocol):
    """One request and its answer, without credentials or retries; the transport has one."""

    def __call__(self, method: str, url: str, *, json: Any = None) -> Answer: ...


class Credentials(Protocol):
    """What authorizes requests."""

    def auth(self, exchange: Exchange) -> AuthBase:
        """The ``requests`` auth for the next request; may ask for a token first."""

    def renew(self, refused: AuthBase) -> bool:
        """After a 401: whether a new try with a new :meth:`auth` can succeed."""


def now() -> datetime:
    """The time of this machine, as expiry times are compared with."""
    return datetime.now(timezone.utc)


class KeyCredentials:
    """An access key; a temporary one is read again from its source before it ends.

    A refused key is never tried again: the cloud locks it after five failures.

    Args:
        read: gives the key, and again a newer one when the first is about to end.
        now: gives the time.
    """

    def __init__(self, read: Callable[[], AccessKey], now: Callable[[], datetime] = now) -> None:
        self._read = read
        self._now = now
        self._key: AccessKey | None = None
        self._renew_at: datetime | None = None
        self.forget_threads()
        heed_forks(self)

    def forget_threads(self) -> None:
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"KeyCredentials({self._key!r})"

    def key(self) -> AccessKey:
        """The key to use now."""
        with self._lock:
            if self._key is None or (self._renew_at and self._now() >= self._renew_at):
                self._key = self._read()
                self._renew_at = self._time_to_renew(self._key)
            return self._key

    def _time_to_renew(self, key: AccessKey) -> datetime | None:
        """Some time before the end, also when the key's whole life is short."""
        if key.expires_at is None:
            return None
        left = key.expires_at - self._now()
        return key.expires_at - min(_KEY_MARGIN, left / 4)

    def auth(self, exchange: Exchange) -> AuthBase:
        key = self.key()
        return SignatureAuth(key.access_key, key.secret_key, key.security_token)

    def renew(self, refused: AuthBase) -> bool:
        return False


class TokenAuth(AuthBase):
    """Sends an IAM token as ``X-Auth-Token``."""

    def __init__(self, token: Token) -> None:
        self.token = token

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown should a service repeat it."""
        return (self.token.value,)

    def __repr__(self) -> str:
        return f"TokenAuth({self.token!r})"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["X-Auth-Token"] = self.token.value
        return request


class PasswordCredentials:
    """A user name and password, exchanged for an IAM token that is kept while it lasts.

    Source: docs/api/identity.md.

    Args:
        account: name of the account that the user belongs to; the user's own name when empty.
        iam_endpoint: URL of the identity service.
        project: ``{"id": ...}`` or ``{"name": region}``.
        now: gives the time.
    """

    def __init__(
        self,
        username: str,
        password: str,
        account: str,
        iam_endpoint: str,
        project: Mapping[str, str],
        now: Callable[[], datetime] = now,
    ) -> None:
        self.username = username
        self._password = password
        self.account = account or username
        self._iam_endpoint = iam_endpoint
        self._project = dict(project)
        self._now = now
        self._token: Token | None = None
        self.forget_threads()
        heed_forks(self)

    def forget_threads(self) -> None:
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"PasswordCredentials(username={self.username!r}, account={self.account!r})"

    def token(self, exchange: Exchange) -> Token:
        """A token with some life left; several threads ask for one only once."""
        with self._lock:
            if self._token is None or self._ends_soon(self._token):
                self._token = self._fetch(exchange)
            return self._token

    def _ends_soon(self, token: Token) -> bool:
        return token.expires_at is not None and token.expires_at - self._now() < _TOKEN_MARGIN

    def _fetch(self, exchange: Exchange) -> Token:
        body = token_request(self.username, self._password, self.account, self._project)
        answer = exchange("POST", f"{self._iam_endpoint}/v3/auth/tokens", json=body)
        failure = answer.failure()
        if failure:
            raise Codes().error(failure.without([self._password]))
        value = answer.headers.get("X-Subject-Token", "")
        if not value or not isinstance(answer.data, dict):
            raise UnexpectedAnswerError(
                _("{url} did not give a token", url=self._iam_endpoint), status=answer.status
            )
        return Token.from_json(value, answer.data)

    def auth(self, exchange: Exchange) -> AuthBase:
        return TokenAuth(self.token(exchange))

    def renew(self, refused: AuthBase) -> bool:
        with self._lock:
            if isinstance(refused, TokenAuth) and self._token is refused.token:
                self._token = None
        return True
