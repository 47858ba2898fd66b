"""The object store is read exactly, whatever it answers; every error is of our tree."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from fake_service import Reply
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.core import config
from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.endpoints import endpoint
from modelarts_magics.core.errors import (
    AuthenticationError,
    InvalidArgumentError,
    ModelArtsError,
    NotFoundError,
    PermissionDeniedError,
    ServiceError,
    UnexpectedAnswerError,
)
from modelarts_magics.core.http import xml
from modelarts_magics.core.http.transport import Limits
from modelarts_magics.core.obs.client import StoredObject, connect

KEY = AccessKey("EXAMPLEAK", "ExampleSecretKey")
NAMESPACE = 'xmlns="http://obs.myhwclouds.com/doc/2015-06-30/"'


@pytest.fixture
def obs(service):
    client = connect(f"{service.url}/obs", KeyCredentials(lambda: KEY), Limits(first_wait=0))
    yield client
    client.transport.close()


def listing(*objects, cut=False, marker="", namespace=NAMESPACE):
    contents = "".join(
        f"<Contents><Key>{quote(key)}</Key><Size>{size}</Size></Contents>" for key, size in objects
    )
    words = f"<IsTruncated>{str(cut).lower()}</IsTruncated><NextMarker>{marker}</NextMarker>"
    return Reply(
        f"<ListBucketResult {namespace}><EncodingType>url</EncodingType>{words}{contents}"
        "</ListBucketResult>"
    )


def refusal(code, status):
    words = f"<Code>{code}</Code><Message>why &lt;x&gt;</Message><RequestId>R1</RequestId>"
    return Reply(f"<Error>{words}</Error>", status)


def part(data, start, size):
    last = start + len(data) - 1
    return Reply(data, 206, {"Content-Range": f"bytes {start}-{last}/{size}"})


def test_a_bucket_is_listed_page_by_page_in_any_namespace(service, obs):
    service.script(
        listing(("run/a", 1), ("run/é\t", 2), cut=True, marker="run/é%09"),
        listing(("run/z", 3), namespace=""),
    )
    assert list(obs.objects("bucket", "run/")) == [
        StoredObject("run/a", 1),
        StoredObject("run/é\t", 2),
        StoredObject("run/z", 3),
    ]
    first, second = service.seen
    assert first.path == "/obs/bucket/"
    assert (first.query["prefix"], first.query["marker"]) == ("run/", "")
    assert second.query["marker"] == "run/é\t"
    assert first.headers["authorization"].startswith("OBS EXAMPLEAK:")


def test_a_listing_without_a_next_marker_goes_on_after_its_last_key(service, obs):
    service.script(listing(("a", 1), cut=True), listing(("b", 1)))
    assert [one.key for one in obs.objects("bucket")] == ["a", "b"]
    assert service.seen[1].query["marker"] == "a"


def test_a_listing_that_goes_in_a_circle_ends(service, obs):
    service.script(listing(("b", 1), cut=True), *[listing(("a", 1), cut=True)] * 2)
    with pytest.raises(UnexpectedAnswerError):
        list(obs.objects("bucket"))


def test_objects_that_no_url_can_name_and_sizes_that_are_none_are_left_out(service, obs):
    hostile = [("../../etc", 1), ("/abs", 1), ("a/./b", 1), ("a", "-1"), ("b", "9" * 30), ("c", "")]
    service.script(listing(*hostile, ("good", 7)))
    assert list(obs.objects("bucket")) == [StoredObject("good", 7)]


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    "<ListBucketResult>&b;</ListBucketResult>"
)


@pytest.mark.parametrize(
    "body",
    [BOMB, '<!DOCTYPE x SYSTEM "file:///etc/passwd"><ListBucketResult/>', "<html/>", "<List", "{}"],
)
def test_what_declares_something_or_is_no_listing_is_refused(service, obs, body):
    service.script(*[Reply(body)] * 4)
    with pytest.raises(UnexpectedAnswerError, match="not of this API"):
        list(obs.objects("bucket"))


@given(st.binary(max_size=60))
def test_any_bytes_are_xml_or_none(data):
    assert xml.parse(data) is None or xml.parse(data).tag


def test_a_range_is_read_with_the_size_of_the_whole(service, obs):
    service.script(part(b"\xffcd", 2, 9))
    found = obs.read("bucket", "a b/é", 2, 3)
    assert (found.data, found.size) == (b"\xffcd", 9)
    (seen,) = service.seen
    assert seen.target == "/obs/bucket/a%20b/%C3%A9"
    assert seen.headers["range"] == "bytes=2-4"
    assert "content-type" not in seen.headers


def test_bytes_that_are_stored_compressed_stay_so(service, obs):
    service.script(
        Reply(b"no gzip", 206, {"Content-Range": "bytes 0-6/7", "Content-Encoding": "gzip"})
    )
    assert obs.read("bucket", "a.gz", 0, 9).data == b"no gzip"


def test_behind_the_end_there_is_nothing_and_the_size_is_told(service, obs):
    service.script(refusal("InvalidRange", 416), Reply(b"12345"))
    found = obs.read("bucket", "a", 100, 3)
    assert (found.data, found.size) == (b"", 5)
    assert [seen.method for seen in service.seen] == ["GET", "HEAD"]


def test_a_store_that_knows_no_ranges_is_read_too(service, obs):
    service.script(Reply(b"0123456789"))
    found = obs.read("bucket", "a", 3, 2)
    assert (found.data, found.size) == (b"34", 10)


@pytest.mark.parametrize("head", ["bytes 0-2/9", "bytes 2-9/9", "bytes 2-4/x", ""])
def test_another_range_than_was_asked_for_is_not_taken(service, obs, head):
    service.script(*[Reply(b"abc", 206, {"Content-Range": head})] * 4)
    with pytest.raises(UnexpectedAnswerError):
        obs.read("bucket", "a", 2, 3)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("NoSuchKey", 404, NotFoundError),
        ("NoSuchBucket", 404, NotFoundError),
        ("AccessDenied", 403, PermissionDeniedError),
        ("SignatureDoesNotMatch", 403, AuthenticationError),
        ("InvalidAccessKeyId", 403, AuthenticationError),
        ("RequestTimeTooSkewed", 403, AuthenticationError),
    ],
)
def test_a_refusal_is_an_error_with_code_and_words_and_is_not_repeated(
    service, obs, code, status, kind
):
    service.script(refusal(code, status))
    with pytest.raises(ServiceError) as caught:
        obs.read("bucket", "a", 0, 1)
    assert type(caught.value) is kind
    error = caught.value
    assert (error.code, error.request_id, error.is_transient) == (code, "R1", False)
    assert error.message == "why <x>"


def test_another_region_is_not_followed(service, obs):
    service.script(Reply(b"", 307, {"Location": "https://obs.elsewhere.example.com/"}))
    with pytest.raises(UnexpectedAnswerError, match="redirects"):
        obs.size("bucket", "a")


def test_trouble_passes(service, obs):
    service.script(refusal("InternalError", 500), part(b"a", 0, 1))
    assert obs.read("bucket", "a", 0, 1).data == b"a"


@pytest.mark.parametrize("key", ["../a", "a/../b", "./a", "/a", "a/..", "\ud800"])
def test_a_key_that_no_url_can_name_is_refused_before_anything_is_sent(service, obs, key):
    with pytest.raises(InvalidArgumentError):
        obs.size("bucket", key)
    assert service.seen == []


def test_the_address_comes_from_an_argument_the_context_the_environment_or_the_region(monkeypatch):
    assert endpoint("obs", "ap-southeast-1") == "https://obs.ap-southeast-1.myhuaweicloud.com"
    monkeypatch.setenv("MODELARTS_MAGICS_OBS_ENDPOINT", "https://env.example.com")
    assert endpoint("obs", "r") == "https://env.example.com"
    config.choose(obs_endpoint="https://chosen.example.com")
    assert endpoint("obs", "r") == "https://chosen.example.com"
    assert endpoint("obs", "r", "https://given.example.com") == "https://given.example.com"


def test_a_file_of_certificates_that_is_not_there_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("MODELARTS_MAGICS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(ModelArtsError, match=r"none\.pem"):
        connect("https://obs.example.com", KeyCredentials(lambda: KEY))


def test_a_file_of_certificates_is_what_every_service_is_checked_with(monkeypatch, tmp_path):
    bundle = tmp_path / "own.pem"
    bundle.write_text("no certificate")
    monkeypatch.setenv("MODELARTS_MAGICS_CA_BUNDLE", str(bundle))
    client = connect("https://obs.example.com", KeyCredentials(lambda: KEY))
    assert client.transport.trusted == str(bundle)
