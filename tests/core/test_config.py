"""Where a setting comes from, and which addresses are accepted."""

from __future__ import annotations

import json

import pytest

from modelarts_magics.core import config
from modelarts_magics.core.config import Context
from modelarts_magics.core.endpoints import endpoint
from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.session import Session

VARIABLES = {
    "region_name": "MODELARTS_MAGICS_REGION",
    "project_id": "HUAWEICLOUD_SDK_PROJECT_ID",
    "profile": "MODELARTS_MAGICS_PROFILE",
    "iam_endpoint": "HUAWEICLOUD_SDK_IAM_ENDPOINT",
    "modelarts_endpoint": "MODELARTS_MAGICS_ENDPOINT",
    "local_root": "MODELARTS_MAGICS_LOCAL",
}


@pytest.mark.parametrize(("name", "variable"), VARIABLES.items())
def test_argument_beats_context_beats_environment(name, variable, monkeypatch):
    monkeypatch.setenv(variable, "from-environment")
    assert config.value(name) == "from-environment"
    config.choose(**{name: "from-context"})
    assert config.value(name) == "from-context"
    assert config.value(name, "from-argument") == "from-argument"


def test_the_metadata_service_can_be_switched_off(monkeypatch):
    assert config.value("metadata_url") == ""
    monkeypatch.delenv("MODELARTS_MAGICS_METADATA_URL")
    assert config.value("metadata_url") == "http://169.254.169.254"


# ---- region and project of a session ------------------------------------------------------------


def profile(home, text):
    folder = home / ".huaweicloud"
    folder.mkdir(exist_ok=True)
    (folder / "credentials").write_text(text, encoding="utf-8")


def places(session):
    return session.region_name, session.known_project_id


def test_region_and_project_argument_context_environment_file(isolated, monkeypatch):
    profile(isolated, "[basic]\nak=FILEAK\nsk=s\nproject_id=file-p\nregion=file-r\n")
    assert places(Session()) == ("file-r", "file-p")
    monkeypatch.setenv("MODELARTS_MAGICS_REGION", "env-r")
    monkeypatch.setenv("HUAWEICLOUD_SDK_PROJECT_ID", "env-p")
    assert places(Session()) == ("env-r", "env-p")
    config.choose(region_name="ctx-r", project_id="ctx-p")
    assert places(Session()) == ("ctx-r", "ctx-p")
    assert places(Session(region_name="arg-r", project_id="arg-p")) == ("arg-r", "arg-p")


def test_what_belongs_to_an_embedded_service_is_not_mixed_with_the_environment(
    tmp_path, monkeypatch
):
    keys = tmp_path / "credentials.json"
    keys.write_text(json.dumps({"access_key": "LOCALAK", "secret_key": "s"}))
    service = {
        "endpoint": "http://127.0.0.1:9",
        "project_id": "local-p",
        "region": "local",
        "credentials_file": str(keys),
    }
    (tmp_path / "service.json").write_text(json.dumps(service))
    monkeypatch.setenv("MODELARTS_MAGICS_REGION", "cn-north-4")
    monkeypatch.setenv("HUAWEICLOUD_SDK_PROJECT_ID", "env-p")
    monkeypatch.setenv("MODELARTS_MAGICS_ENDPOINT", "https://real.example.com")
    monkeypatch.setenv("HUAWEICLOUD_SDK_IAM_ENDPOINT", "https://iam.example.com")
    session = Session(local_root=str(tmp_path))
    assert places(session) == ("local", "local-p")
    assert session.modelarts_endpoint == session.iam_endpoint == "http://127.0.0.1:9"


# ---- endpoints ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "region", "url"),
    [
        ("modelarts", "cn-north-4", "https://modelarts.cn-north-4.myhuaweicloud.com"),
        ("modelarts", "cn-south-1", "https://modelarts.cn-south-1.myhuaweicloud.com"),
        ("modelarts", "ap-southeast-1", "https://modelarts.ap-southeast-1.myhuaweicloud.cn"),
        ("modelarts", "ap-southeast-2", "https://modelarts.ap-southeast-2.myhuaweicloud.com"),
        ("iam", "cn-north-4", "https://iam.cn-north-4.myhuaweicloud.com"),
        ("obs", "cn-north-4", "https://obs.cn-north-4.myhuaweicloud.com"),
    ],
)
def test_a_region_has_its_regular_addresses(service, region, url):
    assert endpoint(service, region) == url


