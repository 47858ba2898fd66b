"""The service as an object: everything put together, started and stopped."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from ..core.auth.keys import AccessKey
from .access.gate import Gate
from .access.grants import Grants
from .access.iam import IamApi, Tenant
from .engine.jobs import Jobs, Work
from .engine.log_export import LogExport
from .engine.tensorboard import TensorBoardWork
from .engine.training import TrainingWork
from .engine.usage import Meter
from .http.clock import Clock
from .http.connections import BODY_TIME, MOST_DRAINED, Connections
from .http.gateway import Gateway, application
from .obs.buckets import Buckets
from .obs.face import PATH as OBS_PATH
from .obs.face import FaceObs
from .obs.gate import ObsGate
from .obs.logs import LogObjects
from .storage.database import Store
from .storage.history import History
from .storage.log_folders import LogFolders
from .storage.obs import Obs
from .storage.records import Kind, Records
from .storage.root import CannotServe, Root, ServiceKeys
from .v1.face import FaceV1
from .v1.quirks import DEFAULT as DEFAULT_QUIRKS
from .v1.quirks import Quirks
from .v2.face import FaceV2
from .v2.profile import DEFAULT as DEFAULT_PROFILE
from .v2.profile import Profile
from .v2.viewer import PATTERN, ViewerHandler, Viewers

HOST = "127.0.0.1"
REGION = "local"
_LAST_PORT = 65535
_HEARTBEAT = 1.0


class Service:
    """An embedded ModelArts on one folder.

    Args:
        folder: where everything is kept.
        port: 0 for a free one.
        quirks: which form of the contradictions of the documentation it shows.
        profile: how it reads what is not documented of API v2.
        clock: gives epoch seconds.
        heartbeat: seconds between two looks at what is due.
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        quirks: Quirks = DEFAULT_QUIRKS,
        profile: Profile = DEFAULT_PROFILE,
        clock: Clock = time.time,
        heartbeat: float = _HEARTBEAT,
    ) -> None:
        self._root = Root(folder)
        self._port = port
        self._quirks = quirks
        self._profile = profile
        self._clock = clock
        self._beat_time = heartbeat

    async def start(self) -> dict[str, str]:
        """Start to answer; returns how to reach it, without any secret.

        Raises:
            CannotServe: the folder or the port cannot be used.
        """
        _check_port(self._port)
        with _in_one_line(self._root.path), ExitStack() as undo:
            undo.callback(self._root.release)
            self._root.claim()
            credentials = self._root.credentials()
            self._store = Store(self._root.database)
            undo.callback(self._store.close)
            sockets = _listen(self._port)
            undo.callback(sockets[0].close)
            self._make_jobs()
            port = sockets[0].getsockname()[1]
            tenant = self._tenant(f"http://{HOST}:{port}")
            gateway = self._gateway(port, tenant, credentials)
            self._viewers = Viewers(self._jobs, gateway.hosts)
            undo.callback(self._viewers.close)
            server = HTTPServer(
                application(gateway, (PATTERN, ViewerHandler, {"viewers": self._viewers})),
                max_body_size=MOST_DRAINED,
                body_timeout=BODY_TIME,
            )
            self._connections = Connections(server, sockets, gateway.refuse_unread)
            address = self._announce(tenant)
            undo.pop_all()
        self._beats = [*map(asyncio.ensure_future, (self._beat(), self._copy_logs()))]
        return address

    async def stop(self) -> None:
        """End everything that was started, and give the folder up."""
        for beat in self._beats:
            beat.cancel()
        with ExitStack() as ended:
            ended.callback(self._root.release)
            ended.callback(self._store.close)
            await self._connections.close()
            self._viewers.close()
            await self._jobs.close()

    async def until_unused(self, grace: float) -> None:
        """Wait until nobody uses the service, but at least for ``grace`` seconds."""
        await asyncio.sleep(grace)
        while self._root.is_in_use():
            await asyncio.sleep(_HEARTBEAT)

    def _make_jobs(self) -> None:
        """Everything that runs, after settling what a service that died has left behind."""
        self._obs = Obs(self._root.obs)
        records, history = Records(self._store), History(self._store)
        logs = LogFolders(self._root.logs, records)
        self._export = LogExport(self._obs, logs, self._profile.export == "rewritten")
        works: dict[Kind, Work] = {
            Kind.TRAINING: TrainingWork(self._obs, self._export),
            Kind.VISUALIZATION: TensorBoardWork(self._obs),
        }
        self._jobs = Jobs(records, history, works, logs, self._now)
        self._meter = Meter(self._jobs, self._now)
        self._left = self._jobs.recover()

    def _gateway(self, port: int, tenant: Tenant, credentials: ServiceKeys) -> Gateway:
        grants = Grants(self._clock)
        gate = Gate(credentials, grants, tenant.project_id, self._clock)
        key = AccessKey(credentials.access_key, credentials.secret_key)
        endpoint = tenant.endpoint + OBS_PATH
        logs = LogObjects(self._jobs.records, self._jobs.logs, endpoint, key, self._now)
        return Gateway(
            hosts=frozenset({f"{HOST}:{port}", f"localhost:{port}"}),
            faces=(
                FaceV1(self._jobs, self._obs, self._now, self._quirks),
                FaceV2(self._jobs, self._obs, logs, tenant.endpoint, self._now, self._profile),
            ),
            others=IamApi(tenant, credentials, grants).routes(),
            store=FaceObs(Buckets(self._root.obs), logs, ObsGate(gate, self._clock)),
            gate=gate,
        )

    def _tenant(self, endpoint: str) -> Tenant:
        return Tenant(
            endpoint=endpoint,
            region=REGION,
            project_id=self._store.identity("project_id"),
            domain_id=self._store.identity("domain_id"),
            user_id=self._store.identity("user_id"),
        )

    def _announce(self, tenant: Tenant) -> dict[str, str]:
        address = {
            "endpoint": tenant.endpoint,
            "project_id": tenant.project_id,
            "project_name": tenant.region,
            "region": tenant.region,
            "credentials_file": str(self._root.credentials_file),
        }
        self._root.announce(address)
        return address

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._beat_time)
            with suppress(sqlite3.Error):  # as of a full disk: the next beat looks again
                self._jobs.stop_overdue()
                self._meter.read(list(self._jobs.processes()))

    async def _copy_logs(self) -> None:
        """Beside the rest: a copy may take long. Those of a service that died are made whole."""
        await asyncio.gather(*map(self._export.copy, self._left))
        while True:
            await asyncio.sleep(self._beat_time)
            with suppress(sqlite3.Error):
                running = [job for job, _ in self._jobs.processes()]
                await asyncio.gather(*map(self._export.copy, running))

    def _now(self) -> int:
        return int(self._clock() * 1000)


@contextmanager
def _in_one_line(folder: Path) -> Iterator[None]:
    """What the disk refuses, as when it is full; then an error names no file."""
    try:
        yield
    except OSError as error:
        raise CannotServe(f"Cannot use {error.filename or folder}: {error.strerror}.") from None
    except sqlite3.Error as error:
        raise CannotServe(f"Cannot use the database in {folder}: {error}.") from None


def _check_port(port: int) -> None:
    if not 0 <= port <= _LAST_PORT:
        raise CannotServe(f"Cannot listen on port {port}: it should be in [0,{_LAST_PORT}].")


def _listen(port: int) -> list[socket.socket]:
    try:
        return bind_sockets(port, HOST)
    except OSError as error:
        raise CannotServe(f"Cannot listen on {HOST}:{port}: {error}.") from None
