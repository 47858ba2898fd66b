"""``%ma_log`` in a real shell, against a real embedded service and against a scripted one."""

from __future__ import annotations

import itertools
import os
import stat

import pytest
from magic_shell import Page
from scripted_service import byte_slice, one_job

from modelarts_magics.core.api.v1 import logs as log_sources

END = "[Modelarts Service Log]Training completed.\n"


def shown(cell):
    """The log in the text form, without its heading."""
    return cell.text.split("\n", 1)[1]


@pytest.fixture
def jobs(local, service):
    """The names that people use for job objects."""
    local.ip.user_ns["job_instance"] = service.jobs["twice"]
    versions = service.jobs["twice"].get_job_version_object_list(is_show=False)
    local.ip.user_ns["job_version_instance_list"] = versions
    return service.jobs


# ---- which job ----------------------------------------------------------------------------------


def test_without_a_job_it_lists_the_recent_jobs_newest_first(local, jobs):
    cell = local.ok("%ma_log")
    names = [line.split()[1] for line in cell.text.split("\n")[2:]]
    assert names[0] == "distributed-job"
    assert names[-1] == "twice"
    assert "COMPLETED" in cell.text
    page = Page(cell.html)
    assert "distributed-job" in page.text
    assert page.tags <= {"style", "table", "thead", "tbody", "tr", "th", "td", "b"}


def test_the_table_can_be_kept_and_indexed(local, jobs):
    local.ok("%ma_log --as recent")
    assert len(local.ip.user_ns["recent"]) == 7
    assert "I am worker 0" in local.ok("%ma_log recent[0] --no-follow").text


@pytest.mark.parametrize(
    "word",
    [
        "twice",
        "job_instance",
        "'twice'",
        '"twice"',
        "job_version_instance_list[0]",
        "holder.job",
        'table["the run"]',
        "name_of_job",
        "id_of_job",
        "number_of_job",
        "$name_of_job",
        "{name_of_job}",
        "{jobs_by_name['twice'].job_id}",
    ],
)
def test_a_job_is_named_by_name_object_expression_or_a_variable_with_either(local, jobs, word):
    job = jobs["twice"]
    local.ip.user_ns.update(
        holder=type("Holder", (), {"job": job}),
        table={"the run": job},
        name_of_job="twice",
        id_of_job=job.job_id,
        number_of_job=int(job.job_id),
        jobs_by_name={"twice": job},
    )
    newest = jobs["twice"].get_job_version_object_list(is_show=False)[0]
    local.ip.user_ns["job_version_instance_list"] = [newest]
    expected = "the second run\n" if newest.version_name == "V0002" else "the first run\n"
    wanted = expected if word == "job_version_instance_list[0]" else "the second run\n"
    assert shown(local.ok(f"%ma_log {word} --no-follow")) == wanted + END.rstrip()


def test_a_job_is_named_by_its_id(local, jobs):
    assert "the second run" in local.ok(f"%ma_log {jobs['twice'].job_id} --no-follow").text


def test_an_object_of_a_version_means_this_version(local, jobs):
    for version in local.ip.user_ns["job_version_instance_list"]:
        local.ip.user_ns["version"] = version
        wanted = {"V0001": "the first run", "V0002": "the second run"}[version.version_name]
        assert wanted in local.ok("%ma_log version --no-follow").text


def test_a_variable_that_is_no_job_does_not_hide_the_job_of_its_name(local, jobs):
    local.ip.user_ns["twice"] = [1, 2, 3]
    assert "the second run" in local.ok("%ma_log twice --no-follow").text


def test_without_a_version_the_newest_is_meant(local, jobs):
    assert "V0002" in local.ok("%ma_log twice --no-follow").text


@pytest.mark.parametrize("version", ["V0001", "v0001"])
def test_a_version_is_named_by_its_name(local, jobs, version):
    assert "the first run" in local.ok(f"%ma_log twice {version} --no-follow").text


def test_a_version_is_named_by_its_id(local, jobs):
    version_id = jobs["twice-V0001"].version_id
    assert "the first run" in local.ok(f"%ma_log twice {version_id} --no-follow").text


def test_a_named_version_goes_before_that_of_the_object(local, jobs):
    assert "the first run" in local.ok("%ma_log job_instance V0001 --no-follow").text


