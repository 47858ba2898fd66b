"""A part of a log at one moment, and which lines of a log a line of ``%ma_log`` asks for."""

from __future__ import annotations

import argparse
from dataclasses import replace
from functools import partial

from ...core.logs.last_lines import words_for_cut
from .flags import ALL
from .found import Found
from .results import LogPicture
from .sieve import Sieve, Wanted, begin

DEFAULT_TAIL = 200  # lines of a picture
LOOKED_AT = 10_000  # lines, of which a picture shows those that are wanted


def wanted_by(asked: argparse.Namespace) -> Wanted:
    """Which lines the flags of a line ask for."""
    return Wanted(asked.since, asked.grep, asked.level or "")


def sieve_for(found: Found, asked: argparse.Namespace) -> Sieve:
    """For whoever reads on and on; looks where in the logs the lines begin that are wanted."""
    wanted = wanted_by(asked)
    if wanted.since is None:
        return Sieve(wanted)
    names = [asked.file] if asked.file else found.files
    begun = {
        name: begin(partial(found.tail, file=name), name, found.job, wanted.since)
        for name in names
        if name in found.files
    }
    return Sieve(wanted, begun)


def picture(found: Found, asked: argparse.Namespace) -> LogPicture:
    """The slice or the lines that the flags of a line ask for."""
    if asked.start_byte is not None or asked.offset is not None:
        start_byte = asked.start_byte or 0
        return found.picture(
            found.jobs.log_slice(found.ref, found.log_file, start_byte, asked.offset)
        )
    wanted = wanted_by(asked)
    if not wanted.is_all:
        return _picked(found, asked, wanted)
    if asked.tail == ALL:
        return replace(_whole(found), is_unbounded=True)
    part = found.tail(DEFAULT_TAIL if asked.tail is None else asked.tail)
    return found.picture(part.text, words_for_cut(part.text) if part.is_cut else "")


def _whole(found: Found) -> LogPicture:
    from .save import read_all

    return found.picture(read_all(found.source))


def _picked(found: Found, asked: argparse.Namespace, wanted: Wanted) -> LogPicture:
    """Of the last lines, or of those since some time, the ones that are wanted."""
    lines, words = LOOKED_AT if asked.tail is None else asked.tail, wanted.words()
    if wanted.since is not None:
        begun = begin(found.tail, found.log_file, found.job, wanted.since)
        words = ", ".join(filter(None, [words, begun.words]))
        lines = begun.count if asked.tail in (None, ALL) else min(begun.count, asked.tail)
    picture = _whole(found) if lines == ALL else found.picture(found.tail(lines).text)
    return picture.picked(replace(wanted, since=None), words)
