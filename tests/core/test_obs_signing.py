"""The signatures of the object store are the vendor's, to the last bit."""

from __future__ import annotations

from datetime import datetime, timezone
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from obs import ObsClient as OfficialClient
from obs.auth import Authentication
from obs.const import ALLOWED_RESOURCE_PARAMTER_NAMES as SUB_RESOURCES
from obs.convertor import Adapter

from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.obs.address import Address
from modelarts_magics.core.obs.signing import (
    OBS,
    S3,
    ObsAuth,
    encoded_key,
    link_query,
    resource,
    signature,
    text_to_sign,
)

AK = "EXAMPLEAK"
SK = "ExampleSecretKey0000000000000000000000000"
KEY = AccessKey(AK, SK)
BUCKET = "ma-logs"
LOG = "logs/modelarts-job-11111111-2222-4333-8444-555555555555-worker-0.log"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
DATE = "Fri, 02 Jan 2026 03:04:05 GMT"
EXPIRES = 1767326645
CLOUD = Address("https://obs.cn-north-4.myhuaweicloud.com")


def signed(method, key, headers=(), query="", token=None, address=CLOUD):
    """What is sent for a request."""
    auth = ObsAuth(AccessKey(AK, SK, token), address.path_of, lambda: NOW)
    url = address.url(BUCKET, key) + query
    return requests.Request(method, url, headers=dict(headers), auth=auth).prepare()


VECTORS = {
    "O1 a range": (("GET", LOG, {"Range": "bytes=0-99"}), "Vxpez+/HHFOfmaht8l1n6upx2g8="),
    "O2 a plain date": (("GET", LOG, {"Date": DATE}), "ymMe33tPNc0If+6mcM6FmAK/zo4="),
    "O3 a temporary key": (
        ("GET", LOG, {"Range": "bytes=0-99"}, "", "TOKEN123"),
        "P7wYyiViptjfj7frgQZYHG0rruc=",
    ),
    "O4 a listing": (
        ("GET", "", {}, "?prefix=logs/&max-keys=100&delimiter=/"),
        "+4v1Bz86NG17YHsbLh/NGzJu3hM=",
    ),
    "O5 foreign characters": (
        ("HEAD", "tb/événement 1~*.v2"),
        "EUG3PBMxZDOuifCYzCUTNThIEoA=",
    ),
}


@pytest.mark.parametrize(("request_", "expected"), VECTORS.values(), ids=list(VECTORS))
@pytest.mark.parametrize("address", [CLOUD, Address("http://127.0.0.1:8080/obs")])
def test_a_request_is_signed_as_by_the_vendor_wherever_the_bucket_stands(
    request_, expected, address
):
    sent = signed(*request_, address=address)
    assert sent.headers["Authorization"] == f"OBS {AK}:{expected}"


LINKS = {
    "O6": (OBS, (), "rVIv1AQCl0NhuJSk9oSJlZfgg/E="),
    "O7": (
        S3,
        [("response-content-type", "application/octet-stream")],
        "ZNvPlFYOSaJsEtIKFZ4pT9kI6Qk=",
    ),
}


@pytest.mark.parametrize(("flavour", "query", "expected"), LINKS.values(), ids=list(LINKS))
def test_a_link_is_signed_as_by_the_vendor(flavour, query, expected):
    made = parse_qs(link_query(KEY, f"/{BUCKET}/{LOG}", EXPIRES, query, flavour))
    assert made["Signature"] == [expected]
    assert made["Expires"] == [str(EXPIRES)]
    assert made[flavour.link_key] == [AK]


# Not the characters that XML and HTTP cannot hold, nor half a character.
KEYS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12)
NAMES = st.one_of(st.sampled_from(SUB_RESOURCES), st.sampled_from(["prefix", "marker", "x-obs-a"]))
QUERIES = st.dictionaries(NAMES, st.one_of(st.none(), VALUES), max_size=5)
HEADERS = st.fixed_dictionaries(
    {"Date": VALUES},
    optional=dict.fromkeys(
        ["Content-Type", "Content-MD5", "Range", "x-obs-date", "x-amz-date", "x-obs-meta-a"], VALUES
    ),
)


@pytest.mark.parametrize("name", sorted(SUB_RESOURCES))
@pytest.mark.parametrize("flavour", [OBS, S3], ids=["obs", "s3"])
def test_what_counts_for_the_vendor_is_signed(name, flavour):
    assert resource("/a/b", [(name, None)], flavour) == f"/a/b?{name}"


@given(KEYS, QUERIES, HEADERS, st.booleans(), st.one_of(st.just(""), st.just(str(EXPIRES))))
def test_whatever_is_asked_is_signed_as_by_the_vendor(key, query, headers, is_s3, expires):
    flavour = S3 if is_s3 else OBS
    official = Authentication(AK, SK, False, Adapter("v2" if is_s3 else "obs"), "host", False)
    expected = official.getSignature("GET", BUCKET, key, query, headers, expires or None)
    about = resource(f"/{BUCKET}/{encoded_key(key)}", query.items(), flavour)
    text = text_to_sign("GET", about, headers, expires, flavour)
    assert text == expected["CanonicalString"]
    assert signature(SK, text) == expected["Signature"]


@given(KEYS.filter(lambda key: not key.startswith("/")), st.sampled_from([None, "TOKEN/+="]))
def test_the_vendor_makes_the_same_link(key, token):
    official = OfficialClient(AK, SK, server="http://obs.example.com", security_token=token)
    with mock.patch("time.time", return_value=EXPIRES - 300):
        link = official.createSignedUrl("GET", BUCKET, key, expires=300).signedUrl
    made = link_query(AccessKey(AK, SK, token), f"/{BUCKET}/{key}", EXPIRES)
    assert parse_qs(made) == parse_qs(urlsplit(link).query)


@pytest.mark.parametrize("text", [repr(ObsAuth(KEY, CLOUD.path_of)), str(vars(CLOUD))])
def test_no_key_is_shown(text):
    assert AK not in text
    assert SK not in text


@pytest.mark.parametrize("token", ["TOKEN123", None])
def test_what_a_service_may_not_repeat_is_the_key_and_its_token(token):
    secrets = ObsAuth(AccessKey(AK, SK, token), CLOUD.path_of).secrets
    assert secrets == (AK, SK, token or "")
