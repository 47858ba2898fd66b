"""What the tests of API v2 do with the embedded service: by hand, and by the vendor's client."""

from __future__ import annotations

import itertools
from typing import Any, Protocol

import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkmodelarts.v1 import ModelArtsClient
from running_service import TIME_LIMIT, until

from modelarts_magics.core.auth.signing import SignatureAuth

ENDED = {"Completed", "Failed", "Terminated", "Abnormal"}
FLAVOR = "modelarts.vm.cpu.2u"
numbers = itertools.count()


class Reachable(Protocol):
    @property
    def endpoint(self) -> str: ...

    @property
    def address(self) -> dict[str, str]: ...

    @property
    def credentials(self) -> dict[str, str]: ...


def vendor_client(service: Reachable) -> ModelArtsClient:
    keys = service.credentials
    project = service.address["project_id"]
    credentials = BasicCredentials(keys["access_key"], keys["secret_key"], project)
    config = HttpConfig.get_default_config()
    config.timeout = (TIME_LIMIT, TIME_LIMIT)
    builder = ModelArtsClient.new_builder().with_credentials(credentials)
    return builder.with_http_config(config).with_endpoints([service.endpoint]).build()


class V2:
    """API v2 of a service, by signed requests."""

    def __init__(self, service: Reachable, now: Any = None) -> None:
        self.service = service
        self.base = f"{service.endpoint}/v2/{service.address['project_id']}"
        keys = service.credentials
        dated = {} if now is None else {"now": now}
        self.auth: SignatureAuth | None = SignatureAuth(
            keys["access_key"], keys["secret_key"], **dated
        )

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        url = self.base + path
        return requests.request(method, url, auth=self.auth, timeout=TIME_LIMIT, **options)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refuse(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Send what is to be refused; returns the HTTP status and the last digits of the code."""
        answer = self.call(method, path, **options)
        body = answer.json()
        assert body["error_msg"]
        assert set(body) <= {"error_code", "error_msg", "error_solution", "request_id"}
        return answer.status_code, body["error_code"].replace("ModelArts.", "")

    def search(self, **body: Any) -> dict[str, Any]:
        answer = self.call("POST", "/training-job-searches", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def create(self, body: dict[str, Any]) -> Job:
        answer = self.call("POST", "/training-jobs", json=body)
        assert answer.status_code == 201, answer.text
        return Job(self, answer.json())

    def run(self, command: str, nodes: int = 1, **parts: Any) -> Job:
        return self.create(new_job(command, nodes, **parts))

    def job(self, uuid: str) -> Job:
        return Job(self, self.get(f"/training-jobs/{uuid}"))


class Job:
    """A job of API v2; ``made`` is the answer that made it known."""

    def __init__(self, v2: V2, made: dict[str, Any]) -> None:
        self.v2, self.made = v2, made
        self.id = made["metadata"]["id"]
        self.path = f"/training-jobs/{self.id}"

    def info(self) -> Any:
        return self.v2.get(self.path)

    def phase(self) -> str:
        return str(self.info()["status"]["phase"])

    def wait(self, *phases: str) -> Any:
        wanted = set(phases) or ENDED
        until(lambda: self.phase() in wanted, f"{self.path} in {wanted}")
        return self.info()

    def terminate(self) -> None:
        self.v2.call("POST", self.path + "/actions", json={"action_type": "terminate"})

    def preview(self, task: str = "worker-0") -> requests.Response:
        return self.v2.call("GET", f"{self.path}/tasks/{task}/logs/preview")

    def text(self, task: str = "worker-0") -> str:
        return str(self.preview(task).json()["content"])


def new_job(command: str, nodes: int = 1, **parts: Any) -> dict[str, Any]:
    """The body of a job that runs a command; parts replace those of metadata, algorithm, spec."""
    name = parts.pop("name", f"v2-{next(numbers)}")
    resource = {"flavor_id": FLAVOR, "node_count": nodes}
    return {
        "kind": "job",
        "metadata": {"name": name, **parts.pop("metadata", {})},
        "algorithm": {
            "engine": {"image_url": "org/image:1"},
            "command": command,
            **parts.pop("algorithm", {}),
        },
        "spec": {"resource": resource, **parts.pop("spec", {})},
        **parts,
    }


def viewer_of(uuid: str, **spec: Any) -> dict[str, Any]:
    """The body of a viewer of a job."""
    body = new_job("sleep 1", spec=spec)
    body["kind"] = "visualization_job"
    body["metadata"]["annotations"] = {"tensorboard/enable": "true"}
    body["algorithm"]["summary"] = {"data_sources": [{"job": {"job_id": uuid}}]}
    return body
