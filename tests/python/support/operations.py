"""What the program says that it can do."""

import functools
import subprocess

import pytest

from .server import PROGRAM


@functools.cache
def operations():
    """The names that `millpond operations` says yes to, of whatever service."""
    printed = subprocess.run([PROGRAM, "operations"], capture_output=True, text=True, check=True)
    lines = [line.split() for line in printed.stdout.splitlines()]
    return frozenset(name for _, name, *there in lines if there == ["yes"])


def needs(*names):
    """Leaves tests out until the program has these operations; then they count like all others."""
    missing = [name for name in names if name not in operations()]
    return pytest.mark.skipif(bool(missing), reason="not there yet: " + ", ".join(missing))
