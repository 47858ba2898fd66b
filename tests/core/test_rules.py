"""What is refused here before anything is sent."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.core import rules
from modelarts_magics.core.errors import InvalidArgumentError

CHECKS = {
    "slice from -2": (rules.check_slice, -2, 1),
    "slice too long": (rules.check_slice, 0, 2049),
    "slice too long backwards": (rules.check_slice, 0, -2049),
    "start as text": (rules.check_slice, "0", 1),
    "start as float": (rules.check_slice, 0.0, 1),
    "start as bool": (rules.check_slice, True, 1),
    "offset is None": (rules.check_slice, 0, None),
    "log file empty": (rules.check_log_file, ""),
    "log file blank": (rules.check_log_file, "  "),
    "log file None": (rules.check_log_file, None),
    "job name empty": (rules.check_job_name, ""),
    "job name long": (rules.check_job_name, "a" * 65),
    "job name space": (rules.check_job_name, "a b"),
    "job name accent": (rules.check_job_name, "é"),
    "job name digit": (rules.check_job_name, "１"),
    "job name line": (rules.check_job_name, "a\n"),
    "job name None": (rules.check_job_name, None),
    "viz name long": (rules.check_visualization_name, "a" * 21),
    "viz name dot": (rules.check_visualization_name, "a.b"),
    "description long": (rules.check_description, "a" * 257),
    "description None": (rules.check_description, None),
    "description number": (rules.check_description, 3),
    "per_page 0": (rules.check_list, 0, 100, 1, "asc", None),
    "per_page 101": (rules.check_list, 101, 100, 1, "asc", None),
    "per_page text": (rules.check_list, "10", 100, 1, "asc", None),
    "page 0": (rules.check_list, 10, 100, 0, "asc", None),
    "page 65536": (rules.check_list, 10, 100, 65536, "asc", None),
    "order": (rules.check_list, 10, 100, 1, "up", None),
    "search long": (rules.check_list, 10, 100, 1, "asc", "a" * 101),
}


@pytest.mark.parametrize(("check", "values"), [(c[0], c[1:]) for c in CHECKS.values()], ids=CHECKS)
def test_what_is_out_of_range(check, values):
    with pytest.raises(InvalidArgumentError) as caught:
        check(*values)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("start", [-1, 0, 10**15])
@pytest.mark.parametrize("offset", [-2048, -1, 0, 1, 2048])
def test_every_documented_slice_is_allowed(start, offset):
    rules.check_slice(start, offset)


def test_what_is_just_allowed():
    rules.check_list(100, 100, 65535, "desc", "a" * 100)
    assert rules.check_job_name("a" * 64) == "a" * 64
    assert rules.check_visualization_name("a-_0" * 5) == "a-_0" * 5
    assert rules.check_description("日" * 256) == "日" * 256
    assert rules.check_description("") == ""


@pytest.mark.parametrize("prefix", ["viz", "job"])
def test_generated_names_are_allowed_and_differ(prefix):
    names = {rules.new_name(prefix) for _ in range(20)}
    assert len(names) == 20
    for name in names:
        assert rules.check_visualization_name(rules.check_job_name(name)) == name


@pytest.mark.parametrize(
    ("location", "folder"),
    [
        ("/bucket/train/", "/bucket/train/"),
        ("/bucket/train", "/bucket/train/"),
        ("bucket/train", "/bucket/train/"),
        ("obs://bucket/train/", "/bucket/train/"),
        ("obs://bucket/a/b", "/bucket/a/b/"),
        (" /bucket/train/ ", "/bucket/train/"),
        ("/my.bucket-1/a/", "/my.bucket-1/a/"),
    ],
)
def test_every_way_to_name_an_obs_folder(location, folder):
    assert rules.obs_folder(location) == folder


@pytest.mark.parametrize(
    "location",
    [
        "",
        "/",
        "/bucket",
        "/bucket/",
        "obs://bucket",
        "obs://",
        "/ab/x/",
        "/Bucket/x/",
        "/-bucket/x/",
        "/bucket-/x/",
        "/" + "b" * 64 + "/x/",
        "/bucket/a b/",
        "/bucket/a'b/",
        "/bucket/{a}/",
        "/bucket/[a]/",
        "/bucket/日志/",
        "/bucket/../other/",
        "/bucket/a/..",
        "/bucket/./a",
        "https://bucket/x/",
        "s3://bucket/x/",
        None,
        3,
        ["/bucket/x/"],
    ],
)
def test_what_is_no_obs_folder(location):
    with pytest.raises(InvalidArgumentError) as caught:
        rules.obs_folder(location)
    assert len(str(caught.value).splitlines()) == 1


@given(st.text(max_size=40))
def test_a_folder_that_is_accepted_is_always_one_the_service_takes(location):
    try:
        folder = rules.obs_folder(location)
    except InvalidArgumentError:
        return
    assert re.fullmatch(r"/[0-9a-z.-]{3,63}/[!-~]*/", folder)
    assert ".." not in folder.split("/")
    assert rules.obs_folder(folder) == folder