def test_ids_need_not_be_numbers(scripted_shell, scripted):
    scripted.script = one_job("hello\n", job_id="a1b2-c3", version_id="9f8e-d7")
    assert "hello" in scripted_shell.ok("%ma_log job --no-follow").text
    assert "hello" in scripted_shell.ok("%ma_log job 9f8e-d7 --no-follow").text


# ---- which part ---------------------------------------------------------------------------------


def digits(method, path, query):
    """Job 12345, and another one of this name; both have logs."""
    if path.endswith("/training-jobs"):
        jobs = [{"job_id": 7, "job_name": "12345"}, {"job_id": 12345, "job_name": "other"}]
        return 200, {"is_success": True, "jobs": jobs, "job_total_count": 2}
    if "/training-jobs/12345/" in path:
        return one_job("of the id", job_id=12345, job_name="other")(method, path, query)
    return one_job("of the name", job_name="12345")(method, path, query)


@pytest.mark.parametrize(
    ("word", "text", "said"),
    [
        ("12345", "of the id", "12345 is taken for an id, but names job 7 too"),
        ("id:12345", "of the id", ""),
        ("name:12345", "of the name", ""),
        ("7", "of the name", ""),
        ("name:other", "of the id", ""),
    ],
)
def test_a_job_of_digits_is_meant_by_id_or_name(scripted_shell, scripted, word, text, said):
    scripted.script = digits
    cell = scripted_shell.ok(f"%ma_log {word} --no-follow")
    assert text in cell.text
    assert cell.stdout.startswith(said)
    assert cell.stdout.count("\n") == bool(said)


def test_it_shows_the_last_lines_of_a_long_log(local, jobs, service_texts):
    cell = local.ok("%ma_log big-job --no-follow")
    lines = (service_texts["big"] + END).rstrip("\n").split("\n")
    assert shown(cell).split("\n") == lines[-200:]


@pytest.mark.parametrize("count", [0, 1, 2, 50, 201, 1201, 5000])
def test_tail_shows_exactly_so_many_lines(local, jobs, service_texts, count):
    local.ok(f"%ma_log big-job --tail {count} --as kept --no-follow")
    lines = (service_texts["big"] + END).splitlines(keepends=True)
    kept = local.ip.user_ns["kept"]
    assert kept.text == "".join(lines[len(lines) - count :] if count < len(lines) else lines)
    size = len((service_texts["big"] + END).encode())
    assert (kept.part.end_byte, kept.part.start_byte) == (size, size - len(kept.text.encode()))


def test_tail_all_shows_everything_to_the_last_character(local, jobs, service_texts):
    local.ok("%ma_log big-job --tail all --as everything --no-follow")
    assert local.ip.user_ns["everything"].text == service_texts["big"] + END


@pytest.mark.parametrize(
    ("flags", "start", "length"),
    [
        ("--start-byte 0 --offset 10", 0, 10),
        ("--start-byte 100", 100, 2048),
        ("--offset 7", 0, 7),
        ("--start-byte=-1 --offset=20", -1, 20),
        ("--start-byte -1", -1, 2048),
        ("--start-byte 0 --offset 0", 0, 0),
        ("--start-byte 100000000", 100_000_000, 2048),
    ],
)
def test_a_slice_is_what_the_documented_call_gives(local, jobs, flags, start, length):
    local.ok(f"%ma_log big-job {flags} --as slice_of_it")
    kept = local.ip.user_ns["slice_of_it"]
    job = jobs["big"]
    name = job.get_job_log_file_list()["log_file_list"][0]
    documented = job.get_job_log(name, start, length)
    assert (kept.text, kept.part.end_byte) == (documented["log"], documented["end_byte"])


def test_a_negative_length_goes_back_from_the_start(local, jobs):
    local.ok("%ma_log big-job --start-byte 20 --offset -20 --as slice_of_it")
    local.ok("%ma_log big-job --start-byte 0 --offset 20 --as same")
    assert local.ip.user_ns["slice_of_it"].text == local.ip.user_ns["same"].text


def test_a_distributed_job_shows_its_first_file_and_names_the_others(local, jobs):
    cell = local.ok("%ma_log distributed-job --no-follow")
    assert "I am worker 0" in cell.text
    heading = cell.text.split("\n")[0]
    assert "job-distributed-job.1, job-distributed-job.2" in heading


