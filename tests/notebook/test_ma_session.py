"""``%ma_session``: who you are, and how to become somebody else, without a secret on the page."""

from __future__ import annotations

import getpass
import json
import os

import pytest
from magic_shell import Page
from scripted_service import one_job

from modelarts_magics.core import config
from modelarts_magics.core.i18n import language

AK, SK, TOKEN = "TYPEDACCESSKEY99", "typed-secret-key-0123456789", "typed-security-token-0123456789"


@pytest.fixture
def front_end_answers(monkeypatch):
    """A front end at which somebody types; every prompt is kept."""

    def make(*answers):
        left, prompts = list(answers), []

        def ask(prompt="Password: ", stream=None):
            prompts.append(prompt)
            answer = left.pop(0)
            if isinstance(answer, type):
                raise answer
            return answer

        monkeypatch.setattr(getpass, "getpass", ask)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        return prompts

    return make


@pytest.fixture
def cloud(service, monkeypatch):
    """The embedded service in the place of the cloud: named by the environment, without keys."""
    known = json.loads((service.root / "service.json").read_text())
    monkeypatch.setenv("MODELARTS_MAGICS_ENDPOINT", known["endpoint"])
    monkeypatch.setenv("HUAWEICLOUD_SDK_IAM_ENDPOINT", known["endpoint"])
    monkeypatch.setenv("MODELARTS_MAGICS_REGION", "local")
    return json.loads((service.root / "credentials.json").read_text())


def profile(**sections):
    path = os.path.join(os.environ["HOME"], ".huaweicloud")
    os.makedirs(path, exist_ok=True)
    lines = []
    for name, values in sections.items():
        lines += [f"[{name}]", *(f"{key} = {value}" for key, value in values.items())]
    with open(os.path.join(path, "credentials"), "w") as file:
        file.write("\n".join(lines) + "\n")


def rows(cell):
    table = dict(line.split(None, 1) for line in cell.text.split("\n") if line[0] != "-")
    return {name: value.strip() for name, value in table.items()}


# ---- showing ------------------------------------------------------------------------------------


def test_it_shows_source_masked_key_region_project_and_service(shell, monkeypatch):
    profile(basic={"ak": AK, "sk": SK, "region": "cn-north-4", "project_id": "project7"})
    cell = shell.ok("%ma_session")
    assert rows(cell) == {
        "source": f"{config.profile_path()} [basic]",
        "identity": "TYPE***",
        "region": "cn-north-4",
        "project": "project7",
        "API": "each job decides: a UUID is of v2, digits are of v1",
        "service": "https://modelarts.cn-north-4.myhuaweicloud.com",
    }
    assert "TYPE***" in Page(cell.html).text
    for form in (cell.text, cell.html):
        assert AK not in form
        assert SK not in form


def test_markup_in_settings_is_text(shell, monkeypatch):
    profile(basic={"ak": AK, "sk": SK, "region": "cn-north-4", "project_id": "<script>x"})
    page = Page(shell.ok("%ma_session").html)
    assert "script" not in page.tags
    assert "<script>x" in page.text


# ---- local --------------------------------------------------------------------------------------


def test_local_uses_the_service_of_a_folder_that_runs_already(shell, service):
    cell = shell.ok(f"%ma_session local --root {service.root}")
    known = json.loads((service.root / "service.json").read_text())
    assert rows(cell)["service"] == known["endpoint"]
    assert rows(cell)["project"] == known["project_id"]
    shell.ok("%ma_session logout")
    assert service.process.poll() is None


def test_local_starts_a_service_and_a_second_time_keeps_it(shell, tmp_path):
    first = rows(shell.ok("%ma_session local --root 'my root'"))
    second = rows(shell.ok("%ma_session local --root 'my root'"))
    assert first == second
    assert str(tmp_path / "my root") in first["source"]
    assert shell.ok("%ma_log").text == "There are no training jobs"


def test_local_without_a_folder_uses_that_of_the_environment(shell, service, monkeypatch):
    monkeypatch.setenv("MODELARTS_MAGICS_LOCAL", str(service.root))
    assert str(service.root) in rows(shell.ok("%ma_session local"))["source"]