def test_an_address_argument_context_environment_default(monkeypatch):
    def found(argument=""):
        return endpoint("modelarts", "cn-north-4", argument, default="default.example.com")

    assert found() == "https://default.example.com"
    monkeypatch.setenv("HUAWEICLOUD_SDK_REGION_MODELARTS_CN_NORTH_4", "region.example.com")
    assert found() == "https://region.example.com"
    monkeypatch.setenv("MODELARTS_MAGICS_ENDPOINT", "https://env.example.com/")
    assert found() == "https://env.example.com"
    config.choose(modelarts_endpoint="https://ctx.example.com")
    assert found() == "https://ctx.example.com"
    assert found("https://arg.example.com") == "https://arg.example.com"


def test_an_address_for_another_region_is_not_used(monkeypatch):
    monkeypatch.setenv("HUAWEICLOUD_SDK_REGION_MODELARTS_CN_NORTH_4", "region.example.com")
    assert endpoint("modelarts", "cn-east-3").endswith("cn-east-3.myhuaweicloud.com")


def test_set_endpoint_is_for_sessions_made_later():
    Session.set_endpoint(
        iam_endpoint="https://iam.eu-de.otc.t-systems.com",
        obs_endpoint="https://obs.eu-de.otc.t-systems.com",
        modelarts_endpoint="https://modelarts.eu-de.otc.t-systems.com",
        region_name="eu-de",
    )
    session = Session(access_key="EXAMPLEAK", secret_key="s")
    assert session.modelarts_endpoint == "https://modelarts.eu-de.otc.t-systems.com"
    assert session.iam_endpoint == "https://iam.eu-de.otc.t-systems.com"
    assert session.region_name == "eu-de"
    assert endpoint("obs", "eu-de") == "https://obs.eu-de.otc.t-systems.com"


def test_without_a_region_the_error_says_how_to_name_one():
    session = Session(access_key="EXAMPLEAK", secret_key="s", project_id="p")
    with pytest.raises(InvalidArgumentError, match="region_name='cn-north-4'"):
        _ = session.client


@pytest.mark.parametrize(
    "url",
    [
        "http://modelarts.cn-north-4.myhuaweicloud.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "http://10.0.0.1:8080",
        "ftp://127.0.0.1",
        "https://",
        "https:///path",
        "https://host?x=1",
        "https://host#x",
        "https://user@host",
        "https://user:SECRETWORD@host",
        "https://:SECRETWORD@host",
        "https://@host",
        "https://[::1",
        "https://host:99999",
        "https://host:port",
        "https://ho st",
        "https://host\\@evil.example.com",
    ],
)
def test_an_address_that_is_unsafe_or_broken_is_refused_in_one_line(url):
    with pytest.raises(InvalidArgumentError) as caught:
        endpoint("modelarts", "cn-north-4", url)
    assert "SECRETWORD" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"])
def test_http_is_for_this_machine_only(host):
    assert endpoint("modelarts", "", f"http://{host}/") == f"http://{host}"


# ---- files --------------------------------------------------------------------------------------


def test_the_profile_file_can_be_elsewhere(tmp_path, monkeypatch):
    elsewhere = tmp_path / "keys.ini"
    elsewhere.write_text("[basic]\nak = A\nsk = S%(x)s\n", encoding="utf-8")
    monkeypatch.setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", str(elsewhere))
    assert config.read_profile("basic") == {"ak": "A", "sk": "S%(x)s"}
    assert config.read_profile("other") is None


def test_a_missing_file_is_no_error(tmp_path):
    assert config.read_profile("basic") is None
    assert config.read_json(tmp_path / "none.json") is None


@pytest.mark.parametrize("content", ["[1]", "{", "", '"text"', b"\xff\xfe\xff"])
def test_a_json_file_without_an_object_is_named(tmp_path, content):
    path = tmp_path / "config.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidArgumentError, match=r"config\.json does not hold"):
        config.read_json(path)


# ---- language -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN.UTF-8"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "C"),
        ({"MODELARTS_MAGICS_LANGUAGE": "zh", "LC_ALL": "C"}, "zh"),
    ],
)
def test_the_language_is_the_first_that_is_set(variables, language, monkeypatch):
    for name in ("MODELARTS_MAGICS_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert config.default_language() == language


def test_a_new_context_forgets_what_was_chosen():
    config.choose(region_name="r", project_id="p")
    config.set_context(Context())
    assert config.value("region_name") == ""


@pytest.mark.parametrize("region", ["evil.example/x", "a.b", "cn north", "X", "cn-north-4/"])
def test_what_is_no_region_does_not_become_a_part_of_an_address(region):
    with pytest.raises(InvalidArgumentError, match="is no region"):
        endpoint("modelarts", region)