@pytest.mark.parametrize("flag", ["--file job-distributed-job.2", "--file='job-distributed-job.2'"])
def test_another_file_can_be_chosen(local, jobs, flag):
    cell = local.ok(f"%ma_log distributed-job {flag} --no-follow")
    assert "I am worker 2" in cell.text
    assert "I am worker 2" in Page(cell.html).text


def test_a_kept_result_has_the_exact_text(local, jobs, service_texts):
    local.ok("%ma_log colours-job --as kept --no-follow")
    assert local.ip.user_ns["kept"].text == service_texts["colours"] + END


# ---- how it looks -------------------------------------------------------------------------------


def test_chinese_is_shown_in_both_forms(local, jobs):
    cell = local.ok("%ma_log chinese-job --no-follow")
    assert "损失 0.25，精度 97%" in cell.text
    assert "损失 0.25，精度 97%" in Page(cell.html).text


def test_colours_are_kept_and_markup_is_text(local, jobs):
    cell = local.ok("%ma_log colours-job --no-follow")
    assert "\x1b[1;31mERROR\x1b[0m then \x1b[38;5;208morange\x1b[0m <b>&amp;" in cell.text
    page = Page(cell.html)
    assert "ERROR then orange <b>&amp;" in page.text
    assert any("bold" in style for style in page.styles)
    assert any("#ff8700" in style for style in page.styles)


def test_a_progress_line_shows_its_last_state_only(local, jobs):
    cell = local.ok("%ma_log progress-job --no-follow")
    assert shown(cell).split("\n")[0] == "进度 100% |██████████|"
    assert "\r" not in cell.html + cell.text


def test_an_empty_log_says_so(scripted_shell, scripted):
    scripted.script = one_job("")
    cell = scripted_shell.ok("%ma_log job --no-follow")
    assert shown(cell) == "(no log text)"
    assert "bytes 0-0" in Page(cell.html).text
    for flags in ("--tail all", "--start-byte 0", "--start-byte -1"):
        assert shown(scripted_shell.ok(f"%ma_log job --no-follow {flags}")) == "(no log text)"


def test_no_jobs_says_so(scripted_shell, scripted):
    scripted.script = lambda *_request: (200, {"is_success": True, "jobs": []})
    cell = scripted_shell.ok("%ma_log")
    assert cell.text == "There are no training jobs"
    assert Page(cell.html).text == "There are no training jobs"


def test_the_heading_names_the_run_its_state_and_the_bytes(scripted_shell, scripted):
    scripted.script = one_job("12345\n", status=8, duration=62_000)
    heading = scripted_shell.ok("%ma_log job --no-follow").text.split("\n")[0]
    assert heading == "job (7) V0001 · RUNNING · 1 min 2 s · a.log · bytes 0-6"


@pytest.mark.parametrize("field", ["job_name", "version_name", "job_id", "log_file"])
def test_names_from_a_hostile_service_cannot_take_over_the_page_or_the_terminal(
    scripted_shell, scripted, field
):
    hostile = "<img src=x onerror=alert(1)>\x1b[2J\x1b]0;t\x07\u202e\nx"
    scripted.script = one_job("log\n", **{field: hostile})
    cells = [scripted_shell.ok("%ma_log")]
    if field != "job_id":  # what is no id is never asked for
        cells.append(scripted_shell.ok("%ma_log 7 --no-follow"))
    for cell in cells:
        assert Page(cell.html).attributes <= {"style", "class"}
        assert "img" not in Page(cell.html).tags
        assert all(character.isprintable() or character == "\n" for character in cell.text)


@pytest.mark.parametrize("value", [10**18, -(10**18), 10**40])
@pytest.mark.parametrize("field", ["create_time", "duration"])
def test_absurd_times_do_not_break_the_table(scripted_shell, scripted, field, value):
    scripted.script = one_job("log\n", **{field: value})
    assert "job" in scripted_shell.ok("%ma_log").text
    assert "log" in shown(scripted_shell.ok("%ma_log job --no-follow"))


# ---- saving -------------------------------------------------------------------------------------


