"""``%ma_viz`` in a real shell: what each sub-command does, asks and leaves behind."""

from __future__ import annotations

import pytest
from magic_shell import Page
from visualization_service import JOBS
from viz_service import FOLDER, OUTPUT

from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.estimator import VisualizationJob
from modelarts_magics.notebook.viz.commands import subcommands as command
from modelarts_magics.session import Session

# ---- all of it against the embedded service -----------------------------------------------------


def test_every_operation_on_the_embedded_service(local):
    made = local.ok(
        "%ma_viz create obs://test-bucket/output --name curves --desc 'first look'"
        " --auto-stop 3 --as made"
    )
    job_id = local.ip.user_ns["made"].job_id
    for words in ("Created visualization job curves", "RUNNING", "/test-bucket/output/", "first l"):
        assert words in made.text
    assert "auto-stop: in 2 h 59 min" in made.text or "auto-stop: in 3 h 0 min" in made.text
    assert "http://127.0.0.1:" in made.text
    assert "shows this folder already" in local.ok("%ma_viz create /test-bucket/output").text
    assert local.ip.user_ns["_"].job_id == job_id

    listed = local.ok("%ma_viz list --status running --search curv --sort name:desc --as table")
    assert "curves" in listed.text
    assert [card.job_id for card in local.ip.user_ns["table"]] == [job_id]
    for word in (job_id, "curves", "made", "table[0]"):
        assert local.ok(f"%ma_viz info {word}").text.startswith(f"curves ({job_id}) · RUNNING")

    assert "second look" in local.ok("%ma_viz update curves --desc 'second look'").text
    link = local.ok("%ma_viz open made")
    assert "TensorBoard of curves: http://127.0.0.1:" in link.text
    assert "href" in Page(link.html).attributes
    assert local.ok("%ma_viz open curves --inline --height 20em").html.count("20em") == 1

    refused = f"WrongStateError: Visualization job {job_id} is RUNNING: stop it before you restart"
    assert local("%ma_viz restart curves").mistake.startswith(refused)
    stopped = local.ok("%ma_viz stop curves").text
    assert stopped.startswith(
        f"Stopped visualization job curves ({job_id}).\ncurves ({job_id}) · K"
    )
    assert local.ip.user_ns["_"].status is JobStatus.KILLED
    assert "is KILLED: it has ended already" in local("%ma_viz stop curves").mistake
    assert f"Start it: %ma_viz restart {job_id}" in local("%ma_viz open curves").mistake
    assert "Restarted visualization job curves" in local.ok("%ma_viz restart made").text
    assert local.ip.user_ns["_"].status is JobStatus.RUNNING
    assert "Deleted visualization job" in local.ok("%ma_viz delete table[0] --yes").stdout
    assert "There is no visualization job curves" in local("%ma_viz info curves").mistake
    assert "There are no such visualization jobs" in local.ok("%ma_viz list").text


def test_a_training_job_stands_for_its_output_folder_on_the_embedded_service(local, service):
    local.ip.user_ns["job_instance"] = service.jobs["twice"]
    folders = set()
    for word in ("twice", service.jobs["twice"].job_id, "job_instance"):
        local.ok(f"%ma_viz create {word} --no-wait --as made")
        folders.add(local.ip.user_ns["made"].train_url)
    assert folders == {"/test-bucket/output/"}
    assert len(local.ok("%ma_viz list").text.splitlines()) == 3  # one job for all of them
    local.ok("%ma_viz delete made --yes")


def test_what_the_embedded_service_does_not_have_is_its_own_refusal(local):
    mistake = local("%ma_viz create /test-bucket/output/ --type mindinsight").mistake
    assert "mindinsight" in mistake
    assert "There are no such visualization jobs" in local.ok("%ma_viz list").text


# ---- which folder -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "folder"),
    [
        ("/bucket/run/", FOLDER),
        ("bucket/run", FOLDER),
        ("obs://bucket/run", FOLDER),
        ("'/bucket/run/'", FOLDER),
        ("folder", FOLDER),
        ("$folder", FOLDER),
        ("{folder}", FOLDER),
        ("folders[0]", FOLDER),
        ("holder.folder", FOLDER),
        ("job", OUTPUT),
        ("7", OUTPUT),
        ("name_of_job", OUTPUT),
        ("training", OUTPUT),
        ("unfinished", OUTPUT),
    ],
)
def test_a_folder_is_named_in_any_form_or_by_a_training_job(viz_shell, viz, word, folder):
    job = {"job_id": "7", "version_id": "70"}
    viz_shell.ip.user_ns.update(
        folder="obs://bucket/run/",
        folders=["/bucket/run"],
        holder=type("Holder", (), {"folder": FOLDER}),
        name_of_job="job",
        training=type("Job", (), job),
        unfinished=type("Job", (), {**job, "version_id": ""}),
    )
    viz_shell.ok(f"%ma_viz create {word} --no-wait")
    assert [made["train_url"] for made in viz.jobs.values()] == [folder]


