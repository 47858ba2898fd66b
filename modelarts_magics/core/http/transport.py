"""One ``send()``: a pool of connections, time-outs, retries, and errors of one kind.

Each function adds one concern and calls the next: ``send`` turns refusals into errors, ``_retried``
repeats what may be repeated, ``_authorized`` renews a refused token once, ``_send`` keeps to the
rate limit, ``_sent`` makes one request and reads its answer before the deadline.
"""

from __future__ import annotations

import copy
import logging
import os
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Callable
from urllib.parse import urlsplit

import requests
import urllib3
from requests.auth import AuthBase

from ..._version import __version__
from .. import cancellation, config
from ..auth.credentials import Credentials
from ..backoff import Backoff
from ..endpoints import is_loopback
from ..errors import (
    ConnectionFailedError,
    DeadlineExceededError,
    InvalidArgumentError,
    ServiceError,
    ThrottledError,
    UnexpectedAnswerError,
)
from ..i18n import _
from ..numbers import LONGEST, number, whole
from .adapter import TimelyAdapter
from .answer import Accept, Answer, json_object
from .codes import Codes
from .rate_limit import shared
from .reader import ANY_NUMBER, MOST_CONNECTIONS, Reader
from .retry import may_call_again
from .wire import allowed
from .wire import request as under_way

_JITTER = 0.2
_LARGEST_BODY = 32 * 2**20  # bytes
_NO_CODES = Codes()
_log = logging.getLogger(__name__)

Runner = Callable[[Callable[[], Answer]], Answer]


def run_directly(request: Callable[[], Answer]) -> Answer:
    """Run a request where it is made."""
    return request()


@dataclass(frozen=True)
class Limits:
    """How long and how often to try; times in seconds.

    ``deadline`` is for a call as a whole, its retries included.

    Raises:
        InvalidArgumentError: a number makes no sense.
    """

    connect: float = 10.0
    read: float = 30.0
    deadline: float = 60.0
    tries: int = 4
    first_wait: float = 0.5
    connections: int = 8

    def __post_init__(self) -> None:
        for name in ("connect", "read", "deadline"):
            number(name, getattr(self, name), LONGEST)
        if self.first_wait != 0:
            number("first_wait", self.first_wait, LONGEST)
        whole("tries", self.tries, 1)
        whole("connections", self.connections, 1, MOST_CONNECTIONS)


class Transport:
    """The way to one service with one identity; safe to use from several threads.

    Args:
        endpoint: URL of the service.
        credentials: authorizes each request.
        limits: time-outs and retries.
        run: runs one request with its retries, perhaps in another thread.
        project: whose rate limit the requests share with all others of this process.
        wait: sleeps for some seconds; what it raises ends the call.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        endpoint: str,
        credentials: Credentials,
        limits: Limits | None = None,
        run: Runner = run_directly,
        project: str = "",
        wait: Callable[[float], object] = cancellation.pause,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.endpoint = endpoint
        self.credentials = credentials
        self.limits = limits or Limits()
        self.run = run
        self.limiter = shared(endpoint, project)
        self.reader = Reader(ANY_NUMBER)
        self.is_held = False  # a person's call asks the service itself whether it may again
        self.wait = wait
        self.clock = clock
        self.trusted = _trusted()
        self.pool = _new_pool(self.limits.connections, direct=is_loopback(endpoint))

    def with_limits(
        self, limits: Limits, run: Runner | None = None, reader: Reader | None = None
    ) -> Transport:
        """The same way with other limits, perhaps run elsewhere or for somebody else.

        The connections and the rate limit are shared.
        """
        other = copy.copy(self)
        other.limits = limits
        other.run = run or self.run
        other.reader = reader or self.reader
        other.is_held = self.is_held or reader is not None
        return other

    def close(self) -> None:
        """Close the pooled connections; a later call opens new ones."""
        self.pool.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        action: str = "",
        required: Collection[str] = (),
        codes: Codes = _NO_CODES,
        headers: Mapping[str, str] | None = None,
        accept: Accept = json_object,
        is_reading: bool = False,
    ) -> dict[str, Any]:
        """Call the service and return the JSON object that it answers.

        Args:
            path: of the URL, percent-encoded, or a whole URL.
            query: parameters; those that are ``None`` are left out.
            body: becomes JSON.
            action: IAM action that the call needs, for the message when it is denied.
            required: names of fields; an answer without any of them is not of this API.
            codes: the error codes of the API.
            headers: beside those of every request.
            accept: what an answer is taken for; ``None`` when it is not of this API.
            is_reading: whether the call only reads, though its method may write.

        Raises:
            ServiceError: the service refused, or could not be reached.
        """
        given = {key: value for key, value in (query or {}).items() if value is not None}
        url = path if "://" in path else self.endpoint + path
        request = requests.Request(method, url, headers, params=given, json=body)
        call = _Call(self, codes, action, required, accept, is_reading=is_reading)
        return accept(self.run(lambda: call.retried(request))) or {}

    def fetch(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Fetch a file from somebody else, once, without credentials; any status will do.

        Raises:
            ServiceError: it could not be reached.
        """
        clean: dict[str, Any] = {**dict.fromkeys(self.pool.headers), **headers}
        request = requests.Request("GET", url, clean)
        call = _Call(self, _NO_CODES, "", (), json_object, is_reading=True)
        return self.run(lambda: call.foreign(request))


