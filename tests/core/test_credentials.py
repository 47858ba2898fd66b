"""Who asks: the first source that has something, no secret shown, no key tried twice."""

from __future__ import annotations

import json
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from fake_service import FakeService, Hang, Reply, closed_port, redirect, refusal
from hypothesis import given, settings
from hypothesis import strategies as st
from silent_service import SilentService, head_without_end

from modelarts_magics.core import config
from modelarts_magics.core.auth import metadata, vendor
from modelarts_magics.core.auth.credentials import KeyCredentials, PasswordCredentials, TokenAuth
from modelarts_magics.core.auth.keys import AccessKey, Token
from modelarts_magics.core.auth.signing import Authorization
from modelarts_magics.core.auth.sources import Arguments, find_identity, from_official
from modelarts_magics.core.errors import (
    AuthenticationError,
    CredentialsNotFoundError,
    InvalidArgumentError,
    ModelArtsError,
    PermissionDeniedError,
    UnexpectedAnswerError,
)
from modelarts_magics.core.http.transport import Limits, Transport
from modelarts_magics.session import Session

ENVIRONMENT = {"HUAWEICLOUD_SDK_AK": "ENVAK", "HUAWEICLOUD_SDK_SK": "ENV-SECRET"}
QUICK = Limits(first_wait=0.0)


def set_environment(monkeypatch, **values):
    for name, value in {**ENVIRONMENT, **values}.items():
        monkeypatch.setenv(name, value)


def write_profile(home, text="[basic]\nak = FILEAK\nsk = FILE-SECRET\n"):
    folder = home / ".huaweicloud"
    folder.mkdir(exist_ok=True)
    (folder / "credentials").write_text(text, encoding="utf-8")


def write_config(home, **values):
    folder = home / ".modelarts"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(values), encoding="utf-8")


def write_local(folder, project_id="local-p", endpoint="http://127.0.0.1:9"):
    folder.mkdir(exist_ok=True)
    keys = folder / "credentials.json"
    keys.write_text(json.dumps({"access_key": "LOCALAK", "secret_key": "LOCAL-SECRET"}))
    service = {
        "endpoint": endpoint,
        "project_id": project_id,
        "region": "local",
        "credentials_file": str(keys),
    }
    (folder / "service.json").write_text(json.dumps(service))
    return str(folder)


@pytest.fixture
def sdk(tmp_path, monkeypatch):
    """Installs a package ``modelarts`` whose Session is made by the given source text."""
    folder = tmp_path / "sdk"

    def install(body):
        (folder / "modelarts").mkdir(parents=True)
        (folder / "modelarts" / "__init__.py").touch()
        (folder / "modelarts" / "session.py").write_text(body, encoding="utf-8")
        monkeypatch.setattr(vendor, "SDK_FOLDER", folder)

    path = list(sys.path)
    yield install
    sys.path[:] = path
    for name in ("modelarts", "modelarts.session"):
        sys.modules.pop(name, None)


WORKING_SDK = """
class Session:
    access_key, secret_key, security_token = "SDKAK", "SDK-SECRET", "SDK-TOKEN"
    region_name, project_id, user_id = "cn-north-4", "sdk-p", "sdk-user"
"""


def key_of(arguments=None):
    found = find_identity(arguments or Arguments())
    return found.read_key().access_key if found.read_key else found.username


# ---- the order ----------------------------------------------------------------------------------


def test_the_first_source_that_has_something_wins(isolated, service, monkeypatch, sdk, tmp_path):
    metadata_key = {"credential": {"access": "METAAK", "secret": "s"}}
    service.on("GET", "/openstack/latest/securitykey", Reply(metadata_key))
    monkeypatch.setenv("MODELARTS_MAGICS_METADATA_URL", service.url)
    assert key_of() == "METAAK"
    asked = len(service.seen)
    sdk(WORKING_SDK)
    assert key_of() == "SDKAK"
    write_config(isolated, username="file-user", password="p")
    assert key_of() == "file-user"
    write_profile(isolated)
    assert key_of() == "FILEAK"
    set_environment(monkeypatch)
    assert key_of() == "ENVAK"
    monkeypatch.setenv("MODELARTS_MAGICS_LOCAL", write_local(tmp_path / "local"))
    assert key_of() == "LOCALAK"
    config.choose(access_key=AccessKey("LOGINAK", "s"))
    assert key_of() == "LOGINAK"
    assert key_of(Arguments(access_key="ARGAK", secret_key="s")) == "ARGAK"
    assert key_of(Arguments(username="arg-user", password="p")) == "arg-user"
    assert len(service.seen) == asked  # the last resort was not asked while others had something