def test_the_session_of_a_training_job_makes_the_job(viz_shell, viz, monkeypatch):
    other = Session(access_key="A", secret_key="s", project_id="other", region_name="cn-north-4")
    job = type("Job", (), {"job_id": "7", "version_id": "70", "modelarts_session": other})
    viz_shell.ip.user_ns["job"] = job
    viz_shell("%ma_viz create job --no-wait")
    other.close()
    assert {seen.path.split("/")[2] for seen in viz.seen} == {"other"}


# ---- which job ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["of the SDK", "a kept result", "of a list"])
def test_a_job_object_acts_in_its_own_session(viz_shell, viz, kind):
    viz.add()
    viz_shell.context.session.close()
    session = Session(access_key="OTHERKEY", secret_key="s", project_id="p", region_name="r")
    job = VisualizationJob(session, "197")
    if kind == "of a list":
        [job] = VisualizationJob.get_visualization_job_object_list(session, is_show=False)
    viz_shell.ip.user_ns["job"] = job
    if kind == "a kept result":
        viz_shell.ok("%ma_viz info job --as card")
        viz_shell.ip.user_ns["job"] = viz_shell.ip.user_ns["card"]
    viz.seen.clear()
    viz_shell.ok("%ma_viz stop job")
    session.close()
    assert viz.jobs[197]["status"] == JobStatus.KILLED
    assert all("Access=OTHERKEY" in seen.headers["authorization"] for seen in viz.seen)


def test_an_object_of_the_other_kind_is_refused_since_ids_of_both_kinds_overlap(viz_shell, viz):
    viz.add(job_id=7)
    session = Session(project_id="p", region_name="r")
    viz_shell.ip.user_ns["look"] = VisualizationJob(session, "7")
    viz_shell.ip.user_ns["run"] = type("Job", (), {"job_id": "7", "version_id": "70"})
    viz_shell.ip.user_ns["unfinished"] = type("Job", (), {"job_id": "7", "version_id": ""})
    for line in ("%ma_viz create look", "%ma_viz scalars look", "%ma_log look --no-follow"):
        assert viz_shell(line).mistake == (
            "InvalidArgumentError: look is a visualization job. See %ma_viz info look"
        )
    for word in ("run", "unfinished"):
        assert viz_shell(f"%ma_viz delete {word} --yes").mistake == (
            f"InvalidArgumentError: {word} is a training job."
            f" Show its output with %ma_viz create {word}"
        )
    assert viz.seen == []


def test_an_answer_may_leave_the_id_out(viz_shell, viz):
    viz.add(job_name="curves")
    viz.jobs[197]["job_id"] = None
    viz.jobs[197]["status"] = int(JobStatus.KILLED)
    for line in ("info 197", "restart 197 --no-wait"):
        assert "curves (197)" in viz_shell.ok(f"%ma_viz {line}").text


# ---- create -------------------------------------------------------------------------------------


def test_create_waits_and_says_each_change_once_where_it_cannot_rewrite_a_line(viz_shell, viz):
    cell = viz_shell.ok(f"%ma_viz create {FOLDER}")
    assert cell.stdout.splitlines() == ["WAITING", "RUNNING"]
    assert "· RUNNING" in cell.text
    assert viz_shell.ok(f"%ma_viz create {FOLDER} --new --no-wait").stdout == ""
    assert len(viz.jobs) == 2


def test_a_job_that_is_there_is_used_and_flags_do_not_change_it(viz_shell, viz):
    viz.add(job_name="curves")
    cell = viz_shell.ok(f"%ma_viz create {FOLDER} --desc new --auto-stop 2")
    assert "Visualization job curves (197) shows this folder already" in cell.text
    assert "--desc, --auto-stop did not change it." in cell.text
    assert "did not change" not in viz_shell.ok(f"%ma_viz create {FOLDER}").text
    assert viz.changes == []


