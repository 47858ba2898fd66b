"""Text that was read stays readable by its bytes, outside of memory."""

from __future__ import annotations

import os
import tempfile
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.models.training import JobVersion
from modelarts_magics.notebook.log.model import LogModel
from modelarts_magics.notebook.log.spool import Spool, SpoolFile

texts = st.text(st.sampled_from("ab\n中é😀\ufffd"), max_size=60)


@given(st.lists(texts), st.integers(0, 9), st.integers(0, 200), st.integers(0, 200))
def test_any_range_gives_its_whole_characters(pieces, offset, start, length):
    data = "".join(pieces).encode()
    with closing(Spool(offset)) as spool:
        for piece in pieces:
            spool.append(piece)
        first, last, text = spool.read(offset + start, offset + start + length)
        assert spool.end == offset + len(data)
    inside = data[start : start + length]
    if text:
        assert data[first - offset : last - offset].decode() == text
        assert first - offset - start <= 3
    assert text == inside.decode(errors="ignore")


@pytest.mark.skipif(os.name != "posix", reason="its file has a name there")
def test_what_is_kept_of_a_log_has_no_name_by_which_others_could_read_it(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with closing(SpoolFile()) as file:
        blocks = []
        file.write(blocks, 0, b"text")
        assert file.read(blocks, 0, 4) == b"text"
        assert os.listdir(folder) == []


@given(texts, st.integers(1, 10))
def test_the_last_lines_are_those_of_the_text(text, count):
    with closing(Spool(0)) as spool:
        spool.append(text)
        shown = spool.last_lines(count, 10_000)
    lines = text.split("\n")
    ends_with_feed = lines[-1] == ""
    wanted = lines[-count - 1 :] if ends_with_feed else lines[-count:]
    assert shown == "\n".join(wanted)


@given(st.lists(texts))
def test_lines_are_counted_as_they_come(pieces):
    with closing(Spool(0)) as spool:
        for piece in pieces:
            spool.append(piece)
        assert spool.lines == "".join(pieces).count("\n")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 40_000)), max_size=12))
def test_several_texts_keep_apart_in_one_file(writes):
    with closing(SpoolFile()) as file:
        spools = [Spool(7, file=file) for _text in range(4)]
        texts = [""] * 4
        for number, size in writes:
            text = f"{number}中"[: 1 + size % 2] * size
            spools[number].append(text)
            texts[number] += text
        for spool, text in zip(spools, texts):
            assert spool.read(0, spool.end)[2] == text
            first, last, part = spool.read(16_000, 33_000)  # over the edges of blocks
            assert text.encode()[first - 7 : last - 7].decode() == part or not part


def test_the_place_of_a_text_that_was_let_go_of_is_used_again():
    with closing(SpoolFile()) as file, closing(Spool(0, file=file)) as other:
        for _round in range(3):
            with closing(Spool(0, file=file)) as spool:
                spool.append("x" * 100_000)
                other.append("y" * 1000)
                size = file.size
        assert size == file.size < 150_000
        assert other.read(0, 9999)[2] == "y" * 3000
        with pytest.raises(ValueError, match="let go of"):
            spool.read(0, 1)


def test_hundreds_of_logs_of_a_panel_are_one_open_file():
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    model = LogModel(JobVersion(job_name="mnist"), ())
    for number in range(512):
        model.apply(LogText("a line\n", 0, 7, f"worker-{number}"))
    if before:
        assert len(os.listdir("/proc/self/fd")) <= before + 1
    assert model.spools["worker-377"].read(0, 7)[2] == "a line\n"
    model.close()
