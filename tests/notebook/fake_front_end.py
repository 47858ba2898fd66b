"""A front end that shows nothing: it hears what a kernel sends, and answers what a test wants."""

from __future__ import annotations

import json
import queue
import re
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Callable

from magic_kernel import Kernel

_TIME_LIMIT = 60.0  # seconds
_PANEL = re.compile(r'<div data-modelarts-panel="(\w+)"')
_WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass
class FrontEnd:
    """What a page would know of the widgets and outputs of a kernel.

    Attributes:
        comms: the state of each widget that is open.
        opened: how many were opened.
        sizes: bytes of each message, by its type.
        shown: what each display id holds; outputs without one by a number.
    """

    kernel: Kernel
    comms: dict[str, dict[str, Any]] = field(default_factory=dict)
    opened: int = 0
    sizes: list[tuple[str, int]] = field(default_factory=list)
    shown: dict[Any, dict[str, Any]] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def run(self, code: str, cell_id: str = "cell") -> None:
        """Run a cell to its end."""
        asked = self.kernel.begin(code, cell_id)
        self.wait_for(lambda: asked in self._idle)

    @property
    def _idle(self) -> set[str]:
        return {
            message["parent_header"].get("msg_id")
            for message in self.messages
            if message["content"].get("execution_state") == "idle"
        }

    def wait_for(self, is_it: Callable[[], bool]) -> None:
        """Hear what the kernel sends until something is true."""
        give_up = time.monotonic() + _TIME_LIMIT
        while not is_it():
            assert time.monotonic() < give_up, self.sight
            self.hear(0.05)

    def hear(self, seconds: float) -> None:
        """Take in what comes in some time."""
        end = time.monotonic() + seconds
        with suppress(queue.Empty):
            while (left := end - time.monotonic()) > 0:
                self._take(self.kernel.client.get_iopub_msg(timeout=left))

    def _take(self, message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        self.messages.append(message)
        parts = [message[part] for part in ("header", "parent_header", "metadata", "content")]
        packed = [json.dumps(p, default=str, ensure_ascii=False).encode() for p in parts]
        self.sizes.append((kind, sum(map(len, [*packed, *message["buffers"]]))))
        if kind == "comm_open":
            self.opened += 1
            self.comms[content["comm_id"]] = dict(content["data"]["state"])
        elif kind == "comm_msg" and content["data"].get("method") == "update":
            self.comms[content["comm_id"]].update(content["data"]["state"])
        elif kind == "comm_close":
            self.comms.pop(content["comm_id"], None)
        elif kind in ("display_data", "update_display_data"):
            self.shown[content["transient"].get("display_id", len(self.shown))] = content["data"]

    @property
    def bytes(self) -> int:
        """All that widgets and outputs took, without the bundle."""
        kinds = ("comm_open", "comm_msg", "display_data", "update_display_data")
        return sum(size for kind, size in self.sizes if kind in kinds) - sum(self.bundles)

    @property
    def bundles(self) -> list[int]:
        """Sizes of the scripts that travelled, if they were large."""
        opened = [m["content"]["data"] for m in self.messages if m["msg_type"] == "comm_open"]
        scripts = [len(json.dumps(data["state"].get("_esm", ""))) for data in opened]
        return [size for size in scripts if size > 10_000]

    @property
    def sight(self) -> str:
        """What a reader sees of the panel that was shown last."""
        frames = [data[_WIDGET]["model_id"] for data in self.shown.values() if _WIDGET in data]
        if not frames or frames[-1] not in self.comms:
            return "picture"
        children = [ref[10:] for ref in self.comms[frames[-1]].get("children", ())]
        names = [self.comms[child]["_model_name"] for child in children if child in self.comms]
        return "rich" if "AnyModel" in names else "plain" if names else "picture"

    @property
    def panels(self) -> list[str]:
        """The ids of the panels that were shown, the first one first."""
        pictures = [data.get("text/html", "") for data in self.shown.values()]
        return [found[1] for html in pictures if (found := _PANEL.match(html))]

    def texts(self) -> str:
        """What is in all outputs."""
        return "\n".join(data.get("text/plain", "") for data in self.shown.values())

    def custom(self) -> list[dict[str, Any]]:
        """What was sent to scripts."""
        found = [m["content"]["data"] for m in self.messages if m["msg_type"] == "comm_msg"]
        return [data["content"] for data in found if data.get("method") == "custom"]

    @property
    def questions(self) -> list[dict[str, Any]]:
        """Those whether core widgets work, that are open."""
        kinds = "DirectionalLinkModel"
        return [state for state in self.comms.values() if state.get("_model_name") == kinds]

    @property
    def sent(self) -> list[str]:
        """Text of the log that was sent to scripts, a message each."""
        found = [m for m in self.messages if m["msg_type"] == "comm_msg"]
        return [
            zlib.decompress(m["buffers"][0]).decode()
            for m in found
            if m["content"]["data"].get("content", {}).get("kind") in ("text", "answer")
        ]

    def answer_plain(self) -> bool:
        """As core widgets do: the value of one question is copied to the other one.

        Returns:
            Whether there was a question.
        """
        asked = self.questions
        for link in asked:
            target, name = link["target"]
            self._send(target[10:], {"method": "update", "state": {name: 1}, "buffer_paths": []})
        return bool(asked)

    def answer_rich(self) -> bool:
        """As the script of the log view does when it has been loaded; whether it has."""
        views = [
            comm
            for comm, state in self.comms.items()
            if state.get("_model_name") == "AnyModel" and "tail" in state
        ]
        for comm in views:
            self._send(comm, {"method": "custom", "content": {"kind": "ready"}})
        return bool(views)

    def clear(self, panels: object) -> None:
        """Say which panels are gone from the notebook, as the script that watches it does."""
        for comm, state in list(self.comms.items()):
            if "data-modelarts-panel" in state.get("_esm", ""):
                self.send(comm, {"kind": "gone", "panels": panels})

    def send(self, comm: str, content: dict[str, Any]) -> None:
        """What a script of a widget says."""
        self._send(comm, {"method": "custom", "content": content})

    def _send(self, comm: str, data: dict[str, Any]) -> None:
        session = self.kernel.client.session
        content = {"comm_id": comm, "data": data}
        self.kernel.client.shell_channel.send(session.msg("comm_msg", content))