def test_local_wins_over_settings_of_the_environment(local, service, monkeypatch):
    monkeypatch.setenv("HUAWEICLOUD_SDK_PROJECT_ID", "another")
    monkeypatch.setenv("MODELARTS_MAGICS_REGION", "cn-north-1")
    monkeypatch.setenv("MODELARTS_MAGICS_ENDPOINT", "https://cloud.example")
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", AK)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", SK)
    local.ok(f"%ma_session local --root {service.root}")
    assert "distributed-job" in local.ok("%ma_log").text


@pytest.mark.parametrize("flag", ["--region cn-north-4", "--project p", "--profile other"])
def test_a_local_session_has_one_region_and_project(local, flag):
    profile(other={"ak": AK, "sk": SK})
    assert "%ma_session logout" in local(f"%ma_session {flag}").mistake
    assert "distributed-job" in local.ok("%ma_log").text


# ---- login --------------------------------------------------------------------------------------


def test_login_asks_for_a_key_and_uses_it(shell, cloud, front_end_answers):
    prompts = front_end_answers(cloud["access_key"], cloud["secret_key"], "")
    cell = shell.ok("%ma_session login")
    assert rows(cell)["source"] == "%ma_session login"
    assert len(prompts) == 3
    assert cloud["access_key"] not in cell.text + cell.html
    assert "distributed-job" in shell.ok("%ma_log").text


def test_login_takes_pasted_keys_with_spaces_around_them(shell, cloud, front_end_answers):
    front_end_answers(f" {cloud['access_key']} ", f"{cloud['secret_key']}\t", " ")
    shell.ok("%ma_session login")
    assert "distributed-job" in shell.ok("%ma_log").text


def test_login_with_a_user_name_asks_for_the_password(shell, cloud, front_end_answers):
    prompts = front_end_answers(cloud["password"])
    user = f"--user {cloud['username']} --account {cloud['domain']}"
    cell = shell.ok(f"%ma_session login {user}")
    assert rows(cell)["identity"] == f"{cloud['domain']}/{cloud['username']}"
    assert prompts == [f"Password of {cloud['username']}: "]
    assert "distributed-job" in shell.ok("%ma_log").text


def test_login_finds_the_project_of_the_region(shell, service, cloud, front_end_answers):
    front_end_answers(cloud["access_key"], cloud["secret_key"], "")
    shell.ok("%ma_session login")
    known = json.loads((service.root / "service.json").read_text())
    shell.ok(
        "client = get_ipython().magics_manager.registry['ModelArtsMagics'].context.session.client"
    )
    assert shell.ip.user_ns["client"].project_id == known["project_id"]


@pytest.mark.parametrize("flags", ["", "--user nobody --account nobody"])
def test_refused_keys_leave_the_former_session_in_place(local, cloud, front_end_answers, flags):
    front_end_answers(AK, SK, "") if not flags else front_end_answers(SK)
    mistake = local(f"%ma_session login {flags} --region local").mistake
    assert mistake.startswith("AuthenticationError")
    assert AK not in mistake
    assert SK not in mistake
    assert "embedded service" in rows(local.ok("%ma_session"))["source"]
    assert "distributed-job" in local.ok("%ma_log").text


@pytest.mark.parametrize(
    "answers", [(KeyboardInterrupt,), (AK, KeyboardInterrupt), (AK, SK, KeyboardInterrupt)]
)
def test_an_interrupted_login_leaves_the_former_session_in_place(
    local, cloud, front_end_answers, answers
):
    front_end_answers(*answers)
    assert local("%ma_session login --region local").mistake.startswith("Interrupted")
    assert "distributed-job" in local.ok("%ma_log").text


@pytest.mark.parametrize("answers", [("",), (AK, "")])
def test_an_empty_answer_is_refused(shell, cloud, front_end_answers, answers):
    front_end_answers(*answers)
    assert "Nothing was entered" in shell("%ma_session login").mistake


@pytest.mark.parametrize("trouble", [EOFError, NotImplementedError])
def test_a_front_end_that_cannot_ask_says_what_to_do_instead(
    shell, cloud, front_end_answers, trouble
):
    front_end_answers(trouble)
    assert "HUAWEICLOUD_SDK_AK" in shell("%ma_session login").mistake


def test_nobody_types_keys_in_vain_when_the_region_is_missing(shell, front_end_answers):
    prompts = front_end_answers()
    assert "--region" in shell("%ma_session login").mistake
    assert prompts == []


