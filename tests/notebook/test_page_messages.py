"""Whatever a page sends to the kernel is answered in bounds, or is not answered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.models.training import JobVersion
from modelarts_magics.core.logs.job_logs import JobLogs
from modelarts_magics.notebook.log.model import LogModel
from modelarts_magics.notebook.log.save import Saving
from modelarts_magics.notebook.log.search import Search
from modelarts_magics.notebook.log.views.rich import LogRichView

FILE = "worker-0.log"
KINDS = ("ready", "need", "search", "metrics", "kept", "action", "no such kind")
_LARGEST = 2**20  # bytes of a message

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([FILE, "__proto__", "(a+)+$", 0, 1, -1, 10**30]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
names = st.sampled_from(
    [
        "name",
        "value",
        "number",
        "ranges",
        "start",
        "end",
        "epoch",
        "file",
        "since",
        "pattern",
        "kept",
    ]
)
messages = st.builds(
    lambda kind, content: {**content, "kind": kind},
    st.sampled_from(KINDS) | values,
    st.dictionaries(names, values),
)


@pytest.fixture
def view():
    job = {"job_id": 7, "job_name": "job", "version_id": 70, "version_name": "V1", "status": 8}
    model = LogModel(JobVersion.from_json(job), [FILE])
    model.apply(LogText("a line of text\n" * 1000, 0, 15_000, FILE))
    nothing = lambda *_what: None  # noqa: E731
    saving = Saving(model, _NoLogs(), lambda: None)
    search = Search(model, nothing)
    made = LogRichView(model, nothing, saving, search, nothing, nothing, {})
    yield made
    made.close()
    saving.close()
    search.close()


class _NoLogs(JobLogs):
    def __init__(self) -> None:
        """Nothing is read."""


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=messages | values)
@example({"kind": "search", "epoch": 0, "number": 1, "ranges": 5})
@example({"kind": "search", "epoch": 0, "number": 1, "ranges": [[FILE, -(10**30), 10**30]] * 1000})
@example({"kind": "need", "epoch": 0, "file": FILE, "start": -(10**30), "end": 10**30})
def test_a_message_of_a_page_is_answered_in_bounds_or_not_at_all(view: Any, content: Any) -> None:
    sent: list[tuple[Any, Any]] = []
    view.widget.send = lambda message, buffers=None: sent.append((message, buffers or []))
    data = {"method": "custom", "content": content}
    view.widget.comm.handle_msg({"content": {"data": data}, "buffers": []})
    size = sum(len(json.dumps(message)) + sum(map(len, buffers)) for message, buffers in sent)
    assert size < _LARGEST
