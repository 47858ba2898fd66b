"""Who may call: signatures, tokens, temporary keys, hosts. And the identity service itself."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Union

import pytest
import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_service import RunningService, StartedService, in_process, listening_addresses

from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.auth.signing import DATE_FORMAT, SignatureAuth
from modelarts_magics.core.errors import AuthenticationError
from modelarts_magics.core.http.transport import Transport

AnyService = Union[RunningService, StartedService]
JOBS = "/training-jobs"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def send(url: str, method: str = "GET", **options: Any) -> requests.Response:
    """Send a request with no credentials but those that are given."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, timeout=60, allow_redirects=False, **options)


def code_of(answer: requests.Response) -> tuple[int, str]:
    body = answer.json()
    assert body["error_msg"] == body["error_message"]
    assert body["request_id"] == answer.headers["X-request-id"]
    return answer.status_code, body["error_code"]


def date_in(minutes: float) -> datetime:
    return datetime.now(timezone.utc) + timedelta(minutes=minutes)


def key(service: RunningService, minutes: float = 0) -> SignatureAuth:
    """The service's key, in the hands of somebody whose clock is wrong by some minutes."""
    keys = service.credentials
    return SignatureAuth(keys["access_key"], keys["secret_key"], now=lambda: date_in(minutes))


def login(service: AnyService, query: str = "", **changes: Any) -> requests.Response:
    keys = {**service.credentials, **changes}
    user = {
        "name": keys["username"],
        "password": keys["password"],
        "domain": {"name": keys["domain"]},
    }
    identity = {"methods": ["password"], "password": {"user": user}}
    scope = changes.get("scope", {"project": {"name": service.address["region"]}})
    auth = {"identity": identity, "scope": scope}
    return send(service.endpoint + "/v3/auth/tokens" + query, "POST", json={"auth": auth})


def token(service: AnyService, **changes: Any) -> dict[str, str]:
    """A header with a new user token."""
    answer = login(service, **changes)
    assert answer.status_code == 201, answer.text
    return {"X-Auth-Token": answer.headers["X-Subject-Token"]}


def temporary_key(service: AnyService, seconds: Any = 900) -> requests.Response:
    wanted = {"id": "", "duration_seconds": seconds}
    body = {"auth": {"identity": {"methods": ["token"], "token": wanted}}}
    url = service.endpoint + "/v3.0/OS-CREDENTIAL/securitytokens"
    return send(url, "POST", json=body, headers=token(service))


# ---- signatures ---------------------------------------------------------------------------------


def send_officially(
    service: RunningService,
    method: str,
    path: str,
    query: Sequence[tuple[str, str]] = (),
    body: str = "",
    **headers: str,
) -> tuple[int, dict[str, Any]]:
    """Send what the official client's signer has signed."""
    keys = service.credentials
    date = {"X-Sdk-Date": date_in(0).strftime(DATE_FORMAT)}
    request = SdkRequest(
        method=method,
        schema="http",
        host=service.endpoint.partition("//")[2],
        resource_path=path,
        query_params=list(query),
        header_params={"Content-Type": "application/json", **headers, **date},
        body=body,
    )
    Signer(BasicCredentials(keys["access_key"], keys["secret_key"])).sign(request)
    connection = http.client.HTTPConnection(request.host, timeout=60)
    try:
        connection.request(method, request.uri, request.body, request.header_params)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@given(st.lists(st.tuples(TEXT, TEXT), max_size=4), st.booleans(), TEXT)
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_what_the_official_client_signs_is_accepted(
    service: RunningService, query: list[tuple[str, str]], with_user_agent: bool, text: str
) -> None:
    headers = {"User-Agent": "huaweicloud-usdk-python/3.0"} if with_user_agent else {}
    project = service.address["project_id"]
    names = {"status", "per_page", "page", "sortBy", "sort_by", "order", "search_content"}
    harmless = [pair for pair in query if pair[0] not in names]
    path = f"/v1/{project}/training-jobs"
    status, body = send_officially(service, "GET", path, harmless, **headers)
    assert status == 200, body
    status, body = send_officially(
        service, "PUT", path + "/999", harmless, json.dumps({"job_desc": text}), **headers
    )
    assert (status, body["error_code"]) == (404, "ModelArts.0015")


