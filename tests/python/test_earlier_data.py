"""Data that earlier versions of the program have written is opened, and imported from their exports.

`tests/earlier/README.md` says how it was made.
"""

import json
import subprocess
import tarfile
from pathlib import Path

import pytest
from support.earlier import observe
from support.server import ENVIRONMENT, PROGRAM

FORMATS = sorted(Path(__file__).resolve().parents[1].joinpath("earlier").glob("format-*"))


@pytest.fixture(params=FORMATS, ids=lambda folder: folder.name)
def earlier(request):
    """A folder with data of one earlier format."""
    return request.param


def unpacked(archive, folder):
    with tarfile.open(archive) as archive:
        archive.extractall(folder, filter="data")


def check(start, directory, earlier):
    expected = json.loads((earlier / "expected.json").read_text())
    server = start(
        "--data-dir", str(directory), "--clock", "manual", "--clock-start", expected["now"]
    )
    answers = observe(server, expected["credentials"])
    assert answers == expected["answers"]


def test_a_directory_is_opened_and_all_that_was_acknowledged_is_there(start, tmp_path, earlier):
    unpacked(earlier / "data.tar.xz", tmp_path)
    check(start, tmp_path / "data", earlier)


def test_an_export_is_imported_and_all_that_was_acknowledged_is_there(start, tmp_path, earlier):
    unpacked(earlier / "archive.tar.xz", tmp_path)
    directory = tmp_path / "imported"
    command = [PROGRAM, "import", tmp_path / "archive.millpond", "--data-dir", directory]
    subprocess.run(command, env=ENVIRONMENT, check=True, timeout=60)
    check(start, directory, earlier)
