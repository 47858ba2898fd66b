"""The service as an object: everything put together, started and stopped."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from . import catalogue
from .auth import Gate
from .calls import Route
from .clock import Clock
from .gateway import Gateway, application
from .grants import Grants
from .iam_api import IamApi, Identity
from .log_api import LogApi
from .obs import Obs
from .quirks import DEFAULT, Quirks
from .root import CannotServe, Credentials, Root
from .store import Store
from .training import TrainingJobs
from .training_api import TrainingApi
from .training_records import TrainingRecords
from .visualization import VisualizationJobs
from .visualization_api import VisualizationApi
from .visualization_records import VisualizationRecords

HOST = "127.0.0.1"
REGION = "local"
_HEARTBEAT = 1.0
_MOST_DRAINED = 1024**3  # a larger body is not even read to its end


class Service:
    """An embedded ModelArts on one folder.

    Args:
        folder: where everything is kept.
        port: 0 for a free one.
        quirks: which form of the contradictions of the documentation it shows.
        clock: gives epoch seconds.
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        quirks: Quirks = DEFAULT,
        clock: Clock = time.time,
    ) -> None:
        self._root = Root(folder)
        self._port = port
        self._quirks = quirks
        self._clock = clock

    async def start(self) -> dict[str, str]:
        """Start to answer; returns how to reach it, without any secret.

        Raises:
            CannotServe: the folder or the port cannot be used.
        """
        self._root.claim()
        try:
            return self._open()
        except BaseException:
            self._root.release()
            raise

    async def stop(self) -> None:
        """End everything that was started, and give the folder up."""
        self._heartbeat.cancel()
        self._server.stop()
        await self._server.close_all_connections()
        await asyncio.gather(self._training.close(), self._visualization.close())
        self._store.close()
        self._root.release()

    async def until_unused(self, grace: float) -> None:
        """Wait until nobody uses the service, but at least for ``grace`` seconds."""
        await asyncio.sleep(grace)
        while self._root.is_in_use():
            await asyncio.sleep(_HEARTBEAT)

    def _open(self) -> dict[str, str]:
        credentials = self._root.credentials()
        self._store = Store(self._root.database)
        obs = Obs(self._root.obs)
        self._training = TrainingJobs(
            TrainingRecords(self._store), obs, self._root.training_logs, self._now
        )
        self._visualization = VisualizationJobs(
            VisualizationRecords(self._store), obs, self._root.visualization_logs, self._now
        )
        self._training.recover()
        self._visualization.recover()
        try:
            sockets = bind_sockets(self._port, HOST)
        except OSError as error:
            self._store.close()
            message = f"Cannot listen on {HOST}:{self._port}: {error.strerror}."
            raise CannotServe(message) from None
        port = sockets[0].getsockname()[1]
        identity = self._identity(f"http://{HOST}:{port}")
        gateway = self._gateway(port, identity, credentials, obs)
        self._server = HTTPServer(application(gateway), max_body_size=_MOST_DRAINED)
        self._server.add_sockets(sockets)
        self._heartbeat = asyncio.ensure_future(self._beat())
        return self._announce(identity)

    def _gateway(
        self, port: int, identity: Identity, credentials: Credentials, obs: Obs
    ) -> Gateway:
        grants = Grants(self._clock)
        training = TrainingApi(self._training, obs, self._now, self._quirks)
        routes = [
            *training.routes(),
            *LogApi(self._training, training, self._quirks).routes(),
            *VisualizationApi(self._visualization, self._now, self._quirks).routes(),
            *IamApi(identity, credentials, grants).routes(),
            Route("GET", "/v1/{project_id}/job/resource-specs", catalogue.list_flavors),
            Route("GET", "/v1/{project_id}/job/ai-engines", catalogue.list_engines),
        ]
        return Gateway(
            hosts=frozenset({f"{HOST}:{port}", f"localhost:{port}"}),
            routes=tuple(routes),
            gate=Gate(credentials, grants, identity.project_id, self._clock),
            quirks=self._quirks,
        )

    def _identity(self, endpoint: str) -> Identity:
        return Identity(
            endpoint=endpoint,
            region=REGION,
            project_id=self._store.identity("project_id"),
            domain_id=self._store.identity("domain_id"),
            user_id=self._store.identity("user_id"),
        )

    def _announce(self, identity: Identity) -> dict[str, str]:
        address = {
            "endpoint": identity.endpoint,
            "project_id": identity.project_id,
            "project_name": identity.region,
            "region": identity.region,
            "credentials_file": str(self._root.credentials_file),
        }
        self._root.announce(address)
        return address

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_HEARTBEAT)
            self._visualization.stop_overdue()

    def _now(self) -> int:
        return int(self._clock() * 1000)
