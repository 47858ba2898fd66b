"""Every documented refusal becomes the error that fits it, in one line with what to do next."""

from __future__ import annotations

import re

import pytest
from fake_service import Reply
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.core import errors
from modelarts_magics.core.api.v1.codes import CODES
from modelarts_magics.core.errors import (
    AuthenticationError,
    ConflictError,
    ConnectionFailedError,
    DeadlineExceededError,
    InvalidArgumentError,
    InvalidParameterError,
    ModelArtsError,
    NotFoundError,
    PermissionDeniedError,
    QuotaExceededError,
    ServiceError,
    ThrottledError,
    UnavailableError,
    UnexpectedAnswerError,
    one_line,
)
from modelarts_magics.core.http.answer import Answer
from modelarts_magics.core.http.failure import Failure
from modelarts_magics.core.http.transport import Limits, Transport

# ---- shapes of refusals -------------------------------------------------------------------------

SHAPES = {
    "v1 of 2021": {"is_success": False, "error_code": "C.1", "error_message": "words"},
    "v1 of 2019": {"is_success": False, "error_code": "C.1", "error_msg": "words"},
    "both messages": {
        "is_success": False,
        "error_code": "C.1",
        "error_message": "words",
        "error_msg": "other",
    },
    "an empty first message": {"error_code": "C.1", "error_message": "", "error_msg": "words"},
    "v2": {"error_code": "C.1", "error_msg": "words"},
    "estimatorV2": {"error_code": "C.1", "error_msg": "words", "error_solution": "try"},
    "camel case": {"errorCode": "C.1", "errorMsg": "words"},
    "code and message": {"code": "C.1", "message": "words"},
    "identity service": {"error": {"code": "C.1", "message": "words", "title": "T"}},
    "nested": {"error": {"error_code": "C.1", "error_msg": "words"}},
    "null beside it": {"error_code": "C.1", "error_message": None, "error_msg": "words"},
}


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("body", SHAPES.values(), ids=SHAPES)
def test_every_shape_of_a_refusal_is_read(body, status):
    found = Failure.from_json(status, body)
    if status == 200 and "error_code" not in str(body) and "errorCode" not in str(body):
        assert found is None or found.code == "C.1"
    else:
        assert (found.code, found.message, found.status) == ("C.1", "words", status)


def test_a_code_that_is_a_number_is_a_text():
    body = {"error": {"code": 401, "message": "no", "title": "Unauthorized"}}
    assert Failure.from_json(401, body).code == "401"


SUCCESSES = {
    "is_success": {"is_success": True},
    "without is_success": {"job_id": 1},
    "null code": {"error_code": None, "error_msg": None},
    "empty code": {"error_code": "", "error_msg": ""},
    "a field called code": {"code": "PyTorch"},
    "a field called message": {"message": "hello"},
    "nothing": {},
    "a text": "text",
    "a list": [],
}


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize("body", SUCCESSES.values(), ids=SUCCESSES)
def test_what_is_no_refusal(body, status):
    assert Failure.from_json(status, body) is None


@pytest.mark.parametrize("body", [{"is_success": False}, {"is_success": True, "error_code": "C.1"}])
def test_a_refusal_with_http_200(body):
    assert Failure.from_json(200, body) is not None


@pytest.mark.parametrize("status", [301, 400, 404, 418, 500])
@pytest.mark.parametrize("body", [{}, {"is_success": True}, [], "", "<html>", None])
def test_another_http_status_is_a_refusal_whatever_the_body(status, body):
    assert Failure.from_json(status, body).status == status


def test_the_request_id_of_the_body_or_of_the_header():
    header = {"X-request-id": "from-header"}
    assert Answer(400, header, b"{}").failure().request_id == "from-header"
    assert Answer(400, header, b'{"request_id": "b"}').failure().request_id == "b"


def test_the_raw_text_is_the_last_resort_for_words():
    assert Answer(502, {}, b"Bad Gateway").failure().message == "Bad Gateway"


# ---- the tree -----------------------------------------------------------------------------------

TREE = {
    AuthenticationError: "0201 0202 0203 0204 0205 0206 0208 0209 0211 0212 2784",
    PermissionDeniedError: "0108 0109 0111 0112 0207 0210 0407 0415 2785",
    NotFoundError: "0015 0102 0413 0806 2775 2818 2819 2820",
    ConflictError: "0103 0105 2751 2796 2813 2878",
    InvalidParameterError: "0101 0104 0107 0110 0404 0405 0406 2606 2608 2788 2791",
    ThrottledError: "0114 2799 4206 6101",
    QuotaExceededError: "0106 0113 0116 0118 2815",
    UnavailableError: "0010 0012 0013",
}
KNOWN = [(f"ModelArts.{code}", kind) for kind, codes in TREE.items() for code in codes.split()]


@pytest.mark.parametrize(("code", "kind"), KNOWN)
@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 500])
def test_a_known_code_decides_whatever_the_http_status(code, kind, status):
    error = CODES.error(Failure(status, code, "words", "r-1"))
    assert type(error) is kind
    assert (error.code, error.status, error.request_id) == (code, status, "r-1")
    assert str(error) == f"{words_with_hint(error)} [{code}, HTTP {status}, request r-1]"


