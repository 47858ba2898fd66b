"""No secret leaves the file that only the owner can read."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests
from running_service import RunningService, descendants, running_service, until
from v2_calls import V2

from modelarts_magics.core.auth.signing import SignatureAuth
from modelarts_magics.local.access.grants import Grants
from modelarts_magics.local.storage.root import ServiceKeys

SURROUNDINGS = {
    "HUAWEICLOUD_SDK_SK": "surrounding-secret-1",
    "HUAWEICLOUD_SDK_PASSWORD": "surrounding-secret-2",
    "AWS_SECRET_ACCESS_KEY": "surrounding-secret-3",
    "HTTPS_PROXY": "http://me:surrounding-secret-4@proxy.invalid",
}


def login(service: RunningService, password: str) -> requests.Response:
    keys = service.credentials
    user = {"name": keys["username"], "password": password, "domain": {"name": keys["domain"]}}
    identity = {"methods": ["password"], "password": {"user": user}}
    scope = {"project": {"name": service.address["region"]}}
    body = {"auth": {"identity": identity, "scope": scope}}
    return service.session.post(service.endpoint + "/v3/auth/tokens", json=body, timeout=60)


def busy_day(service: RunningService) -> dict[str, str]:
    """Use every way to get in, rightly and wrongly; returns the secrets by name."""
    secrets = {name: service.credentials[name] for name in ("secret_key", "password")}
    secrets["token"] = login(service, secrets["password"]).headers["X-Subject-Token"]
    assert login(service, "wrong" + secrets["password"]).status_code == 401
    made = service.session.post(
        service.endpoint + "/v3.0/OS-CREDENTIAL/securitytokens",
        json={"auth": {"identity": {"methods": ["token"], "token": {"id": secrets["token"]}}}},
        timeout=60,
    ).json()["credential"]
    secrets["temporary secret"] = made["secret"]
    secrets["security token"] = made["securitytoken"]
    for auth in (
        SignatureAuth(made["access"], made["secret"], made["securitytoken"]),
        SignatureAuth(made["access"], made["secret"], "x" + made["securitytoken"]),
        SignatureAuth(service.credentials["access_key"], secrets["secret_key"] + "x"),
        SignatureAuth(secrets["secret_key"], secrets["secret_key"]),
    ):
        service.call("GET", "/training-jobs", auth=auth)
    for headers in (
        {"X-Auth-Token": secrets["token"]},
        {"X-Auth-Token": secrets["token"] + "x"},
        {"Authorization": "Bearer " + secrets["token"]},
        {"Authorization": f"AWS4-HMAC-SHA256 Credential={secrets['secret_key']}/x"},
    ):
        url = service.base + "/training-jobs"
        requests.get(url, headers=headers, auth=lambda request: request, timeout=60)
    return {**secrets, **used_links(service)}


def used_links(service: RunningService) -> dict[str, str]:
    """Links to a log, of which one is right."""
    v2 = V2(service)
    filters = [{"key": "kind", "operator": "in", "value": ["job"]}]
    (job,) = v2.search(filters=filters)["items"]
    path = f"/training-jobs/{job['metadata']['id']}/tasks/worker-0/logs/url"
    link = v2.get(path)["obs_url"]
    for url, status in ((link, 200), (f"{link}A", 403), (link.replace("_logs", "logs"), 403)):
        assert requests.get(url, timeout=60).status_code == status
    signature = link.rpartition("Signature=")[2]
    return {"link": signature, "signature": unquote(signature)}


def texts(service: RunningService) -> dict[str, bytes]:
    """Everything that a service leaves behind or says, but the keys."""
    files = {
        str(path.relative_to(service.root)): path.read_bytes()
        for path in service.root.rglob("*")
        if path.is_file() and path.name != "credentials.json"
    }
    return {
        **files,
        "standard error": service.words.read_bytes(),
        "standard output": service.first_line.encode(),
    }


def children(service: RunningService) -> dict[str, bytes]:
    """What others may see of its processes: of each the title, of those it started all it knows."""
    title = Path("/proc", str(service.process.pid), "cmdline")
    found = {str(title): title.read_bytes() if title.exists() else b""}
    for pid in descendants(service.process.pid):
        for name in ("environ", "cmdline"):
            path = Path("/proc", str(pid), name)
            found[str(path)] = path.read_bytes() if path.exists() else b""
    return found


def test_no_secret_is_left_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SURROUNDINGS.items():
        monkeypatch.setenv(name, value)
    source = "import os, time\nprint(dict(os.environ), flush=True)\ntime.sleep(600)"
    with running_service(tmp_path / "root") as service:
        job = service.train("environment", source)
        until(lambda: job.has_logged("}"), "the environment")
        body = {"job_name": "board", "train_url": "/bucket/out/"}
        service.succeed("POST", "/visualization-jobs", json=body)
        secrets = busy_day(service)
        found = {**texts(service), **children(service)}
    found.update(texts(service))
    assert {"modelarts.sqlite", "standard error"} <= set(found)
    assert any(name.startswith("logs/training/") for name in found)
    for place, content in found.items():
        for name, secret in {**secrets, **SURROUNDINGS}.items():
            assert secret.encode() not in content, f"{name} in {place}"
        assert b"surrounding-secret" not in content, place


def test_what_python_shows_of_them_is_masked() -> None:
    credentials = ServiceKeys("ACCESSKEY", "the-secret", "user", "the-password", "account")
    key = Grants(lambda: 0.0).issue_key(900)
    shown: list[Any] = [credentials, key, [credentials], {"key": key}]
    for value in shown:
        assert "the-" not in repr(value)
        assert key.secret not in repr(value)
        assert key.security_token not in repr(value)
    assert "ACCESSKEY" not in repr(credentials)