def test_a_given_name_is_that_of_the_job_that_is_used_or_made(viz_shell, viz):
    viz.add(job_name="other")
    made = viz_shell.ok(f"%ma_viz create {FOLDER} --name curves --as made")
    assert "Created visualization job curves" in made.text
    assert "curves" in viz_shell.ok(f"%ma_viz create {FOLDER} --name curves").text
    assert len(viz.jobs) == 2
    taken = viz_shell(f"%ma_viz create {FOLDER} --name curves --new").mistake
    assert "The name curves is taken by visualization job 198" in taken
    elsewhere = viz_shell("%ma_viz create /bucket/else/ --name curves").mistake
    assert f"that job shows {FOLDER}" in elsewhere
    assert len(viz.jobs) == 2


@pytest.mark.parametrize(
    ("flags", "hours", "kind"),
    [
        ("", 5, "mindinsight"),
        ("--auto-stop 0", None, "mindinsight"),
        ("--auto-stop 24 --type tensorboard", 24, "tensorboard"),
    ],
)
def test_settings_stand_in_for_what_a_line_leaves_out(viz_shell, viz, flags, hours, kind):
    viz_shell.ok("%config ModelArtsMagics.viz_type = 'mindinsight'")
    viz_shell.ok("%config ModelArtsMagics.viz_auto_stop = 5")
    try:
        viz_shell.ok(f"%ma_viz create {FOLDER} --no-wait {flags}")
    finally:
        viz_shell.ok("%config ModelArtsMagics.viz_type = 'tensorboard'")
        viz_shell.ok("%config ModelArtsMagics.viz_auto_stop = 0")
    [made] = viz.creations
    schedule = hours and [{"type": "stop", "time_unit": "HOURS", "duration": hours}]
    assert (made.body.get("schedule"), made.body["job_type"]) == (schedule, kind)


def test_the_next_form_begins_with_the_folder_of_the_last_line(viz_shell):
    viz_shell.ok("%ma_viz create obs://bucket/run --no-wait --auto-stop 3")
    defaults = viz_shell.context.visualization_defaults
    assert (defaults.folder, defaults.stop_after_hours) == (FOLDER, None)


def test_open_after_create_shows_the_way_and_says_what_the_cloud_wants(viz_shell, monkeypatch):
    cell = viz_shell.ok(f"%ma_viz create {FOLDER} --open")
    card, frame = (output["text/plain"] for output in cell.outputs)
    assert "RUNNING" in card
    assert "TensorBoard of run-" in frame


# ---- list ---------------------------------------------------------------------------------------


def test_the_list_shows_the_newest_and_says_how_to_see_all(viz_shell, viz):
    for _job in range(25):
        viz.add()
    cell = viz_shell.ok("%ma_viz list")
    assert cell.text.splitlines()[2].startswith("221")
    assert len(cell.text.splitlines()) == 2 + 20 + 1
    assert cell.text.endswith("20 of 25 jobs; for all of them: --all")
    assert "20 of 25 jobs" in Page(cell.html).text
    everything = viz_shell.ok("%ma_viz list --all")
    assert len(everything.text.splitlines()) == 2 + 25
    assert len(viz_shell.ip.user_ns["_"]) == 25


def test_the_service_filters_searches_and_sorts(viz_shell, viz):
    viz.add(job_name="curves", status=int(JobStatus.KILLED))
    viz.add(job_name="curves-2")
    assert "curves-2" not in viz_shell.ok("%ma_viz list --status killed").text
    assert "curves-2" not in viz_shell.ok("%ma_viz list --status 12 --all").text
    assert "There are no such" in viz_shell.ok("%ma_viz list --search nothing").text
    viz.seen.clear()
    for word in ("name", "job_name:asc", "name:desc", "created", "created:asc"):
        viz_shell.ok(f"%ma_viz list --sort {word}")
    assert [(seen.query["sortBy"], seen.query["order"]) for seen in viz.seen] == [
        ("job_name", "asc"),
        ("job_name", "asc"),
        ("job_name", "desc"),
        ("create_time", "desc"),
        ("create_time", "asc"),
    ]


# ---- results ------------------------------------------------------------------------------------