def test_save_writes_the_bytes_of_the_log(local, jobs, service_texts, tmp_path):
    for name in ("big", "chinese", "colours", "progress"):
        cell = local.ok(f"%ma_log {name}-job --save {name}.log")
        assert (tmp_path / f"{name}.log").read_bytes() == (service_texts[name] + END).encode()
        assert cell.outputs == []
        assert f"{name}.log" in cell.stdout


def test_save_keeps_carriage_returns_and_line_ends_as_they_are(scripted_shell, scripted, tmp_path):
    scripted.script = one_job("a\r\nb\rc\n\n\x00\x1b[0m")
    scripted_shell.ok("%ma_log job --save out.log")
    assert (tmp_path / "out.log").read_bytes() == b"a\r\nb\rc\n\n\x00\x1b[0m"


def test_save_into_a_folder_uses_the_name_of_the_log_file(local, jobs, tmp_path):
    (tmp_path / "my logs").mkdir()
    local.ok('%ma_log distributed-job --file job-distributed-job.1 --save "my logs"')
    assert "worker 1" in (tmp_path / "my logs/job-distributed-job.1").read_text()


@pytest.mark.parametrize("name", ["../outside", "{tmp_path}/outside", "..", "a/b.log", ""])
def test_save_into_a_folder_stays_in_it_whatever_the_service_names(
    scripted_shell, scripted, tmp_path, name
):
    scripted.script = one_job("log\n", log_file=name.format(tmp_path=tmp_path))
    (tmp_path / "logs").mkdir()
    before = set(tmp_path.iterdir())
    scripted_shell("%ma_log job --save logs")
    assert set(tmp_path.iterdir()) == before
    assert [path for path in (tmp_path / "logs").rglob("*") if path.name.startswith(".")] == []


def test_save_expands_the_home_folder(local, jobs):
    local.ok("%ma_log twice --save ~/twice.log")
    assert os.path.exists(os.path.join(os.environ["HOME"], "twice.log"))


def test_save_replaces_a_file_and_gives_it_the_usual_permissions(local, jobs, tmp_path):
    target = tmp_path / "twice.log"
    target.write_text("old" * 100_000)
    local.ok("%ma_log twice --save twice.log")
    assert target.read_text() == "the second run\n" + END
    plain = tmp_path / "plain"
    plain.touch()
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    assert {path.name for path in tmp_path.iterdir()} == {"home", "plain", "twice.log"}


def test_save_writes_through_a_link(local, jobs, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real/log").write_text("old")
    (tmp_path / "link").symlink_to("real/log")
    local.ok("%ma_log twice --save link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real/log").read_text() == "the second run\n" + END


def test_save_together_with_as_keeps_the_end_of_the_log(local, jobs):
    local.ok("%ma_log twice --save out.log --as kept")
    assert local.ip.user_ns["kept"].text == "the second run\n" + END


def _breaks_off(after):
    """A log of which only the first bytes can be read."""

    def log(start, length):
        if start >= after:
            return {"is_success": False, "error_code": "ModelArts.0105", "error_msg": "broken"}
        return byte_slice("x" * 10_000, start, length)

    return one_job(log)


def test_a_save_that_fails_leaves_the_old_file_and_goes_on_later(
    scripted_shell, scripted, tmp_path
):
    (tmp_path / "out.log").write_text("old")
    scripted.script = _breaks_off(4000)
    assert "broken" in scripted_shell("%ma_log job --save out.log").mistake
    assert (tmp_path / "out.log").read_text() == "old"
    scripted.script = one_job("x" * 10_000)
    scripted_shell.ok("%ma_log job --save out.log")
    assert (tmp_path / "out.log").read_text() == "x" * 10_000
    assert {path.name for path in tmp_path.iterdir()} == {"home", "out.log"}


def test_an_interrupted_save_leaves_the_old_file_and_goes_on_later(
    scripted_shell, scripted, tmp_path, monkeypatch
):
    (tmp_path / "out.log").write_text("old")
    scripted.script = one_job("x" * 10_000)

    class Interrupting(log_sources.ByteEndpoint):
        def read(self, start_byte, length):
            if start_byte > 4000:
                raise KeyboardInterrupt
            return super().read(start_byte, length)

    with monkeypatch.context() as patch:
        patch.setattr("modelarts_magics.core.api.v1.jobs.ByteEndpoint", Interrupting)
        assert "Interrupted" in scripted_shell("%ma_log job --save out.log").mistake
    assert (tmp_path / "out.log").read_text() == "old"
    scripted_shell.ok("%ma_log job --save out.log")
    assert (tmp_path / "out.log").read_text() == "x" * 10_000
    assert {path.name for path in tmp_path.iterdir()} == {"home", "out.log"}


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("missing/out.log", "missing/out.log"),
        ("file/out.log", "file/out.log"),
        ("fifo", "fifo"),
        ("x" * 300, "xxx"),
        ("~nobody-of-this-name/out.log", "~nobody-of-this-name"),
    ],
)
def test_a_place_that_cannot_be_written_is_named(scripted_shell, scripted, tmp_path, path, named):
    scripted.script = one_job("log\n")
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "fifo")
    assert named in scripted_shell(f"%ma_log job --save {path}").mistake
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)