def words_with_hint(error):
    return f"words. {error.hint}" if error.hint else "words"


STATUSES = {
    400: InvalidParameterError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    405: NotFoundError,
    408: UnavailableError,
    409: ConflictError,
    413: InvalidParameterError,
    414: InvalidParameterError,
    425: UnavailableError,
    429: ThrottledError,
    500: UnavailableError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
}
GATEWAY = {
    ("0101", 404),
    ("0103", 404),
    ("0103", 500),
    ("0201", 400),
    ("0201", 413),
    ("0201", 414),
    ("0201", 502),
    ("0201", 504),
    ("0301", 401),
    ("0302", 403),
    ("0303", 401),
    ("0304", 403),
    ("0305", 401),
    ("0306", 403),
    ("0307", 401),
    ("0308", 429),
    ("0310", 403),
    ("0601", 500),
    ("0602", 400),
    ("0610", 502),
    ("0613", 503),
    ("0801", 403),
    ("0802", 403),
}


@pytest.mark.parametrize(("status", "kind"), STATUSES.items())
@pytest.mark.parametrize("code", ["", "ModelArts.9999", "ModelArts.50004000", "Other.0105", "401"])
def test_otherwise_the_http_status_decides(status, kind, code):
    assert type(CODES.error(Failure(status, code))) is kind


@pytest.mark.parametrize("family", ["APIGW", "APIG"])
@pytest.mark.parametrize(("number", "status"), sorted(GATEWAY))
def test_a_code_of_the_gateway(family, number, status):
    error = CODES.error(Failure(status, f"{family}.{number}", "words"))
    assert type(error) is STATUSES[status]
    assert error.code == f"{family}.{number}"


@pytest.mark.parametrize("code", ["2786", "2836"])
def test_v2_codes_that_their_http_status_explains(code):
    assert type(CODES.error(Failure(404, f"ModelArts.{code}"))) is NotFoundError
    assert type(CODES.error(Failure(405, "ModelArts.2803"))) is NotFoundError


def test_what_no_documentation_explains():
    assert type(CODES.error(Failure(418))) is UnexpectedAnswerError
    assert isinstance(CODES.error(Failure(200, "ModelArts.9999")), ServiceError)
    assert type(CODES.error(Failure(200, message="no"))) is ConflictError


def test_the_tree_is_as_drawn():
    for kind in TREE:
        assert issubclass(kind, ServiceError)
    assert issubclass(DeadlineExceededError, ConnectionFailedError)
    assert issubclass(ConnectionFailedError, UnavailableError)
    assert issubclass(InvalidArgumentError, ValueError)
    drawn = set(re.findall(r"\w+Error", errors.__doc__)) - {"ValueError"}
    assert drawn == {name for name in vars(errors) if name.endswith("Error")}


def test_a_permission_that_is_missing_is_named(service):
    service.script(Reply({"error_code": "ModelArts.0112", "error_msg": "denied"}, 403))
    transport = Transport(service.url, NoCredentials(), Limits())
    with pytest.raises(PermissionDeniedError, match="modelarts:tensorboard:create"):
        transport.send("POST", "/x", action="modelarts:tensorboard:create")
    transport.close()


class NoCredentials:
    def auth(self, exchange):
        return lambda request: request

    def renew(self, refused):
        return False


def test_another_project_has_its_own_hint():
    assert "%ma_session" in str(CODES.error(Failure(403, "ModelArts.0210", "mismatch")))


# ---- one line -----------------------------------------------------------------------------------


@given(st.text(max_size=2000))
def test_any_text_of_a_service_becomes_one_bounded_printable_line(text):
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert len(line) <= 600
    assert all(
        character.isprintable() or character == " " or ord(character) > 127 for character in line
    )
    line.encode()


@given(st.text(), st.text(), st.text())
def test_an_error_is_one_line_whatever_the_service_says(message, code, request_id):
    error = CODES.error(Failure(403, code, message, request_id))
    assert len(str(error).splitlines()) == 1
    assert error._render_traceback_() == [f"{type(error).__name__}: {error}"]


def test_ipython_is_told_to_show_one_line():
    error = ModelArtsError("No such job", "List them with %ma_log")
    assert error._render_traceback_() == ["ModelArtsError: No such job. List them with %ma_log"]


@pytest.mark.parametrize(
    ("message", "hint", "text"),
    [
        ("A", "", "A"),
        ("A", "B", "A. B"),
        ("A.", "B", "A. B"),
        ("A?", "B", "A? B"),
        ("作业不存在。", "B", "作业不存在。 B"),
    ],
)
def test_message_and_hint_are_two_sentences(message, hint, text):
    assert str(ModelArtsError(message, hint)) == text


def test_a_name_of_the_service_in_a_hint_is_as_harmless():
    assert (
        ModelArtsError("A", "Did you mean \x1b[31mred\nname?").hint == "Did you mean [31mred name?"
    )
