"""``%ma_session doctor``: what works here, and what to do about what does not."""

from __future__ import annotations

import json
import time

import pytest
from magic_shell import Page
from scripted_service import KEYS, one_job

from modelarts_magics.core.http.reach import reach


@pytest.fixture
def whole(scripted_shell, scripted, monkeypatch):
    """A shell whose three services are the scripted one."""
    scripted.script = one_job("text\n")
    monkeypatch.setenv("HUAWEICLOUD_SDK_IAM_ENDPOINT", scripted.url)
    monkeypatch.setenv("MODELARTS_MAGICS_OBS_ENDPOINT", scripted.url)
    return scripted_shell


def report(shell):
    return {row["name"]: row for row in json.loads(shell.ok("%ma_session doctor --json").text)}


def test_all_is_well_on_the_embedded_service(local):
    cell = local.ok("%ma_session doctor")
    assert "✗" not in cell.text
    assert "lists" in Page(cell.html).text
    assert {"table", "b"} <= Page(cell.html).tags


def test_each_service_the_clock_and_the_api_are_told(whole, scripted):
    rows = report(whole)
    for name in ("iam", "modelarts", "obs", "clock", "api", "credentials"):
        assert rows[name]["state"] == "good", rows[name]
    assert "v1 lists 1 training jobs" in rows["api"]["value"]
    assert ("GET", "/") in scripted.requests


@pytest.mark.parametrize(
    ("ahead", "words"), [(3600, "1 h 0 min behind"), (-7230, "2 h 0 min ahead")]
)
def test_a_clock_that_is_off_is_told_with_what_to_do(whole, scripted, ahead, words):
    scripted.clock_ahead = ahead
    row = report(whole)["clock"]
    assert row["state"] == "bad"
    assert words in row["value"]
    assert "Set the clock" in row["next_step"]


def test_the_clock_is_measured_by_the_answer(scripted):
    found = reach(scripted.url, 10, lambda: time.time() + 100)
    assert found.clock_ahead_s == pytest.approx(100, abs=3)


def test_what_does_not_answer_does_not_hide_the_rest(whole, monkeypatch):
    monkeypatch.setenv("MODELARTS_MAGICS_OBS_ENDPOINT", "http://127.0.0.1:9")
    rows = report(whole)
    assert rows["obs"]["state"] == "bad"
    assert "does not answer" in rows["obs"]["value"]
    assert rows["api"]["state"] == "good"


def test_without_keys_it_says_where_they_may_come_from(shell):
    rows = report(shell)
    assert rows["credentials"]["state"] == "bad"
    assert "%ma_session login" in rows["credentials"]["next_step"]
    others = [rows[name] for name in ("region", "project", "iam", "modelarts", "obs", "api")]
    assert {row["state"] for row in others} == {"bad"}
    assert {row["value"] for row in others} == {"not looked at: see credentials"}


def test_a_report_has_no_secret(whole, monkeypatch, tmp_path):
    monkeypatch.setenv("HTTPS_PROXY", "http://me:pass-word-1@proxy.example:3128")
    monkeypatch.setenv("MODELARTS_MAGICS_CA_BUNDLE", str(tmp_path / "home" / "ca.pem"))
    for line in ("%ma_session doctor", "%ma_session doctor --json"):
        text = str(whole.ok(line).outputs)
        for secret in (
            "pass-word-1",
            "me:",
            KEYS["HUAWEICLOUD_SDK_SK"],
            KEYS["HUAWEICLOUD_SDK_AK"],
        ):
            assert secret not in text
        assert "proxy.example:3128" in text
        assert str(tmp_path / "home") not in text
