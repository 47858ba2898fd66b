"""A log is exact, whatever the service does to characters that its slices cut."""

from __future__ import annotations

import pytest
from fake_service import FakeService, Reply
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.api.v1.logs import ByteEndpoint
from modelarts_magics.core.api.v1.models.log import read_chunk
from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.errors import UnexpectedAnswerError
from modelarts_magics.core.http.transport import Transport
from modelarts_magics.core.logs.exact import read_forward
from modelarts_magics.core.logs.last_lines import read_tail

# ---- a service that cuts characters -------------------------------------------------------------


def one_for_all(data):
    """One U+FFFD for each character that is cut, at both ends."""
    head, whole, tail = parts(data)
    return "\ufffd" * bool(head) + whole + "\ufffd" * bool(tail)


def one_per_byte(data):
    head, whole, tail = parts(data)
    return "\ufffd" * len(head) + whole + "\ufffd" * len(tail)


def dropped(data):
    return data.decode(errors="ignore")


def as_python(data):
    """One for a cut tail, one per byte for a cut head."""
    return data.decode(errors="replace")


def parts(data):
    """What is left of a character at the start, whole characters, the start of another."""
    head = 0
    while head < min(3, len(data)) and data[head] & 0xC0 == 0x80:
        head += 1
    tail = len(data)
    for back in range(1, min(3, len(data) - head) + 1):
        lead = data[-back]
        if lead & 0xC0 == 0xC0:
            needed = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
            tail -= back if needed > back else 0
            break
    return data[:head], data[head:tail].decode(errors="replace"), data[tail:]


WAYS = [as_python, one_for_all, one_per_byte, dropped]


class Cutting:
    name = "f.0"

    """A log file behind a service; answers go through the reading of real ones.

    Args:
        data: the file.
        longest_slice: bytes a call.
        decode: what becomes of cut characters.
        moves_back: the end of a slice moves back to the boundary of a character.
        tells: which of the two numbers an answer has.
    """

    def __init__(
        self,
        data,
        longest_slice=2048,
        decode=as_python,
        moves_back=False,
        tells=("log_byte_count", "end_byte"),
    ):
        self.data = data
        self.longest_slice = longest_slice
        self.decode = decode
        self.moves_back = moves_back
        self.tells = tells
        self.calls = 0

    def read(self, start_byte, length):
        assert length <= self.longest_slice or length <= 4
        self.calls += 1
        size = len(self.data)
        start = max(0, size - length) if start_byte == -1 else min(start_byte, size)
        end = min(start + length, size)
        if self.moves_back:
            end -= len(parts(self.data[start:end])[2]) if start < end else 0
            if end == start:  # nothing would be left
                end = min(start + length, size)
        numbers = {"log_byte_count": end - start, "count": str(end - start), "end_byte": end}
        answer = {"log": self.decode(self.data[start:end])}
        answer.update({name: numbers[name] for name in self.tells})
        return read_chunk(answer, start_byte)


def whole(source, start=0):
    return "".join(part.text for part in read_forward(source, start))


TELLS = [("log_byte_count", "end_byte"), ("count",), ("end_byte",), ("count", "end_byte")]
# runs of what is hard: wide characters, genuine U+FFFD, line ends
LETTER = st.one_of(
    st.sampled_from(["a", "\n", "é", "日", "\ufffd", "😀", "\r", "\x00"]),
    st.characters(exclude_categories=["Cs"]),
)
TEXT = st.one_of(st.text(LETTER, max_size=60), st.text(st.sampled_from("\ufffd日😀a"), max_size=60))


@settings(max_examples=400)
@given(
    text=TEXT,
    size=st.integers(16, 40),
    decode=st.sampled_from(WAYS),
    moves_back=st.booleans(),
    tells=st.sampled_from(TELLS),
)
@example("\ufffd" * 5 + "😀" * 5, 18, as_python, False, TELLS[0])
@example("日" * 5 + "\ufffd" + "😀" * 5, 19, dropped, False, TELLS[0])
@example("\ufffd" * 40 + "日", 17, one_per_byte, False, TELLS[0])
def test_slices_joined_are_the_file(text, size, decode, moves_back, tells):
    source = Cutting(text.encode(), size, decode, moves_back, tells)
    assert whole(source) == text


