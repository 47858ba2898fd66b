"""The pictures of the READMEs are small, and of what is there today."""

from __future__ import annotations

import json
import re

import picture_sources as pictures
import pytest

RECORD = json.loads(pictures.RECORD.read_text("utf-8"))
PAGES = [
    *sorted(pictures.REPOSITORY.glob("README*.md")),
    *sorted((pictures.REPOSITORY / "docs").rglob("*.md")),
]


@pytest.mark.parametrize("name", pictures.SHOWN)
def test_a_picture_is_of_what_is_there_today(name):
    assert RECORD[name] == pictures.digest(name), "make pictures, and look at them"


@pytest.mark.parametrize("name", pictures.SHOWN)
def test_a_picture_is_small(name):
    data = (pictures.PICTURES / f"{name}.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) <= pictures.LARGEST


def test_pages_show_the_pictures_that_are_made_and_no_others():
    shown = {
        name
        for page in PAGES
        for name in re.findall(r"pictures/([\w-]+)\.png", page.read_text("utf-8"))
    }
    assert shown == set(pictures.SHOWN) == {path.stem for path in pictures.PICTURES.glob("*.png")}
