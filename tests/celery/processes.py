"""The broker, the worker and the publisher: each a process, ended by its id.

They write to the test's own output, which pytest shows when a test fails.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from support.server import ENVIRONMENT, PROGRAM, STOP_SECONDS

HERE = Path(__file__).resolve().parent


class Broker:
    """Millpond on one port and one data directory, which may be killed and started again.

    Nobody waits until it listens: trying again is the clients' part.
    """

    def __init__(self, data):
        self._data = data
        self._address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self._address}"
        self.start()

    def start(self):
        """Starts it on the port and the data that it had."""
        self._process = subprocess.Popen(
            [PROGRAM, "--listen", self._address, "--data-dir", str(self._data)],
            stdin=subprocess.DEVNULL,
            env=ENVIRONMENT,
        )

    def kill(self):
        """Ends it as a power cut would."""
        self._process.kill()
        self._process.wait(STOP_SECONDS)

    def celery_url(self, account):
        """How Celery is told to reach it as this account."""
        return f"sqs://{account}:secret@{self._address}"


class Client:
    """A process of the application, and whatever processes it starts."""

    def __init__(self, module, *arguments, broker_url, home, pen=None):
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(home),
            "PYTHONDONTWRITEBYTECODE": "1",
            "CELERY_BROKER_URL": broker_url,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=HERE,
            env=environment if pen is None else {**environment, "LEDGER": str(pen)},
            pass_fds=[] if pen is None else [pen],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def running(self):
        """Whether it is the process that it was."""
        return self._process.poll() is None

    def write(self, line):
        """Gives it a line to read."""
        print(line, file=self._process.stdin, flush=True)

    def finish(self, seconds):
        """Gives it no more to read, and answers its exit code."""
        self._process.stdin.close()
        return self._process.wait(seconds)

    def stop(self):
        """Asks it to finish what it has begun, and answers its exit code."""
        self._process.terminate()
        return self._process.wait(STOP_SECONDS)

    def end(self):
        """Ends what is left of it, with the processes that it started."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait(STOP_SECONDS)


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
