"""What a newcomer is shown to try works as it is shown: by the program, and in the README."""

import os
import re
import subprocess
from pathlib import Path

from conftest import AWS, PATIENCE_SECONDS
from support.server import ROOT


def test_the_printed_commands_send_and_receive_a_message(start, tmp_path):
    server = start("--memory")
    run(server.wrote(r"Try it:\n((?:.*\n){3})")[1], tmp_path)


def test_the_commands_of_the_readme_send_and_receive_a_message(start, tmp_path):
    readme = (ROOT / "README.md").read_text()
    [script] = re.findall(r"```sh\n(export AWS_ENDPOINT_URL=.*?)```", readme, re.DOTALL)
    run(script.replace("http://127.0.0.1:4566", start("--memory").url), tmp_path)


def run(script, tmp_path):
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        env={"PATH": f"{Path(AWS).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)},
        capture_output=True, text=True, timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    assert '"Body": "Hello"' in done.stdout
