"""What all tests share."""

from __future__ import annotations

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

# The scripts behind the Makefile are tested as what they are: modules beside each other.
sys.path.insert(0, str(REPOSITORY / "scripts"))