def test_results_are_kept_as_the_value_of_the_cell_and_under_a_name(viz_shell, viz):
    viz.add(job_name="first")
    viz.add(job_name="second")
    viz_shell.ok("%ma_viz info first --as kept")
    ns = viz_shell.ip.user_ns
    assert ns["_"] is ns["kept"]
    assert ns["Out"][viz_shell.ip.displayhook.prompt_count] is ns["kept"]
    viz_shell.ok("%ma_viz info second")
    assert (ns["_"].job_name, ns["__"].job_name) == ("second", "first")
    assert viz_shell("%ma_viz info nobody --as kept").mistake
    assert (ns["_"].job_name, ns["kept"].job_name) == ("second", "first")
    card = ns["kept"]
    told = (card.job_id, card.visualization_id, card.status, card.train_url, card.service_url)
    assert told == ("197", "197", JobStatus.RUNNING, FOLDER, "https://console.example/197/")


def test_without_a_kernel_the_panel_is_the_list(viz_shell, viz):
    for _job in range(12):
        viz.add()
    cell = viz_shell.ok("%ma_viz")
    assert len(cell.text.splitlines()) == 2 + 10 + 1
    assert len(viz_shell.ip.user_ns["_"]) == 10


# ---- stop, restart, update, delete --------------------------------------------------------------


def test_changes_are_one_request_each(viz_shell, viz):
    viz.add(job_name="curves")
    for line in ("update curves --desc ''", "stop 197", "restart curves", "delete 197 --yes"):
        viz_shell.ok(f"%ma_viz {line}")
    assert viz.changes == [
        ("PUT", f"{JOBS}/197"),
        ("POST", f"{JOBS}/197/stop"),
        ("POST", f"{JOBS}/197/restart"),
        ("DELETE", f"{JOBS}/197"),
    ]


def test_stop_waits_unless_it_is_told_not_to(viz_shell, viz):
    for flags, words, state in [
        ("", "Stopped visualization job", "KILLED"),
        ("--no-wait", "Stopping visualization job", "KILLING"),
    ]:
        job = viz.add()
        viz.ends_slowly = True
        viz.starts = not flags
        text = viz_shell.ok(f"%ma_viz stop {job['job_id']} {flags}").text
        assert words in text
        assert f"· {state}" in text


@pytest.mark.parametrize(
    ("answer", "is_deleted"),
    [("y", True), (" Y ", True), ("yes", True), ("是", True), ("n", False), ("", False)],
)
def test_delete_asks_first(viz_shell, viz, monkeypatch, answer, is_deleted):
    viz.add(job_name="curves")
    asked = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: (asked.append(question), answer)[1])
    cell = viz_shell.ok("%ma_viz delete curves")
    assert asked == ["Delete visualization job curves (197) for good? [y/N] "]
    words = "Deleted" if is_deleted else "Kept"
    assert cell.stdout == f"{words} visualization job curves (197).\n"
    assert (not viz.jobs) is is_deleted


# ---- help ---------------------------------------------------------------------------------------

SUBCOMMANDS = list(command.SUBCOMMANDS)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["", *SUBCOMMANDS])
def test_help_is_printed_in_both_languages_and_nothing_is_asked(viz_shell, viz, name, language):
    viz_shell.ok(f"%config ModelArtsMagics.language = '{language}'")
    try:
        help_text = viz_shell.ok(f"%ma_viz {name} --help").stdout
    finally:
        viz_shell.ok("%config ModelArtsMagics.language = ''")
    assert f"%ma_viz {name}".strip() in help_text
    assert any("\u4e00" <= c <= "\u9fff" for c in help_text) is (language == "zh")
    assert name or all(f"  {sub} " in help_text for sub in SUBCOMMANDS)
    assert viz.seen == []


def test_the_question_mark_shows_the_manual(viz_shell):
    manual = viz_shell.ip.inspector.info(viz_shell.ip.find_line_magic("ma_viz"))["docstring"]
    assert all(f"%ma_viz {name}" in manual for name in SUBCOMMANDS)


def test_a_job_of_digits_is_meant_by_id_or_name(viz_shell, viz):
    viz.add(job_name="first")
    viz.add(job_name="197")
    cell = viz_shell.ok("%ma_viz info 197")
    assert "first" in cell.text
    assert cell.stdout == "197 is taken for an id, but names job 198 too: id:197 or name:197\n"
    for word, job_id in (("id:197", "197"), ("name:197", "198"), ("name:first", "197")):
        cell = viz_shell.ok(f"%ma_viz info {word} --as card")
        assert viz_shell.ip.user_ns["card"].job_id == job_id
        assert cell.stdout == ""
