"""How a running visualization job is opened: which addresses, which words, safe from any text."""

from __future__ import annotations

import json
import re
import unicodedata
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelarts_magics.core.api.v1.models.visualization import VisualizationJob
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.core.i18n import use_language
from modelarts_magics.notebook.viz.tensorboard import link
from modelarts_magics.notebook.viz.tensorboard.frame import Frame, open_job

HERE = "http://127.0.0.1:6006/"
_CALL = "}\n)("  # the end of the script's function, before the values
CONSOLE = "https://console.example.com/modelarts2/tensorboard/04f6/197/"


@pytest.fixture(autouse=True)
def no_template(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENSORBOARD_PROXY_URL", raising=False)
    use_language("en")


def job(url: str = HERE, **values: Any) -> VisualizationJob:
    known = {"job_id": "197", "job_name": "viz-1", "status": JobStatus.RUNNING, **values}
    return VisualizationJob(service_url=url, **known)


def opened(url: str = HERE, *, is_embedded: bool = True, **options: Any) -> Frame:
    return open_job(job(url), is_embedded=is_embedded, **options)


class Page(HTMLParser):
    """The elements and texts of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self._is_script = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._is_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._is_script = False

    def handle_data(self, data: str) -> None:
        (self.scripts if self._is_script else self.texts).append(data)

    @property
    def tags(self) -> list[str]:
        return [tag for tag, _attributes in self.elements]

    def attributes(self, tag: str) -> dict[str, str | None]:
        (found,) = (attributes for name, attributes in self.elements if name == tag)
        return found

    @property
    def values(self) -> dict[str, Any]:
        """What the script is called with."""
        (script,) = self.scripts
        found: dict[str, Any] = json.loads(script[script.index(_CALL) + len(_CALL) : -1])
        return found


def html(frame: Frame) -> str:
    return frame.as_html()


# ---- which addresses are opened -----------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        HERE,
        CONSOLE,
        "HTTP://127.0.0.1:6006/",
        "http://[::1]:6006/",
        "https://host/?a=b&c=d#scalars&run=a'b",
        "https://host/%E6%9B%B2",
    ],
)
def test_web_addresses_are_opened_as_they_are(url: str) -> None:
    assert opened(url).link == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "vbscript:x",
        "blob:http://127.0.0.1/x",
        "ftp://host/",
        "//host/",
        "/relative",
        "host:6006",
        "http:",
        "http://",
        "http:///path",
        "http://user:secret@host/",
        "http://user@host/",
        "http://127.0.0.1:6006@host/",
        "http://host:port/",
        "http://host:99999/",
        "http://host:0/",
        "http://[::1/",
        "http://host/a b",
        "http://host/\n",
        "\nhttp://host/",
        "http://ho\tst/",
        "http://host/\x00",
        "http://host/\u202eexe",
        "http://h\u043est/",
        "http://host\\@other/",
        'http://host/"onclick="alert(1)',
        "http://host/<script>",
        "http://host/`",
        "http://host/" + "a" * 3000,
    ],
)
@pytest.mark.parametrize("is_embedded", [True, False])
def test_anything_else_is_refused_in_one_line(url: str, is_embedded: bool) -> None:
    with pytest.raises(InvalidArgumentError, match="is not opened") as refused:
        opened(url, is_embedded=is_embedded)
    words = str(refused.value)
    assert "secret" not in words
    assert words.isprintable()
    assert len(words) < 400


@given(st.text() | st.text("htps:/@\\.[]0a? \t\"'<").map("http://".__add__))
@example("http://127.0.0.1:1/")
def test_what_is_accepted_has_no_character_that_could_mean_something_else(url: str) -> None:
    try:
        accepted = link.checked(url)
    except InvalidArgumentError:
        return
    assert re.fullmatch(r"https?://[^\s\"<>\\^`{|}\x00-\x20\x7f-\U0010ffff]+", accepted.lower())


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (JobStatus.KILLED, "Visualization job 197 is KILLED and has no address. Start it"),
        (JobStatus.WAITING, "Visualization job 197 is WAITING and has no address. See %ma_viz"),
    ],
)
def test_a_job_that_does_not_run_says_what_to_do(status: JobStatus, advice: str) -> None:
    with pytest.raises(InvalidArgumentError, match=advice):
        open_job(job("", status=status), is_embedded=True)


# ---- what can be shown in the notebook ----------------------------------------------------------


def test_the_embedded_services_page_can_be_shown_inside() -> None:
    frame = opened()
    assert frame.obstacle == ""


@pytest.mark.parametrize("url", [CONSOLE, HERE])
def test_the_clouds_page_is_a_link_only_and_says_why(url: str) -> None:
    frame = opened(url, is_embedded=False)
    assert frame.obstacle
    page = Page(html(frame))
    assert page.scripts == []
    assert "iframe" not in html(frame)
    for shown in (repr(frame), html(frame)):
        assert "needs a console login" in shown
        assert url in shown


@pytest.mark.parametrize("url", ["https://elsewhere.example:6006/", "http://127.0.0.1/"])
def test_what_is_no_tensorboard_of_this_machine_is_a_link_only(url: str) -> None:
    frame = opened(url)
    assert "Only a page of this machine" in frame.obstacle
    assert Page(html(frame)).scripts == []


# ---- what is shown ------------------------------------------------------------------------------


@pytest.mark.parametrize("is_embedded", [True, False])
def test_a_link_in_a_new_tab_is_always_there(is_embedded: bool) -> None:
    frame = opened(is_embedded=is_embedded)
    attributes = Page(html(frame)).attributes("a")
    assert attributes["href"] == HERE
    assert attributes["target"] == "_blank"
    assert "noopener" in str(attributes["rel"])
    assert repr(frame).splitlines()[0] == f"TensorBoard of viz-1: {HERE}"


def test_without_scripts_a_sentence_remains() -> None:
    page = Page(html(opened()))
    assert "It appears here where the page may run scripts" in page.texts
    assert "iframe" not in page.tags  # it would be blank where 127.0.0.1 is another machine
    silent = Page(html(opened(is_inline=False)))
    assert silent.texts == ["viz-1", " · ", "Open TensorBoard in a new tab", " "]


def test_the_page_is_told_what_it_may_try() -> None:
    values = Page(html(opened("http://127.0.0.1:6006/sub/?a=1#scalars", height="40em"))).values
    assert values["link"] == "http://127.0.0.1:6006/sub/?a=1#scalars"
    assert (values["port"], values["path"]) == (6006, "sub/?a=1#scalars")
    assert (values["template"], values["inline"]) == ("", True)
    assert values["styles"]["box"].endswith("height:40em")
    assert not Page(html(opened(is_inline=False))).values["inline"]


def test_two_outputs_of_one_frame_are_told_apart() -> None:
    frame = opened()
    assert Page(html(frame)).values["id"] != Page(html(frame)).values["id"]


def test_the_frame_may_do_what_tensorboard_needs_and_not_leave() -> None:
    allowed = set(Page(html(opened())).values["attributes"]["sandbox"].split())
    assert {"allow-scripts", "allow-same-origin", "allow-downloads"} <= allowed
    assert not any(word.startswith("allow-top-navigation") for word in allowed)


def test_it_reads_chinese() -> None:
    use_language("zh")
    for frame in (opened(), opened(is_embedded=False)):
        assert "在新标签页中打开 TensorBoard" in html(frame)
        assert "的 TensorBoard：" in repr(frame)
    assert Page(html(opened())).values["starting"] == "TensorBoard 正在启动"


# ---- heights ------------------------------------------------------------------------------------


@pytest.mark.parametrize("height", ["600px", "40em", "12.5rem", "80vh"])
def test_a_height_is_a_css_length(height: str) -> None:
    assert opened(height=height).height == height


@pytest.mark.parametrize(
    "height",
    ["", "tall", "600", "100%", "-1px", "1e9px", "1px;color:red", "calc(1px)", "٣px", "1 px"],
)
def test_anything_else_is_no_height(height: str) -> None:
    with pytest.raises(InvalidArgumentError, match="is no length such as 32em"):
        opened(height=height)


# ---- TENSORBOARD_PROXY_URL ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "address"),
    [
        ("/proxy/%PORT%/", "/proxy/6006/"),
        ("proxy/%PORT%/", "proxy/6006/"),
        ("https://%PORT%.lab.example/", "https://6006.lab.example/"),
        ("//lab.example:%PORT%/", "//lab.example:6006/"),
        ("/fixed/", "/fixed/"),
        ("/%PORT%/%PORT%", "/6006/6006"),
    ],
)
def test_the_template_of_the_environment_is_that_of_tensorboards_magic(
    monkeypatch: pytest.MonkeyPatch, template: str, address: str
) -> None:
    monkeypatch.setenv("TENSORBOARD_PROXY_URL", template)
    frame = opened()
    assert Page(html(frame)).values["template"] == address


@pytest.mark.parametrize(
    "template",
    [
        "javascript:alert(%PORT%)",
        "java\tscript:alert(%PORT%)",
        "data:text/html,%PORT%",
        "https://user:secret@host/%PORT%/",
        "//user:secret@host/%PORT%/",
        "https:///%PORT%/",
        '/proxy/%PORT%/"onload="alert(1)',
        "localhost:%PORT%",
    ],
)
def test_a_template_that_is_no_web_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    monkeypatch.setenv("TENSORBOARD_PROXY_URL", template)
    with pytest.raises(InvalidArgumentError, match="is not opened") as refused:
        opened()
    assert "secret" not in str(refused.value)


def test_the_template_is_not_for_the_clouds_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENSORBOARD_PROXY_URL", "/proxy/%PORT%/")
    frame = opened(CONSOLE, is_embedded=False)
    assert Page(html(frame)).attributes("a")["href"] == CONSOLE


# ---- foreign texts ------------------------------------------------------------------------------

HOSTILE = st.text() | st.text("</script>'\"&<!-\\\u2028").map(
    "</script><img src=x onerror=a()>".__add__
)


@given(name=HOSTILE, job_id=HOSTILE)
@example("</script><script>alert(1)</script>", "<!--<script>")
@example("\u2028\u2029\x1b[2J\n", "' onload='")
def test_no_name_can_leave_its_place(name: str, job_id: str) -> None:
    frame = open_job(job(job_name=name, job_id=job_id), is_embedded=True)
    page = Page(html(frame))
    assert page.tags == ["div", "div", "b", "a", "span", "script"]
    (script,) = page.scripts
    assert "<" not in script[script.index(_CALL) :]
    assert page.values["link"] == HERE
    assert len(repr(frame).splitlines()) == 1
    assert not any(unicodedata.category(character) == "Cc" for character in repr(frame))
