"""What a job wrote into the folder of its logs beside them: a table, or fetched into a folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...core.api.base import Job
from ...core.errors import InvalidArgumentError
from ...core.i18n import _
from ...core.logs.download import cannot_write
from ...core.obs.log_folder import MOST_LOOKED_AT, LogFolder, LogFolderFile
from ...sdk.obs import Obs
from ...sdk.writer import say
from ..text import render
from ..text.shown import Shown
from .found import Found
from .progress import ProgressLine


@dataclass(frozen=True, repr=False)
class FileTable(Shown, Sequence[LogFolderFile]):
    """Files beside the logs of a job, by their names."""

    job: Job
    files: Sequence[LogFolderFile]
    note: str = ""

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: Any) -> Any:
        return self.files[index]

    def as_text(self) -> str:
        if not self.files:
            return "\n".join([_("Nothing is there beside the logs"), *self._notes])
        rows = [[render.plain(one.name), f"{one.size:,}"] for one in self.files]
        return "\n".join([render.text_table(self._headers, rows), *self._notes])

    def as_html(self) -> str:
        if not self.files:
            return f"<p>{render.safe(self.as_text())}</p>"
        rows = [[render.safe(one.name), f"{one.size:,}"] for one in self.files]
        notes = "".join(f"<p>{render.safe(note)}</p>" for note in self._notes)
        return render.html_table(self._headers, rows) + notes

    @property
    def _headers(self) -> list[str]:
        return [_("file"), _("bytes")]

    @property
    def _notes(self) -> list[str]:
        return [self.note] if self.note else []


def listed(found: Found) -> FileTable:
    """The files that there are now.

    Raises:
        InvalidArgumentError: the job copies nothing to OBS.
    """
    location = found.jobs.log_folder(found.ref)
    if not location:
        raise InvalidArgumentError(
            _("Job {job} copies no logs to OBS", job=found.job.name),
            _("New jobs do so to the folder of log_url"),
        )
    folder: LogFolder = found.modelarts_session.log_folder(location, found.ref.job, found.files)
    files = list(folder.files())
    note = _("Only the first {n:,} objects were looked at", n=MOST_LOOKED_AT)
    return FileTable(found.job, files, note if folder.is_cut else "")


def save(files: Sequence[LogFolderFile], obs: Obs, path: str) -> None:
    """Fetch files into a folder, which is made, saying how far it is; a file is there when whole.

    Raises:
        InvalidArgumentError: a file cannot be written.
    """
    target, line = Path(os.path.expanduser(path)), ProgressLine()
    size, done = sum(one.size for one in files), 0
    try:
        for one in files:
            place = target.joinpath(*one.name.split("/"))
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise cannot_write(str(place), error) from None
            obs.download_file(one.url, place)
            done += one.size
            line.tell(done, max(1, size))
    finally:
        line.clear()
    say(_("Saved {n:,} bytes of {count} files to {path}", n=size, count=len(files), path=target))
