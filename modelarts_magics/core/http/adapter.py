"""What gives ``requests`` our connections, whatever is on the way."""

from __future__ import annotations

from typing import Any

import urllib3
from requests.adapters import HTTPAdapter

from ..forked import heed_forks
from . import wire


class TimelyAdapter(HTTPAdapter):
    """Makes requests over our connections, inside of :func:`.wire.request`; a child has its own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._options = options
        heed_forks(self)

    def forget_threads(self) -> None:
        """Leave the connections to the parent, which uses them, and its locks with them."""
        self._of_parent = self.poolmanager, self.proxy_manager  # nothing of it is to be closed
        super().__init__(**self._options)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = wire.POOLS

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **options)
        if isinstance(manager, urllib3.ProxyManager):
            manager.pool_classes_by_scheme = wire.POOLS
        else:
            from . import socks_wire

            manager.pool_classes_by_scheme = socks_wire.POOLS
        return manager
