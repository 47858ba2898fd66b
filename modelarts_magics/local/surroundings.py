"""Which variables of a process those that it starts may see: what is exported may hold keys."""

from __future__ import annotations

import os
import re

_PASSED_ON = re.compile(
    "PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|TZ|TMPDIR|TERM|VIRTUAL_ENV|CONDA_PREFIX"
    "|PYTHONPATH|(DY)?LD_LIBRARY_PATH|SSL_CERT_(FILE|DIR)"
    "|(LC|OMP|MKL|OPENBLAS|NUMEXPR|CUDA|NVIDIA|XLA)_.+"
)
_OF_THE_SERVICE = re.compile("(PYTHON|MODELARTS_MAGICS_).+")


def child_environment(**extra: str) -> dict[str, str]:
    """The variables of this process that carry no secret, and ``extra``."""
    return {**_passed_on(_PASSED_ON), **extra}


def service_environment() -> dict[str, str]:
    """What the service itself is given by who starts it: it has keys of its own."""
    return child_environment(**_passed_on(_OF_THE_SERVICE))


def _passed_on(names: re.Pattern[str]) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if names.fullmatch(name)}
