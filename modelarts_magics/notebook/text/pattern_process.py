"""The process that matches regular expressions of users: see :mod:`.pattern`, which starts it.

A question is a line of JSON, ``[pattern, flags, texts, groups]``; so is the answer: for each text
``null`` where it does not match, else what the groups matched there, which are asked for by their
numbers and names; or a string that says why the pattern is none. An empty line is answered by one.
"""

from __future__ import annotations

import json
import re
import signal
import sys

_IDLE = 60  # seconds without a question after which it ends
_LATE = 5  # seconds for a question, of which the one who asked would have ended it long ago


def answer(question: str) -> str:
    """The answer to a question."""
    if not question.strip():
        return ""
    pattern, flags, texts, groups = json.loads(question)
    try:
        compiled = re.compile(pattern, flags)
        for group in groups:
            if group not in compiled.groupindex and group not in range(compiled.groups + 1):
                raise re.error(f"no such group: {group}")
    except (re.error, OverflowError, RecursionError) as error:
        return json.dumps(str(error))
    found = map(compiled.search, texts)
    return json.dumps([one and [one[group] for group in groups] for one in found])


def main() -> None:
    """Answer until nobody asks any more."""
    wait = getattr(signal, "alarm", lambda _seconds: None)  # not on every system
    wait(_IDLE)
    for question in sys.stdin:
        wait(_LATE)
        sys.stdout.write(answer(question) + "\n")
        sys.stdout.flush()
        wait(_IDLE)


if __name__ == "__main__":
    main()