def test_an_argument_beats_what_was_chosen_and_the_environment(isolated, monkeypatch, tmp_path):
    write_profile(isolated, "[basic]\nak=A\nsk=s\n[work]\nak=WORKAK\nsk=s\n")
    set_environment(monkeypatch)
    config.choose(access_key=AccessKey("LOGINAK", "s"))
    local = write_local(tmp_path / "local")
    assert key_of(Arguments(local_root=local)) == "LOCALAK"
    assert key_of(Arguments(profile="work")) == "WORKAK"


def test_a_chosen_profile_beats_the_environment(isolated, monkeypatch):
    write_profile(isolated, "[basic]\nak=A\nsk=s\n[work]\nak=WORKAK\nsk=s\n")
    set_environment(monkeypatch)
    config.choose(profile="work")
    assert key_of() == "WORKAK"


def test_the_keys_of_the_environment_beat_a_profile_named_there(isolated, monkeypatch):
    write_profile(isolated, "[work]\nak=WORKAK\nsk=s\n")
    monkeypatch.setenv("MODELARTS_MAGICS_PROFILE", "work")
    assert key_of() == "WORKAK"
    set_environment(monkeypatch)
    assert key_of() == "ENVAK"


def test_when_none_has_any_the_error_names_all_and_says_what_to_do(isolated):
    with pytest.raises(CredentialsNotFoundError) as caught:
        find_identity(Arguments())
    text = str(caught.value)
    for tried in (
        "arguments",
        "%ma_session login",
        "embedded service",
        "HUAWEICLOUD_SDK_AK",
        str(isolated / ".huaweicloud" / "credentials"),
        str(isolated / ".modelarts" / "config.json"),
        "ModelArts SDK",
        "metadata service",
        "%ma_session local",
    ):
        assert tried in text
    assert "\n" not in text


def test_nothing_is_read_before_it_is_needed(isolated):
    assert repr(Session()) == "Session()"
    assert repr(Session(region_name="cn-north-4")) == "Session()"


# ---- half a pair --------------------------------------------------------------------------------

HALVES = {
    "secret key argument": (Arguments(access_key="A"), "arguments: the secret key is missing"),
    "access key argument": (Arguments(secret_key="S3CRET"), "arguments: the access key is missing"),
    "password argument": (Arguments(username="u"), "arguments: the password is missing"),
    "user argument": (Arguments(account="a", password="S3CRET"), "the user name is missing"),
    "only a password": (Arguments(password="S3CRET"), "arguments: the user name is missing"),
}


@pytest.mark.parametrize(("arguments", "words"), HALVES.values(), ids=HALVES)
def test_half_a_pair_of_arguments_is_named(arguments, words, monkeypatch):
    set_environment(monkeypatch)  # is not used in its place
    with pytest.raises(InvalidArgumentError) as caught:
        find_identity(arguments)
    assert words in str(caught.value)
    assert "S3CRET" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "half"),
    [("HUAWEICLOUD_SDK_AK", "secret key"), ("HUAWEICLOUD_SDK_SK", "access key")],
)
def test_half_a_pair_in_the_environment_is_named(variable, half, monkeypatch):
    monkeypatch.setenv(variable, "S3CRET")
    with pytest.raises(InvalidArgumentError, match=f"environment: the {half} is missing"):
        find_identity(Arguments())


def test_half_a_pair_in_the_files_is_named_with_the_file(isolated):
    write_config(isolated, username="u")
    with pytest.raises(InvalidArgumentError, match=r"config\.json: the password is missing"):
        find_identity(Arguments())
    write_profile(isolated, "[basic]\nak = A\n")
    with pytest.raises(InvalidArgumentError, match=r"credentials \[basic\]: the secret key"):
        find_identity(Arguments())


def test_a_session_with_half_a_pair_can_still_be_shown():
    assert "Session" in repr(Session(access_key="EXAMPLEAK"))


# ---- each source --------------------------------------------------------------------------------


def test_the_environment_gives_a_temporary_key(monkeypatch):
    set_environment(monkeypatch, HUAWEICLOUD_SDK_SECURITY_TOKEN="T")
    session = Session(region_name="cn-north-4")
    assert (session.access_key, session.secret_key, session.security_token) == (
        "ENVAK",
        "ENV-SECRET",
        "T",
    )


