"""What Python and the rich view's JavaScript decide alike about the text of a log.

``terminal.json`` says what of a terminal is obeyed; ``js/src/terminal/`` reads it too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TERMINAL: dict[str, Any] = json.loads(Path(__file__).with_name("terminal.json").read_text("utf-8"))
