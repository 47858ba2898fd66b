"""`make dist`: what it finds wrong with a wheel."""

from __future__ import annotations

import sys
import zipfile

import packages
import pytest

BUILT = [path.name for path in (packages.REPOSITORY / packages.STATIC).iterdir()]


def wheel(folder, files):
    path = folder / "some.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def whole():
    """What a good wheel holds of the built views."""
    return {
        f"{packages.STATIC}{name}": (packages.REPOSITORY / packages.STATIC / name).read_text(
            "utf-8"
        )
        for name in BUILT
    }


def test_a_wheel_with_the_built_views_and_their_licences_is_good(tmp_path):
    packages.look_inside(wheel(tmp_path, whole()))


@pytest.mark.parametrize("name", BUILT)
def test_a_wheel_without_one_of_the_built_views_fails(name, tmp_path):
    files = whole()
    del files[f"{packages.STATIC}{name}"]
    with pytest.raises(packages.Failed, match=name):
        packages.look_inside(wheel(tmp_path, files))


def test_a_wheel_without_the_licence_of_what_is_bundled_fails(tmp_path):
    files = {
        name: text.replace("@codemirror/view", "x") if name.endswith(".txt") else text
        for name, text in whole().items()
    }
    with pytest.raises(packages.Failed, match="@codemirror/view"):
        packages.look_inside(wheel(tmp_path, files))


def test_wheels_are_the_same_by_what_is_in_them(tmp_path):
    first = packages.contents(wheel(tmp_path, {"a": "1", "b": "2"}))
    assert first == packages.contents(wheel(tmp_path, {"b": "2", "a": "1"}))
    assert first != packages.contents(wheel(tmp_path, {"a": "1", "b": "3"}))


def test_a_command_that_fails_is_told_with_its_words():
    with pytest.raises(packages.Failed, match="no such thing"):
        packages.run([sys.executable, "-c", "import sys; sys.exit('no such thing')"])


@pytest.mark.skipif(not packages.without_network(), reason="this machine cannot cut off a command")
def test_without_a_network_nothing_is_reached():
    code = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"
    with pytest.raises(packages.Failed, match="unreachable"):
        packages.run([*packages.without_network(), sys.executable, "-c", code])
