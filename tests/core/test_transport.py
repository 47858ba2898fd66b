"""One send(): what is repeated, what is not, and how long it may take."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import os
import socket
import zlib
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
import requests
from fake_service import (
    TIME_LIMIT,
    FakeService,
    Half,
    HalfHead,
    Hang,
    Reply,
    Reset,
    Trickle,
    closed_port,
    redirect,
    refusal,
)
from requests.auth import AuthBase
from silent_service import SilentService, answer, socks_way

from modelarts_magics.core.errors import (
    ConnectionFailedError,
    DeadlineExceededError,
    InvalidArgumentError,
    NotFoundError,
    ServiceError,
    ThrottledError,
    UnavailableError,
    UnexpectedAnswerError,
)
from modelarts_magics.core.http.transport import Limits, Transport


class Token(AuthBase):
    def __call__(self, request):
        request.headers["X-Auth-Token"] = "S3CRET"
        return request


class FixedToken:
    """Credentials that cannot be renewed."""

    def auth(self, exchange):
        return Token()

    def renew(self, refused):
        return False


class Renewable(FixedToken):
    """Credentials that can be renewed once."""

    def renew(self, refused):
        return True


@pytest.fixture
def made(service):
    """Makes transports that do not really sleep, and closes them."""
    transports = []

    def make(url=service.url, limits=None, credentials=None, **options):
        pauses = []
        options.setdefault("wait", pauses.append)
        transport = Transport(url, credentials or FixedToken(), limits or Limits(), **options)
        transport.pauses = pauses
        transports.append(transport)
        return transport

    yield make
    for transport in transports:
        transport.close()


OK = Reply({"is_success": True, "x": 1})

# ---- what is repeated ---------------------------------------------------------------------------

TROUBLES = {
    **{str(status): Reply({}, status) for status in (429, 500, 502, 503, 504)},
    "reset": Reset(),
    "half a body": Half(),
    "half of a chunked body": Half(chunked=True),
    "400": Reply({}, 400),
    "401": Reply({}, 401),
    "403": Reply({}, 403),
    "404": Reply({}, 404),
    "409": Reply({}, 409),
    "405": Reply({}, 405),
    "a page": Reply(b"<html>"),
    "a redirect": redirect("/elsewhere"),
}
REPEATED = {
    "GET": {"429", "500", "502", "504", "reset", "half a body", "half of a chunked body", "a page"},
    "POST": {"429"},
    "PUT": {"429"},
    "DELETE": {"429"},
}


@pytest.mark.parametrize("method", REPEATED)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_is_repeated_and_what_is_not(service, made, method, trouble):
    service.script(TROUBLES[trouble], OK)
    transport = made()
    if trouble in REPEATED[method]:
        assert transport.send(method, "/x")["x"] == 1
        assert len(service.seen) == 2
        assert len(transport.pauses) == 1
    else:
        with pytest.raises(ServiceError):
            transport.send(method, "/x")
        assert len(service.seen) == 1


def test_a_service_that_is_not_there_is_tried_again_then_named(made):
    transport = made(f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(ConnectionFailedError, match="%ma_session local") as caught:
        transport.send("GET", "/x")
    assert len(transport.pauses) == 3
    assert caught.value.status is None
    with pytest.raises(ConnectionFailedError):
        transport.send("POST", "/x")
    assert len(transport.pauses) == 3


def test_pauses_grow_and_the_last_error_is_shown(service, made):
    service.script(
        Reply({}, 500), Reply({}, 502), Reply({}, 504), refusal("ModelArts.0010", "end", 500)
    )
    transport = made(limits=Limits(tries=4, first_wait=1.0))
    with pytest.raises(UnavailableError, match=r"end.*ModelArts\.0010, HTTP 500"):
        transport.send("GET", "/x")
    assert len(service.seen) == 4
    for pause, expected in zip(transport.pauses, (1, 2, 4)):
        assert 0.8 * expected <= pause <= 1.2 * expected


def test_a_repeated_request_is_the_same_request(service, made):
    service.script(Reply({}, 429), OK)
    made().send("POST", "/x", query={"a": [1, 2], "b": None}, body={"k": "日志"})
    first, second = service.seen
    assert (
        (first.target, first.body)
        == (second.target, second.body)
        == (
            "/x?a=1&a=2",
            b'{"k": "\\u65e5\\u5fd7"}',
        )
    )


# ---- Retry-After --------------------------------------------------------------------------------


def test_retry_after_as_a_number(service, made):
    service.script(Reply({}, 429, {"Retry-After": "7"}), OK)
    transport = made()
    transport.send("POST", "/x")
    assert transport.pauses == [7.0]


def test_retry_after_as_a_date(service, made):
    soon = datetime.now(timezone.utc) + timedelta(seconds=30)
    service.script(Reply({}, 429, {"Retry-After": format_datetime(soon, usegmt=True)}), OK)
    transport = made()
    transport.send("GET", "/x")
    assert 0 < transport.pauses[0] <= 30


def test_a_date_that_is_over_means_the_usual_pause(service, made):
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    service.script(Reply({}, 429, {"Retry-After": past}), OK)
    transport = made(limits=Limits(first_wait=1.0))
    transport.send("GET", "/x")
    assert 0.8 <= transport.pauses[0] <= 1.2


@pytest.mark.parametrize("value", ["", "soon", "-1", "1e3", "99:99", "\u00b2"])
def test_an_unreadable_retry_after_means_the_usual_pause(service, made, value):
    service.script(Reply({}, 429, {"Retry-After": value}), OK)
    transport = made(limits=Limits(first_wait=1.0))
    transport.send("GET", "/x")
    assert 0.8 <= transport.pauses[0] <= 1.2


@pytest.mark.parametrize("value", ["60", "3600", "9" * 400])
def test_a_retry_after_beyond_the_deadline_is_told_instead_of_waited_for(service, made, value):
    service.script(Reply({}, 429, {"Retry-After": value}), OK)
    transport = made(limits=Limits(deadline=60))
    with pytest.raises(ThrottledError) as caught:
        transport.send("GET", "/x")
    assert caught.value.retry_after == float(value)
    assert transport.pauses == []


# ---- the deadline -------------------------------------------------------------------------------


def ticking(step=1.0):
    """A clock that goes on by a step whenever somebody looks."""
    return itertools.count(0.0, step).__next__


def test_an_answer_that_trickles_for_ever_meets_the_deadline(service, made):
    service.script(Trickle())
    transport = made(limits=Limits(deadline=50), clock=ticking())
    with pytest.raises(DeadlineExceededError, match="within 50 s"):
        transport.send("GET", "/x")
    assert len(service.seen) == 1


def test_a_hanging_service_meets_the_deadline(service, made):
    service.script(Hang())
    transport = made(limits=Limits(read=TIME_LIMIT, deadline=0.2))
    with pytest.raises(DeadlineExceededError):
        transport.send("GET", "/x")
    assert service.left.wait(TIME_LIMIT)


def test_an_answer_that_stops_in_the_middle_meets_the_deadline(service, made):
    service.script(Hang(b'{"log": "'))
    transport = made(limits=Limits(read=TIME_LIMIT, deadline=0.2))
    with pytest.raises(DeadlineExceededError):
        transport.send("GET", "/x")
    assert service.left.wait(TIME_LIMIT)
    assert len(service.seen) == 1


def test_retries_share_one_deadline(service, made):
    service.script(Reply({}, 500))
    now = [0.0]

    def wait(seconds):
        now[0] += seconds

    transport = made(
        limits=Limits(tries=1000, first_wait=1, deadline=10), clock=lambda: now[0], wait=wait
    )
    with pytest.raises(UnavailableError):
        transport.send("GET", "/x")
    assert now[0] < 10
    assert 3 <= len(service.seen) <= 5


def test_a_call_whose_time_is_over_is_not_sent(service, made):
    transport = made(limits=Limits(deadline=1), clock=ticking(2.0))
    with pytest.raises(DeadlineExceededError):
        transport.send("GET", "/x")
    assert service.seen == []


def test_a_read_timeout_is_a_failed_connection_and_a_get_is_repeated(service, made):
    service.script(Hang(), OK)
    assert made(limits=Limits(read=0.1)).send("GET", "/x")["x"] == 1
    service.script(Hang(), OK)
    with pytest.raises(ConnectionFailedError):
        made(limits=Limits(read=0.1)).send("POST", "/x")


def test_other_limits_share_the_connections(service, made):
    service.script(OK)
    transport = made()
    other = transport.with_limits(Limits(tries=1))
    transport.send("GET", "/x")
    other.send("GET", "/x")
    assert service.connections == 1
    assert transport.limits.tries == 4


class Limiter:
    """Notes the requests that it lets through, and the refusals that it sees."""

    def __init__(self, before=lambda: None):
        self.before = before
        self.seen = []

    @contextlib.contextmanager
    def request(self, reader, *, is_held=True):
        self.before()
        try:
            yield
        except ServiceError as error:
            self.seen.append(type(error))
            raise


def test_each_request_that_goes_over_the_wire_passes_the_rate_limit(service, made):
    service.script(Reply({}, 500), Reply({}, 401), OK)
    sent_before = []
    transport = made(credentials=Renewable())
    transport.limiter = Limiter(lambda: sent_before.append(len(service.seen)))
    transport.send("GET", "/x")
    assert sent_before == [0, 1, 2]
    assert len(service.seen) == 3


def test_the_rate_limit_is_told_of_a_refusal_for_too_many_requests_only(service, made):
    service.script(Reply({}, 429), Reply({}, 500), Reply({}, 404))
    limiter = Limiter()
    for kind in (ThrottledError, UnavailableError, NotFoundError):
        transport = made(limits=Limits(tries=1))
        transport.limiter = limiter
        with pytest.raises(kind):
            transport.send("GET", "/x")
    assert limiter.seen == [ThrottledError]


def test_the_time_until_there_is_room_is_not_taken_from_a_request(service, made):
    service.script(OK)
    now = [0.0]

    def long_after():
        now[0] += 1000

    transport = made(limits=Limits(deadline=10), clock=lambda: now[0])
    transport.limiter = Limiter(long_after)
    assert transport.send("GET", "/x")["x"] == 1


# ---- broken answers -----------------------------------------------------------------------------


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n"


@pytest.mark.parametrize("cut", [0, 7, 15, 17, 30, 49, *range(len(HEAD) - 4, len(HEAD))])
def test_an_answer_whose_head_is_cut_off_is_no_success(service, made, cut):
    service.script(HalfHead(HEAD[:cut]))
    with pytest.raises(ConnectionFailedError):
        made().send("DELETE", "/x")


def test_a_head_that_comes_in_two_parts_is_whole(service, made):
    service.script(HalfHead(HEAD + b'{"is_success": true}'))
    assert made().send("DELETE", "/x") == {"is_success": True}


@pytest.mark.parametrize("half", [Half(), Half(chunked=True)])
def test_half_an_answer_is_never_taken_for_a_whole_one(service, made, half):
    service.script(half)
    with pytest.raises(ConnectionFailedError):
        made().send("POST", "/x")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>login</html>",
        b"[1, 2]",
        b'"text"',
        b"12",
        b"null",
        b"\xff\xfe\x00",
        b"{",
        b"[" * 10**5,
    ],
    ids=["html", "list", "text", "number", "null", "bytes", "half json", "deep json"],
)
def test_an_answer_that_is_no_json_object_is_not_of_this_api(service, made, body):
    service.script(Reply(body))
    with pytest.raises(UnexpectedAnswerError, match="not of this API"):
        made().send("GET", "/x")


@pytest.mark.parametrize("reply", [Reply(b""), Reply(b" \n"), Reply(status=204), Reply(b"{}", 201)])
def test_an_empty_answer_is_an_empty_object(service, made, reply):
    service.script(reply)
    assert made().send("GET", "/x") == {}


def test_a_packed_answer_is_unpacked(service, made):
    packed = gzip.compress(b'{"is_success": true, "log": "%s"}' % (b"a" * 100_000))
    service.script(Reply(packed, headers={"Content-Encoding": "gzip"}))
    assert len(made().send("GET", "/x")["log"]) == 100_000


def test_an_answer_without_end_is_not_kept_in_memory(service, made):
    service.script(Trickle(b"x" * 2**20))
    with pytest.raises(UnexpectedAnswerError, match="without end"):
        made().send("GET", "/x")


def test_a_small_answer_that_unpacks_to_a_gigabyte_is_not_kept_in_memory(service, made):
    packing = zlib.compressobj(1, wbits=31)
    packed = b"".join(packing.compress(bytes(2**20)) for _megabyte in range(64)) + packing.flush()
    assert len(packed) < 2**20
    service.script(Reply(packed, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(UnexpectedAnswerError, match="without end"):
        made().send("GET", "/x")


def test_a_page_of_a_proxy_is_quoted_in_one_bounded_line(service, made):
    service.script(Reply(b"<html>\n<h1>Bad \x1b[31mGateway</h1>" + b"x" * 5000, 502))
    with pytest.raises(UnavailableError) as caught:
        made(limits=Limits(tries=1)).send("GET", "/x")
    text = str(caught.value)
    assert "Bad [31mGateway" in text
    assert len(text) < 1000
    assert "\n" not in text


# ---- redirects, cookies, proxies ----------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_is_refused_and_nothing_goes_to_its_target(service, made, status, method):
    with FakeService() as target:
        target.script(OK)
        service.script(redirect(f"{target.url}/steal", status))
        with pytest.raises(UnexpectedAnswerError, match=r"redirects to 127\.0\.0\.1"):
            made().send(method, "/x")
        assert target.seen == []
    assert len(service.seen) == 1


@pytest.mark.parametrize(
    "location", ["http://[", "", "//", "http://h:99999/", "\xff", "javascript:x"]
)
def test_a_broken_redirect_is_refused_as_well(service, made, location):
    service.script(redirect(location))
    with pytest.raises(UnexpectedAnswerError, match="redirects to"):
        made().send("GET", "/x")


def test_cookies_are_not_kept(service, made):
    service.script(Reply({}, headers={"Set-Cookie": "id=1; Path=/"}))
    transport = made()
    transport.send("GET", "/x")
    transport.send("GET", "/x")
    assert "cookie" not in service.last.headers
    assert len(transport.pool.cookies) == 0


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(service, made, monkeypatch):
    with FakeService() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.upper(), proxy.url)
        service.script(OK)
        made().send("GET", "/x")
        assert proxy.seen == []


def test_a_proxy_that_speaks_socks_is_named_where_nothing_here_does(made, monkeypatch):
    def missing(*_arguments, **_options):
        raise requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support.")

    monkeypatch.setattr(requests.adapters, "SOCKSProxyManager", missing)
    monkeypatch.setenv("https_proxy", "socks5h://user:S3CRET@127.0.0.1:9")
    with pytest.raises(ConnectionFailedError, match=r"SOCKS.*requests\[socks\]") as caught:
        made("https://modelarts.invalid", limits=Limits(tries=1)).send("GET", "/x")
    assert "S3CRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("scheme", "way"),
    [
        ("socks5h", b"\x03\x0fservice.invalid\x00\x50"),
        ("socks5", b"\x01\x7f\x00\x00\x01\x00\x50"),  # the name is looked up here
    ],
)
def test_a_proxy_that_speaks_socks_is_asked_for_the_way(made, monkeypatch, scheme, way):
    asked = []
    look_up = socket.getaddrinfo
    here = lambda _host, *more: look_up("127.0.0.1", *more)  # noqa: E731

    def serve(_proxy, wire):
        asked.append(socks_way(wire))
        while request := answer(wire):
            asked.append(request)

    with SilentService(serve) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("http:", f"{scheme}:"))
        monkeypatch.setattr(socket, "getaddrinfo", here)
        transport = made("http://service.invalid")
        assert [transport.send("GET", "/x") for _time in range(2)] == [{"is_success": True}] * 2
        transport.close()
    assert asked[0] == b"\x05\x01\x00" + way
    assert len(asked) == 3  # over one connection


def test_a_proxy_of_the_environment_is_used_for_the_cloud(made, monkeypatch):
    with FakeService() as proxy:
        proxy.script(Reply(b"no tunnels here", 403))
        monkeypatch.setenv("https_proxy", proxy.url)
        transport = made("https://modelarts.cn-north-4.myhuaweicloud.com")
        with pytest.raises(ConnectionFailedError, match="Check the network, the proxy"):
            transport.send("POST", "/x")


def test_a_password_of_netrc_is_not_sent(service, made, isolated):
    (isolated / ".netrc").write_text("machine 127.0.0.1 login u password S3CRET\n")
    service.script(OK)
    made().send("GET", "/x")
    assert "authorization" not in service.last.headers


def test_what_every_request_carries(service, made):
    service.script(OK)
    made().send("GET", "/x")
    assert service.last.headers["content-type"] == "application/json"
    assert service.last.headers["accept"] == "application/json"
    assert service.last.headers["user-agent"].startswith("modelarts-magics/")


def test_a_request_without_a_body_says_so(service, made):
    service.script(OK)
    made().send("POST", "/x")
    assert (service.last.body, service.last.headers["content-length"]) == (b"", "0")


# ---- connections --------------------------------------------------------------------------------


def test_many_calls_use_one_connection(service, made):
    replies = [OK, refusal("ModelArts.0104"), Reply(status=204), Reply(b"<html>", 404)]
    service.script(*replies * 5, OK)
    transport = made()
    for _ in range(20):
        with contextlib.suppress(ServiceError):
            transport.send("POST", "/x", body={})
    assert len(service.seen) == 20
    assert service.connections == 1


def test_a_closed_transport_can_be_used_again(service, made):
    service.script(OK)
    transport = made()
    transport.send("GET", "/x")
    transport.close()
    transport.send("GET", "/x")
    assert service.connections == 2


def test_a_connection_that_the_service_closed_meanwhile_is_opened_again(service, made):
    service.script(Reply({}, headers={"Connection": "close"}), OK)
    transport = made()
    transport.send("POST", "/x")
    transport.send("POST", "/x")
    assert len(service.seen) == 2


@pytest.mark.parametrize("body", [None, b"{"], ids=["before the answer", "in its middle"])
def test_an_interrupt_ends_a_request_and_its_connection_at_once(service, made, interrupt, body):
    service.script(Hang(body, act=interrupt), OK)
    transport = made(limits=Limits(read=TIME_LIMIT))
    with pytest.raises(KeyboardInterrupt):
        transport.send("GET", "/x")
    assert service.left.wait(TIME_LIMIT)
    assert transport.send("GET", "/x")["x"] == 1


def test_an_interrupt_ends_the_pause_before_a_retry(service, made):
    def wait(_seconds):
        raise KeyboardInterrupt

    service.script(Reply({}, 500))
    with pytest.raises(KeyboardInterrupt):
        made(wait=wait).send("GET", "/x")
    assert len(service.seen) == 1


def test_every_request_goes_through_the_runner_that_was_given(service, made):
    service.script(Reply({}, 500), OK)
    runs = []

    def run(request):
        runs.append(os.getpid())
        return request()

    made(run=run).send("GET", "/x")
    assert len(runs) == 1  # with its retries


def test_a_broken_address_is_refused_before_anything_is_sent(made):
    with pytest.raises(InvalidArgumentError, match="not the address of a service"):
        made("https://").send("GET", "")


def test_a_host_that_no_name_can_have_is_told_like_one_that_is_not_there(made):
    transport = made(f"https://{'x' * 64}.example", limits=Limits(tries=1))
    with pytest.raises(ConnectionFailedError, match="no connection"):
        transport.send("GET", "/x")


def test_no_url_is_in_the_words_about_a_failed_connection(made):
    transport = made(f"http://127.0.0.1:{closed_port()}", limits=Limits(tries=1))
    with pytest.raises(ConnectionFailedError) as caught:
        transport.send("GET", "/v1/p/x", query={"search_content": "private"})
    assert "private" not in str(caught.value)
    assert "HTTPConnectionPool" not in str(caught.value)
    assert caught.value.__cause__ is None
