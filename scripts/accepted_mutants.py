"""Mutants that no test notices, and why that is as it should be.

`Equivalent` ones do the same as the code, so that nothing could notice them; `Accepted` ones differ
in what nobody relies on. They are known by their text: a row that fits no mutant any more is wrong.
"""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """A mutant that may survive.

    Attributes:
        was: the lines of the module that it changes, each stripped.
        now: what they are in the mutant; any text where it is empty.
        why: the reason.
        is_equivalent: whether it does the same.
    """

    was: str
    now: str
    why: str
    is_equivalent: bool = True


ANYWHERE = (
    Known(
        "@dataclass(frozen=True)",
        "@dataclass(frozen=False)",
        "a type checker sees that nobody assigns to it; where somebody hashes it, tests fail",
    ),
)
KNOWN: dict[str, tuple[Known, ...]] = {
    "backoff.py": (
        Known(
            "_MOST_STEPS = 100  # by then every pause is the longest",
            "",
            "one step more or less is as long as the longest pause, but for factors next to 1",
            is_equivalent=False,
        ),
        Known(
            "return max(min(self.longest, usual), min(retry_after or 0.0, LONGEST_ASKED))",
            "return max(min(self.longest, usual), min(retry_after or -1.0, LONGEST_ASKED))",
            "no pause is below 0, so that nothing below it is ever the most",
        ),
    ),
    "http/retry.py": (
        Known(
            "return not is_strange or (attempt == 1 and answered in _READING)",
            "return not is_strange or (attempt <= 1 and answered in _READING)",
            "attempts are counted from 1",
        ),
    ),
    "http/fair_queue.py": (
        Known(
            "was_served = False",
            "was_served = True",
            "where a waiting thread is interrupted, others of its reader come a round later",
            is_equivalent=False,
        ),
    ),
    "http/rate_limit.py": (
        Known(
            "if self.rate < self._highest and self._clock() >= self._slowed_at + _SECOND:",
            "if self.rate != self._highest and self._clock() >= self._slowed_at + _SECOND:",
            "the rate is never above the highest",
        ),
        Known(
            "if self.rate < self._highest and self._clock() >= self._slowed_at + _SECOND:",
            "if self.rate <= self._highest and self._clock() >= self._slowed_at + _SECOND:",
            "the highest rate is raised to the highest",
        ),
        Known(
            "is_spaced = used >= self.rate * _AT_ONCE or self.rate < _LOWEST_RATE",
            "is_spaced = used >= self.rate * _AT_ONCE or self.rate <= _LOWEST_RATE",
            "at one request a second the next one waits as long in any case",
        ),
        Known(
            "if now + hold > self._held_until:",
            "if now + hold >= self._held_until:",
            "two refusals until the same moment: either may be told",
            is_equivalent=False,
        ),
        Known(
            "hold = min(refusal.retry_after or 0.0, LONGEST_ASKED)",
            "hold = min(refusal.retry_after or -1.0, LONGEST_ASKED)",
            "a hold that is over already holds nobody",
        ),
        Known(
            'if hasattr(os, "register_at_fork"):',
            'if not hasattr(os, "register_at_fork"):',
            "a fork at the moment when another thread looks for a limit, which no test can time",
            is_equivalent=False,
        ),
    ),
    "api/v2/names.py": (
        Known(
            "_ALL_PAGES = 65_535",
            "",
            "nobody has three million jobs",
            is_equivalent=False,
        ),
    ),
    "api/v2/paging.py": (
        Known("total = 0", "", "before the first page nothing is counted by it"),
        Known(
            "step = 0  # items of the first page; a service may give fewer than it is asked for",
            "",
            "before the first page nothing is counted by it",
        ),
        Known("if number == 0:", "if number <= 0:", "pages are counted from 0"),
        Known("are_items = False", "are_items = True", "each probe sets it"),
        Known(
            "if total and number * numbered.step >= total:",
            "if total and number * numbered.step == total:",
            "behind a last page that is not full one more may be asked for",
            is_equivalent=False,
        ),
    ),
    "api/v2/visualizations.py": (
        Known(
            "_MOST_PAGES = 100",
            "",
            "nobody has five thousand viewers",
            is_equivalent=False,
        ),
    ),
    "logs/ahead.py": (
        Known(
            "self._overlap = OVERLAP - self._overlap",
            "self._overlap = OVERLAP >> self._overlap",
            "it is 0 or all of it",
        ),
        Known(
            "self._overlap = OVERLAP - self._overlap",
            "self._overlap = OVERLAP ^ self._overlap",
            "it is 0 or all of it",
        ),
        Known(
            "if start == int(cursor):",
            "if start <= int(cursor):",
            "reading ahead goes forward",
        ),
        Known(
            "if position == before or self._changed():",
            "if position <= before or self._changed():",
            "reading ahead goes forward",
        ),
        Known(
            "if not 0 < length <= len(known):",
            "if not 0 <= length <= len(known):",
            "0 was answered before",
        ),
        Known(
            "if not 0 < length <= len(known):",
            "if not -1 < length <= len(known):",
            "0 was answered before",
        ),
        Known(
            "if not 0 < length <= len(known):",
            "if not 0 != length <= len(known):",
            "a range behind what is known is refused by its length, too",
        ),
        Known(
            "if part.is_truncated or part.text.end_byte <= position:",
            "if part.is_truncated or part.text.end_byte == position:",
            "no part ends before its beginning",
        ),
        Known(
            "if end > position:",
            "if end != position:",
            "no text ends before its beginning",
        ),
        Known(
            "self._known_end = 0",
            "",
            "less than is needed, whatever it is",
        ),
        Known(
            "self._known_end = 0  # it may have become shorter",
            "",
            "less than is needed, whatever it is",
        ),
    ),
    "logs/cadence.py": (
        Known(
            "logs: int = 0",
            "",
            "fewer than two are not many",
        ),
        Known(
            "busy: int = 0",
            "",
            "of one log with news the pause is the same",
        ),
        Known(
            "if pause >= QUIET and self.is_large:",
            "if pause == QUIET and self.is_large:",
            "no pause is longer",
        ),
        Known(
            "self._slack = 0.0",
            "",
            "what nobody has looked at is due",
        ),
        Known(
            "self.wait(0.0)",
            "self.wait( -1.0)",
            "what was due is due",
        ),
        Known(
            "is_alone = pause == self._pause or self._fixed is not None",
            "is_alone = pause <= self._pause or self._fixed is not None",
            "none of many waits less than one alone",
        ),
        Known(
            "if status.phase is not Phase.UNKNOWN:",
            "if status.phase != Phase.UNKNOWN:",
            "there is one of each phase",
        ),
        Known(
            "if self._pause < QUIET or self._fixed is not None or self._stretched() > QUIET:",
            "if self._pause != QUIET or self._fixed is not None or self._stretched() > QUIET:",
            "no pause is longer",
        ),
        Known(
            "if self._pause < QUIET or self._fixed is not None or self._stretched() > QUIET:",
            "if self._pause < QUIET or self._fixed is not None or self._stretched() != QUIET:",
            "stretched it is no shorter",
        ),
        Known(
            "taken += max(0.0, started - self._due_at)",
            "taken += max( -1.0, started - self._due_at)",
            "who waits so long is not looked at before that is due",
        ),
    ),
    "logs/discovery.py": (
        Known(
            "return self._has_news or super().due_in <= 0",
            "return self._has_news or super().due_in == 0",
            "nothing is due before now",
        ),
    ),
    "logs/download.py": (
        Known(
            "\n@property",
            "",
            "of a protocol, which a type checker reads and nobody runs",
        ),
    ),
    "logs/draft.py": (
        Known("_BLOCK = 2**20  # bytes", "", "how much is read at once changes nothing"),
        Known(
            'path = self._shared.with_name(f"{self._shared.name}.{secrets.token_hex(2)}")',
            "",
            "which name a draft has by that, nobody knows but we",
            is_equivalent=False,
        ),
        Known(
            '_DIRECTLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)'
            ' | getattr(os, "O_BINARY", 0)',
            "",
            "each flag is a bit of its own; of one that a system lacks tests there tell",
        ),
        Known(
            "with _opened(path, os.O_RDWR | os.O_CREAT) as file:",
            "",
            "each flag is a bit of its own",
        ),
        Known(
            "file = _opened(self._path, os.O_RDWR | os.O_CREAT)",
            "",
            "each flag is a bit of its own",
        ),
        Known(
            "_opened(path, os.O_RDWR | os.O_CREAT | os.O_EXCL).close()",
            "_opened(path, os.O_RDWR | os.O_CREAT % os.O_EXCL).close()",
            "nobody else has chosen the same name by chance",
            is_equivalent=False,
        ),
        Known(
            "_opened(path, os.O_RDWR | os.O_CREAT | os.O_EXCL).close()",
            "",
            "each flag is a bit of its own",
        ),
        Known(
            "descriptor = os.open(path, flags | _DIRECTLY, 0o666)",
            "descriptor = os.open(path, flags + _DIRECTLY, 0o666)",
            "each flag is a bit of its own",
        ),
        Known(
            "descriptor = os.open(path, flags | _DIRECTLY, 0o666)",
            "descriptor = os.open(path, flags ^ _DIRECTLY, 0o666)",
            "each flag is a bit of its own",
        ),
        Known(
            "fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)",
            "",
            "each flag is a bit of its own",
        ),
        Known(
            'return open(descriptor, "rb" if flags == os.O_RDONLY else "r+b", buffering=0)',
            'return open(descriptor, "rb" if flags <= os.O_RDONLY else "r+b", buffering=0)',
            "no flags are less than 0, which is to read only",
        ),
        Known(
            'return open(descriptor, "rb" if flags == os.O_RDONLY else "r+b", buffering=0)',
            'return open(descriptor, "rb" if flags < os.O_RDONLY else "r+b", buffering=0)',
            "what is opened to be read only is never written",
        ),
        Known(
            "is_whole = self._length == note.length == note.position == self.known.position",
            "",
            "no more is read than the note says, and a text is as long as its bytes",
        ),
        Known(
            "if self._path != self._shared:",
            "if self._path > self._shared:",
            "a name of its own is the shared one and more",
        ),
        Known(
            "while block := self._file.read(min(_BLOCK, max(0, note.length - self._length))):",
            "while block := self._file.read(min(_BLOCK, max(0, note.length ^ self._length))):",
            "what was read are whole blocks, or all of it",
        ),
        Known(
            "while written < len(data):",
            "while written != len(data):",
            "no more is written than there is",
        ),
        Known(
            "if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:",
            "if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:",
            "what was opened by a name has one",
        ),
        Known("file.truncate(0)", "file.truncate( 1)", "a note is longer, and begins there"),
        Known(
            "while block := self._file.read(min(_BLOCK, max(0, note.length - self._length))):",
            "while block := self._file.read(min(_BLOCK, max( -1, note.length - self._length))):",
            "a note of a length below 0 fits no draft",
        ),
    ),
    "logs/fingerprint.py": (
        Known(
            'return known != b"" and all('
            "text and not known.startswith(text.encode()) for text in found)",
            'return known > b"" and all('
            "text and not known.startswith(text.encode()) for text in found)",
            "no bytes are less than none",
        ),
        Known(
            "size = max(0, len(self._tail) - (self.position - (newest.end_byte or 0)))",
            "size = max(0, len(self._tail) - (self.position - (newest.end_byte or -1)))",
            "what is known is no longer than its position, so that it is 0 in any case",
        ),
    ),
    "logs/follow.py": (
        Known(
            "\n@abstractmethod",
            "",
            "a type checker sees that every follower has its own",
        ),
        Known(
            "return self._troubles > 0 and self.finished is None",
            "return self._troubles != 0 and self.finished is None",
            "they are counted from 0",
        ),
        Known(
            "return self.status is not None and self.status.phase is Phase.SUCCEEDED",
            "return self.status is not None and self.status.phase == Phase.SUCCEEDED",
            "there is one of each phase",
        ),
    ),
    "logs/follow_job.py": (
        Known(
            "if is_first and len(self._tails) > 1:",
            "if is_first and len(self._tails) >= 1:",
            "at first nothing but a single log is due",
        ),
        Known(
            "if is_first and len(self._tails) > 1:",
            "if is_first and len(self._tails) > 0:",
            "at first nothing but a single log is due",
        ),
        Known(
            "if is_ending or (self._watch.crowd.busy > 0 and not self._is_awake):",
            "if is_ending or (self._watch.crowd.busy != 0 and not self._is_awake):",
            "they are counted from 0",
        ),
        Known(
            "due.sort(key=lambda one: (one is not discovery, *one.pace.rank))",
            "due.sort(key=lambda one: (one != discovery, *one.pace.rank))",
            "followers are equal to themselves only",
        ),
        Known(
            "tail.pace.wait(0.0)",
            "tail.pace.wait( -1.0)",
            "what was due is due",
        ),
        Known(
            "self._is_awake, self._is_ending = True, self._is_ending or is_ending",
            "self._is_awake, self._is_ending = True, self._is_ending and is_ending",
            "a log that has news after the end of its job is looked at at once each time",
            is_equivalent=False,
        ),
        Known(
            "if self.due_in <= 0:",
            "if self.due_in == 0:",
            "nothing is due before now",
        ),
        Known(
            "due = [one for one in due if one is discovery or not one.pace.give_way()]",
            "due = [one for one in due if one == discovery or not one.pace.give_way()]",
            "followers are equal to themselves only",
        ),
    ),
    "logs/last_lines.py": (
        Known(
            "def read_tail(source: ByteSource, lines: int, connections: int = 1) -> Part:",
            "def read_tail(source: ByteSource, lines: int, connections: int = 2) -> Part:",
            "by whichever number of connections the same text is read",
            is_equivalent=False,
        ),
        Known(
            "def read_tail(source: ByteSource, lines: int, connections: int = 1) -> Part:",
            "def read_tail(source: ByteSource, lines: int, connections: int = 0) -> Part:",
            "by whichever number of connections the same text is read",
            is_equivalent=False,
        ),
        Known(
            "length = max(1, end.end_byte - end.start_byte)"
            "  # a service may give less than is asked for",
            "length = max( 2, end.end_byte - end.start_byte)"
            "  # a service may give less than is asked for",
            "no service gives so few bytes",
            is_equivalent=False,
        ),
        Known(
            "length = max(1, end.end_byte - end.start_byte)"
            "  # a service may give less than is asked for",
            "length = max( 0, end.end_byte - end.start_byte)"
            "  # a service may give less than is asked for",
            "no service gives so few bytes",
            is_equivalent=False,
        ),
        Known(
            "while (slices := found.slices_to_read(length)) > 0:",
            "while (slices := found.slices_to_read(length)) != 0:",
            "no number of slices is below 0, and where none is read that is the end",
        ),
        Known(
            "while (slices := found.slices_to_read(length)) > 0:",
            "while (slices := found.slices_to_read(length)) >= 0:",
            "no number of slices is below 0, and where none is read that is the end",
        ),
        Known(
            "while (slices := found.slices_to_read(length)) > 0:",
            "while (slices := found.slices_to_read(length)) > -1:",
            "no number of slices is below 0, and where none is read that is the end",
        ),
        Known(
            "if found.start == before:",
            "if found.start >= before:",
            "what is read goes backward",
        ),
        Known(
            "is_much = size > _MOST - length",
            "is_much = size >= _MOST - length",
            "a slice more or less is read of a line of 188 KiB",
            is_equivalent=False,
        ),
        Known(
            "if lines >= self._lines or self.start == 0 or is_bar:",
            "if lines >= self._lines or self.start < 0 or is_bar:",
            "before the beginning nothing is read",
        ),
        Known(
            "if lines >= self._lines or self.start == 0 or is_bar:",
            "if lines >= self._lines or self.start <= 0 or is_bar:",
            "before the beginning nothing is read",
        ),
        Known(
            "if lines >= self._lines or self.start == 0 or is_bar:",
            "if lines >= self._lines or self.start == -1 or is_bar:",
            "before the beginning nothing is read",
        ),
        Known(
            "return 0",
            "return -1",
            "no slices are wanted either way",
        ),
        Known(
            "wanted = size * self._lines / lines * 1.1 if lines else size * 4",
            "wanted = size * self._lines // lines * 1.1 if lines else size * 4",
            "it is an estimate",
            is_equivalent=False,
        ),
        Known(
            "return int(min(max(wanted, size + length), most) - size) // length",
            "return int(min(max(wanted, size + length), most) - size) / length",
            "no slice is read for a part of one",
        ),
        Known(
            "return self.text.count(end, 0, max(0, len(self.text) - self._last))",
            "return self.text.count(end, 0, max( -1, len(self.text) - self._last))",
            "no line ends in an empty text",
        ),
        Known(
            "cut = beginning(self.text, self._lines, is_whole=self.start == 0,"
            " is_open=not self._last)",
            "cut = beginning(self.text, self._lines, is_whole=self.start <= 0,"
            " is_open=not self._last)",
            "no log begins before its first byte",
        ),
    ),
    "logs/retried.py": (
        Known(
            "_LONGEST_DOUBT = 5.0  # seconds of pauses after answers that contradict each other",
            "",
            "with a second more or less the pauses are the same",
        ),
    ),
    "logs/shown.py": (
        Known(
            "return self._left < self._looks",
            "return self._left != self._looks",
            "never more are left than there were",
        ),
    ),
    "logs/snapshot.py": (
        Known(
            "is_exact = len(data) == piece.end_byte - start",
            "is_exact = len(data) <= piece.end_byte - start",
            "a text is shorter where a service leaves out what is no text, which is refused",
            is_equivalent=False,
        ),
        Known(
            "while before < position < self.end and ahead.step:",
            "while before != position < self.end and ahead.step:",
            "the position goes forward",
        ),
        Known(
            "while before < position < self.end and ahead.step:",
            "while before < position != self.end and ahead.step:",
            "who reads does not ask for more behind the end",
        ),
        Known(
            "while size < len(data) and data[size] in CONTINUATIONS:",
            "while size != len(data) and data[size] in CONTINUATIONS:",
            "the end is inside the text, and this goes on by one byte each time",
        ),
        Known(
            "while before < position < self.end and ahead.step:",
            "while before < position <= self.end and ahead.step:",
            "at the end no range is left",
        ),
        Known(
            "if piece.end_byte <= self.end:",
            "if piece.end_byte < self.end:",
            "the last piece of a log that is no UTF-8 is read twice",
            is_equivalent=False,
        ),
        Known("before = -1", "before = ~1", "less than any position"),
        Known("before = -1", "before = - 2", "less than any position"),
        Known(
            'with ThreadPool(1, "check") as pool:',
            'with ThreadPool( 2, "check") as pool:',
            "one look is made there",
        ),
        Known(
            "return max(0, end - known.position)",
            "return max( -1, end - known.position)",
            "a character that was there behind the promised end is there now",
        ),
    ),
    "logs/tail.py": (
        Known(
            "if left == before:  # the end is near",
            "if left >= before:  # the end is near",
            "reading ahead leaves no more than there was",
        ),
        Known(
            "if part.text.start_byte == part.text.end_byte:",
            "if part.text.start_byte >= part.text.end_byte:",
            "no text ends before it begins",
        ),
        Known(
            "if self._full_parts < _FAR_BEHIND or self._cursor is None:",
            "if self._full_parts != _FAR_BEHIND or self._cursor is None:",
            "once there are so many they are not counted any more",
        ),
        Known(
            "self._is_behind = False",
            "self._is_behind = True",
            "at the beginning; each look sets it before it is asked for",
        ),
        Known(
            "self._pause = 0.0",
            "",
            "at the beginning; each look sets it before it is asked for",
        ),
        Known(
            "self._is_behind, self._pause = False, 0.0",
            "",
            "each part that is no new beginning says how long",
        ),
        Known(
            "if self._pause > self.due_in:",
            "if self._pause >= self.due_in:",
            "then it is waited for as long",
        ),
        Known(
            "self.pace.wait(0.0)",
            "self.pace.wait( -1.0)",
            "what was due is due",
        ),
    ),
    "obs/object_bytes.py": (
        Known(
            "_LONGEST = 4_194_304  # bytes",
            "",
            "a byte more or less at once is not noticed",
            is_equivalent=False,
        ),
        Known(
            "if number == _MOST_OBJECTS:",
            "if number >= _MOST_OBJECTS:",
            "they are counted one by one",
        ),
        Known(
            "if len(found) < wanted:",
            "if len(found) != wanted:",
            "a store gives no more than was asked for",
        ),
    ),
    "scalars/event_file.py": (
        Known(
            "self.came_short = len(data) < size",
            "self.came_short = len(data) != size",
            "a file gives no more than was asked for",
        ),
        Known(
            "self.came_short = False",
            "self.came_short = True",
            "it is set by each reading, and asked for only after one",
        ),
        Known(
            "return not self._is_damaged and self.size > self._complete_size",
            "return not self._is_damaged and self.size != self._complete_size",
            "a file that became smaller is begun anew by who reads it; behind its end is nothing",
        ),
        Known(
            "return not self._is_damaged and self.size > self._complete_size",
            "return not self._is_damaged and self.size >= self._complete_size",
            "it saves an opening, no event is given twice",
            is_equivalent=False,
        ),
        Known(
            "self._complete_size = 0  # as far as this nothing is left to read",
            "",
            "no file of one byte has an event; an empty one has none",
        ),
    ),
    "scalars/series.py": (
        Known("return False", "return True", "room is made only where there is none"),
        Known(
            "self._in_open = 0",
            "self._in_open = 1",
            "at the beginning, where one point is a group",
        ),
        Known(
            "_MOST_OPEN = 20  # points that wait for their group",
            "",
            "thinned sooner or later the same points stay",
        ),
        Known(
            "if len(self._open) > _MOST_OPEN:",
            "",
            "thinned sooner or later the same points stay; a test counts those that are held",
        ),
        Known("\n@property", "", "of a protocol, which a type checker reads and nobody runs"),
        Known(
            "if len(points) <= 2:",
            "if len(points) == 2:",
            "of none and of one the extremes are all",
        ),
        Known(
            "return sum(part.forget(step) for part in parts) > 0",
            "return sum(part.forget(step) for part in parts) != 0",
            "they are counted from 0",
        ),
        Known(
            "most = self._room() // 2  # groups, of two points each",
            "most = self._room() / 2  # groups, of two points each",
            "no whole number is between them",
        ),
        Known(
            "if self._in_open >= self.stride:",
            "if self._in_open == self.stride:",
            "they are counted one by one, and two halves are less than the double",
        ),
        Known(
            "self.stride = 1",
            "self.stride = 2",
            "of two points both are extremes",
        ),
        Known(
            "dense = [part for part in parts if len(part.groups) > 1]",
            "",
            "a single group becomes open: its points stay",
        ),
        Known(
            "min(dense, key=lambda part: (part.stride, -len(part.groups))).halve()",
            "",
            "of files that are as dense as each other one is thinned before the others",
            is_equivalent=False,
        ),
        Known(
            "before = () if kept and kept[0] is first else (first,)",
            "before = () if kept and kept[0] == first else (first,)",
            "of points that are alike in all the first one is the extreme",
        ),
        Known(
            "after = () if (*before, *kept)[-1] is last else (last,)",
            "after = () if (*before, *kept)[-1] == last else (last,)",
            "a point that is like the one before it in all",
            is_equivalent=False,
        ),
        Known(
            "self._in_open = self._in_open if self._open else 0",
            "",
            "one point more or less makes the next group",
            is_equivalent=False,
        ),
    ),
}
