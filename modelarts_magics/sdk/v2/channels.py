"""What goes into a training and what comes out, as the vendor's SDK names it.

Source: the SDK reference, modelarts_04_0422, see docs/api/v2-sdk.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...core.errors import InvalidArgumentError
from ...core.i18n import _
from ...core.numbers import wrong
from ...core.obs_path import bucket_and_key

_ACCESS_METHODS = (None, "parameter", "env")


@dataclass(frozen=True)
class TrainingFiles:
    """The code of a training.

    Args:
        code_dir: OBS folder of the code, ``obs://bucket/code/``.
        boot_file: the script that is started: within the folder, or its whole address.

    >>> TrainingFiles("obs://bucket/code/", "train.py").to_json()
    {'code_dir': 'obs://bucket/code/', 'boot_file': 'obs://bucket/code/train.py'}
    >>> TrainingFiles("/bucket/code", "obs://bucket/code/a/train.py").to_json()
    {'code_dir': 'obs://bucket/code/', 'boot_file': 'obs://bucket/code/a/train.py'}
    """

    code_dir: str
    boot_file: str

    def to_json(self) -> dict[str, Any]:
        """Its part of the request that creates a job."""
        folder = folder_url(self.code_dir)
        file = self.boot_file
        if not isinstance(file, str) or not file.strip() or file.endswith("/"):
            raise wrong("boot_file", file, _("It is the script that is started, such as train.py"))
        is_whole = "://" in file or file.startswith("/")
        return {"code_dir": folder, "boot_file": _url(file) if is_whole else folder + file}


@dataclass(frozen=True)
class _Channel:
    """A folder that a training reads or writes.

    Args:
        obs_path: OBS folder, ``obs://bucket/folder/``.
        name: of the argument, or variable, by which the script gets the local folder.
        local_path: the local folder; chosen by the service when it is left out.
        access_method: how the script gets it: ``parameter`` or ``env``.
    """

    obs_path: str
    name: str
    local_path: str | None = None
    access_method: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Its part of the request that creates a job."""
        if not isinstance(self.name, str) or not self.name:
            raise InvalidArgumentError(
                _("{name} is not set", name="name"), _("An input or output has a name")
            )
        if self.access_method not in _ACCESS_METHODS:
            raise wrong("access_method", self.access_method, _("It is parameter or env"))
        given = {
            "name": self.name,
            "local_dir": self.local_path,
            "access_method": self.access_method,
            "remote": {"obs": {"obs_url": folder_url(self.obs_path)}},
        }
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True)
class InputData(_Channel):
    """A folder whose content a training reads; it is there before the script starts.

    Args:
        obs_path: OBS folder, ``obs://bucket/folder/``.
        name: of the argument, or variable, by which the script gets the local folder.
        local_path: the local folder; chosen by the service when it is left out.
        access_method: how the script gets it: ``parameter``, as by default, or ``env``.

    >>> InputData("obs://bucket/data", "data_url").to_json()
    {'name': 'data_url', 'remote': {'obs': {'obs_url': 'obs://bucket/data/'}}}
    """


@dataclass(frozen=True)
class OutputData(_Channel):
    """A folder that a training writes; its content is in OBS when the job has ended.

    Args:
        obs_path: OBS folder, ``obs://bucket/folder/``.
        name: of the argument, or variable, by which the script gets the local folder.
        local_path: the local folder; chosen by the service when it is left out.
        access_method: how the script gets it: ``parameter``, as by default, or ``env``.

    >>> OutputData(obs_path="/bucket/out/", name="out", access_method="env").to_json()
    {'name': 'out', 'access_method': 'env', 'remote': {'obs': {'obs_url': 'obs://bucket/out/'}}}
    """


def folder_url(location: str) -> str:
    """An OBS folder in the form that the service wants: ``obs://bucket/folder/``.

    >>> folder_url("/bucket/run"), folder_url("obs://bucket")
    ('obs://bucket/run/', 'obs://bucket/')
    """
    url = _url(location)
    return url if url.endswith("/") else f"{url}/"


def _url(location: str) -> str:
    bucket, key = bucket_and_key(location)
    return f"obs://{bucket}/{key}"