def test_an_empty_variable_is_like_a_missing_one(isolated, monkeypatch):
    set_environment(monkeypatch, HUAWEICLOUD_SDK_AK="", HUAWEICLOUD_SDK_SK="")
    monkeypatch.setenv("MODELARTS_MAGICS_PROFILE", "")
    monkeypatch.setenv("HUAWEICLOUD_SDK_PROJECT_ID", "")
    write_profile(isolated, "[basic]\nak=FILEAK\nsk=s\nproject_id=file-p\n")
    assert key_of() == "FILEAK"
    assert Session().known_project_id == "file-p"


def test_a_profile_section_by_argument_context_and_environment(isolated, monkeypatch):
    write_profile(isolated, "".join(f"[{n}]\nak={n}AK\nsk=s\n" for n in ("basic", "b", "c", "d")))
    assert key_of() == "basicAK"
    monkeypatch.setenv("MODELARTS_MAGICS_PROFILE", "b")
    assert key_of() == "bAK"
    config.choose(profile="c")
    assert key_of() == "cAK"
    assert key_of(Arguments(profile="d")) == "dAK"


def test_a_missing_section_is_named(isolated):
    write_profile(isolated)
    with pytest.raises(InvalidArgumentError, match=r"no profile \[other\]"):
        find_identity(Arguments(profile="other"))


@pytest.mark.parametrize(
    "text",
    [
        "sk = S3CRET\n",
        "[basic]\nak=A\nsk S3CRET\n",
        "[basic]\nak=A\nak=S3CRET\n",
        "[basic\nsk=S3CRET\n",
    ],
)
def test_a_broken_profile_file_is_named_without_its_secrets(isolated, text):
    write_profile(isolated, text)
    with pytest.raises(InvalidArgumentError, match="is not a profile file") as caught:
        find_identity(Arguments())
    shown = "".join(traceback.format_exception(None, caught.value, caught.value.__traceback__))
    assert "S3CRET" not in shown


def test_the_config_file_of_the_sdk(isolated, tmp_path):
    write_config(isolated, account="acc", username="u", password="p")
    found = find_identity(Arguments())
    assert (found.account, found.username, found.password) == ("acc", "u", "p")
    other = tmp_path / "other.json"
    other.write_text('{"username": "main", "password": "p"}')
    assert find_identity(Arguments(config_file=str(other))).username == "main"


def test_a_named_config_file_must_be_there(tmp_path):
    with pytest.raises(InvalidArgumentError, match=r"no file .*none\.json"):
        find_identity(Arguments(config_file=str(tmp_path / "none.json")))


def test_the_password_may_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("HUAWEICLOUD_SDK_PASSWORD", "PW")
    found = find_identity(Arguments(username="u", account="a"))
    assert (found.username, found.password) == ("u", "PW")
    with pytest.raises(CredentialsNotFoundError):
        find_identity(Arguments())  # a password alone says nothing


def test_an_embedded_service_that_does_not_run_is_named(tmp_path):
    with pytest.raises(CredentialsNotFoundError, match="No embedded ModelArts service runs"):
        find_identity(Arguments(local_root=str(tmp_path)))


# ---- the metadata service -----------------------------------------------------------------------

TEMPORARY = {
    "credential": {
        "access": "METAAK",
        "secret": "META-SECRET",
        "securitytoken": "META-TOKEN",
        "expires_at": "2030-01-01T00:00:00.000000Z",
    }
}
TOKEN_PATH = "/meta-data/latest/api/token"
KEY_PATH = "/openstack/latest/securitykey"


def test_the_metadata_service_with_a_session_token(service):
    service.on("PUT", TOKEN_PATH, Reply(b"metadata-token"))
    service.on("GET", KEY_PATH, Reply(TEMPORARY))
    key = metadata.read_key(service.url)
    end = datetime(2030, 1, 1, tzinfo=timezone.utc)
    assert key == AccessKey("METAAK", "META-SECRET", "META-TOKEN", end)
    put, get = service.seen
    assert put.headers["x-metadata-token-ttl-seconds"] == "21600"
    assert get.headers["x-metadata-token"] == "metadata-token"


