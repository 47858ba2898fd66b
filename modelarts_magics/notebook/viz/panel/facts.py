"""What the list tells about a visualization job, as HTML: its state, what it is, where it looks.

The cells are as wide in every row, so that they stand in columns; in a narrow notebook the last
one goes below the second.
"""

from __future__ import annotations

from ....core.endpoints import is_loopback
from ....core.i18n import _
from ....core.visualization import VisualizationJob, rules
from ...text import colors, render
from ..results import age, anchor, auto_stop

WRONG = f"color:{colors.variable('error')}"
FAINT = f"color:{colors.variable('quiet')}"

# The order of a layout is seen; in browsers that know the last rule, Tab follows it, too.
_RULES = """
.modelarts-magics-form {border: 1px solid rgba(128, 128, 128, .35); padding: 8px 10px;
  margin: 4px 0 8px}
.modelarts-magics-form .widget-label {text-align: left}
.modelarts-magics-form .widget-html-content {line-height: 1.45}
.modelarts-magics-row {flex-flow: row wrap; align-items: flex-start; padding: 6px 0;
  border-top: 1px solid rgba(128, 128, 128, .35)}
.modelarts-magics-row .widget-html-content {line-height: 1.45; padding: 3px 0}
.modelarts-magics-job, .modelarts-magics-job > :last-child {display: flex; flex-wrap: wrap;
  gap: 0 12px}
.modelarts-magics-job div {min-width: 0; overflow-wrap: anywhere}
.modelarts-magics-job > :first-child {flex: 0 0 11.5em}
.modelarts-magics-job > :last-child {flex: 1 1 14em}
.modelarts-magics-job > :last-child > :first-child {flex: 0 1 25em}
.modelarts-magics-job > :last-child > :last-child {flex: 1 1 22em}
.modelarts-magics-job .modelarts-magics-text {display: -webkit-box; -webkit-line-clamp: 3;
  -webkit-box-orient: vertical; overflow: hidden}
.modelarts-magics-rows {reading-flow: flex-visual}
"""
STYLE = f"<style>{colors.RULES}{_RULES}</style>"


def facts_html(job: VisualizationJob, words: str) -> str:
    """A job in three cells; ``words`` is HTML that stands below."""
    outside = "" if _is_of_this_machine(job) else anchor(job.service_url, _("console"))
    times = [
        _("ran {time}", time=render.duration(job.duration)) if job.duration else "",
        _("stops {time}", time=auto_stop(job)) if auto_stop(job) else "",
    ]
    state = [render.status_html(job.state), *map(_faint, times)]
    name = f"{_name(job)} {_faint(' · '.join(filter(None, [job.job_id, _created(job)])))}"
    reason = (
        job.failure_reason and f'<span style="{WRONG}">{render.safe(job.failure_reason)}</span>'
    )
    about = [render.safe(job.output), _description(job), reason, outside]
    return (
        f'<div class="modelarts-magics-job"><div>{_lines(state)}</div>'
        f"<div><div>{name}</div><div>{_lines(about)}</div></div></div>{words}"
    )


def count_html(description: str) -> str:
    """How many characters a description has, of those that it may have."""
    limit = rules.longest_description
    style = WRONG if len(description) > limit else FAINT
    return f'<span role="status" style="{style}">{len(description)} / {limit}</span>'


def _name(job: VisualizationJob) -> str:
    return f'<b class="modelarts-magics-name">{render.safe(job.name)}</b>'


def _description(job: VisualizationJob) -> str:
    """Three lines of it, and all of it where the pointer rests."""
    text = render.safe(job.job_desc)
    about = f'class="modelarts-magics-text" style="{FAINT}" title="{text}"'
    return f"<div {about}>{text}</div>" if text else ""


def _created(job: VisualizationJob) -> str:
    return _("created {time} ago", time=age(job)) if age(job) else ""


def _faint(text: str) -> str:
    return f'<span style="{FAINT}">{render.safe(text)}</span>' if text else ""


def _lines(parts: list[str]) -> str:
    return "".join(f"<div>{part}</div>" for part in parts if part)


def _is_of_this_machine(job: VisualizationJob) -> bool:
    """Its address is to be corrected by the page, or opens only with a token: a link in a widget
    can do neither."""
    return not job.service_url or job.needs_token or is_loopback(job.service_url)