def test_login_keeps_the_region_and_project_chosen_before(
    scripted_shell, scripted, monkeypatch, front_end_answers
):
    for name in ("HUAWEICLOUD_SDK_PROJECT_ID", "MODELARTS_MAGICS_REGION"):
        monkeypatch.delenv(name)
    scripted.script = one_job("log\n")
    scripted_shell.ok("%ma_session --region cn-east-3 --project project9")
    front_end_answers(AK, SK, TOKEN)
    shown = rows(scripted_shell.ok("%ma_session login"))
    assert (shown["region"], shown["project"]) == ("cn-east-3", "project9")
    assert shown["identity"] == "TYPE***"


def test_login_ends_the_use_of_the_embedded_service(
    shell, tmp_path, scripted, monkeypatch, front_end_answers
):
    shell.ok("%ma_session local --root mine")
    assert (tmp_path / "mine/service.json").exists()
    for name, value in scripted.environment.items():
        monkeypatch.setenv(name, value)
    scripted.script = one_job("log\n")
    front_end_answers(AK, SK, "")
    shell.ok("%ma_session login")
    assert not (tmp_path / "mine/service.json").exists()
    assert "job" in shell.ok("%ma_log").text


# ---- logout -------------------------------------------------------------------------------------


def test_logout_forgets_what_was_chosen(shell, cloud, front_end_answers):
    front_end_answers(cloud["access_key"], cloud["secret_key"], "")
    shell.ok("%ma_session login")
    assert "Forgot" in shell.ok("%ma_session logout").stdout
    assert config.context() == config.Context()
    assert shell("%ma_log").mistake.startswith("CredentialsNotFoundError")


def test_logout_goes_back_to_the_environment(scripted_shell, scripted, service):
    scripted.script = one_job("log\n")
    scripted_shell.ok(f"%ma_session local --root {service.root}")
    scripted_shell.ok("%ma_session logout")
    assert rows(scripted_shell.ok("%ma_session"))["source"] == "environment"


def test_logout_twice_is_harmless(shell):
    shell.ok("%ma_session logout")
    shell.ok("%ma_session logout")


# ---- region, project, profile -------------------------------------------------------------------


def test_a_region_changes_the_address_and_keeps_the_keys(shell):
    profile(basic={"ak": AK, "sk": SK})
    shown = rows(shell.ok("%ma_session --region cn-east-3 --project project9"))
    assert shown["service"] == "https://modelarts.cn-east-3.myhuaweicloud.com"
    assert shown["project"] == "project9"
    assert rows(shell.ok("%ma_session --region=cn-south-1"))["project"] == "project9"


def test_a_profile_is_a_section_of_the_profile_file(shell):
    profile(
        basic={"ak": "BASICACCESSKEY", "sk": SK, "region": "cn-north-4"},
        work={"ak": "WORKACCESSKEY", "sk": SK, "region": "cn-east-3", "project_id": "project5"},
    )
    assert rows(shell.ok("%ma_session"))["identity"] == "BASI***"
    shown = rows(shell.ok("%ma_session --profile work"))
    assert (shown["identity"], shown["region"], shown["project"]) == (
        "WORK***",
        "cn-east-3",
        "project5",
    )


def test_it_is_said_which_generation_is_asked_and_why(shell, monkeypatch):
    profile(basic={"ak": AK, "sk": SK, "region": "cn-north-4"})
    monkeypatch.setenv("MODELARTS_MAGICS_API", "v1")
    assert rows(shell.ok("%ma_session"))["API"] == "v1, by MODELARTS_MAGICS_API"
    assert rows(shell.ok("%ma_session --api v2"))["API"] == "v2, by %ma_session --api"
    shell.ok("%ma_session --region cn-east-3")
    assert rows(shell.ok("%ma_session"))["API"] == "v2, by %ma_session --api"


def test_a_generation_that_the_service_lacks_is_named(scripted_shell, scripted):
    scripted.script = lambda *_asked: (404, {"error_code": "APIGW.0101", "error_msg": "no API"})
    assert scripted_shell("%ma_log 11111111-2222-4333-8444-555555555555 --no-follow").mistake
    assert rows(scripted_shell.ok("%ma_session"))["API"] == "v1: the service has no v2"


def test_an_unknown_profile_is_refused_and_the_former_session_stays(shell):
    profile(basic={"ak": AK, "sk": SK, "region": "cn-north-4"})
    mistake = shell("%ma_session --profile wrok").mistake
    assert "wrok" in mistake
    assert rows(shell.ok("%ma_session"))["identity"] == "TYPE***"