def test_a_full_disk_is_one_line(scripted_shell, scripted, tmp_path, monkeypatch):
    scripted.script = one_job("log\n")

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", full)
        assert "No space left on device" in scripted_shell("%ma_log job --save out.log").mistake
    scripted_shell.ok("%ma_log job --save out.log")
    assert {path.name for path in tmp_path.iterdir()} == {"home", "out.log"}


def _growing(text):
    """A log to which each reading adds a line."""
    more = itertools.count(1)

    def log(start, length):
        return byte_slice(text + "later\n" * next(more), start, length)

    return one_job(log, status=8)


@pytest.mark.parametrize("line", ["--save out.log", "--no-follow --tail all --as kept"])
def test_a_whole_log_of_a_job_that_goes_on_writing_ends_and_says_what_came_since(
    scripted_shell, scripted, tmp_path, line
):
    text = "".join(f"line {number}\n" for number in range(900))
    scripted.script = _growing(text)
    cell = scripted_shell.ok(f"%ma_log job {line}")
    assert "bytes more since" in cell.stdout
    saved = tmp_path / "out.log"
    found = saved.read_text() if saved.exists() else scripted_shell.ip.user_ns["kept"].text
    assert found.startswith(text)
    assert set(found[len(text) :].split()) <= {"later"}
    assert len(scripted.requests) < 30


def test_a_whole_log_that_is_no_utf8_says_so(scripted_shell, scripted, tmp_path):
    data = "Straße\n".encode("latin-1") * 100

    def log(start, length):
        first = max(0, len(data) - length) if start < 0 else start
        part = data[first : first + length]
        return {"log": part.decode(errors="replace"), "end_byte": first + len(part)}

    scripted.script = one_job(log)
    assert "no UTF-8" in scripted_shell.ok("%ma_log job --save out.log").stdout
    assert (tmp_path / "out.log").read_text() == "Stra\ufffde\n" * 100


# ---- manual -------------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["--help", "-h", "job --help", "--tail 5 -h"])
def test_help_is_printed_and_nothing_is_asked(shell, flag):
    cell = shell.ok(f"%ma_log {flag}")
    assert "usage: %ma_log" in cell.stdout
    for word in ("--tail", "--save", "--start-byte", "--offset", "--file", "--as", "VERSION"):
        assert word in cell.stdout


def test_the_question_mark_shows_the_manual(shell):
    shown_by_pager = []

    def pager(_shell, data, **_options):
        shown_by_pager.append(data)

    shell.ip.set_hook("show_in_pager", pager)
    shell.ok("%ma_log?")
    [page] = shown_by_pager
    text = page["text/plain"] if isinstance(page, dict) else page
    assert "%ma_log JOB --tail 50" in text
    assert "It never stops the job." in text


def test_jobs_are_listed_by_name_and_status_whichever_word_says_it(local, service):
    for words in (
        "--search chinese",
        "--search chin --status completed",
        "--status succeeded --all",
    ):
        table = local.ok(f"%ma_log {words}").text
        assert "chinese-job" in table
        assert ("big-job" in table) is ("--search" not in words)
    assert "job matches" in local.ok("%ma_log --status RUNNING --search chinese").text
    assert "did you mean running" in local("%ma_log --status runing").mistake
    assert "--all and JOB" in local("%ma_log job --all").mistake