@pytest.mark.parametrize("status", [404, 405, 503])
def test_an_older_metadata_service_without_session_tokens(service, status):
    service.on("PUT", TOKEN_PATH, Reply(b"", status))
    service.on("GET", KEY_PATH, Reply(TEMPORARY))
    assert metadata.read_key(service.url).access_key == "METAAK"
    assert "x-metadata-token" not in service.last.headers


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"no agency", 404),
        Reply(b"<html>"),
        Reply([]),
        Reply({}),
        Reply({"credential": {"access": "A"}}),
        redirect("http://example.com/"),
    ],
)
def test_a_metadata_service_without_a_key_is_no_source(service, reply, monkeypatch):
    service.script(reply)
    assert metadata.read_key(service.url) is None
    monkeypatch.setenv("MODELARTS_MAGICS_METADATA_URL", service.url)
    with pytest.raises(CredentialsNotFoundError):
        find_identity(Arguments())


def test_a_silent_metadata_service_is_given_up(service):
    service.script(Hang())
    assert metadata.read_key(service.url, timeout=0.05) is None
    assert metadata.read_key(f"http://127.0.0.1:{closed_port()}") is None


def test_a_metadata_service_whose_answer_never_ends_is_given_up():
    with SilentService(head_without_end) as endless:
        assert metadata.read_key(endless.url, timeout=0.05) is None


def test_a_key_of_the_metadata_service_is_read_again_before_it_ends(service, monkeypatch):
    service.on("PUT", TOKEN_PATH, Reply(b"", 404))
    later = json.loads(json.dumps(TEMPORARY).replace("METAAK", "LATERAK"))
    service.on("GET", KEY_PATH, Reply(TEMPORARY), Reply(later), Reply(b"", 404))
    monkeypatch.setenv("MODELARTS_MAGICS_METADATA_URL", service.url)
    identity = find_identity(Arguments())
    assert identity.read_key().access_key == "LATERAK"
    with pytest.raises(AuthenticationError, match="gives no keys any more"):
        identity.read_key()


# ---- the preinstalled SDK -----------------------------------------------------------------------


def test_the_session_of_a_modelarts_notebook(sdk):
    sdk(WORKING_SDK)
    session = Session()
    assert (session.access_key, session.secret_key, session.security_token) == (
        "SDKAK",
        "SDK-SECRET",
        "SDK-TOKEN",
    )
    assert (session.region_name, session.project_id, session.user_id) == (
        "cn-north-4",
        "sdk-p",
        "sdk-user",
    )


BROKEN_SDKS = {
    "raises": "class Session:\n    def __init__(self):\n        raise RuntimeError('S3CRET')\n",
    "cannot be imported": "import no_such_module_here\n",
    "is no Python": "this is no Python\n",
    "has no Session": "",
    "has no keys": "class Session:\n    access_key = secret_key = None\n    region_name = 'r'\n",
}


@pytest.mark.parametrize("body", BROKEN_SDKS.values(), ids=BROKEN_SDKS)
def test_an_sdk_that_gives_no_keys_is_no_source(sdk, body):
    sdk(body)
    with pytest.raises(CredentialsNotFoundError) as caught:
        find_identity(Arguments())
    assert "S3CRET" not in str(caught.value)


# ---- an existing session of the vendor ----------------------------------------------------------


def official(**changes):
    values = {
        "access_key": "OFFICIALAK",
        "secret_key": "OFFICIAL-SECRET",
        "security_token": "OFFICIAL-TOKEN",
        "region_name": "cn-north-4",
        "project_id": "official-p",
        "user_id": "u1",
    }
    return SimpleNamespace(**{**values, **changes})


def access_keys(service):
    return [Authorization.parse(r.headers["authorization"]).access_key for r in service.seen]


def test_an_official_session_is_read_again_for_each_request(service):
    theirs = official()
    config.choose(modelarts_endpoint=service.url)
    service.script(Reply({"jobs": []}))
    ours = Session.of(theirs)
    ours.client.list_jobs()
    theirs.access_key, theirs.security_token = "RENEWEDAK", "RENEWED-TOKEN"
    ours.client.list_jobs()
    ours.close()
    assert access_keys(service) == ["OFFICIALAK", "RENEWEDAK"]
    assert [r.headers["x-security-token"] for r in service.seen] == [
        "OFFICIAL-TOKEN",
        "RENEWED-TOKEN",
    ]
    assert service.last.path == "/v1/official-p/training-jobs"