def test_a_profile_file_that_is_none_is_named(shell):
    profile(basic={"ak": AK, "sk": SK})
    path = os.path.join(os.environ["HOME"], ".huaweicloud", "credentials")
    with open(path, "w") as file:
        file.write("ak = 1\n")
    assert path in shell("%ma_session").mistake


def test_a_region_without_credentials_is_kept_for_the_login(
    shell, scripted, monkeypatch, front_end_answers
):
    monkeypatch.setenv("MODELARTS_MAGICS_ENDPOINT", scripted.url)
    scripted.script = one_job("log\n")
    assert "%ma_session login" in shell("%ma_session --region cn-east-3 --project p").mistake
    front_end_answers(AK, SK, "")
    assert rows(shell.ok("%ma_session login"))["region"] == "cn-east-3"


# ---- language -----------------------------------------------------------------------------------


def test_the_language_can_be_switched_and_switched_back(shell):
    english = shell("%ma_log").mistake
    shell.ok("%config ModelArtsMagics.language = 'zh'")
    assert language() == "zh"
    shell.ok("%config ModelArtsMagics.language = 'en'")
    assert shell("%ma_log").mistake == english
    shell.ok("%config ModelArtsMagics.language = ''")
    assert language() == "en"


def test_the_language_is_that_of_the_locale_by_default(shell, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    shell.ok("%config ModelArtsMagics.language = 'en'")
    shell.ok("%config ModelArtsMagics.language = ''")
    assert language() == "zh"


# ---- real kernels -------------------------------------------------------------------------------


@pytest.fixture
def cloud_kernel(cloud, new_kernel):
    """A kernel whose environment names the service, but no keys."""
    names = ("MODELARTS_MAGICS_ENDPOINT", "HUAWEICLOUD_SDK_IAM_ENDPOINT", "MODELARTS_MAGICS_REGION")
    return new_kernel(**{name: os.environ[name] for name in names})


@pytest.mark.kernel
def test_login_in_a_kernel_hides_what_is_typed_and_leaves_no_secret(cloud, cloud_kernel, tmp_path):
    kernel = cloud_kernel
    kernel.complete("%ma_session log")  # what Tab imports must not find another front end
    cells = [kernel.run("%xmode Verbose")]
    refused = kernel.run("%ma_session login", [AK, SK, TOKEN])
    assert refused.mistake.startswith("AuthenticationError")
    keys = [cloud["access_key"], cloud["secret_key"], ""]
    accepted = kernel.run("%ma_session login", keys)
    assert not accepted.failed
    assert [prompt["password"] for prompt in accepted.prompts] == [True] * 3
    user = f"--user {cloud['username']} --account {cloud['domain']}"
    cells += [refused, accepted, kernel.run(f"%ma_session login {user}", [SK])]
    cells.append(kernel.run(f"%ma_session login {user}", [cloud["password"]]))
    assert not cells[-1].failed
    for code in (
        "%ma_log",
        "%ma_log nowhere",
        "%tb",
        "get_ipython().history_manager.input_hist_raw, _ih, _oh",
        "magics = get_ipython().magics_manager.registry['ModelArtsMagics']\n"
        "session = magics.context.session\nsession, vars(session), session.client, magics",
        "from modelarts_magics.core import config\nconfig.context()",
        "from modelarts_magics.session import Session\nSession(), Session().identity",
        "sorted(name for name in globals())",
        "%history",
    ):
        cells.append(kernel.run(code))
    kernel.close()
    secrets = [AK, SK, TOKEN, cloud["access_key"], cloud["secret_key"], cloud["password"]]
    shown = json.dumps([vars(cell) for cell in cells], default=str)
    assert "distributed-job" in shown
    assert [secret for secret in secrets if secret in shown] == []
    assert leaks(tmp_path, secrets) == []


def leaks(folder, secrets):
    """Files that hold a secret, the history database among those looked at."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "history.sqlite" for path in files)
    return [
        (path, secret)
        for path in files
        for secret in secrets
        if secret.encode() in path.read_bytes()
    ]


@pytest.mark.kernel
def test_a_kernel_without_stdin_says_what_to_do_instead(cloud_kernel):
    cell = cloud_kernel.run("%ma_session login", allow_stdin=False)
    assert "HUAWEICLOUD_SDK_AK" in cell.mistake
    assert cloud_kernel.run("1 + 1").displays == [{"text/plain": "2"}]
