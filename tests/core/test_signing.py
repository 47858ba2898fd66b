"""The signature is the vendor's, to the last bit."""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from urllib.parse import quote, urlencode, urlsplit

import pytest
import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given, settings
from hypothesis import strategies as st

from modelarts_magics.core.auth.signing import (
    Authorization,
    SignatureAuth,
    canonical_query,
    canonical_request,
    parse_query,
    payload_hash,
    signature,
)

AK = "EXAMPLEAK"
SK = "ExampleSecretKey0000000000000000000000000"
HOST = "modelarts.cn-north-4.myhuaweicloud.com"
P = "0123456789abcdef0123456789abcdef"
DATE = "20260102T030405Z"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
JSON = {"Content-Type": "application/json", "X-Project-Id": P}

S0_HEADERS = {
    "Content-Type": "application/json",
    "Host": "service.region.example.com",
    "X-Sdk-Date": "20191115T033655Z",
}
S0_QUERY = [("limit", "2"), ("marker", "13551d6b-755d-4757-b956-536f674975c0")]

LOG = f"/v1/{P}/training-jobs/10/versions/10/log"
VIZ = f"/v1/{P}/visualization-jobs"
VECTORS = {
    "S1 a negative number": (
        requests.Request(
            "GET",
            f"https://{HOST}{LOG}",
            headers=JSON,
            params={"log_file": "job-job-0713-191758.0", "start_byte": -1, "offset": 2048},
        ),
        None,
        "76e2aac202d40fe4033861089e199e56422d1a6c5a9f505c624c835d3deb74b4",
    ),
    "S2 reserved and foreign characters": (
        requests.Request(
            "GET",
            f"https://{HOST}{VIZ}",
            headers=JSON,
            params={
                "per_page": 10,
                "search_content": "a b/é~*",
                "sortBy": "create_time",
                "order": "desc",
            },
        ),
        None,
        "3417c5797804ec57dd0657bd00751cd6290e9cb363beb347c716aca2c8239419",
    ),
    "S3 a body and a temporary key": (
        requests.Request(
            "POST",
            f"https://{HOST}{VIZ}",
            headers=JSON,
            data='{"job_name":"viz-1","train_url":"/bucket/train/"}',
        ),
        "TOKEN123",
        "aefaeebff4f5949eb489d758db4cca398eeec5d46a0298e59172484051e4e00f",
    ),
    "S4 a POST without a body": (
        requests.Request("POST", f"https://{HOST}{VIZ}/10/stop", headers=JSON),
        None,
        "5f347dc3eb4a72308565ef0c49d657113463dfc59506906bd05e66ef79a94bbe",
    ),
    "S5 a repeated key": (
        requests.Request(
            "GET",
            f"https://{HOST}/v1/{P}/x",
            headers=JSON,
            params={"b": ["3", "1", "2"], "a": "true"},
        ),
        None,
        "02cde7591c3d46ccb5d6f84f44aeb219ab2688852e9e4b877156d3bcde0816e1",
    ),
}

JOB = "11111111-2222-4333-8444-555555555555"
V2 = f"https://{HOST}/v2/{P}"
SEARCH = (
    '{"offset":0,"limit":50,"sort_by":"create_time","order":"desc",'
    '"filters":[{"key":"kind","operator":"in","value":["job"]}]}'
)
EVENTS = {"start_time": 1767323045000, "end_time": 1767326645000, "limit": 100, "offset": 0}


def of_media(media):
    return {**JSON, "Content-Type": media}


