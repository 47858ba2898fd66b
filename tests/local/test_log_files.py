"""A log file by position: against plain slicing and plain splitting."""

from __future__ import annotations

import os
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modelarts_magics.local.storage import log_files
from modelarts_magics.local.storage.log_files import Entry, LogFile, open_log

BLOCK = 8
PAGE_BYTES = 40
# Characters of one to four bytes, line ends, and what tqdm writes.
TEXT = st.text(st.sampled_from("ab \r\n\n\né中😀"), max_size=150)
CONTENT = st.one_of(TEXT.map(str.encode), st.binary(max_size=100))
POSITION = st.integers(-3, 400)
WITHOUT_DEADLINE = settings(deadline=None)


@pytest.fixture(autouse=True, scope="module")
def small_blocks() -> Iterator[None]:
    """So that a short text has many blocks and pages, and lines far longer than a block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_files, "BLOCK", BLOCK)
        patch.setattr(log_files, "PAGE_BYTES", PAGE_BYTES)
        yield


@contextmanager
def opened(content: bytes, complete: bool = True) -> Iterator[LogFile]:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        yield LogFile(file.fileno(), complete)


def forward(log: LogFile, count: int) -> list[Entry]:
    """All entries, by pages from the first to the last."""
    found: list[Entry] = []
    while page := log.entries_after(found[-1].start if found else -1, count):
        assert len(page) <= count
        found += page
    return found


def backward(log: LogFile, count: int) -> list[Entry]:
    """All entries, by pages from the last to the first."""
    found = log.newest_entries(count)
    while page := found and log.entries_before(found[0].start, count):
        assert len(page) <= count
        found = page + found
    return found


@WITHOUT_DEADLINE
@given(CONTENT, st.integers(0, 400), st.integers(0, 2048))
def test_a_chunk_is_the_slice_that_python_gives(content: bytes, start: int, length: int) -> None:
    with opened(content) as log:
        chunk = log.chunk(start, length)
    expected = content[start : start + length]
    assert (chunk.text, chunk.count) == (expected.decode(errors="replace"), len(expected))
    assert chunk.end == min(start, len(content)) + len(expected)


@WITHOUT_DEADLINE
@given(CONTENT, st.integers(1, 2048))
def test_minus_one_is_the_newest_part(content: bytes, length: int) -> None:
    with opened(content) as log:
        chunk = log.chunk(-1, length)
        same = log.chunk(-1, -length)
    assert chunk.text == content[-length:].decode(errors="replace")
    assert chunk.end == len(content)
    assert same == chunk


@WITHOUT_DEADLINE
@given(CONTENT, st.integers(0, 400), st.integers(1, 2048))
def test_a_negative_length_reads_what_ends_at_the_start(
    content: bytes, start: int, length: int
) -> None:
    with opened(content) as log:
        chunk = log.chunk(start, -length)
    expected = content[max(0, start - length) : start]
    assert (chunk.text, chunk.count) == (expected.decode(errors="replace"), len(expected))
    assert chunk.end == min(start, len(content))


@WITHOUT_DEADLINE
@given(CONTENT, st.integers(1, 20))
def test_following_the_end_byte_delivers_every_byte_once(content: bytes, length: int) -> None:
    position, ranges = 0, []
    with opened(content) as log:
        while (chunk := log.chunk(position, length)).count:
            ranges.append(content[chunk.end - chunk.count : chunk.end])
            assert chunk.text == ranges[-1].decode(errors="replace")
            position = chunk.end
    assert b"".join(ranges) == content


@WITHOUT_DEADLINE
@given(TEXT, st.integers(4, 20))
def test_whole_characters_are_never_cut(text: str, length: int) -> None:
    position, found = 0, ""
    with opened(text.encode()) as log:
        while (chunk := log.chunk(position, length, whole_characters=True)).count:
            found += chunk.text
            position = chunk.end
    assert found == text


@WITHOUT_DEADLINE
@given(TEXT, st.integers(1, 20))
@example("\n" * 200, 3)
def test_pages_in_both_directions_reassemble_the_file(text: str, count: int) -> None:
    with opened(text.encode()) as log:
        entries = forward(log, count)
        assert backward(log, count) == entries
    assert "".join(entry.text for entry in entries) == text
    starts = [entry.start for entry in entries]
    assert starts == sorted(set(starts))


@WITHOUT_DEADLINE
@given(CONTENT, st.integers(1, 20))
def test_bytes_that_are_not_text_are_paged_too(content: bytes, count: int) -> None:
    with opened(content) as log:
        entries = forward(log, count)
        assert backward(log, count) == entries
    ends = [entry.start for entry in entries[1:]] + [len(content)]
    pieces = [content[entry.start : end] for entry, end in zip(entries, ends)]
    assert b"".join(pieces) == content
    assert [entry.text for entry in entries] == [piece.decode(errors="replace") for piece in pieces]


@WITHOUT_DEADLINE
@given(st.lists(st.text(st.sampled_from("aé\r"), max_size=3)))
def test_an_entry_is_a_line_with_its_end(lines: list[str]) -> None:
    text = "".join(line + "\n" for line in lines)
    with opened(text.encode()) as log:
        assert [entry.text for entry in forward(log, 5)] == [line + "\n" for line in lines]


@WITHOUT_DEADLINE
@given(CONTENT)
def test_a_long_line_comes_in_bounded_pieces(content: bytes) -> None:
    with opened(content) as log:
        entries = forward(log, 7)
    ends = [entry.start for entry in entries[1:]] + [len(content)]
    for entry, end in zip(entries, ends):
        assert 0 < end - entry.start < 2 * BLOCK
        assert b"\n" not in content[entry.start : end - 1]


@WITHOUT_DEADLINE
@given(CONTENT, st.integers(0, 400))
def test_entries_stay_what_they_are_while_the_file_grows(content: bytes, written: int) -> None:
    with opened(content) as log:
        whole = forward(log, 500)
    with opened(content[:written], complete=False) as log:
        part = forward(log, 500)
        assert backward(log, 500) == part
    assert part == whole[: len(part)]


@WITHOUT_DEADLINE
@given(TEXT)
def test_an_unterminated_line_waits_for_the_end_of_the_run(text: str) -> None:
    with opened(text.encode(), complete=False) as log:
        shown = "".join(entry.text for entry in forward(log, 9))
    rest = text[len(shown) :]
    assert text.startswith(shown)
    assert "\n" not in rest
    assert len(rest.encode()) <= 2 * BLOCK


@WITHOUT_DEADLINE
@given(CONTENT, POSITION, st.integers(0, 20), st.booleans())
def test_any_position_stands_for_the_entry_that_holds_it(
    content: bytes, position: int, count: int, complete: bool
) -> None:
    with opened(content, complete) as log:
        entries = forward(log, 500)
        newer = log.entries_after(position, count)
        older = log.entries_before(position, count)
    ends = [entry.start for entry in entries[1:]] + [_visible_end(content, complete)]
    after = [entry for entry in entries if entry.start > position]
    before = [entry for entry, end in zip(entries, ends) if end <= position]
    assert newer == after[: len(newer)]
    assert older == before[len(before) - len(older) :]
    assert min(count, len(after), 1) <= len(newer) <= count
    assert min(count, len(before), 1) <= len(older) <= count


def _visible_end(content: bytes, complete: bool) -> int:
    """Where the last entry ends, found by growing the file until it shows."""
    if complete:
        return len(content)
    with opened(content, complete=False) as log:
        shown = forward(log, 500)
    with opened(content + b"\n", complete=False) as log:
        more = forward(log, 500)
    return more[len(shown)].start if len(more) > len(shown) else len(content)


def test_a_missing_log_reads_as_empty(tmp_path: Path) -> None:
    with open_log(tmp_path / "missing", complete=True) as log:
        assert (log.size, log.chunk(-1, 100).text, log.newest_entries(5)) == (0, "", [])


def test_a_link_or_a_pipe_reads_as_empty(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret\n")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        with open_log(tmp_path / name, complete=True) as log:
            assert log.chunk(0, 100).text == ""
            assert log.newest_entries(5) == []


def test_a_huge_file_is_served_in_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_files, "BLOCK", 64 * 1024)
    monkeypatch.setattr(log_files, "PAGE_BYTES", 1024 * 1024)
    size = 4 * 1024**3
    with open(tmp_path / "log", "wb") as file:
        file.truncate(size)  # a single line, without taking any disk
    with open_log(tmp_path / "log", complete=False) as log:
        tracemalloc.start()
        try:
            assert log.chunk(-1, 2048).end == size
            assert log.newest_entries(500)
            assert log.entries_after(size // 2, 500)
            assert log.entries_before(size // 2, 500)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 16 * 1024**2