@settings(max_examples=100)
@given(text=TEXT, size=st.integers(16, 40), decode=st.sampled_from([as_python, dropped]))
def test_slices_joined_are_the_file_even_if_no_number_is_told(text, size, decode):
    source = Cutting(text.encode(), size, decode, tells=())
    assert whole(source) == text


@settings(max_examples=100)
@given(text=TEXT, size=st.integers(16, 40), decode=st.sampled_from(WAYS))
def test_every_slice_stands_where_it_says(text, size, decode):
    data = text.encode()
    end = 0
    for part in read_forward(Cutting(data, size, decode)):
        assert part.start_byte == end
        assert data[part.start_byte : part.end_byte].decode() == part.text
        end = part.end_byte
    assert end == len(data)


@settings(max_examples=100)
@given(text=TEXT, skipped=st.integers(0, 20), decode=st.sampled_from(WAYS))
def test_a_log_can_be_read_on_from_any_character(text, skipped, decode):
    start = len(text[:skipped].encode())
    assert whole(Cutting(text.encode(), 16, decode), start) == text[skipped:]


def test_a_log_is_read_up_to_an_end():
    source = Cutting(b"0123456789" * 10, 20)
    assert [part.end_byte for part in read_forward(source, 0, 50)] == [20, 40, 60]
    assert list(read_forward(source, 50, 50)) == []


def test_a_long_log_takes_one_call_a_slice_and_one_more():
    source = Cutting("日志 line\n".encode() * 2000)
    whole(source)
    assert source.calls <= len(source.data) / (2048 - 3) + 2


# ---- what is not UTF-8 --------------------------------------------------------------------------

BINARY = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=60).map(lambda text: text.encode("gbk", "ignore")),
    st.lists(st.sampled_from([b"\xff", b"a", b"\xe6", b"\xe6\x97", b"\xf0\x9f\x98"])).map(b"".join),
)


@settings(max_examples=300)
@given(
    data=BINARY,
    size=st.integers(16, 40),
    decode=st.sampled_from(WAYS),
    moves_back=st.booleans(),
    lines=st.integers(0, 5),
)
def test_what_is_no_utf_8_never_stops_the_reading(data, size, decode, moves_back, lines):
    source = Cutting(data, size, decode, moves_back)
    end = 0
    for part in read_forward(source):
        assert part.start_byte == end < part.end_byte
        end = part.end_byte
    assert end == len(data)
    assert source.calls <= len(data) + 2
    read_tail(source, lines)


@pytest.mark.parametrize("decode", [as_python, dropped])
@pytest.mark.parametrize(
    "data", [b"\xff" * 20_000, bytes(range(256)) * 80, ("日志" * 5000).encode("gbk")]
)
def test_what_is_no_utf_8_takes_no_more_calls_than_other_text(data, decode):
    source = Cutting(data, decode=decode)
    whole(source)
    assert source.calls <= 2 * len(data) / 2048 + 3


def test_half_a_character_at_the_end_of_a_file_does_not_stop_the_reading():
    for decode in WAYS:
        source = Cutting("日志".encode()[:-1], decode=decode)
        parts_ = list(read_forward(source))
        assert parts_[0].text == "日"
        assert parts_[-1].end_byte == 5


# ---- the tail -----------------------------------------------------------------------------------


def last_lines(text, lines):
    """The last lines, in which only a line feed ends a line."""
    if lines == 0:
        return ""
    found = text.split("\n")
    if found[-1] == "":
        found[-2:] = [found[-2] + "\n"] if len(found) > 1 else found[-2:]
    return "\n".join(found[-lines:])


