"""What is refused here before anything is sent."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.core.api.v1 import rules
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.core.obs_path import obs_folder

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
    "viz name empty": (rules.check_visualization_name, ""),
    "viz name accent": (rules.check_visualization_name, "é"),
    "viz name line": (rules.check_visualization_name, "a\n"),
    "viz name number": (rules.check_visualization_name, 3),
    "type": (rules.check_visualization_type, "TensorBoards"),
    "type empty": (rules.check_visualization_type, ""),
    "type None": (rules.check_visualization_type, None),
    "sort": (rules.check_visualization_sort, "service_url"),
    "stop after 0": (rules.check_stop_after, 0),
    "stop after 25": (rules.check_stop_after, 25),
    "stop after half an hour": (rules.check_stop_after, 0.5),
    "stop after text": (rules.check_stop_after, "2"),
    "stop after bool": (rules.check_stop_after, True),
    "description long": (rules.check_description, "a" * 257),
    "description None": (rules.check_description, None),
    "description number": (rules.check_description, 3),
    "no entries": (rules.check_entries, 0, "desc"),
    "entries 501": (rules.check_entries, 501, "desc"),
    "jobs 1001 a page": (rules.check_page, 1001, 1),
    "visualization jobs 101 a page": (rules.check_page, 101, 1, rules.LARGEST_VISUALIZATION_PAGE),
    "per_page 0": (rules.check_list, 0, 100, 1, "asc", None),
    "per_page 101": (rules.check_list, 101, 100, 1, "asc", None),
    "per_page text": (rules.check_list, "10", 100, 1, "asc", None),
    "page 0": (rules.check_list, 10, 100, 0, "asc", None),
    "page 65536": (rules.check_list, 10, 100, 65536, "asc", None),
    "order": (rules.check_list, 10, 100, 1, "up", None),
    "search long": (rules.check_list, 10, 100, 1, "asc", "a" * 101),
    "search long for newer editions": (rules.check_list, 10, 100, 1, "asc", "a" * 65, 64),
    "search long for visualization jobs": (
        *(rules.check_list, 10, 100, 1, "asc", "a" * 65),
        rules.LONGEST_VISUALIZATION_SEARCH,
    ),
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
    rules.check_list(1, rules.LARGEST_VISUALIZATION_PAGE, 1, "asc", "a word")
    rules.check_list(
        *(100, rules.LARGEST_VISUALIZATION_PAGE, 1, "asc", "a" * 64),
        rules.LONGEST_VISUALIZATION_SEARCH,
    )
    rules.check_page(1000, 1)
    for entries in (1, 500):
        rules.check_entries(entries, "asc")
    rules.check_list(100, 100, 65535, "desc", "日" * 64, 64)
    assert rules.check_job_name("a" * 64) == "a" * 64
    assert rules.check_visualization_name("a-_0" * 5) == "a-_0" * 5
    assert rules.check_description("日" * 256) == "日" * 256
    assert rules.check_description("") == ""
    assert rules.check_description("😀" * 256) == "😀" * 256
    assert [rules.check_stop_after(hours) for hours in (None, 1, 24)] == [None, 1, 24]
    for kind in ("tensorboard", "mindinsight"):
        assert rules.check_visualization_type(kind) == kind
    for field in ("job_id", "job_name", "job_desc", "create_time", "status"):
        assert rules.check_visualization_sort(field) == field


def test_a_state_has_a_name_in_any_case_and_a_code():
    assert rules.state_named("Running") is rules.state_named("8") is JobStatus.RUNNING
    with pytest.raises(KeyError):
        rules.state_named("nothing")


@pytest.mark.parametrize("prefix", ["viz", "job"])
def test_generated_names_are_allowed_and_differ(prefix):
    names = {rules.new_name(prefix) for _ in range(20)}
    assert len(names) == 20
    for name in names:
        assert rules.check_visualization_name(rules.check_job_name(name)) == name


@pytest.mark.parametrize(
    ("train_url", "start"),
    [
        ("/bucket/run/resnet50/", "resnet50-"),
        ("/bucket/resnet50", "resnet50-"),
        ("/bucket/a-very-long-folder-name/", "a-very-long-"),
        ("/bucket/exp_7@2024.11.25/", "exp_7-2024-"),
        ("/bucket/__init__/", "init-"),
        ("/bucket/.hidden./", "hidden-"),
        ("/bucket/@@@/", "viz-"),
        ("/bucket/-_-/", "viz-"),
    ],
)
def test_a_name_is_generated_from_the_last_part_of_the_folder(train_url, start):
    name = rules.new_visualization_name(train_url)
    assert rules.check_visualization_name(name) == name
    assert name.startswith(start)
    assert re.fullmatch("[0-9a-f]{8}", name[len(start) :])


@given(st.from_regex(r"/[a-z]{3}(/[!-&(-Z\\^-z|~]{1,30}){1,3}/?", fullmatch=True))
def test_every_generated_name_is_allowed_and_new(location):
    try:
        folder = obs_folder(location)
    except InvalidArgumentError:
        return
    names = {rules.new_visualization_name(folder) for _ in range(3)}
    assert len(names) == 3
    for name in names:
        assert rules.check_visualization_name(name) == name


@pytest.mark.parametrize(
    ("location", "folder"),
    [
        ("/bucket/train/", "/bucket/train/"),
        ("/bucket/train", "/bucket/train/"),
        ("bucket/train", "/bucket/train/"),
        ("obs://bucket/train/", "/bucket/train/"),
        ("obs://bucket/a/b", "/bucket/a/b/"),
        (" /bucket/train/ ", "/bucket/train/"),
        ("OBS://bucket/train", "/bucket/train/"),
        ("obs:///bucket/train", "/bucket/train/"),
        ("//bucket/train//", "/bucket/train/"),
        ("/bucket/" + "a" * 1015, "/bucket/" + "a" * 1015 + "/"),
        ("/my.bucket-1/a/", "/my.bucket-1/a/"),
    ],
)
def test_every_way_to_name_an_obs_folder(location, folder):
    assert obs_folder(location) == folder


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
        "/bucket//",
        "/bucket//a/",
        "/bucket/a//b/",
        "obs://bucket//a/",
        "/bucket/" + "a" * 1016,
        "/bucket/a\nb/",
        "/bucket/a\x7fb/",
        "   ",
        True,
        b"/bucket/x/",
        "https://bucket/x/",
        "s3://bucket/x/",
        None,
        3,
        ["/bucket/x/"],
    ],
)
def test_what_is_no_obs_folder(location):
    with pytest.raises(InvalidArgumentError) as caught:
        obs_folder(location)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("/bucket/", "/bucket/ does not name a folder inside a bucket"),
        ("/bucket/a b/", "/bucket/a b/ has the character ' '"),
        ("/bucket/日志/", "/bucket/日志/ has the character '日'"),
        ("/bucket/a//b/", "/bucket/a//b/ has a folder without a name"),
        ("/Bucket/a/", "'Bucket' is not the name of a bucket"),
        ("/bucket/" + "a" * 2000, "The OBS location has 2009 characters"),
        (None, "None does not name a folder"),
    ],
)
def test_the_reason_why_a_folder_is_refused(location, reason):
    with pytest.raises(InvalidArgumentError) as caught:
        obs_folder(location)
    assert str(caught.value).startswith(reason)


@given(st.text(max_size=40))
def test_a_folder_that_is_accepted_is_always_one_the_service_takes(location):
    try:
        folder = obs_folder(location)
    except InvalidArgumentError:
        return
    assert re.fullmatch(r"/[0-9a-z.-]{3,63}/[!-~]*/", folder)
    assert ".." not in folder.split("/")
    assert "//" not in folder
    assert obs_folder(folder) == folder
