"""What the program prints for a newcomer to try works as it is printed."""

import os
import subprocess
from pathlib import Path

from conftest import AWS, PATIENCE_SECONDS


def test_the_printed_commands_send_and_receive_a_message(start, tmp_path):
    server = start("--memory")
    script = server.wrote(r"Try it:\n((?:.*\n){3})")[1]
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        env={"PATH": f"{Path(AWS).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)},
        capture_output=True, text=True, timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    assert '"Body": "Hello"' in done.stdout
