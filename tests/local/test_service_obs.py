"""The object store of the service: for our client and the vendor's, and for nobody else."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.utils import formatdate
from pathlib import Path
from typing import Any, Callable
from urllib.parse import quote

import pytest
import requests
from obs import ObsClient as OfficialClient
from running_service import TIME_LIMIT, RunningService, StartedService, in_process, running_service

from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.errors import AuthenticationError, NotFoundError
from modelarts_magics.core.http import xml
from modelarts_magics.core.obs.client import ObsClient, connect
from modelarts_magics.core.obs.signing import (
    OBS,
    S3,
    Flavour,
    link_query,
    parse_query,
    resource,
    signature,
    text_to_sign,
)

HARD = "dir/événement 1~*.v2 +&<'\"%41\t"


def key_of(service: Any) -> AccessKey:
    return AccessKey(service.credentials["access_key"], service.credentials["secret_key"])


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("obs") / "root") as running:
        yield running
        assert running.words.read_text() == ""


@pytest.fixture(scope="module")
def folder(own: RunningService) -> Path:
    return own.root / "obs"


@pytest.fixture(scope="module")
def key(own: RunningService) -> AccessKey:
    return key_of(own)


@contextlib.contextmanager
def client_of(service: Any, key: AccessKey) -> Iterator[ObsClient]:
    client = connect(f"{service.endpoint}/obs", KeyCredentials(lambda: key))
    yield client
    client.transport.close()


@pytest.fixture
def obs(own: RunningService, key: AccessKey) -> Iterator[ObsClient]:
    with client_of(own, key) as client:
        yield client


def put(folder: Path, path: str, data: bytes = b"") -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    body: bytes

    @property
    def refused(self) -> tuple[int, str | None]:
        return self.status, xml.fields(xml.parse(self.body)).get("Code")


def send(service: Any, method: str, path: str, headers: dict[str, str] | None = None) -> Answer:
    """Ask for a path as it stands, without a key."""
    wire = http.client.HTTPConnection(service.endpoint.partition("//")[2], timeout=TIME_LIMIT)
    with contextlib.closing(wire):
        wire.request(method, f"/obs{path}", headers=headers or {})
        answer = wire.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


Ask = Callable[..., Answer]


@pytest.fixture
def ask(own: RunningService, key: AccessKey) -> Ask:
    """Ask for a path as it stands; ``about`` is what is signed instead of it."""

    def sent(
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        about: str = "",
        flavour: Flavour = OBS,
        **changes: str,
    ) -> Answer:
        used = replace(key, **changes)
        headers = {flavour.date: formatdate(time.time(), usegmt=True), **(headers or {})}
        if used.security_token:
            headers[flavour.token] = used.security_token
        name, _, query = (about or path).partition("?")
        text = text_to_sign(
            method, resource(name, parse_query(query), flavour), headers, flavour=flavour
        )
        signed = signature(used.secret_key, text)
        headers["Authorization"] = f"{flavour.scheme} {used.access_key}:{signed}"
        return send(own, method, path, headers)

    return sent


# ---- by clients ---------------------------------------------------------------------------------


def test_our_client_lists_and_reads_what_is_there(obs: ObsClient, folder: Path) -> None:
    put(folder, f"ours/{HARD}", bytes(range(256)))
    put(folder, "ours/dir-a", b"12345")
    assert [(one.key, one.size) for one in obs.objects("ours")] == [("dir-a", 5), (HARD, 256)]
    assert [one.key for one in obs.objects("ours", "dir/")] == [HARD]
    assert obs.size("ours", HARD) == 256
    found = obs.read("ours", HARD, 250, 100)
    assert (found.data, found.size) == (bytes(range(250, 256)), 256)
    assert obs.read("ours", HARD, 256, 1).data == b""
    with pytest.raises(NotFoundError):
        obs.size("ours", "nothing")


def test_more_than_a_page_comes_in_order_and_once(obs: ObsClient, folder: Path) -> None:
    names = sorted([f"a{n // 100}/{n:04}" for n in range(1050)] + ["a1-", "a1.txt", "a100", "b"])
    for name in names:
        put(folder, f"many/{name}")
    assert [one.key for one in obs.objects("many")] == names
    assert [one.key for one in obs.objects("many", "a1/")] == [n for n in names if "a1/" in n]


@contextlib.contextmanager
def below(prefix: str, endpoint: str) -> Iterator[str]:
    """A way to the service for clients that know no endpoint with a path."""
    target = endpoint.partition("//")[2]

    class Forward(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            way = http.client.HTTPConnection(target, timeout=TIME_LIMIT)
            headers = {**{k: v for k, v in self.headers.items() if k != "Host"}, "Host": target}
            way.request(self.command, prefix + self.path, headers=headers)
            answer = way.getresponse()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.read())
            way.close()

        do_HEAD = do_GET

        def log_message(self, *_arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forward) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_vendors_client_lists_and_reads_too(
    own: RunningService, key: AccessKey, folder: Path
) -> None:
    put(folder, "theirs/a/b c.txt", b"0123456789")
    put(folder, "theirs/a/z", b"z")
    put(folder, "theirs/top", b"t")
    with below("/obs", own.endpoint) as address:
        client = OfficialClient(key.access_key, key.secret_key, server=address, path_style=True)
        listed = client.listObjects("theirs", prefix="a/")
        assert [one.key for one in listed.body.contents] == ["a/b c.txt", "a/z"]
        grouped = client.listObjects("theirs", delimiter="/", max_keys=1)
        assert [one.prefix for one in grouped.body.commonPrefixs] == ["a/"]
        assert grouped.body.is_truncated
        rest = client.listObjects("theirs", delimiter="/", marker=grouped.body.next_marker)
        assert [one.key for one in rest.body.contents] == ["top"]
        assert rest.body.commonPrefixs == []
        assert client.headBucket("theirs").status == 200
        assert client.getObjectMetadata("theirs", "a/b c.txt").body.contentLength == 10
        whole = client.getObject("theirs", "a/b c.txt", loadStreamInMemory=True)
        assert whole.body.buffer == b"0123456789"
        missing = client.getObject("theirs", "none")
        assert (missing.status, missing.errorCode) == (404, "NoSuchKey")
        link = client.createSignedUrl("GET", "theirs", "a/b c.txt", expires=60).signedUrl
        assert requests.get(link, timeout=TIME_LIMIT).content == b"0123456789"
        client.close()


def test_a_large_object_comes_whole_and_in_ranges(obs: ObsClient, folder: Path, ask: Ask) -> None:
    data = os.urandom(3 * 2**20 + 17)
    put(folder, "large/a", data)
    assert ask("GET", "/large/a").body == data
    assert obs.read("large", "a", 2**20, 2**21).data == data[2**20 : 3 * 2**20]


def test_who_stops_reading_or_leaves_holds_up_nothing(tmp_path: Path) -> None:
    with running_service(tmp_path / "root") as service:
        put(service.root / "obs", "large/a")
        os.truncate(service.root / "obs/large/a", 2**30)
        link = link_query(key_of(service), "/large/a", int(time.time()) + 60)
        host = service.endpoint.partition("//")[2]
        request = f"GET /obs/large/a?{link} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        address = ("127.0.0.1", int(host.partition(":")[2]))
        with socket.create_connection(address) as leaves, socket.create_connection(address) as one:
            for wire in (leaves, one):
                wire.sendall(request)
                assert wire.recv(12) == b"HTTP/1.1 200"
            leaves.close()
            assert send(service, "HEAD", "/large/a").status == 403
            assert service.stop() == 0
        assert service.words.read_text() == ""


# ---- who gets in --------------------------------------------------------------------------------


def get(service: Any, path: str, query: str) -> Answer:
    return send(service, "GET", f"{quote(path)}?{query}", {"Range": "bytes=2-3"})


@pytest.mark.parametrize("flavour", [OBS, S3])
def test_whoever_has_a_link_reads_one_object(
    own: RunningService, key: AccessKey, folder: Path, flavour: Flavour
) -> None:
    put(folder, "linked/a b", b"0123456789")
    put(folder, "linked/other", b"secret")
    put(folder, "linked2/a b", b"secret")
    soon = int(time.time()) + 60
    link = link_query(key, "/linked/a b", soon, flavour=flavour)
    answer = get(own, "/linked/a b", link)
    assert (answer.status, answer.body) == (206, b"23")
    for path in ("/linked/other", "/linked2/a b", "/linked/"):
        assert get(own, path, link).refused == (403, "SignatureDoesNotMatch")
    for changed in (
        link.replace(str(soon), str(soon + 1)),
        link.replace("Signature=", "Signature=A"),
        link + "&acl",
    ):
        assert get(own, "/linked/a b", changed).refused == (403, "SignatureDoesNotMatch")
    for cut in (link.replace("Expires=", "Expires=x"), link.replace("Expires=", "Ends=")):
        assert get(own, "/linked/a b", cut).refused == (403, "AccessDenied")
    assert send(own, "HEAD", f"/linked/a%20b?{link}").status == 403, "it is for reading"


def test_links_and_dates_are_judged_by_the_clock_of_the_service(tmp_path: Path) -> None:
    def scenario(started: StartedService) -> None:
        put(tmp_path, "root/obs/bucket/a", b"0123")
        link = link_query(key_of(started), "/bucket/a", int(started.now) + 60)
        assert get(started, "/bucket/a", link).body == b"23"
        started.now += 61
        late = get(started, "/bucket/a", link)
        assert (late.refused, b"expired" in late.body) == ((403, "AccessDenied"), True)
        started.now += 900
        with client_of(started, key_of(started)) as client, pytest.raises(AuthenticationError):
            client.read("bucket", "a", 0, 1)

    in_process(tmp_path / "root", scenario)


def test_what_is_signed_wrongly_is_refused_by_its_code(
    own: RunningService, ask: Ask, folder: Path
) -> None:
    put(folder, "signed/a")
    stale = {OBS.date: formatdate(time.time() - 3600, usegmt=True)}
    assert ask("GET", "/signed/a").status == 200
    assert ask("GET", "/signed/a", flavour=S3).status == 200
    assert send(own, "GET", "/signed/a").refused == (403, "AccessDenied")
    for changes, code in (
        ({"access_key": "NOBODY"}, "InvalidAccessKeyId"),
        ({"secret_key": "other"}, "SignatureDoesNotMatch"),
        ({"headers": stale}, "RequestTimeTooSkewed"),
        ({"headers": {OBS.date: " "}}, "AccessDenied"),
        ({"headers": {OBS.date: "yesterday"}}, "AccessDenied"),
        ({"headers": {OBS.date: "9" * 20}}, "AccessDenied"),
    ):
        assert ask("GET", "/signed/a", **changes).refused == (403, code), changes
    schemes = (
        "OBS",
        "OBS :",
        "AWS4-HMAC-SHA256 Credential=a",
        "SDK-HMAC-SHA256 Access=a",
        "OBS é:b",
    )
    for scheme in schemes:
        refused = send(
            own, "GET", "/signed/a", {"Authorization": scheme.encode().decode("latin-1")}
        )
        assert refused.status == 403


def test_a_signature_is_for_its_bucket_key_and_method_only(ask: Ask, folder: Path) -> None:
    put(folder, "one/a", b"a")
    put(folder, "two/a", b"b")
    other = (403, "SignatureDoesNotMatch")
    assert ask("GET", "/one/a", about="/one/a").body == b"a"
    assert ask("GET", "/two/a", about="/one/a").refused == other
    assert ask("GET", "/one/b", about="/one/a").refused == other
    assert ask("GET", "/one/", about="/two/").refused == other
    assert ask("GET", "/one/a?acl", about="/one/a").refused == other
    assert ask("GET", "/one", about="/one/").status == 200, "clients do not agree on the slash"


def iam(
    service: RunningService, path: str, way: dict[str, Any], headers: dict[str, str] | None = None
) -> requests.Response:
    body = {"auth": {"identity": way}}
    return requests.post(service.endpoint + path, json=body, headers=headers, timeout=TIME_LIMIT)


def test_a_temporary_key_needs_its_token(own: RunningService, folder: Path) -> None:
    keys = own.credentials
    user = {"name": keys["username"], "password": keys["password"]}
    password = {"user": {**user, "domain": {"name": keys["domain"]}}}
    way = {"methods": ["password"], "password": password}
    token = iam(own, "/v3/auth/tokens", way).headers["X-Subject-Token"]
    way = {"methods": ["token"], "token": {"duration_seconds": 900}}
    answer = iam(own, "/v3.0/OS-CREDENTIAL/securitytokens", way, {"X-Auth-Token": token})
    key = AccessKey.from_json(answer.json())
    assert key
    put(folder, "temporary/a", b"abcd")
    with client_of(own, key) as client:
        assert client.read("temporary", "a", 0, 3).data == b"abc"
    link = link_query(key, "/temporary/a", int(time.time()) + 60)
    assert get(own, "/temporary/a", link).body == b"cd"
    for changes in ({"security_token": None}, {"security_token": "other"}):
        with client_of(own, replace(key, **changes)) as client, pytest.raises(AuthenticationError):
            client.read("temporary", "a", 0, 1)
    without = link.replace("security-token=", "security=")
    assert get(own, "/temporary/a", without).refused == (403, "InvalidAccessKeyId")


def test_a_page_of_the_web_under_another_name_is_not_served(
    own: RunningService, key: AccessKey, folder: Path
) -> None:
    put(folder, "hosts/a", b"abcd")
    link = link_query(key, "/hosts/a", int(time.time()) + 60)
    assert send(own, "GET", f"/hosts/a?{link}", {"Host": "evil.example"}).status == 403


# ---- what is there ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def walls(folder: Path) -> None:
    """A bucket with links and pipes, and what nobody may read by it."""
    put(folder, "walls/dir/a")
    put(folder, "other/secret", b"secret")
    for name, target in {
        "walls/file-link": "../other/secret",
        "walls/folder-link": "../other",
        "walls/outside": "../../credentials.json",
        "walls/loop": "loop",
        "bucket-link": "other",
    }.items():
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "walls" / "pipe")


@pytest.mark.parametrize(
    "path",
    [
        "/walls/../other/secret",
        "/walls/%2E%2E/other/secret",
        "/walls/..%2Fother%2Fsecret",
        "/walls/dir/../../other/secret",
        "/walls/dir/./a",
        "/walls//dir/a",
        "/walls/dir//a",
        "/walls/a%00b",
        "/walls/%FF%FE",
        "/walls/" + "x" * 300,
        "/walls/" + "x/" * 3000,
        "/walls/dir",
        "/walls/dir/",
        "/walls/dir/a/",
        "/walls/dir/a/b",
        "/walls/file-link",
        "/walls/folder-link/secret",
        "/walls/outside",
        "/walls/loop",
        "/walls/pipe",
        "/..%2F..%2Fetc/passwd",
        "/../credentials.json",
        "/%2E%2E/credentials.json",
        "/./walls/dir/a",
        "//walls/dir/a",
        "/bucket-link/secret",
        "/none/a",
        "/",
        "/_logs/",
        "/_logs/a",
        "/_logs/../../credentials.json",
    ],
)
def test_nothing_but_regular_files_of_the_bucket_is_given(ask: Ask, walls: None, path: str) -> None:
    assert ask("GET", path).refused in {(404, "NoSuchKey"), (404, "NoSuchBucket")}
    assert ask("HEAD", path).status == 404


def test_no_link_is_listed(obs: ObsClient, walls: None) -> None:
    assert [one.key for one in obs.objects("walls")] == ["dir/a"]
    with pytest.raises(NotFoundError):
        list(obs.objects("bucket-link"))


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_nothing_is_written(ask: Ask, folder: Path, method: str) -> None:
    put(folder, "fixed/a", b"a")
    assert ask(method, "/fixed/a").refused == (405, "MethodNotAllowed")
    assert (folder / "fixed" / "a").read_bytes() == b"a"


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("max-keys=0", (400, "InvalidArgument")),
        ("max-keys=-1", (400, "InvalidArgument")),
        ("max-keys=99999999", (200, None)),
        ("acl", (501, "NotImplemented")),
        ("&".join(f"p{n}=" for n in range(500)), (200, None)),
        ("&".join(["prefix=a", *["prefix=b"] * 500]), (200, None)),
        ("x" * 33_000, (414, "APIGW.0201")),
        ("prefix=%FF%00&marker=%F0%9F", (200, None)),
        ("prefix=%3C%01&delimiter=%00&encoding-type=url", (200, None)),
        ("encoding-type=%00&marker=" + "%FF" * 2000, (200, None)),
    ],
)
def test_questions_of_any_kind_are_answered(
    ask: Ask, folder: Path, query: str, refused: tuple[int, str | None]
) -> None:
    put(folder, "asked/a")
    assert ask("GET", f"/asked/?{query}").refused == refused


@pytest.mark.parametrize("count", [4_000, 10_000])
def test_thousands_of_parameters_bother_nobody(ask: Ask, folder: Path, count: int) -> None:
    put(folder, "asked/a")
    query = "&".join(f"p{n}=1" for n in range(count))
    assert ask("GET", f"/asked/?{query}").status in {200, 400, 414}
    assert ask("GET", "/asked/").status == 200


def test_a_range_behind_the_end_and_odd_ones(ask: Ask, folder: Path) -> None:
    put(folder, "ranges/a", b"0123456789")
    behind = ask("GET", "/ranges/a", {"Range": "bytes=10-"})
    assert behind.refused == (416, "InvalidRange")
    assert behind.headers["Content-Range"] == "bytes */10"
    for odd in ("bytes=a-b", "bytes=-", "lines=1-2", "bytes=0-1,3-4", "bytes=-" + "9" * 30):
        assert ask("GET", "/ranges/a", {"Range": odd}).body == b"0123456789"
    for wide in ("bytes=0-" + "9" * 18, "bytes=0-"):
        answer = ask("GET", "/ranges/a", {"Range": wide})
        assert (answer.status, answer.body) == (206, b"0123456789")
    put(folder, "ranges/empty")
    assert ask("GET", "/ranges/empty").body == b""
    assert ask("GET", "/ranges/empty", {"Range": "bytes=0-1"}).status == 416


def test_what_is_known_already_is_not_sent_again(ask: Ask, folder: Path) -> None:
    put(folder, "known/a", b"abc")
    head = ask("HEAD", "/known/a").headers
    assert (head["Content-Length"], head["Content-Disposition"]) == ("3", "attachment")
    again = ask("GET", "/known/a", {"If-None-Match": head["ETag"]})
    assert (again.status, again.body) == (304, b"")
    put(folder, "known/a", b"abcd")
    assert ask("GET", "/known/a", {"If-None-Match": head["ETag"]}).body == b"abcd"


def test_an_object_that_gets_shorter_meanwhile_is_not_taken_for_whole(
    own: RunningService, key: AccessKey, folder: Path
) -> None:
    put(folder, "shrinks/a")
    os.truncate(folder / "shrinks/a", 2**28)
    link = link_query(key, "/shrinks/a", int(time.time()) + 60)
    wire = http.client.HTTPConnection(own.endpoint.partition("//")[2], timeout=TIME_LIMIT)
    with contextlib.closing(wire):
        wire.request("GET", f"/obs/shrinks/a?{link}")
        answer = wire.getresponse()
        assert answer.read(10) == bytes(10)
        os.truncate(folder / "shrinks/a", 20)
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer.read()