# number: method, path below V2, headers, body, query, signature
V2_VECTORS = {
    "S6 a list": (
        ("POST", "/training-job-searches", JSON, SEARCH, None),
        "4d12ace1ba036aabd03eac3a8eb9575a29a8c008de8119531100015c2eb18058",
    ),
    "S6b with a charset": (
        (
            "POST",
            "/training-job-searches",
            of_media("application/json;charset=utf-8"),
            SEARCH,
            None,
        ),
        "b46caceac964681eb257898bf997e97572e219ce5a1f57a9df376e7b02a64d8f",
    ),
    "S7 a link by the query": (
        (
            "GET",
            f"/training-jobs/{JOB}/tasks/worker-0/logs/url",
            JSON,
            None,
            {"Content-Type": "application/octet-stream"},
        ),
        "c4bf715c81c2959b6c92c73b63448822b02059219f321553876c7bb3ea595b9e",
    ),
    "S8 a link by the header": (
        (
            "GET",
            f"/training-jobs/{JOB}/tasks/worker-0/logs/url",
            of_media("text/plain"),
            None,
            None,
        ),
        "77d97fd02259f1a08b05cf2dd308c2d89e0636008e7ceba46586d67085f7f34b",
    ),
    "S9 lines": (
        (
            "GET",
            f"/training-jobs/{JOB}/logs/worker-0",
            JSON,
            None,
            {"base_line": "", "lines": 500, "order": "desc"},
        ),
        "5defdbd237ccedd9f5240790c62ab13d17e934198097c835f861a3fb127230d3",
    ),
    "S10 a stop": (
        ("POST", f"/training-jobs/{JOB}/actions", JSON, '{"action_type":"terminate"}', None),
        "5f9963fc06bc6edfa771ebf4c3ce8e9373311862ecd16cc261ff886d1756b32d",
    ),
    "S11 events": (
        (
            "GET",
            f"/training-jobs/{JOB}/events",
            JSON,
            None,
            {**EVENTS, "pattern": "Exit code 1"},
        ),
        "ca58aa9c02b67328c0f6c47bd915124d41de94669de9393f1399ecbc1b5cb2aa",
    ),
}
VECTORS |= {
    name: (requests.Request(method, V2 + path, headers, data=body, params=query), None, signed)
    for name, ((method, path, headers, body, query), signed) in V2_VECTORS.items()
}


def test_s0_of_the_vendors_guide():
    path = "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs"
    names = ["content-type", "host", "x-sdk-date"]
    canonical = canonical_request("GET", path, S0_QUERY, S0_HEADERS, names, None)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    assert digest == "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a"
    signed = signature("MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc", "20191115T033655Z", canonical)
    assert signed == "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe"


@pytest.mark.parametrize(("request_", "token", "expected"), VECTORS.values(), ids=VECTORS)
def test_vectors_of_the_official_signer(request_, token, expected):
    prepared = request_.prepare()
    SignatureAuth(AK, SK, token, now=lambda: NOW)(prepared)
    found = Authorization.parse(prepared.headers["Authorization"])
    names = ["content-type", "host", "x-project-id", "x-sdk-date"]
    names += ["x-security-token"] if token else []
    names += ["x-sdk-content-sha256"] if "json" not in prepared.headers["Content-Type"] else []
    assert found == Authorization(AK, tuple(sorted(names)), expected)
    assert prepared.headers["X-Sdk-Date"] == DATE


def test_what_is_sent_is_what_is_signed():
    prepared = VECTORS["S2 reserved and foreign characters"][0].prepare()
    SignatureAuth(AK, SK)(prepared)
    expected = "order=desc&per_page=10&search_content=a%20b%2F%C3%A9~%2A&sortBy=create_time"
    assert urlsplit(prepared.url).query == expected


# ---- against the official signer ----------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
KEY = TEXT.filter(bool)
SEGMENT = TEXT.filter(lambda text: text not in {".", ".."})  # these are resolved before signing
# header values that HTTP can carry: no line breaks or other controls
VALUE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12).map(
    str.strip
)
NAME = st.from_regex(r"\Ax-[a-z]{1,8}(-[a-z]{1,4})?\Z").filter(
    lambda name: name not in {"x-sdk-date", "x-security-token"}
)
BODY = st.one_of(st.none(), st.binary(max_size=40), TEXT)


def official(method, host, path, query, headers, body):
    """The Authorization that the vendor's signer makes of the same request."""
    request = SdkRequest(
        method=method,
        schema="https",
        host=host,
        resource_path=path,
        query_params=list(query),
        header_params=dict(headers),
        body=body,
    )
    Signer(BasicCredentials(AK, SK)).sign(request)
    return request


