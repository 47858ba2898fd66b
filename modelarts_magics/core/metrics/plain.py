"""A line as it is read: half-width punctuation, and bars of any length alike."""

from __future__ import annotations

import re

_WIDE = {
    **{chr(0xFF01 + n): chr(0x21 + n) for n in range(94)},  # full-width ASCII
    **dict.fromkeys("\u3000\xa0\u2002\u2003\u2009\u202f", " "),
    **dict.fromkeys("、。", ","),
    **dict.fromkeys("│┃┆┇┊┋║╎╏", "|"),
    **dict.fromkeys("−–—", "-"),
    **dict.fromkeys("‘’", "'"),
    **dict.fromkeys("“”「」『』", '"'),
    **dict.fromkeys("【〔", "["),
    **dict.fromkeys("】〕", "]"),
    **dict.fromkeys("→⇒➜", ">"),
    **{chr(code): "" for code in range(0x2580, 0x25A0)},  # blocks, of which bars are made
    **{chr(code): "-" for code in range(0x2500, 0x2580) if chr(code) not in "│┃┆┇┊┋║╎╏"},
    **dict.fromkeys("\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e", ""),
}
_TABLE = str.maketrans(_WIDE)
_BAR = re.compile(r"(?<=%)\|[-#>=. 0-9]{0,300}\|")  # tqdm's
_LINE = re.compile(r"(?<=%) {0,2}-{3,400}")  # rich's
_ARROW = re.compile(r"\[[=#>.\-\s]{4,300}\]")  # Keras's
_RULES = re.compile(r"[-=*#_~.+]{4,}")


def plain(line: str) -> str:
    """The line with ASCII in place of what means the same, and short bars.

    >>> plain("损失：０.35，准确率＝91.2％")
    '损失:0.35,准确率=91.2%'
    >>> plain("45%|████▌     | 450/1000")
    '45%|| 450/1000'
    """
    if not line.isascii():
        line = _LINE.sub("||", line.translate(_TABLE))
    if "%|" in line:
        line = _BAR.sub("||", line)
    if "=" in line and "[" in line:
        line = _ARROW.sub("[]", line)
    return line
