"""The identity service, as far as clients of ModelArts use it.

Source: docs/api/identity.md, docs/api/embedded-service.md.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from ..http.clock import iso_time
from ..http.fields import Fields
from ..http.refusals import IamRefused, Json, Refused
from ..http.routes import Call, Endpoint, Reply, Route
from ..storage.root import ServiceKeys
from .grants import Grant, Grants

SHORTEST_KEY_LIFE, LONGEST_KEY_LIFE = 900, 86400


@dataclass(frozen=True)
class Tenant:
    """The names and ids of this service; the project's name is that of the region."""

    endpoint: str
    region: str
    project_id: str
    domain_id: str
    user_id: str


class IamApi:
    def __init__(self, tenant: Tenant, credentials: ServiceKeys, grants: Grants) -> None:
        self._tenant = tenant
        self._credentials = credentials
        self._grants = grants

    def routes(self) -> list[Route]:
        create_token = _in_words_of_iam(self.create_token)
        create_key = _in_words_of_iam(self.create_key)
        return [
            Route("GET", "", self.list_versions, is_open=True),
            Route("GET", "/v3", self.show_version, is_open=True),
            Route("POST", "/v3/auth/tokens", create_token, is_open=True),
            Route("GET", "/v3/projects", self.list_projects),
            Route("POST", "/v3.0/OS-CREDENTIAL/securitytokens", create_key, is_open=True),
        ]

    def list_versions(self, _call: Call) -> Reply:
        return Reply({"versions": {"values": [self._version()]}})

    def show_version(self, _call: Call) -> Reply:
        """Its header tells the services of several folders apart, also without credentials."""
        headers = {"X-Project-Id": self._tenant.project_id}
        return Reply({"version": self._version()}, headers=headers)

    def create_token(self, call: Call) -> Reply:
        """The token is in a header of the answer, not in its body."""
        auth = call.body.object("auth")
        with_catalog = not any(name == "nocatalog" for name, _ in call.pairs)
        self._check_user(auth.object("identity"))
        project_id = self._scope(auth.object("scope"))
        token, grant = self._grants.issue_token(project_id)
        body = {"token": self._token(grant, with_catalog)}
        return Reply(body, status=201, headers={"X-Subject-Token": token})

    def list_projects(self, call: Call) -> Reply:
        wanted = call.query.text("name")
        ours = self._tenant
        projects = [
            {
                "id": ours.project_id,
                "name": ours.region,
                "description": "",
                "domain_id": ours.domain_id,
                "parent_id": ours.domain_id,
                "is_domain": False,
                "enabled": True,
                "links": {"self": f"{ours.endpoint}/v3/projects/{ours.project_id}"},
            }
        ]
        return Reply(
            {
                "projects": [item for item in projects if wanted in {"", item["name"]}],
                "links": {"self": f"{ours.endpoint}/v3/projects", "next": None, "previous": None},
            }
        )

    def create_key(self, call: Call) -> Reply:
        """Temporary AK/SK for the owner of a user token; the token of the header wins."""
        identity = call.body.object("auth").object("identity")
        _require_method(identity, "token")
        wanted = identity.object("token")
        seconds = wanted.integer(
            "duration_seconds", SHORTEST_KEY_LIFE, SHORTEST_KEY_LIFE, LONGEST_KEY_LIFE
        )
        if self._grants.token(call.headers.get("X-Auth-Token") or wanted.text("id")) is None:
            raise IamRefused(401, "The token is missing, unknown or expired.")
        key = self._grants.issue_key(seconds)
        return Reply(
            {
                "credential": {
                    "access": key.access,
                    "secret": key.secret,
                    "securitytoken": key.security_token,
                    "expires_at": iso_time(key.expires),
                }
            },
            status=201,
        )

    def _check_user(self, identity: Fields) -> None:
        _require_method(identity, "password")
        user = identity.object("password").object("user")
        given = (user.text("name"), user.text("password"), user.object("domain").text("name"))
        ours = (self._credentials.username, self._credentials.password, self._credentials.domain)
        if not all([_same(*pair) for pair in zip(given, ours)]):  # noqa: C419  # always all three
            raise IamRefused(401, "The username or password is wrong.")

    def _scope(self, scope: Fields) -> str | None:
        """The id of the project that a token is asked for; the project wins over a domain."""
        if "project" not in scope:
            return None
        project = scope.object("project")
        asked = (project.text("id"), project.text("name"))
        if not any(asked) or (asked[0] and asked[0] != self._tenant.project_id):
            raise IamRefused(401, "There is no such project.")
        if asked[1] and asked[1] != self._tenant.region:
            raise IamRefused(401, "There is no such project.")
        return self._tenant.project_id

    def _token(self, grant: Grant, with_catalog: bool) -> Json:
        ours = self._tenant
        domain = {"id": ours.domain_id, "name": self._credentials.domain}
        token: Json = {
            "expires_at": iso_time(grant.expires),
            "issued_at": iso_time(grant.issued),
            "methods": ["password"],
            "roles": [{"id": "0", "name": "te_admin"}],
            "user": {
                "id": ours.user_id,
                "name": self._credentials.username,
                "domain": domain,
                "password_expires_at": "",
            },
        }
        if grant.project_id:
            token["project"] = {"id": grant.project_id, "name": ours.region, "domain": domain}
        if with_catalog:
            token["catalog"] = self._catalog(grant)
        return token

    def _catalog(self, grant: Grant) -> list[Json]:
        ours = self._tenant
        services = {"identity": f"{ours.endpoint}/v3"}
        if grant.project_id:
            services["modelartsv1"] = f"{ours.endpoint}/v1/{grant.project_id}"
        return [
            {
                "id": f"{kind}-service",
                "name": kind,
                "type": kind,
                "endpoints": [
                    {
                        "id": f"{kind}-public",
                        "interface": "public",
                        "region": ours.region,
                        "region_id": ours.region,
                        "url": url,
                    }
                ],
            }
            for kind, url in services.items()
        ]

    def _version(self) -> dict[str, Any]:
        return {
            "id": "v3.14",
            "status": "stable",
            "updated": "2020-04-07T00:00:00Z",
            "links": [{"rel": "self", "href": f"{self._tenant.endpoint}/v3/"}],
            "media-types": [
                {
                    "base": "application/json",
                    "type": "application/vnd.openstack.identity-v3+json",
                }
            ],
        }


def _require_method(identity: Fields, method: str) -> None:
    methods = identity.raw("methods")
    if not isinstance(methods, list) or method not in methods:
        raise IamRefused(400, f"The identity methods should contain {method}.")


def _in_words_of_iam(endpoint: Endpoint) -> Endpoint:
    def answer(call: Call) -> Reply:
        try:
            return endpoint(call)
        except Refused as refused:
            raise IamRefused(400, refused.message) from None

    return answer


def _same(given: str, ours: str) -> bool:
    return hmac.compare_digest(given.encode(), ours.encode())