class Renewing:
    """A vendor's session that renews its key now and then, whatever is being read meanwhile."""

    region_name, project_id, user_id = "cn-north-4", "p", ""

    def __init__(self, after):
        self._reads, self._after = 0, after  # how many attributes are read before each renewal
        self._key = 0
        self._late = {}
        self.wait_for = {}  # parts that are renewed later than the others: reads

    def _part(self, name):
        self._reads += 1
        if self._after and self._reads >= self._after[0]:
            self._reads = 0
            self._after = self._after[1:]
            self._key += 1
            self._late = dict(self.wait_for)
        left = self._late.get(name, 0)
        if left:
            self._late[name] = left - 1
        return f"{name}-{self._key - bool(left)}"

    access_key = property(lambda self: self._part("AK"))
    secret_key = property(lambda self: self._part("SK"))
    security_token = property(lambda self: self._part("TOKEN"))


def is_whole(key):
    parts = (key.access_key, key.secret_key, key.security_token)
    return len({part.rpartition("-")[2] for part in parts}) == 1


@given(st.lists(st.integers(1, 9), max_size=9))
def test_a_key_is_read_as_one_whatever_is_renewed_meanwhile(renewals):
    read = from_official(Renewing(renewals)).read_key
    assert all(is_whole(read()) for _ in range(6))


@settings(max_examples=20)
@given(st.dictionaries(st.sampled_from(["AK", "SK", "TOKEN"]), st.integers(1, 6), max_size=2))
def test_a_key_is_read_as_one_where_its_parts_are_renewed_one_after_the_other(late):
    theirs = Renewing([10])
    read = from_official(theirs).read_key
    theirs.wait_for = late
    assert all(is_whole(read()) for _ in range(6))


@pytest.mark.parametrize("token", [None, ""])
def test_a_new_key_without_a_token_is_not_waited_for(token):
    class WithoutToken(Renewing):
        reads, security_token = 0, token

        def _part(self, name):
            self.reads += 1
            return super()._part(name)

    theirs = WithoutToken([5])
    read = from_official(theirs).read_key
    old, before = read(), theirs.reads
    new = read()
    assert (old.access_key, new.access_key, new.secret_key) == ("AK-0", "AK-1", "SK-1")
    assert theirs.reads - before <= 2 * before


def test_a_session_that_renews_its_keys_all_the_time_is_refused_in_words():
    with pytest.raises(AuthenticationError, match="change all the time"):
        from_official(Renewing([1] * 10_000)).read_key()


def test_an_official_session_keeps_its_own_region_and_project(monkeypatch):
    monkeypatch.setenv("MODELARTS_MAGICS_REGION", "env-r")
    monkeypatch.setenv("HUAWEICLOUD_SDK_PROJECT_ID", "env-p")
    ours = Session.of(official())
    assert (ours.region_name, ours.project_id) == ("cn-north-4", "official-p")


def test_an_official_session_without_keys_says_so():
    identity = from_official(official(access_key=None))
    with pytest.raises(InvalidArgumentError, match="has no access_key and secret_key"):
        identity.read_key()


def test_our_session_is_taken_as_it_is():
    ours = Session(access_key="EXAMPLEAK", secret_key="s")
    assert Session.of(ours) is ours


@pytest.mark.parametrize("thing", [None, "session", 3, object()])
def test_something_else_is_no_session(thing):
    with pytest.raises(InvalidArgumentError, match="is no session"):
        Session.of(thing)


# ---- temporary keys -----------------------------------------------------------------------------

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.mark.parametrize(
    ("life", "renewed_after"),
    [
        (timedelta(hours=24), timedelta(hours=23, minutes=20)),
        (timedelta(hours=1), timedelta(minutes=45)),
        (timedelta(minutes=15), timedelta(minutes=11, seconds=15)),
    ],
)
def test_a_temporary_key_is_read_again_before_it_ends(life, renewed_after):
    clock, reads = Clock(), []

    def read():
        reads.append(clock.now)
        return AccessKey(f"AK{len(reads)}", "s", "t", clock.now + life)

    credentials = KeyCredentials(read, clock)
    assert credentials.key().access_key == "AK1"
    clock.now = NOW + renewed_after - timedelta(seconds=1)
    assert credentials.key().access_key == "AK1"
    clock.now = NOW + renewed_after
    assert credentials.key().access_key == "AK2"
    assert clock.now < NOW + life


def test_a_permanent_key_is_read_once():
    reads = []
    credentials = KeyCredentials(lambda: reads.append(1) or AccessKey("A", "s"), Clock())
    assert credentials.key() is credentials.key()
    assert len(reads) == 1