def test_the_official_client_finds_its_project(service: RunningService) -> None:
    status, body = send_officially(service, "GET", "/v3/projects", [("name", "local")])
    assert status == 200
    assert [project["id"] for project in body["projects"]] == [service.address["project_id"]]


def test_a_body_that_is_not_json_may_stay_unsigned(service: RunningService) -> None:
    headers = {"Content-Type": "text/plain"}
    answer = service.call("POST", "/visualization-jobs", data=b"{}", headers=headers)
    assert answer.request.headers["X-Sdk-Content-Sha256"] == "UNSIGNED-PAYLOAD"
    assert (answer.status_code, answer.json()["error_code"]) == (400, "ModelArts.0104")


def test_a_header_in_utf_8_is_verified(service: RunningService) -> None:
    headers = {"X-Note": "训练日志"}
    assert service.call("GET", JOBS, headers=headers).status_code == 200


def test_a_header_that_was_not_signed_may_be_added(service: RunningService) -> None:
    request = requests.Request("GET", service.base + JOBS).prepare()
    signed = service.signature()(request)
    signed.headers["X-Added-Later"] = "1"
    with requests.Session() as session:
        assert session.send(signed, timeout=60).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_host_is_signed_with_its_port(service: RunningService, host: str) -> None:
    url = service.base.replace("127.0.0.1", host)
    assert send(url + JOBS, auth=service.signature()).status_code == 200


@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_clock_may_be_wrong_by_some_minutes(service: RunningService, minutes: int) -> None:
    assert send(service.base + JOBS, auth=key(service, minutes)).status_code == 200


@pytest.mark.parametrize("minutes", [-60, -16, 16, 60])
def test_an_old_or_future_signature_is_refused(service: RunningService, minutes: int) -> None:
    answer = send(service.base + JOBS, auth=key(service, minutes))
    assert code_of(answer) == (401, "APIGW.0303")


@pytest.mark.parametrize("hours", [-1, 1])
def test_who_uses_a_clock_that_is_an_hour_off_is_told_to_look_at_it(
    service: RunningService, hours: int
) -> None:
    class WrongClock:
        def auth(self, _exchange: object) -> SignatureAuth:
            return key(service, minutes=60 * hours)

        def renew(self, _refused: object) -> bool:
            return False

    with closing(Transport(service.endpoint, WrongClock())) as transport:
        client = Client(transport, service.address["project_id"])
        with pytest.raises(AuthenticationError, match="the clock of this machine"):
            client.list_jobs()


def tampered(request: requests.PreparedRequest, what: str) -> requests.PreparedRequest:
    authorization = request.headers["Authorization"]
    changes: dict[str, Any] = {
        "path": {"url": str(request.url).replace("/training-jobs", "/visualization-jobs")},
        "query": {"url": str(request.url) + "&page=2"},
        "body": {"body": b'{"job_desc":"b"}'},
        "method": {"method": "DELETE"},
        "date": {"X-Sdk-Date": date_in(1).strftime(DATE_FORMAT)},
        "signed header": {"X-Signed": "b"},
        "missing header": {"X-Signed": None},
        "signature": {"Authorization": authorization[:-1] + "x"},
        "other signature": {"Authorization": authorization[:-8] + "0" * 8},
        "date not signed": {"Authorization": authorization.replace(";x-sdk-date", "")},
        "scheme": {"Authorization": authorization.replace("SDK-", "AWS4-")},
        "bearer": {"Authorization": "Bearer abc"},
        "basic": {"Authorization": "Basic YTpi"},
        "empty": {"Authorization": ""},
        "no date": {"X-Sdk-Date": None},
        "bad date": {"X-Sdk-Date": "yesterday"},
        "content hash": {"X-Sdk-Content-Sha256": hashlib.sha256(b"other").hexdigest()},
        "unknown key": {"Authorization": authorization.replace("Access=", "Access=X")},
    }
    for name, value in changes[what].items():
        if name in {"url", "body", "method"}:
            setattr(request, name, value)
        elif value is None:
            del request.headers[name]
        else:
            request.headers[name] = value
    return request


