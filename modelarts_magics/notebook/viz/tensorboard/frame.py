"""How a running visualization job is opened: a link in a new tab, and its page in the notebook.

Which address reaches a TensorBoard on the kernel's machine depends on the reader's page, so a
script in it tries, in this order:

========================  =======================================================================
``TENSORBOARD_PROXY_URL``  where the environment of the kernel has it; may be relative to the page
the job's own address      where the page itself is on this machine and not https
``BASE/proxy/PORT/``       where the notebook server has jupyter-server-proxy
========================  =======================================================================

It corrects the link too: the kernel's 127.0.0.1 is not the reader's. Where scripts do not run, the
link and a sentence remain.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from ....core import config
from ....core.endpoints import is_loopback
from ....core.errors import InvalidArgumentError
from ....core.i18n import _
from ....core.visualization import VisualizationJob
from ...text import colors, render
from ...text.shown import Shown
from . import link as links

HEIGHT = "800px"  # as TensorBoard's own magic
_LENGTH = re.compile(r"[0-9]{1,5}(\.[0-9]{1,3})?(px|em|rem|vh)", re.ASCII)

# TensorBoard keeps settings, opens help in tabs, saves charts, and asks before it drops edits. It
# needs its own origin, or it could not read its data; what it cannot do is to leave its frame.
ATTRIBUTES = {
    "sandbox": "allow-scripts allow-same-origin allow-forms allow-modals allow-downloads"
    " allow-popups allow-popups-to-escape-sandbox",
    "allow": "fullscreen; clipboard-write",
}
_CLASS = 'class="modelarts-magics"'
_LINK = f"color:{colors.variable('accent')}"
_WORDS_AND_FRAME = "grid-area:1/1"  # the frame covers the words
FRAME = f"{_WORDS_AND_FRAME};width:100%;height:100%;border:0"
BOX = "display:grid;place-items:center;box-sizing:border-box;border:1px solid rgba(128,128,128,.4)"


@dataclass(frozen=True, repr=False)
class Frame(Shown):
    """A way to a running visualization job, which shows itself.

    Attributes:
        job_id, name: of the job; foreign texts.
        link: http or https; the page may correct it.
        obstacle: why the page cannot be shown in the notebook; empty when it can.
        is_inline: whether it is to be shown there.
        height: CSS length.
        by_template: the address by ``TENSORBOARD_PROXY_URL``, which may be relative to the page.
    """

    job_id: str
    name: str
    link: str
    obstacle: str
    is_inline: bool
    height: str
    by_template: str = ""

    def as_text(self) -> str:
        lines = [_("TensorBoard of {name}: {url}", name=render.plain(self.name), url=self.link)]
        return "\n".join([*lines, *filter(None, [self.obstacle])])

    def as_html(self) -> str:
        if self.obstacle:
            return f"<div {_CLASS}>{self._heading(self.link, self.obstacle)}</div>"
        frame_id = secrets.token_hex(8)
        words = _("It appears here where the page may run scripts") if self.is_inline else ""
        return (
            f'<div {_CLASS} data-modelarts-frame="{frame_id}">'
            f"{self._heading(self.link, words)}"
            f"<script>({_script()})({_as_json(self._for_the_page(frame_id))})</script></div>"
        )

    def _heading(self, address: str, words: str) -> str:
        return (
            f'<div style="padding:4px 0"><b>{render.safe(self.name)}</b> · '
            f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer"'
            f' style="{_LINK}">{escape(_("Open TensorBoard in a new tab"))}</a> '
            f'<span role="status" style="margin-left:.8em">{escape(words)}</span></div>'
        )

    def _for_the_page(self, frame_id: str) -> dict[str, Any]:
        """What ``frame.js`` is called with."""
        look = _("TensorBoard does not answer: see %ma_viz info {id}", id=render.plain(self.job_id))
        port = links.port_of(self.link)
        return {
            "id": frame_id,
            "template": self.by_template,
            "link": self.link,
            "port": port,
            "path": links.path_of(self.link),
            "inline": self.is_inline,
            "attributes": {
                **ATTRIBUTES,
                "title": f"TensorBoard: {render.plain(self.name)}",
            },
            "styles": {
                "box": f"{BOX};height:{self.height}",
                "words": _WORDS_AND_FRAME,
                "frame": FRAME,
            },
            "starting": _("TensorBoard is starting"),
            "silent": look,
            "tunnel": f"{look}. "
            + _(
                "If the kernel runs elsewhere, forward port {port}, or give its server"
                " jupyter-server-proxy",
                port=port,
            ),
            "unreachable": _(
                "It cannot be shown: the kernel runs elsewhere, and its server has no"
                " jupyter-server-proxy"
            ),
        }


def open_job(
    job: VisualizationJob, *, is_embedded: bool, is_inline: bool = True, height: str = HEIGHT
) -> Frame:
    """The way to a running job.

    Args:
        job: as the service describes it now.
        is_embedded: whether the session uses the embedded service.
        is_inline: whether its page is to be shown in the notebook, where it can be.
        height: of the page there, a CSS length such as ``40em``.

    Raises:
        InvalidArgumentError: it does not run, its address is not one to be opened, or the height
            or ``TENSORBOARD_PROXY_URL`` is none.
    """
    if not _LENGTH.fullmatch(height):
        raise InvalidArgumentError(_("{text} is no length such as 32em", text=repr(height)))
    link = links.checked(_service_url(job))
    obstacle = _obstacle(link, is_embedded=is_embedded)
    template = config.environment("TENSORBOARD_PROXY_URL")
    port = links.port_of(link)
    by_template = links.from_template(template, port) if template and port and not obstacle else ""
    return Frame(job.job_id, job.name or job.job_id, link, obstacle, is_inline, height, by_template)


def _service_url(job: VisualizationJob) -> str:
    if job.service_url:
        return job.service_url
    raise InvalidArgumentError(
        _(
            "Visualization job {id} is {status} and has no address",
            id=job.job_id,
            status=job.state.word,
        ),
        _("Start it: %ma_viz restart {id}", id=job.job_id)
        if job.state.is_final and not job.needs_token
        else _("See %ma_viz info {id}", id=job.job_id),
    )


def _obstacle(link: str, *, is_embedded: bool) -> str:
    """Why a page cannot be shown in a notebook; empty when it can."""
    if not is_embedded:
        return _("The cloud's page needs a console login: it opens in a new tab only")
    if not is_loopback(link) or links.port_of(link) is None:
        return _("Only a page of this machine can be shown here: it opens in a new tab")
    return ""


@cache
def _script() -> str:
    return Path(__file__).with_name("frame.js").read_text(encoding="utf-8")


def _as_json(value: Any) -> str:
    """JSON for a script inside HTML, which a ``</script>`` or ``<!--`` in a text would end.

    >>> _as_json("</script>")
    '"\\\\u003c/script>"'
    """
    return json.dumps(value).replace("<", "\\u003c")