def test_many_threads_read_a_key_once():
    barrier, reads = threading.Barrier(8), []
    credentials = KeyCredentials(lambda: reads.append(1) or AccessKey("A", "s"), Clock())

    def use(_):
        barrier.wait()
        return credentials.key()

    with ThreadPoolExecutor(8) as pool:
        assert len({id(key) for key in pool.map(use, range(8))}) == 1
    assert len(reads) == 1


# ---- a refused key ------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "code", ["APIGW.0301", "APIGW.0303", "APIGW.0307", "ModelArts.0206", "ModelArts.0208"]
)
def test_a_refused_key_is_sent_exactly_once(service, method, code):
    service.script(Reply({"error_code": code, "error_msg": "verify aksk signature fail"}, 401))
    transport = Transport(service.url, KeyCredentials(lambda: AccessKey("A", "s")), QUICK)
    with pytest.raises(AuthenticationError, match="%ma_session login"):
        transport.send(method, "/x")
    transport.close()
    assert len(service.seen) == 1


# ---- user name and password ---------------------------------------------------------------------


def token(value="TOKEN-1", expires="2030-01-01T00:00:00.000000Z", **project):
    body = {"token": {"expires_at": expires, "project": project or {"id": "p"}}}
    return Reply(body, 201, {"X-Subject-Token": value})


@pytest.fixture
def iam():
    with FakeService() as running:
        yield running


def user(iam, now=None, project=None):
    clock = {} if now is None else {"now": now}
    return PasswordCredentials(
        "alice", "PASS-WORD", "company", iam.url, project or {"id": "p"}, **clock
    )


def test_a_token_is_asked_for_as_documented_and_sent_with_each_request(service, iam):
    iam.on("POST", "/v3/auth/tokens", token())
    service.script(Reply())
    transport = Transport(service.url, user(iam, project={"name": "cn-north-4"}), QUICK)
    transport.send("GET", "/x")
    transport.send("POST", "/y", body={"a": 1})
    transport.close()
    assert len(iam.seen) == 1
    assert iam.last.json == {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {
                    "user": {
                        "name": "alice",
                        "password": "PASS-WORD",
                        "domain": {"name": "company"},
                    }
                },
            },
            "scope": {"project": {"name": "cn-north-4"}},
        }
    }
    assert "authorization" not in iam.last.headers
    assert "x-auth-token" not in iam.last.headers
    assert [r.headers["x-auth-token"] for r in service.seen] == ["TOKEN-1"] * 2
    assert "authorization" not in service.last.headers


def test_without_an_account_the_user_is_the_account():
    assert PasswordCredentials("u", "p", "", "https://iam", {}).account == "u"


def test_many_threads_ask_for_one_token(service, iam):
    iam.script(token())
    service.script(Reply())
    transport = Transport(service.url, user(iam), QUICK)
    barrier = threading.Barrier(8)

    def call(_):
        barrier.wait()
        return transport.send("GET", "/x")

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(call, range(8)))) == 8
    transport.close()
    assert len(iam.seen) == 1
    assert len(service.seen) == 8


EXPIRED = Reply({"error_code": "APIGW.0307", "error_msg": "The token must be updated"}, 401)


def test_a_token_that_ended_is_renewed_once_and_the_call_succeeds(service, iam):
    iam.script(token("TOKEN-1"), token("TOKEN-2"))
    service.script(EXPIRED, Reply({"is_success": True, "x": 1}))
    transport = Transport(service.url, user(iam), QUICK)
    assert transport.send("POST", "/x", body={})["x"] == 1
    transport.send("GET", "/x")
    transport.close()
    assert [r.headers["x-auth-token"] for r in service.seen] == ["TOKEN-1", "TOKEN-2", "TOKEN-2"]


def test_a_token_is_not_renewed_twice_for_one_call(service, iam):
    iam.script(token("TOKEN-1"), token("TOKEN-2"), token("TOKEN-3"))
    service.script(EXPIRED)
    transport = Transport(service.url, user(iam), QUICK)
    with pytest.raises(AuthenticationError, match="must be updated"):
        transport.send("GET", "/x")
    transport.close()
    assert (len(service.seen), len(iam.seen)) == (2, 2)