class _Call:
    """One call with its retries, which share one deadline."""

    def __init__(
        self,
        transport: Transport,
        codes: Codes,
        action: str,
        required: Collection[str],
        accept: Accept,
        *,
        is_reading: bool,
    ) -> None:
        self._transport = transport
        self._limits = transport.limits
        self._endpoint = transport.endpoint
        self._codes = codes
        self._action = action
        self._required = required
        self._accept = accept
        self._is_reading = is_reading
        self._secrets: set[str] = set()
        self._renewed = False
        self._method = ""  # of the request that was sent last
        self._deadline = min(transport.limits.deadline, allowed())
        self._end = transport.clock() + self._deadline

    def retried(self, request: requests.Request) -> Answer:
        """Repeat what may be repeated."""
        for attempt in range(1, self._limits.tries + 1):
            try:
                return self._accepted(request)
            except ServiceError as error:
                pause = self._pause_before_retry(attempt, request, error)
                if pause is None:
                    raise
                _log.debug("%s %s: %s; again in %.1f s", request.method, request.url, error, pause)
            self._transport.wait(pause)
        raise AssertionError("the last attempt returns or raises")

    def _pause_before_retry(
        self, attempt: int, request: requests.Request, error: ServiceError
    ) -> float | None:
        """Seconds to wait, or ``None`` when the call is not to be repeated."""
        method = "GET" if self._is_reading else request.method
        answered = method if self._method in ("", request.method) else self._method
        is_last = attempt == self._limits.tries
        if is_last or not may_call_again(method, error, attempt, answered):
            return None
        backoff = Backoff(self._limits.first_wait, jitter=_JITTER)
        return backoff.pause_within(self._time_left(), attempt, error.retry_after)

    def _accepted(self, request: requests.Request) -> Answer:
        answer = self._authorized(request)
        if 300 <= answer.status < 400:
            target = _host_of(answer.headers.get("Location", ""))
            raise UnexpectedAnswerError(
                _("{url} redirects to {target}", url=self._endpoint, target=target),
                _("Credentials are never sent there: check the endpoint"),
                status=answer.status,
            )
        error = self._error(answer) or self._lack(answer)
        if error is not None:
            raise error
        return answer

    def _error(self, answer: Answer) -> ServiceError | None:
        failure = answer.failure(self._action)
        return self._codes.error(failure.without(self._secrets)) if failure else None

    def _lack(self, answer: Answer) -> UnexpectedAnswerError | None:
        """A success that does not have what was asked for: it is empty, cut, or no JSON object."""
        data = self._accept(answer)
        if data is not None and (not self._required or not data.keys().isdisjoint(self._required)):
            return None
        return UnexpectedAnswerError(
            _("{url} answered something that is not of this API", url=self._endpoint),
            _("Check the endpoint"),
            status=answer.status,
        )

    def _authorized(self, request: requests.Request) -> Answer:
        """Send with credentials; after a 401 once more if new ones can be had."""
        credentials = self._transport.credentials
        auth = credentials.auth(self.exchange)
        answer = self._send(request, auth)
        if answer.status == 401 and not self._renewed and credentials.renew(auth):
            self._renewed = True
            answer = self._send(request, credentials.auth(self.exchange))
        return answer

    def foreign(self, request: requests.Request) -> Answer:
        """Make one request to somebody else, whom the rate limit does not know."""
        with self._transport.reader.connection():
            return self._sent(request, _NoAuth())

    def exchange(self, method: str, url: str, *, json: Any = None) -> Answer:
        """Make one request without credentials, for those who fetch some."""
        return self._send(requests.Request(method, url, json=json), _NoAuth())

    def _send(self, request: requests.Request, auth: AuthBase) -> Answer:
        """Make one request when the rate limit has room; the time until then does not count."""
        came = self._transport.clock()
        reader, limiter = self._transport.reader, self._transport.limiter
        room = limiter.request(reader, is_held=self._transport.is_held)
        with reader.connection(), room:
            self._end += self._transport.clock() - came
            answer = self._sent(request, auth)
            error = self._error(answer)
            if isinstance(error, ThrottledError):
                raise error
        return answer

    def _sent(self, request: requests.Request, auth: AuthBase) -> Answer:
        left = self._time_left()
        if left <= 0:
            raise self._too_late()
        pool = self._transport.pool
        request.auth = auth
        self._method = request.method
        self._secrets.update(getattr(auth, "secrets", ()))
        prepared = _prepare(pool, request)
        trusted = self._transport.trusted
        settings: Any = pool.merge_environment_settings(prepared.url, {}, True, trusted, None)
        timeouts = (min(self._limits.connect, left), min(self._limits.read, left))
        try:
            # the adapter itself: pool.send() would look at redirects and keep cookies
            adapter = pool.get_adapter(str(prepared.url))
            sent = partial(adapter.send, prepared, timeout=timeouts, **settings)
            with under_way(self._time_left), sent() as response:
                body = self._read(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if self._time_left() <= 0:
                raise self._too_late() from None
            raise _connection_failed(request, error) from None
        except ValueError as error:
            raise _cannot_be_sent(request, error) from None
        return Answer(response.status_code, response.headers, body)

    def _read(self, response: requests.Response) -> bytes:
        """Read the body piece by piece, so that a trickle meets the deadline."""
        body = bytearray()
        for piece in _pieces(response):
            body += piece
            if self._time_left() <= 0:
                raise self._too_late()
            if len(body) > _LARGEST_BODY:
                raise UnexpectedAnswerError(
                    _("{url} answers without end", url=self._endpoint), status=response.status_code
                )
        length = response.headers.get("Content-Length", "")
        has_body = response.request.method != "HEAD"
        if has_body and length.isdecimal() and response.raw.tell() < int(length):
            raise ConnectionFailedError(
                _("{url} broke off in the middle of an answer", url=self._endpoint)
            )
        return bytes(body)

    def _time_left(self) -> float:
        return self._end - self._transport.clock()

    def _too_late(self) -> DeadlineExceededError:
        seconds = round(self._deadline, 1)
        return DeadlineExceededError(
            _("{url} did not answer within {seconds:g} s", url=self._endpoint, seconds=seconds),
            _("Try again later"),
        )


def _prepare(pool: requests.Session, request: requests.Request) -> requests.PreparedRequest:
    try:
        return pool.prepare_request(request)
    except (requests.RequestException, UnicodeError):
        raise InvalidArgumentError(
            _("{url} is not the address of a service", url=request.url)
        ) from None


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"


def _cannot_be_sent(request: requests.Request, error: Exception) -> InvalidArgumentError:
    """A header cannot hold its value; the library's own text shows it, though it may be secret."""
    return InvalidArgumentError(
        _("Cannot reach {url}: {reason}", url=_host_of(request.url), reason=type(error).__name__),
        _("Check the keys and the clock of this machine, or use other keys: %ma_session login"),
    )


def _connection_failed(request: requests.Request, error: Exception) -> ConnectionFailedError:
    """Say in plain words why; the library's own text may hold the whole URL."""
    url = urlsplit(request.url)
    address = f"{url.scheme}://{url.netloc}"
    if is_loopback(request.url):
        return ConnectionFailedError(
            _("The embedded ModelArts service at {url} does not answer", url=address),
            _("Start it with %ma_session local"),
        )
    if isinstance(error, requests.exceptions.InvalidSchema):  # of a proxy: ours are http and https
        return ConnectionFailedError(
            _("Cannot reach {url}: {reason}", url=address, reason=_("its proxy speaks SOCKS")),
            _('Install what speaks it, too: pip install "requests[socks]"'),
        )
    if isinstance(error, requests.Timeout):
        reason = _("it did not answer in time")
    elif isinstance(error, requests.exceptions.SSLError):
        reason = _("its certificate cannot be trusted")
    elif isinstance(error, requests.exceptions.ProxyError):
        reason = _("the proxy refused")
    else:
        reason = _("no connection, or it broke")
    return ConnectionFailedError(
        _("Cannot reach {url}: {reason}", url=address, reason=reason),
        _("Check the network, the proxy and the region"),
    )


class _NoAuth(AuthBase):
    """Keeps ``requests`` from looking for a password in ``~/.netrc``."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def _trusted() -> str | bool:
    """Whose certificates are: those of a file that somebody has named, or the usual ones."""
    path = config.value("ca_bundle")
    if path and not os.path.exists(path):
        raise InvalidArgumentError(
            _("There are no certificates in {path}", path=path),
            _("Set MODELARTS_MAGICS_CA_BUNDLE to a file of certificates in the form PEM"),
        )
    return path or True


def _new_pool(connections: int, *, direct: bool) -> requests.Session:
    """A requests session without cookies; ``direct`` leaves proxies out."""
    pool = requests.Session()
    adapter = TimelyAdapter(pool_connections=4, pool_maxsize=connections)
    pool.mount("https://", adapter)
    pool.mount("http://", adapter)
    pool.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    pool.trust_env = not direct
    pool.headers.update(
        {
            "User-Agent": f"modelarts-magics/{__version__} {requests.utils.default_user_agent()}",
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
    )
    return pool


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """What has arrived, as soon as it has; urllib3 before 2.2 waits for blocks: small ones here.

    Who accepts nothing encoded wants the bytes of something that is stored, whatever they are.
    """
    raw = response.raw
    is_decoded = response.request.headers.get("Accept-Encoding") != "identity"
    read1: Callable[..., bytes] | None = getattr(raw, "read1", None)
    read, size = (read1, 2**16) if read1 else (raw.read, 2**8)
    while piece := read(size, decode_content=is_decoded):
        yield piece
