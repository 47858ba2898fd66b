"""`make release`: what it commits and tags, and what it refuses."""

from __future__ import annotations

import subprocess
from datetime import date

import pytest
from release import Refused, git, release

TODAY = date(2027, 1, 2)
CHANGELOG = "# Changelog\n\n## Unreleased\n\n- A thing.\n\n## 0.1.0 (2026-12-01)\n\n- The first.\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "modelarts_magics").mkdir()
    (tmp_path / "modelarts_magics" / "_version.py").write_text('__version__ = "0.1.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    git(tmp_path, "init", "--quiet")
    for name, value in (("user.name", "n"), ("user.email", "n@example.com")):
        git(tmp_path, "config", name, value)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "all")
    return tmp_path


def state(root):
    return git(root, "log", "--format=%s"), git(root, "tag"), git(root, "status", "--porcelain")


def test_a_release_is_a_commit_and_a_tag_with_version_and_changelog(root):
    assert release(root, "0.2.0", TODAY, ["true"]) == "git push origin HEAD:main v0.2.0"
    assert state(root) == ("Release 0.2.0\nall", "v0.2.0", "")
    assert (root / "modelarts_magics" / "_version.py").read_text() == '__version__ = "0.2.0"\n'
    heading = "## Unreleased\n\n## 0.2.0 (2027-01-02)\n\n- A thing."
    assert heading in (root / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("checks", [["false"], ["no-such-command"]])
def test_where_a_check_fails_all_is_as_before(root, checks):
    with pytest.raises((Refused, FileNotFoundError)):
        release(root, "0.2.0", TODAY, checks)
    assert state(root) == ("all", "", "")


def test_a_tree_that_is_not_ready_is_refused_in_words(root):
    with pytest.raises(Refused, match="no version"):
        release(root, "next", TODAY, ["true"])
    release(root, "0.2.0", TODAY, ["true"])
    with pytest.raises(Refused, match=r"v0\.2\.0 is there"):
        release(root, "0.2.0", TODAY, ["true"])
    with pytest.raises(Refused, match="nothing below Unreleased"):
        release(root, "0.3.0", TODAY, ["true"])
    (root / "CHANGELOG.md").write_text("other")
    with pytest.raises(Refused, match="not committed"):
        release(root, "0.3.0", TODAY, ["true"])


def test_git_that_fails_is_not_taken_for_an_answer(root):
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "no-such-command")
