"""How notebooks are executed here: a client of a kernel closes what it has opened.

The jupyter_client of Python 3.9 leaves its context of ZeroMQ to the garbage collector, which may
come to the context before it comes to the client, and complains then. Later ones close it, too.
"""

from __future__ import annotations

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.client import KernelClient
from jupyter_client.manager import AsyncKernelManager


def close(client: KernelClient) -> None:
    """End its channels, and the context that they are in."""
    client.stop_channels()
    client.context.destroy(linger=100)


class _Client(AsyncKernelClient):
    def stop_channels(self) -> None:
        super().stop_channels()
        self.context.destroy(linger=100)


class Manager(AsyncKernelManager):
    """Of the kernel of a notebook, for `NotebookClient(kernel_manager_class=Manager)`."""

    client_class = f"{__name__}._Client"
    client_factory = _Client
