"""Where a folder lies that somebody names, and what is refused."""

from __future__ import annotations

import pytest

from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.core.scalars.folders import local_folder, stored_folder


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "root/obs/bucket/run").mkdir(parents=True)
    (tmp_path / "home/logs").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "home")
    return tmp_path / "root"


@pytest.mark.parametrize("location", ["logs", "./logs", "~/logs", "../home/logs/", "."])
def test_a_folder_of_this_machine_needs_no_service(root, location):
    home = root.parent / "home"
    assert local_folder(location, lambda: "") == (home if location == "." else home / "logs")


@pytest.mark.parametrize(
    "location", ["/bucket/run/", "/bucket/run", "bucket/run", "obs://bucket/run"]
)
def test_the_buckets_of_the_embedded_service_are_folders_here(root, location):
    assert local_folder(location, lambda: str(root)) == root / "obs/bucket/run"


def test_a_folder_of_this_machine_goes_before_a_bucket_of_its_name(root):
    (root.parent / "home/bucket/run").mkdir(parents=True)
    assert local_folder("bucket/run", lambda: str(root)) == root.parent / "home/bucket/run"
    assert local_folder("obs://bucket/run", lambda: str(root)) == root / "obs/bucket/run"


def test_an_output_folder_may_come_later(root):
    assert stored_folder("/bucket/later/", str(root)) == root / "obs/bucket/later"


@pytest.mark.parametrize("location", ["/bucket/run/", "obs://bucket/run"])
def test_a_folder_of_the_cloud_is_none_of_this_machine(root, location):
    assert local_folder(location, lambda: "") is None
    assert stored_folder(location, "") is None


def test_a_word_that_could_be_either_is_no_folder_of_the_cloud(root):
    with pytest.raises(InvalidArgumentError, match=r"There is no folder logs/run.*obs://bucket"):
        local_folder("logs/run", lambda: "")


@pytest.mark.parametrize(
    "location", ["./nothing", "~/nothing", "nothing", "/bucket/nothing", "x\0", "a b/c"]
)
def test_a_folder_that_is_not_there_is_named(root, location):
    with pytest.raises(InvalidArgumentError, match="There is no folder"):
        local_folder(location, lambda: str(root))


@pytest.mark.parametrize("location", ["/bucket/../../x/", "obs://bucket/../x", "obs://bucket"])
def test_a_path_with_dots_or_a_bare_bucket_is_refused(root, location):
    with pytest.raises(InvalidArgumentError):
        stored_folder(location, str(root))


def test_a_link_that_leads_out_of_the_store_is_refused(root):
    (root / "obs/bucket/out").symlink_to(root.parent / "home", target_is_directory=True)
    (root / "obs/bucket/in").symlink_to(root / "obs/bucket/run", target_is_directory=True)
    assert local_folder("/bucket/in/", lambda: str(root)) == root / "obs/bucket/run"
    with pytest.raises(InvalidArgumentError, match="leads out of the object store"):
        local_folder("/bucket/out/logs/", lambda: str(root))