@settings(max_examples=200)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "get"]),
    segments=st.lists(SEGMENT, max_size=4),
    slash=st.booleans(),
    query=st.lists(st.tuples(KEY, TEXT), max_size=5),
    headers=st.dictionaries(NAME, VALUE, max_size=3),
    media=st.sampled_from([None, "application/json", "application/json;charset=utf8"]),
    body=BODY,
    host=st.sampled_from([HOST, "127.0.0.1:8080"]),
)
def test_any_request_is_signed_as_the_official_client_does(
    method, segments, slash, query, headers, media, body, host
):
    path = "/" + "/".join(quote(segment, safe="") for segment in segments)
    path += "/" if slash and segments else ""
    if media:
        headers = {**headers, "Content-Type": media}
    prepared = requests.Request(
        method, f"https://{host}{path}", params=query, headers=headers, data=body
    ).prepare()
    SignatureAuth(AK, SK, now=lambda: NOW)(prepared)
    signed = {
        name: headers.get(name, prepared.headers.get(name, ""))
        for name in map(str.lower, prepared.headers)
        if name in Authorization.parse(prepared.headers["Authorization"]).signed_headers
    }
    theirs = official(method, host, urlsplit(prepared.url).path, query, signed, prepared.body)
    assert prepared.headers["Authorization"] == theirs.header_params["Authorization"]
    assert urlsplit(prepared.url).query == urlsplit(theirs.uri).query


@settings(max_examples=200)
@given(
    path=st.lists(TEXT, max_size=4).map(lambda parts: "/" + "/".join(parts)),
    query=st.lists(st.tuples(TEXT, TEXT), max_size=6),
    headers=st.dictionaries(NAME, VALUE, max_size=4),
    body=st.one_of(st.none(), st.binary(max_size=40)),
)
def test_the_canonical_form_is_that_of_the_official_signer(path, query, headers, body):
    path = quote(path, safe="/")
    headers = {**headers, "host": HOST, "x-sdk-date": DATE}
    names = sorted(headers)
    ours = canonical_request("GET", path, query, headers, names, body)
    theirs = official("GET", HOST, path, query, headers, body)
    expected = str(Authorization(AK, tuple(names), signature(SK, DATE, ours)))
    assert expected == theirs.header_params["Authorization"]
    assert canonical_query(query) == Signer.process_canonical_query_string(theirs)


# ---- rules --------------------------------------------------------------------------------------


def signed(**options):
    prepared = requests.Request("POST", f"https://{HOST}/x", **options).prepare()
    return SignatureAuth(AK, SK, now=lambda: NOW)(prepared)


def test_a_body_of_another_media_type_is_not_hashed():
    prepared = signed(data=b"abc", headers={"Content-Type": "text/plain"})
    assert prepared.headers["X-Sdk-Content-Sha256"] == "UNSIGNED-PAYLOAD"
    other = signed(data=b"other", headers={"Content-Type": "text/plain"})
    assert prepared.headers["Authorization"] == other.headers["Authorization"]
    names = Authorization.parse(prepared.headers["Authorization"]).signed_headers
    assert "x-sdk-content-sha256" in names


def test_a_json_body_is_hashed():
    prepared = signed(json={"a": 1})
    assert "X-Sdk-Content-Sha256" not in prepared.headers
    assert prepared.headers["Authorization"] != signed(json={"a": 2}).headers["Authorization"]