def test_a_token_is_not_renewed_twice_though_the_call_is_retried(service, iam):
    iam.script(token("TOKEN-1"), token("TOKEN-2"), token("TOKEN-3"))
    service.script(EXPIRED, Reply({}, 502), EXPIRED, EXPIRED)
    transport = Transport(service.url, user(iam), QUICK)
    with pytest.raises(AuthenticationError):
        transport.send("GET", "/x")
    transport.close()
    assert len(iam.seen) == 2


def test_threads_whose_token_ended_renew_it_together(service, iam):
    """A thread that was refused late does not throw away the token that another has fetched."""
    iam.script(token("TOKEN-1"), token("TOKEN-2"), token("TOKEN-3"))
    service.script(Reply())
    credentials = user(iam)
    transport = Transport(service.url, credentials, QUICK)
    transport.send("GET", "/x")
    old = TokenAuth(credentials.token(None))
    assert credentials.renew(old)
    transport.send("GET", "/x")
    assert credentials.renew(old)
    transport.send("GET", "/x")
    transport.close()
    assert len(iam.seen) == 2


def test_a_token_is_renewed_before_its_end(service, iam):
    clock = Clock()
    end = NOW + timedelta(hours=24)
    iam.script(token("TOKEN-1", end.strftime("%Y-%m-%dT%H:%M:%S.123456Z")), token("TOKEN-2"))
    service.script(Reply())
    transport = Transport(service.url, user(iam, clock), QUICK)
    transport.send("GET", "/x")
    clock.now = end - timedelta(minutes=6)
    transport.send("GET", "/x")
    clock.now = end - timedelta(minutes=4)
    transport.send("GET", "/x")
    transport.close()
    assert [r.headers["x-auth-token"] for r in service.seen] == ["TOKEN-1", "TOKEN-1", "TOKEN-2"]


IAM_REFUSALS = {
    "wrong password": (
        Reply({"error": {"code": 401, "message": "wrong PASS-WORD", "title": "Unauthorized"}}, 401),
        AuthenticationError,
    ),
    "not allowed": (
        Reply({"error_code": "IAM.0002", "error_msg": "no"}, 403),
        PermissionDeniedError,
    ),
    "no token": (Reply({"token": {}}, 201), UnexpectedAnswerError),
    "a page": (Reply(b"<html>", 200, {"X-Subject-Token": "T"}), UnexpectedAnswerError),
    "a redirect": (redirect("http://127.0.0.1:9/steal", 307), UnexpectedAnswerError),
}


@pytest.mark.parametrize(("reply", "kind"), IAM_REFUSALS.values(), ids=IAM_REFUSALS)
def test_a_refused_password_is_sent_once(service, iam, reply, kind):
    iam.script(reply)
    transport = Transport(service.url, user(iam), QUICK)
    with pytest.raises(kind) as caught:
        transport.send("GET", "/x")
    transport.close()
    assert len(iam.seen) == 1
    assert service.seen == []
    assert "PASS-WORD" not in str(caught.value)


def test_the_identity_service_that_is_throttled_says_how_long_to_wait(service, iam):
    iam.script(Reply({}, 429, {"Retry-After": "7"}), token())
    service.script(Reply())
    pauses = []
    transport = Transport(service.url, user(iam), QUICK, wait=pauses.append)
    transport.send("GET", "/x")
    transport.close()
    assert pauses == [7.0]


# ---- the project --------------------------------------------------------------------------------


def keyed(service, **options):
    config.choose(iam_endpoint=service.url, modelarts_endpoint=service.url)
    options = {"access_key": "EXAMPLEAK", "secret_key": "s", "region_name": "cn-north-4", **options}
    return Session(limits=QUICK, **options)


def test_the_project_is_looked_up_by_the_region_once(service):
    projects = {"projects": [{"id": "looked-up", "name": "cn-north-4"}]}
    service.on("GET", "/v3/projects", Reply(projects))
    session = keyed(service)
    assert session.project_id == "looked-up" == session.project_id
    session.close()
    assert service.last.query == {"name": "cn-north-4"}
    assert len(service.seen) == 1
    assert "authorization" in service.last.headers


@pytest.mark.parametrize("count", [0, 2])
def test_no_project_or_several_is_an_error_that_says_what_to_do(service, count):
    service.script(Reply({"projects": [{"id": str(n)} for n in range(count)]}))
    with pytest.raises(
        ModelArtsError, match=rf"{count} projects are named cn-north-4.*project_id="
    ):
        _ = keyed(service).project_id


