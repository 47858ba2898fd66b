"""A file of the object store is fetched as it was at one moment, or not at all."""

from __future__ import annotations

import pytest
from bucket import Bucket

from modelarts_magics.errors import UnexpectedAnswerError
from modelarts_magics.sdk.obs import Obs

PIECE = 4 * 2**20


@pytest.fixture
def bucket():
    made = Bucket()
    made.objects["model.bin"] = b"a" * (2 * PIECE + 1)
    return made


def fetched(bucket, path):
    with bucket.opened() as client:
        Obs(client).download_file("obs://bucket/model.bin", path)


@pytest.mark.parametrize("has_etags", [True, False])
def test_a_file_of_several_pieces_is_whole(bucket, tmp_path, has_etags):
    bucket.has_etags = has_etags
    fetched(bucket, tmp_path / "model.bin")
    assert (tmp_path / "model.bin").read_bytes() == bucket.objects["model.bin"]


@pytest.mark.parametrize("pieces", [1, 2])
@pytest.mark.parametrize("size", [2 * PIECE + 1, 3 * PIECE])
def test_what_is_replaced_meanwhile_is_refused_and_nothing_is_left(bucket, tmp_path, pieces, size):
    def replaced(_asked):
        if len(bucket.given) == pieces:
            bucket.objects["model.bin"] = b"b" * size

    bucket.faulty = replaced
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"of before")
    with pytest.raises(UnexpectedAnswerError, match="was replaced while it was read"):
        fetched(bucket, folder)
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == {"model.bin": b"of before"}