@pytest.mark.parametrize(
    "what",
    [
        "path",
        "query",
        "body",
        "method",
        "date",
        "signed header",
        "missing header",
        "signature",
        "other signature",
        "date not signed",
        "scheme",
        "bearer",
        "basic",
        "empty",
        "no date",
        "bad date",
        "content hash",
        "unknown key",
    ],
)
def test_whatever_was_changed_after_signing_is_refused(service: RunningService, what: str) -> None:
    request = requests.Request(
        "PUT",
        service.base + JOBS + "/1?page=1",
        headers={"X-Signed": "a", "Content-Type": "application/json"},
        data=b'{"job_desc":"a"}',
    ).prepare()
    request = tampered(service.signature()(request), what)
    with requests.Session() as session:
        answer = session.send(request, timeout=60)
    assert code_of(answer) == (401, "APIGW.0301")
    assert service.credentials["access_key"] not in answer.text


def test_the_older_form_of_the_header_is_understood(service: RunningService) -> None:
    request = service.signature()(requests.Request("GET", service.base + JOBS).prepare())
    access = service.credentials["access_key"]
    request.headers["Authorization"] = request.headers["Authorization"].replace(
        f"Access={access}", f"Credential={access}/20150907//ec2/sdk_request"
    )
    with requests.Session() as session:
        assert session.send(request, timeout=60).status_code == 200


def test_many_failures_do_not_lock_the_key(service: RunningService) -> None:
    wrong = SignatureAuth(service.credentials["access_key"], "wrong")
    for _ in range(7):
        assert send(service.base + JOBS, auth=wrong).status_code == 401
    assert service.get(JOBS)


# ---- tokens -------------------------------------------------------------------------------------


def test_a_user_token_opens_the_project(service: RunningService) -> None:
    assert send(service.base + JOBS, headers=token(service)).status_code == 200


def test_the_token_is_in_a_header_and_lives_for_a_day(service: RunningService) -> None:
    answer = login(service)
    body = answer.json()["token"]
    issued, expires = (
        datetime.strptime(body[name], "%Y-%m-%dT%H:%M:%S.%fZ")
        for name in ("issued_at", "expires_at")
    )
    assert answer.status_code == 201
    assert answer.headers["X-Subject-Token"] not in answer.text
    assert expires - issued == timedelta(hours=24)
    assert body["project"]["id"] == service.address["project_id"]
    assert body["project"]["name"] == service.address["project_name"]
    assert body["user"]["name"] == service.credentials["username"]
    assert body["user"]["domain"]["name"] == service.credentials["domain"]


def test_the_catalog_is_what_openstack_clients_need(service: RunningService) -> None:
    catalog = {item["type"]: item for item in login(service).json()["token"]["catalog"]}
    (endpoint,) = catalog["modelartsv1"]["endpoints"]
    assert endpoint["url"] == service.base
    assert endpoint["interface"] == "public"
    assert endpoint["region"] == endpoint["region_id"] == service.address["region"]
    assert "catalog" not in login(service, "?nocatalog=1").json()["token"]
    assert "catalog" not in login(service, "?nocatalog").json()["token"]


