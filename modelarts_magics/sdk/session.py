"""The Session of the SDK: who asks, and where.

Source: docs/api/identity.md.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Callable

from ..core import config
from ..core.api.base import JobApi, VisualizationApi
from ..core.api.log import ByteSource
from ..core.api.v1.client import Client
from ..core.api.v1.jobs import API, TrainingJobs
from ..core.api.v1.visualizations import VisualizationJobs
from ..core.api.v2 import client as v2
from ..core.api.v2 import jobs as v2_jobs
from ..core.api.v2.models.job import API as NEWER
from ..core.api.v2.visualizations import Viewers
from ..core.auth.credentials import Credentials, KeyCredentials, PasswordCredentials
from ..core.auth.keys import AccessKey, ProjectList
from ..core.auth.sources import Arguments, Identity, find_identity, from_official
from ..core.by_name import is_like_id, is_uuid
from ..core.endpoints import endpoint, is_of_the_vendor
from ..core.errors import InvalidArgumentError, ModelArtsError, NotFoundError
from ..core.forked import heed_forks
from ..core.generations import EitherJobs, EitherVisualizations, Generation, Shows
from ..core.http.answer import Answer
from ..core.http.reader import Reader
from ..core.http.transport import Limits, Runner, Transport, run_directly
from ..core.i18n import _
from ..core.obs.client import ObsClient, connect
from ..core.obs.log_folder import LogFolder
from ..core.obs.object_bytes import ObjectsBytes
from ..core.obs_path import obs_folder
from ..core.scalars.files import StoredFolder
from .obs import Obs

__all__ = ["Session"]


class Session:
    """Credentials, region and project; nothing is read or sent before it is needed.

    Without arguments the credentials come from the first source that has some: what was chosen with
    ``%ma_session``, the environment, the profile file of the vendor's SDKs, ``~/.modelarts``, a
    ModelArts notebook, the metadata service.

    Args:
        access_key: the AK; goes with ``secret_key``.
        secret_key: the SK.
        security_token: of a temporary key.
        account: name of the account that an IAM user belongs to.
        username: goes with ``password``; ``HUAWEICLOUD_SDK_PASSWORD`` is used when it is not given.
        password: see ``username``.
        project_id: looked up by the region when it is not known.
        region_name: such as ``cn-north-4``.
        config_file: in place of ``~/.modelarts/config.json``.
        profile: section of the profile file; ``basic`` by default.
        local_root: folder of an embedded service that runs on this machine.
        limits: time-outs, retries and number of connections.
        api: the generation of the API, ``v1`` or ``v2``; by default the job decides: see
            :mod:`~modelarts_magics.core.generations`.

    Attributes:
        run: runs one request; the magics set one that lets an interrupt through at any time.

    Raises:
        CredentialsNotFoundError: at the first use, when no source has credentials.
        InvalidArgumentError: at once for another ``api``; at the first use, when something is
            missing or makes no sense.

    >>> Session(access_key="EXAMPLEAK", secret_key="s", region_name="cn-north-4", project_id="p")
    Session(identity='EXAM***', region_name='cn-north-4', project_id='p', source='arguments')
    """

    def __init__(
        self,
        *,
        access_key: str | None = None,
        secret_key: str | None = None,
        security_token: str | None = None,
        account: str | None = None,
        username: str | None = None,
        password: str | None = None,
        project_id: str | None = None,
        region_name: str | None = None,
        config_file: str | None = None,
        profile: str | None = None,
        local_root: str | None = None,
        limits: Limits | None = None,
        api: str | None = None,
    ) -> None:
        self._api = _checked_api(api)
        self._arguments = Arguments(
            access_key=access_key or "",
            secret_key=secret_key or "",
            security_token=security_token or "",
            account=account or "",
            username=username or "",
            password=password or "",
            config_file=config_file or "",
            profile=profile or "",
            local_root=local_root or "",
        )
        self._project_id = project_id or ""
        self._region_name = region_name or ""
        self._limits = limits
        self.run: Runner = run_directly
        self._identity: Identity | None = None
        self._client: Client | None = None
        self._newer: v2.Client | None = None
        self._lacking: set[str] = set()
        self.forget_threads()
        heed_forks(self)

    def forget_threads(self) -> None:
        """The locks of a forked child, whose parent's threads may hold others."""
        self._lock = threading.RLock()

    @classmethod
    def of(cls, session: Any) -> Session:
        """Accept a session of ours or of the vendor's ``modelarts.session``.

        Raises:
            InvalidArgumentError: it is neither.
        """
        if isinstance(session, cls):
            return session
        if not hasattr(session, "access_key") or not hasattr(session, "region_name"):
            raise InvalidArgumentError(
                _("{kind} is no session", kind=type(session).__name__),
                _("Give a modelarts_magics.session.Session"),
            )
        adopted = cls()
        adopted._identity = from_official(session)
        return adopted

    @staticmethod
    def set_endpoint(
        iam_endpoint: str | None = None,
        obs_endpoint: str | None = None,
        modelarts_endpoint: str | None = None,
        region_name: str | None = None,
    ) -> None:
        """Use other addresses than those of the public cloud, in sessions that are made later."""
        config.choose(
            iam_endpoint=iam_endpoint or "",
            obs_endpoint=obs_endpoint or "",
            modelarts_endpoint=modelarts_endpoint or "",
            region_name=region_name or "",
        )

    def __repr__(self) -> str:
        if self._identity is None and not (self._arguments.access_key or self._arguments.username):
            return "Session()"
        try:
            return (
                f"Session(identity={self.identity.shown_as!r}, region_name={self.region_name!r}, "
                f"project_id={self.known_project_id!r}, source={self.identity.source!r})"
            )
        except ModelArtsError:
            return "Session()"

    @property
    def identity(self) -> Identity:
        """Who asks, and which source said so."""
        with self._lock:
            if self._identity is None:
                self._identity = find_identity(self._arguments)
            return self._identity

    @property
    def region_name(self) -> str:
        """The region; empty when none is known."""
        return self._pick("region_name", self._region_name)

    @property
    def project_id(self) -> str:
        """The project; asked of the identity service when nothing tells it."""
        return self.client.project_id

    @property
    def user_id(self) -> str:
        """The user, where the source of the credentials knows it."""
        return self.identity.user_id

    @property
    def access_key(self) -> str | None:
        """The AK; ``None`` for a session with a user name."""
        key = self._key()
        return key.access_key if key else None

    @property
    def secret_key(self) -> str | None:
        """The SK; ``None`` for a session with a user name."""
        key = self._key()
        return key.secret_key if key else None

    @property
    def security_token(self) -> str | None:
        """The token of a temporary key."""
        key = self._key()
        return key.security_token if key else None

    def _key(self) -> AccessKey | None:
        read = self.identity.read_key
        return read() if read else None

    @property
    def modelarts_endpoint(self) -> str:
        """The URL of the ModelArts service."""
        return self.endpoint("modelarts")

    @property
    def iam_endpoint(self) -> str:
        """The URL of the identity service."""
        return self.endpoint("iam")

    def endpoint(self, service: str) -> str:
        """The URL of ``iam``, ``modelarts`` or ``obs``."""
        return self._endpoint(service, getattr(self.identity, f"{service}_endpoint"))

    @property
    def client(self) -> Client:
        """The REST client of this session; made when it is used for the first time."""
        with self._lock:
            if self._client is None:
                self._client = self._new_client()
            return self._client

    @property
    def api(self) -> str | None:
        """The generation that was chosen; ``None`` where each job decides."""
        return _checked_api(config.value("api", self._api))

    @property
    def lacking_generations(self) -> frozenset[str]:
        """Those that the service has turned out not to have."""
        return frozenset(self._lacking)

    @property
    def jobs(self) -> JobApi:
        """The training jobs of this session, whichever generation of the API serves them."""
        older, newer = TrainingJobs(self.client), self.jobs_v2
        if self.api:
            return older if self.api == older.api else newer
        both = [Generation(older, is_like_id), Generation(newer, is_uuid)]
        is_public = is_of_the_vendor(self.modelarts_endpoint)
        order = both[::-1] if is_public else both
        return EitherJobs(order, self._lacking, is_open=is_public)

    @property
    def visualizations(self) -> VisualizationApi:
        """The visualization jobs of this session, as :attr:`jobs` are its training jobs."""
        older, newer = VisualizationJobs(self.client), Viewers(self.client_v2)
        if self.api:
            return older if self.api == older.api else newer
        both = [
            Shows(older, is_like_id),
            Shows(newer, is_uuid),
        ]
        is_public = is_of_the_vendor(self.modelarts_endpoint)
        order = both[::-1] if is_public else both
        return EitherVisualizations(order, self._lacking, is_open=is_public)

    @property
    def client_v2(self) -> v2.Client:
        """The REST client of API v2, whatever generation was chosen; as :attr:`client`."""
        client = self.client
        with self._lock:
            if self._newer is None:
                self._newer = v2.Client(client.transport, client.project_id)
            return self._newer

    @property
    def jobs_v2(self) -> v2_jobs.TrainingJobs:
        """The training jobs that API v2 serves, whatever generation was chosen."""
        return v2_jobs.TrainingJobs(self.client_v2, self._copy if self.identity.read_key else None)

    @property
    def obs(self) -> Obs:
        """The object store, with the access key of this session.

        Its methods raise :class:`~modelarts_magics.errors.InvalidArgumentError` for a session with
        a user name, which has no such key.
        """
        return Obs(self._store)

    @cached_property
    def _store(self) -> ObsClient:
        keys = KeyCredentials(self._read_key)
        return connect(self.endpoint("obs"), keys, self._limits, self._run)

    def _read_key(self) -> AccessKey:
        key = self._key()
        if key is None:
            raise InvalidArgumentError(_("The object store wants an access key"))
        return key

    def _copy(self, place: str, name: str, tasks: Sequence[str]) -> ByteSource:
        bucket, _slash, beginning = place.lstrip("/").partition("/")
        return ObjectsBytes(self._store, bucket, beginning, name, tasks)

    def stored_folder(self, location: str) -> StoredFolder:
        """A folder of event files in the object store, for somebody who reads on and on.

        Args:
            location: ``obs://bucket/folder`` or ``/bucket/folder/``.
        """
        bucket, _slash, prefix = obs_folder(location).lstrip("/").partition("/")
        store = self._store.for_reader(Reader(), run=run_directly)
        return StoredFolder(store, bucket, prefix)

    def log_folder(self, location: str, job: str, tasks: Sequence[str]) -> LogFolder:
        """The folder that a job copies its logs to, for what else is there.

        Args:
            location: ``obs://bucket/folder/`` or ``/bucket/folder/``.
            job: id of the job.
            tasks: names of its tasks.
        """
        return LogFolder(self._store, location, job, tasks)

    def close(self) -> None:
        """Close the pooled connections; it does not wait for whoever makes the client just now."""
        client, store = self._client, self.__dict__.get("_store")
        for one in (client, store):
            if one is not None:
                one.transport.close()

    def _new_client(self) -> Client:
        credentials = self._credentials()
        project_id = self.known_project_id or self._look_up_project(credentials)
        transport = self._transport(self.modelarts_endpoint, credentials, project_id)
        transport.pool.headers["X-Project-Id"] = project_id
        return Client(transport, project_id)

    def _transport(self, endpoint: str, credentials: Credentials, project: str = "") -> Transport:
        return Transport(endpoint, credentials, self._limits, run=self._run, project=project)

    def _run(self, request: Callable[[], Answer]) -> Answer:
        return self.run(request)

    def _credentials(self) -> Credentials:
        identity = self.identity
        if identity.read_key:
            return KeyCredentials(identity.read_key)
        known = self.known_project_id
        return PasswordCredentials(
            identity.username,
            identity.password,
            identity.account,
            self.iam_endpoint,
            {"id": known} if known else {"name": self.region_name},
        )

    def _look_up_project(self, credentials: Credentials) -> str:
        """The project of the region, which has the region's name."""
        transport = self._transport(self.iam_endpoint, credentials)
        try:
            query = {"name": self.region_name}
            answer = transport.send("GET", "/v3/projects", query=query, required=["projects"])
        finally:
            transport.close()
        projects = ProjectList.from_json(answer).projects
        if len(projects) == 1:
            return projects[0].id
        raise NotFoundError(
            _("{n} projects are named {name}", n=len(projects), name=self.region_name),
            _("Name one: Session(project_id=...), or %ma_session --project ID"),
        )

    @property
    def known_project_id(self) -> str:
        """The project as far as it is known without asking anybody; else empty."""
        return self._pick("project_id", self._project_id)

    def _pick(self, name: str, argument: str) -> str:
        """Argument, context, environment, then what came with the credentials.

        What is bound to the credentials, as with an embedded service, wins over the environment.
        """
        own: str = getattr(self.identity, name)
        if own and self.identity.is_bound and not argument:
            return own
        return config.value(name, argument) or own

    def _endpoint(self, service: str, own: str) -> str:
        bound = own if self.identity.is_bound else ""
        return endpoint(service, self.region_name, bound, default=own)


def _checked_api(api: str | None) -> str | None:
    if api in (None, "", API, NEWER):
        return api or None
    raise InvalidArgumentError(
        _("{name} is {value}", name="api", value=repr(api)),
        _("It is one of {choices}", choices=f"{API}, {NEWER}"),
    )
