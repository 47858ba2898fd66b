"""Results of ``%ma_viz``: whatever a service writes, it is text that does nothing."""

from __future__ import annotations

import time
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from magic_shell import Page

from modelarts_magics.core.api.v1.models.visualization import VisualizationJob, VisualizationJobPage
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.i18n import use_language
from modelarts_magics.notebook.viz.panel.model import VizModel
from modelarts_magics.notebook.viz.panel.summary import VizSummary
from modelarts_magics.notebook.viz.results import JobCard, VisualizationTable

UNHURRIED = settings(deadline=None, suppress_health_check=list(HealthCheck))
TAGS = {"style", "div", "b", "a", "table", "thead", "tbody", "tr", "th", "td", "p", "pre"}
ATTRIBUTES = {"class", "style", "href", "target", "rel"}
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    '" onmouseover="alert(1)',
    "javascript:alert(1)",
    "</td></tr></table><h1>",
    "\x1b[2J\x1b]0;title\x07gone",
    "first\nsecond\r\nthird\u2028fourth\x85fifth",
    "safe\u202egnp.exe",
    "\u2066isolate",
    "\x00\x07\x08",
    "名称，很长，宽字符",
    "{name} %s {0}",
]
foreign = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))
urls = st.one_of(
    foreign,
    st.builds("{}://{}".format, st.sampled_from(["http", "https", "javascript", "data"]), foreign),
)
numbers = st.one_of(st.none(), st.integers(), st.just(10**400), st.just(-(10**400)))
jobs = st.builds(
    VisualizationJob.from_json,
    st.fixed_dictionaries(
        {
            "job_id": st.one_of(st.integers(), foreign),
            "job_name": foreign,
            "job_desc": foreign,
            "train_url": foreign,
            "service_url": urls,
            "failure_reason": foreign,
            "status": st.integers(0, 30),
            "create_time": numbers,
            "duration": numbers,
            "schedule": st.lists(st.fixed_dictionaries({"duration": numbers}), max_size=2),
        }
    ),
)


class Links(HTMLParser):
    """The addresses of a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, _tag, attrs):
        self.found += [value for name, value in attrs if name in ("href", "src", "action")]


def assert_inert(html):
    page = Page(html)
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert page.oddities == []
    assert all(link.startswith(("http://", "https://")) for link in Links(html).found)
    assert_plain(page.text.replace("\n", ""))


def assert_plain(text):
    """Nothing that a terminal would obey, or that turns text around."""
    harmless = "\u200c\u200d"  # joiners of letters and emoji
    odd = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert odd <= set(harmless)


@UNHURRIED
@given(st.lists(jobs, min_size=1, max_size=4), st.integers(0, 9))
def test_a_table_has_a_line_for_each_job_and_is_inert(found, more):
    table = VisualizationTable(tuple(found), len(found) + more)
    lines = repr(table).split("\n")
    assert len(lines) == 2 + len(found) + bool(more)
    for line in lines:
        assert_plain(line)
    assert_inert(table.as_html())
    assert table.as_html().count("<tr>") == 1 + len(found)


@UNHURRIED
@given(jobs, foreign)
def test_a_job_is_inert_with_a_line_for_each_fact(job, note):
    card = JobCard(job, note)
    for line in repr(card).split("\n"):
        assert_plain(line)
    assert repr(card).count("\n") <= 8
    assert_inert(card.as_html())


@UNHURRIED
@given(st.lists(jobs, max_size=3), foreign, foreign)
def test_the_picture_of_the_panel_is_inert(found, trouble, message):
    model = VizModel()
    model.take(VisualizationJobPage(jobs=tuple(found), job_total_count=len(found)))
    model.lack(trouble)
    model.say(message)
    summary = VizSummary(model)
    for line in summary.as_text().split("\n"):
        assert_plain(line)
    assert_inert(summary.as_html())


@UNHURRIED
@given(jobs)
def test_chinese_texts_show_the_same_facts(job):
    use_language("zh")
    try:
        assert_inert(JobCard(job).as_html())
        assert repr(VisualizationTable((job,))).count("\n") == 2
    finally:
        use_language("en")


def test_columns_stay_in_line_beside_wide_characters():
    rows = [
        VisualizationJob(job_id=str(n), job_name=name, train_url="/bucket/run/")
        for n, name in enumerate(["narrow", "宽字符名称", "混合mixed"])
    ]
    lines = repr(VisualizationTable(tuple(rows))).split("\n")
    starts = [
        sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line.partition("/b")[0])
        for line in lines[2:]
    ]
    assert len(set(starts)) == 1


def test_a_long_description_is_cut_in_a_table_and_whole_in_a_description():
    job = VisualizationJob(job_name="curves", job_desc="训练" * 128)
    assert "训练" * 128 not in repr(VisualizationTable((job,)))
    assert "…" in repr(VisualizationTable((job,)))
    assert "训练" * 128 in repr(JobCard(job))
    assert "训练" * 128 in VisualizationTable((job,)).as_html()


def test_ages_states_and_what_is_left_are_words():
    now = int(time.time() * 1000)
    job = VisualizationJob.from_json(
        {
            "status": 8,
            "create_time": now - 3 * 3_600_000 - 5000,
            "duration": 90 * 60_000,
            "schedule": [{"type": "stop", "timeUnit": "HOURS", "duration": 4}],
        }
    )
    shown = repr(VisualizationTable((job,)))
    for words in ("RUNNING", "3 h", "1 h 30 min", "in 2 h 30 min"):
        assert words in shown
    ended = VisualizationJob.from_json({**job.raw, "status": 12})
    assert "after 4 h" in repr(VisualizationTable((ended,)))


@pytest.mark.parametrize("status", list(JobStatus))
def test_every_state_has_its_name(status):
    assert status.name in repr(JobCard(VisualizationJob(status=status)))


def test_a_table_is_a_sequence_of_results():
    table = VisualizationTable(tuple(VisualizationJob(job_id=str(n)) for n in range(3)))
    assert [card.job_id for card in table] == ["0", "1", "2"]
    assert [card.job_id for card in table[1:]] == ["1", "2"]
    assert table[-1] == JobCard(VisualizationJob(job_id="2"))
    assert len(table) == 3