def test_a_known_project_is_not_looked_up_and_goes_along(service):
    service.script(Reply({"jobs": []}))
    session = keyed(service, project_id="known")
    session.client.list_jobs()
    session.close()
    assert service.last.path == "/v1/known/training-jobs"
    assert service.last.headers["x-project-id"] == "known"
    names = Authorization.parse(service.last.headers["authorization"]).signed_headers
    assert {"host", "content-type", "x-project-id", "x-sdk-date"} == set(names)


def test_a_session_with_a_user_name_has_no_keys(iam):
    config.choose(iam_endpoint=iam.url, modelarts_endpoint=iam.url)
    iam.on("POST", "/v3/auth/tokens", token())
    iam.script(Reply({"jobs": []}))
    session = Session(
        account="a", username="u", password="p", project_id="p1", region_name="cn-north-4"
    )
    assert (session.access_key, session.secret_key, session.security_token) == (None, None, None)
    session.client.list_jobs()
    session.close()
    assert iam.seen[0].json["auth"]["scope"] == {"project": {"id": "p1"}}


# ---- secrets ------------------------------------------------------------------------------------

SECRETS = ("S3CRET-KEY-0123456789", "S3CRET-TOKEN-0123456789", "S3CRET-PASS-0123456789")


def test_no_secret_is_in_any_representation(tmp_path):
    key = AccessKey("EXAMPLEAK", SECRETS[0], SECRETS[1])
    end = datetime(2030, 1, 1, tzinfo=timezone.utc)
    keyed_session = Session(
        access_key="EXAMPLEAK", secret_key=SECRETS[0], security_token=SECRETS[1], project_id="p"
    )
    user_session = Session(account="a", username="u", password=SECRETS[2], project_id="p")
    arguments = Arguments(
        access_key="EXAMPLEAK",
        secret_key=SECRETS[0],
        security_token=SECRETS[1],
        password=SECRETS[2],
    )
    credentials = KeyCredentials(lambda: key)
    things = [
        key,
        credentials,
        credentials.key(),
        credentials,
        credentials.auth(None),
        PasswordCredentials("u", SECRETS[2], "a", "https://iam", {}),
        Token(SECRETS[1], end, "p"),
        TokenAuth(Token(SECRETS[1], end, "p")),
        arguments,
        find_identity(arguments),
        find_identity(Arguments(username="u", password=SECRETS[2])),
        from_official(official(secret_key=SECRETS[0], security_token=SECRETS[1])),
        config.Context(access_key=key, username="u", password=SECRETS[2]),
        keyed_session,
        keyed_session.identity,
        user_session,
        user_session.identity,
        Session.of(official(secret_key=SECRETS[0], security_token=SECRETS[1])),
    ]
    shown = "\n".join(f"{thing!r} {thing}" for thing in things)
    for secret in SECRETS:
        assert secret not in shown


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\x00"])
def test_a_key_that_no_header_can_hold_is_refused_without_showing_it(service, line_break):
    for secrets in (
        {"security_token": SECRETS[1] + line_break + "x"},
        {"access_key": SECRETS[0] + line_break + "x"},
    ):
        session = keyed(service, project_id="p", **secrets)
        with pytest.raises(InvalidArgumentError) as caught:
            session.client.list_jobs()
        error = caught.value
        shown = "".join(traceback.format_exception(None, error, error.__traceback__))
        for secret in SECRETS:
            assert secret not in shown
    assert service.seen == []


def test_an_official_session_with_an_odd_token_does_not_show_it(service):
    config.choose(modelarts_endpoint=service.url)
    session = Session.of(official(security_token=SECRETS[1] + "\nx"))
    with pytest.raises(InvalidArgumentError, match="Check the keys") as caught:
        session.client.list_jobs()
    error = caught.value
    assert SECRETS[1] not in "".join(traceback.format_exception(None, error, error.__traceback__))
    assert service.seen == []


def test_no_secret_is_in_the_errors_of_a_service_that_repeats_it(service, iam):
    for secret in SECRETS[:2]:
        service.script(refusal("ModelArts.0206", f"key {secret} is bad", 403))
        session = keyed(service, project_id="p", secret_key=SECRETS[0], security_token=SECRETS[1])
        with pytest.raises(AuthenticationError) as caught:
            session.client.list_jobs()
        session.close()
        error = caught.value
        shown = "".join(traceback.format_exception(None, error, error.__traceback__))
        assert secret not in shown