def test_an_empty_body_has_the_empty_hash_whatever_its_media_type():
    empty = hashlib.sha256(b"").hexdigest()
    for body in (None, b"", ""):
        assert payload_hash(body, {"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}) == empty


def test_the_hash_that_a_caller_declares_is_taken():
    assert payload_hash(b"abc", {"x-sdk-content-sha256": "f00"}) == "f00"


def test_a_text_is_hashed_as_utf_8():
    assert payload_hash("日志", {}) == hashlib.sha256("日志".encode()).hexdigest()


def test_a_request_with_authorization_is_left_alone():
    prepared = signed(headers={"Authorization": "Bearer theirs"}, params={"b": "1", "a": "2"})
    assert prepared.headers["Authorization"] == "Bearer theirs"
    assert "X-Sdk-Date" not in prepared.headers
    assert urlsplit(prepared.url).query == "b=1&a=2"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://127.0.0.1:8080/x", "127.0.0.1:8080"),
        ("https://example.com/x", "example.com"),
        ("https://example.com:8443/x", "example.com:8443"),
        ("http://[::1]:8080/x", "[::1]:8080"),
    ],
)
def test_the_host_is_signed_with_its_port(url, host):
    prepared = SignatureAuth(AK, SK)(requests.Request("GET", url).prepare())
    assert prepared.headers["Host"] == host
    assert "host" in Authorization.parse(prepared.headers["Authorization"]).signed_headers


def test_a_plus_in_a_query_is_a_space():
    assert parse_query("a=b+c%2B&d") == [("a", "b c+"), ("d", "")]
    prepared = SignatureAuth(AK, SK)(requests.Request("GET", "https://h/x?a=b+c").prepare())
    assert urlsplit(prepared.url).query == "a=b%20c"


@given(st.lists(st.tuples(KEY, TEXT), max_size=6))
def test_a_query_survives_being_sent(pairs):
    assert sorted(parse_query(canonical_query(pairs))) == sorted(pairs)
    assert sorted(parse_query(urlencode(pairs))) == sorted(pairs)


def test_headers_that_a_proxy_may_change_are_not_signed():
    prepared = signed(headers={"User-Agent": "u", "Accept": "a", "X-Request_Id": "i"})
    names = Authorization.parse(prepared.headers["Authorization"]).signed_headers
    assert names == ("host", "x-sdk-date")


def test_a_missing_signed_header_is_an_error_for_the_verifier():
    with pytest.raises(KeyError):
        canonical_request("GET", "/", [], {"host": "h"}, ["host", "x-sdk-date"], None)


NAMES = st.lists(st.from_regex(r"\A[a-z][a-z0-9-]{0,12}\Z"), min_size=1, max_size=5)


@given(
    key=st.from_regex(r"\A[0-9A-Za-z]{1,40}\Z"),
    names=NAMES.map(tuple),
    digest=st.from_regex(r"\A[0-9a-f]{64}\Z"),
)
def test_an_authorization_survives_writing_and_reading(key, names, digest):
    value = Authorization(key, names, digest)
    assert Authorization.parse(str(value)) == value


def test_the_older_header_form_is_read():
    old = (
        "SDK-HMAC-SHA256 Credential=AK/20150907//ec2/sdk_request, SignedHeaders=Host, Signature=ab"
    )
    assert Authorization.parse(old) == Authorization("AK", ("host",), "ab")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer x",
        "SDK-HMAC-SHA256",
        "SDK-HMAC-SHA256 Access=, SignedHeaders=host, Signature=ab",
        "SDK-HMAC-SHA256 Access=AK, SignedHeaders=, Signature=ab",
        "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=XY",
        "AWS4-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=ab",
    ],
)
def test_other_schemes_and_broken_headers_are_not_read(value):
    assert Authorization.parse(value) is None


def test_what_no_error_may_repeat_is_known():
    assert SignatureAuth(AK, SK, "TOKEN123").secrets == (AK, SK, "TOKEN123")
    assert SignatureAuth(AK, SK).secrets == (AK, SK, "")


def test_a_header_of_any_script_is_sent_as_utf_8():
    sent = signed(headers={"X-Name": "训练"}).headers["X-Name"]
    assert sent.encode("latin-1").decode() == "训练"


def test_no_secret_is_in_the_representation():
    shown = repr(SignatureAuth(AK, SK, "TOKEN123"))
    assert shown == "SignatureAuth(access_key='EXAM***')"
    assert SK not in shown
    assert "TOKEN123" not in shown
    assert AK not in shown
