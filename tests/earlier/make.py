"""Makes the data of one version of the program, and says what that version answers from it.

    PROGRAM_UNDER_TEST=OLD/millpond python make.py format-1

fills a data directory through the program's own operations, ends the program with -9 in the middle of its work, and
writes into the folder: the directory as it was left, an export of it, and what a program that was started on it answered.
"""

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "python"))

from support.earlier import fill, observe  # noqa: E402
from support.server import ENVIRONMENT, PROGRAM, Server  # noqa: E402


def started(directory):
    return Server("--data-dir", str(directory), "--clock", "manual")


def clock(server):
    return json.loads(server.request("GET", "/_millpond/clock")[2])["now"]


def main(folder):
    with tempfile.TemporaryDirectory() as scratch:
        data, copy = Path(scratch, "data"), Path(scratch, "copy")
        server = started(data)
        now = clock(server)
        credentials = fill(server)
        server.kill()
        (data / "EXPORT").unlink()  # a socket of the program that was ended
        shutil.copytree(data, copy)
        server = started(copy)
        expected = {"now": now, "credentials": credentials, "answers": observe(server, credentials)}
        server.kill()
        (folder / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")
        with tarfile.open(folder / "data.tar.xz", "w:xz") as archive:
            archive.add(data, "data")
        export = Path(scratch, "archive.millpond")
        command = [PROGRAM, "export", str(export), "--data-dir", str(data)]
        subprocess.run(command, env=ENVIRONMENT, check=True)
        with tarfile.open(folder / "archive.tar.xz", "w:xz") as archive:
            archive.add(export, export.name)


if __name__ == "__main__":
    main(HERE / sys.argv[1])