@pytest.mark.parametrize("wrong", ["username", "password", "domain"])
def test_a_wrong_login_is_refused_in_the_words_of_iam(service: RunningService, wrong: str) -> None:
    answer = login(service, **{wrong: "wrong"})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == 401
    assert answer.json()["error"]["title"] == "Unauthorized"
    assert "X-Subject-Token" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"auth": 1}',
        b'{"auth": {"identity": {"methods": "password"}}}',
        b'{"auth": {"identity": {"methods": ["totp"]}}}',
        b'{"auth": {"identity": {"methods": ["password"], "password": {"user": []}}}}',
        b'{"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": 1}}}}}',
    ],
)
def test_a_malformed_login_is_a_bad_request(service: RunningService, body: bytes) -> None:
    answer = send(service.endpoint + "/v3/auth/tokens", "POST", data=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == 400


@pytest.mark.parametrize("scope", [{"name": "elsewhere"}, {"id": "0" * 32}, {}])
def test_a_token_for_another_project_is_refused(
    service: RunningService, scope: dict[str, str]
) -> None:
    assert login(service, scope={"project": scope}).status_code == 401


def test_a_project_may_be_named_by_its_id(service: RunningService) -> None:
    scope = {"project": {"id": service.address["project_id"]}, "domain": {"name": "any"}}
    assert send(service.base + JOBS, headers=token(service, scope=scope)).status_code == 200


@pytest.mark.parametrize("scope", [None, {}, {"domain": {"name": "local-account"}}])
def test_a_token_without_project_opens_no_project(service: RunningService, scope: Any) -> None:
    answer = send(service.base + JOBS, headers=token(service, scope=scope))
    assert code_of(answer) == (403, "ModelArts.0212")


def test_an_unknown_token_has_to_be_renewed(service: RunningService) -> None:
    answer = send(service.base + JOBS, headers={"X-Auth-Token": "MIIunknown"})
    assert code_of(answer) == (401, "APIGW.0307")


def test_without_credentials_nothing_is_answered(service: RunningService) -> None:
    assert code_of(send(service.base + JOBS)) == (401, "APIGW.0301")
    assert code_of(send(service.endpoint + "/v3/projects")) == (401, "APIGW.0301")


def test_another_project_is_refused(service: RunningService) -> None:
    for path in ("0" * 32, "..%2f" + service.address["project_id"], "x"):
        url = f"{service.endpoint}/v1/{path}{JOBS}"
        assert code_of(send(url, headers=token(service))) == (403, "ModelArts.0210")


# ---- temporary keys -----------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [900, 86400, "3600"])
def test_a_temporary_key_signs_with_its_security_token(
    service: RunningService, seconds: Any
) -> None:
    answer = temporary_key(service, seconds)
    assert answer.status_code == 201
    made = answer.json()["credential"]
    assert set(made) == {"access", "secret", "securitytoken", "expires_at"}
    signed = SignatureAuth(made["access"], made["secret"], made["securitytoken"])
    assert send(service.base + JOBS, auth=signed).status_code == 200


def test_a_temporary_key_without_its_token_is_refused(service: RunningService) -> None:
    made = temporary_key(service).json()["credential"]
    for security_token in (None, "wrong"):
        signed = SignatureAuth(made["access"], made["secret"], security_token)
        assert code_of(send(service.base + JOBS, auth=signed)) == (401, "APIGW.0301")


@pytest.mark.parametrize("seconds", [899, 86401, "long", True, 900.5])
def test_a_temporary_key_lives_between_15_minutes_and_a_day(
    service: RunningService, seconds: Any
) -> None:
    assert temporary_key(service, seconds).status_code == 400


def test_the_token_may_stand_in_the_body(service: RunningService) -> None:
    url = service.endpoint + "/v3.0/OS-CREDENTIAL/securitytokens"
    for wanted, status in ((token(service)["X-Auth-Token"], 201), ("wrong", 401)):
        identity = {"methods": ["token"], "token": {"id": wanted}}
        assert send(url, "POST", json={"auth": {"identity": identity}}).status_code == status


def test_tokens_and_temporary_keys_expire(tmp_path: Path) -> None:
    def scenario(service: StartedService) -> None:
        url = f"{service.endpoint}/v1/{service.address['project_id']}{JOBS}"
        made = temporary_key(service, 900).json()["credential"]
        signed = SignatureAuth(
            made["access"], made["secret"], made["securitytoken"], now=service.date
        )
        header = token(service)
        service.now += 899
        assert send(url, auth=signed).status_code == 200
        service.now += 2
        assert code_of(send(url, auth=signed)) == (401, "APIGW.0301")
        service.now += 24 * 3600 - 902
        assert send(url, headers=header).status_code == 200
        service.now += 2
        assert code_of(send(url, headers=header)) == (401, "APIGW.0307")

    in_process(tmp_path / "root", scenario)


# ---- discovery, hosts ---------------------------------------------------------------------------


def test_discovery_needs_no_credentials(service: RunningService) -> None:
    for path in ("/v3", "/v3/"):
        version = send(service.endpoint + path).json()["version"]
        assert version["id"].startswith("v3.")
        assert version["status"] == "stable"
        assert version["links"] == [{"rel": "self", "href": service.endpoint + "/v3/"}]
    answer = send(service.endpoint + "/")
    assert (answer.status_code, answer.json()["versions"]["values"]) == (200, [version])


def test_the_project_is_named_like_the_region(service: RunningService) -> None:
    url = service.endpoint + "/v3/projects"
    for name, count in (("local", 1), ("elsewhere", 0), ("", 1)):
        answer = send(url, params={"name": name}, headers=token(service, scope=None))
        assert len(answer.json()["projects"]) == count


@pytest.mark.parametrize(
    "host", ["example.org", "127.0.0.1", "localhost", "127.0.0.1:1", "127.0.0.1.example.org:PORT"]
)
def test_a_foreign_host_is_refused_everywhere(service: RunningService, host: str) -> None:
    port = service.endpoint.rpartition(":")[2]
    headers = {"Host": host.replace("PORT", port)}
    for url in (service.endpoint + "/v3", service.base + JOBS):
        assert code_of(send(url, headers=headers)) == (403, "APIGW.0302")


@pytest.mark.parametrize("origin", ["null", "https://example.org", "http://127.0.0.1:8888"])
def test_a_page_of_another_origin_is_refused_and_may_read_nothing(
    service: RunningService, origin: str
) -> None:
    for url in (service.endpoint + "/v3", service.base + JOBS, service.endpoint + "/obs/bucket"):
        for method in ("GET", "POST", "OPTIONS"):
            answer = send(url, method=method, headers={"Origin": origin})
            assert answer.status_code == 403
            assert "No page of another address" in answer.text
            assert not [name for name in answer.headers if name.startswith("Access-Control")]
    own = {"Origin": service.endpoint}
    assert send(service.endpoint + "/v3", headers=own).status_code == 200


def test_it_listens_on_this_machine_only(service: RunningService) -> None:
    assert listening_addresses(service) == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v0/x", 404),
        ("GET", "/v1/PROJECT/nothing", 404),
        ("GET", "/v1/PROJECT//training-jobs", 404),
        ("GET", "/v3/auth/tokens", 405),
        ("PATCH", "/v1/PROJECT/training-jobs", 405),
        ("OPTIONS", "/v1/PROJECT/training-jobs", 405),
        ("HEAD", "/v1/PROJECT/training-jobs", 405),
        ("TRACE", "/v1/PROJECT/training-jobs", 405),
        ("DELETE", "/v1/PROJECT/job/ai-engines", 405),
    ],
)
def test_an_unknown_path_or_method_is_told(
    service: RunningService, method: str, path: str, status: int
) -> None:
    url = service.endpoint + path.replace("PROJECT", service.address["project_id"])
    answer = send(url, method)
    assert answer.status_code == status
    assert answer.headers["X-request-id"]
    assert "Location" not in answer.headers
    if method != "HEAD":
        assert answer.json()["error_code"] == "APIGW.0101"