LONG_TEXT = st.lists(TEXT, max_size=12).map("\n".join)


@settings(max_examples=300)
@given(
    text=LONG_TEXT,
    lines=st.integers(0, 12),
    size=st.integers(16, 64),
    decode=st.sampled_from(WAYS),
    moves_back=st.booleans(),
    connections=st.sampled_from([1, 1, 1, 4]),
)
@example("😀" * 200 + "\nb", 2, 50, one_for_all, False, 1)
@example("\ufffd" * 200 + "\nb", 1, 50, one_for_all, False, 1)
@example("\ufffd" * 200 + "\n日", 2, 16, dropped, False, 4)
@example("\ufffd" + "ࠀ" * 39, 1, 16, as_python, True, 1)
def test_the_last_lines_are_those_of_the_file(text, lines, size, decode, moves_back, connections):
    data = text.encode()
    source = Cutting(data, size, decode, moves_back)
    tail = read_tail(source, lines, connections).text
    rest = whole(source, tail.end_byte) if lines else ""
    assert tail.text + rest == last_lines(text, lines)
    assert rest.strip("\ufffd") == ""  # it could as well be a character that is not whole yet
    assert data[tail.start_byte : tail.end_byte].decode() == tail.text


@settings(max_examples=200)
@given(
    text=LONG_TEXT,
    cut=st.integers(0, 3),
    size=st.integers(16, 64),
    decode=st.sampled_from(WAYS),
)
def test_a_character_that_is_half_written_is_left_to_those_who_read_on(text, cut, size, decode):
    data = text.encode()
    source = Cutting(data[: max(0, len(data) - cut)], size, decode)
    tail = read_tail(source, 3).text
    source.data = data
    assert data[tail.start_byte : tail.end_byte].decode() == tail.text
    assert text.endswith(tail.text + whole(source, tail.end_byte))


@pytest.mark.parametrize(
    ("text", "lines", "expected"),
    [
        ("", 3, ""),
        ("a", 1, "a"),
        ("a\n", 1, "a\n"),
        ("a\nb", 1, "b"),
        ("a\nb\n", 1, "b\n"),
        ("a\n\n", 1, "\n"),
        ("a\nb\nc\n", 2, "b\nc\n"),
        ("a\nb\n", 99, "a\nb\n"),
        ("a\r50%\rb\n", 1, "a\r50%\rb\n"),
        ("a\n", 0, ""),
    ],
)
def test_what_the_last_lines_are(text, lines, expected):
    assert last_lines(text, lines) == expected
    assert read_tail(Cutting(text.encode()), lines).text.text == expected


def test_the_tail_of_a_long_log_does_not_read_it_all():
    source = Cutting("一行日志 one line\n".encode() * 100_000)
    tail = read_tail(source, 100).text
    assert tail.text.count("\n") == 100
    assert source.calls < 40


def test_the_tail_of_a_log_with_very_long_lines():
    source = Cutting(b"x" * 50_000 + b"\n" + b"y" * 50_000 + b"\n")
    assert read_tail(source, 1).text == LogText("y" * 50_000 + "\n", 50_001, 100_002, "f.0")


