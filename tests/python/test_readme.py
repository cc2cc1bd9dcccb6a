"""What the README shows works as it stands there, at the address of the test's own server."""

import os
import re
import subprocess
import sys

import pytest
from support.server import ROOT

ADDRESS = "http://127.0.0.1:4566"
PATIENCE_SECONDS = 60


def examples():
    """The README's examples in Python, by the heading that they stand under."""
    found = {}
    for section in re.split(r"^## ", (ROOT / "README.md").read_text(), flags=re.MULTILINE):
        heading, _, text = section.partition("\n")
        for number, example in enumerate(re.findall(r"```python\n(.*?)```", text, re.DOTALL)):
            found[f"{heading} {number + 1}"] = example
    return found


def run(server, example):
    """What an example prints."""
    assert ADDRESS in example
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-c", example.replace(ADDRESS, server.url)], env=environment,
        capture_output=True, text=True, timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("heading", "printed"),
    [
        ("Send and receive 1", "one more\n"),
        ("Publish once, reach every queue 1", "all ['sold for 7', 'sold for 700']\nlarge ['sold for 700']\n"),
    ],
)
def test_an_example_prints_what_it_should(start, heading, printed):
    assert run(start("--memory"), examples()[heading]) == printed


def test_no_example_is_left_out():
    assert set(examples()) == {"Send and receive 1", "Publish once, reach every queue 1"}