def long_bar(size: int) -> bytes:
    """Hours of a progress bar: carriage returns, and no line feed."""
    state = "\rtraining: 25%|█████               | {}/400000 [2:46:40<3:11:06,  9.77it/s]"
    return "".join(map(state.format, range(size // 70))).encode()


LONG_BAR = long_bar(3_000_000)


@pytest.mark.parametrize("decode", WAYS)
@pytest.mark.parametrize("lines", [1, 5, 200, 1000])
@pytest.mark.parametrize("cut", [0, 1])
def test_the_tail_of_hours_of_a_progress_bar_is_bounded(decode, lines, cut):
    data = LONG_BAR[: -cut or None] + "█".encode()[: 3 - cut]
    source = Cutting(data, decode=decode)
    part = read_tail(source, lines)
    assert source.calls <= 100
    assert 150_000 < len(part.text.text.encode()) <= 192 * 1024
    assert part.is_cut
    assert part.text.text.startswith("training: ")  # behind a carriage return
    assert data[part.text.start_byte : part.text.end_byte].decode() == part.text.text


def test_lines_before_a_progress_bar_are_found_as_far_as_a_tail_reaches():
    source = Cutting(b"".join(b"epoch %d\n" % n for n in range(99)) + long_bar(100_000))
    part = read_tail(source, 5)
    assert not part.is_cut
    assert part.text.text.startswith("epoch 95\nepoch 96\nepoch 97\nepoch 98\n\rtraining")
    assert source.calls <= 80


def test_many_long_lines_are_given_as_far_as_400_bytes_a_line_reach():
    whole_lines = b"".join(b"%0300d\n" % n for n in range(5000))
    assert read_tail(Cutting(whole_lines), 1000).text.text.encode() == whole_lines[-301_000:]
    longer = read_tail(Cutting(whole_lines.replace(b"\n", b"." * 300 + b"\n")), 1000)
    assert longer.is_cut
    assert 600 <= longer.text.text.count("\n") < 1000


@pytest.mark.parametrize("lines", [5, 200, 1000])
def test_the_last_lines_are_read_once_and_hardly_more_than_they_are(lines):
    data = b"".join(b"%07d: one step of a training, loss=0.1234\n" % n for n in range(50_000))
    source, size = Cutting(data), lines * len(data) // 50_000
    assert read_tail(source, lines).text.text.encode() == data[-size:]
    assert source.calls <= 1.3 * size / 2048 + 4


def test_a_service_that_does_not_say_where_the_log_ends_is_not_guessed():
    with pytest.raises(UnexpectedAnswerError, match="--start-byte 0"):
        read_tail(Cutting(b"abc", tells=("count",)), 1)


# ---- growing and shrinking ----------------------------------------------------------------------


@settings(max_examples=100)
@given(text=TEXT, more=TEXT, decode=st.sampled_from(WAYS))
def test_what_is_written_meanwhile_is_read_as_well(text, more, decode):
    assume(text)
    source = Cutting(text.encode(), 16, decode)
    read = []
    for part in read_forward(source):
        if not read:
            source.data += more.encode()
        read.append(part.text)
    assert "".join(read) == text + more


def test_a_log_that_became_shorter_ends_the_reading():
    source = Cutting(b"0123456789" * 10, 20)
    parts_ = read_forward(source)
    next(parts_)
    source.data = b"new"
    assert list(parts_) == []
    assert read_tail(source, 1).text.text == "new"


# ---- over the wire ------------------------------------------------------------------------------


def client_of(service: FakeService) -> Client:
    credentials = KeyCredentials(lambda: AccessKey("A", "s"))
    return Client(Transport(service.url, credentials), "p")


def test_a_log_is_asked_for_in_slices_of_2048_bytes(service):
    service.script(
        Reply({"log": "a" * 2048, "count": "2048", "end_byte": "2048"}),
        Reply({"log": "", "count": "0", "end_byte": "2048"}),
    )
    client = client_of(service)
    assert whole(ByteEndpoint(client, "1", "2", "f.0")) == "a" * 2048
    client.transport.close()
    assert [seen.query["start_byte"] for seen in service.seen] == ["0", "2048"]
    assert {seen.query["offset"] for seen in service.seen} == {"2048"}
    assert service.last.path == "/v1/p/training-jobs/1/versions/2/log"


def test_a_service_that_answers_by_lines_is_named(service):
    service.script(Reply({"content": "a", "lines": 1, "start_line": "1", "end_line": "2"}))
    client = client_of(service)
    with pytest.raises(UnexpectedAnswerError, match=r"f\.0: .*by lines only"):
        whole(ByteEndpoint(client, "1", "2", "f.0"))
    client.transport.close()
