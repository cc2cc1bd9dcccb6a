"""Starts the real program, and ends exactly what it has started."""

import http.client
import json
import os
import re
import signal
import ssl
import subprocess
import threading
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = os.environ.get("PROGRAM_UNDER_TEST", str(ROOT / "target/debug/millpond"))
# Certificates that tests may use, and the authority that signed them.
CERTIFICATES = ROOT / "tests/certificates"
AUTHORITY = str(CERTIFICATES / "authority.pem")
TLS = ("--tls-cert", str(CERTIFICATES / "server.pem"), "--tls-key", str(CERTIFICATES / "server.key"))
# Settings of whoever runs the tests are none of the tests' settings.
ENVIRONMENT = {name: os.environ[name] for name in os.environ if not name.startswith("MILLPOND_")}
START_SECONDS = 30
STOP_SECONDS = 20
KEPT_LINES = 500


class Server:
    """One running program, on a port of its own."""

    def __init__(self, *arguments):
        self._lines = deque(maxlen=KEPT_LINES)
        self._wrote = threading.Condition()
        self._closed = False
        self._process = subprocess.Popen(
            [PROGRAM, "--listen", "127.0.0.1:0", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=ENVIRONMENT,
        )
        threading.Thread(target=self._read, daemon=True).start()
        self.url = self.wrote(r"listens on (https?://\S+)")[1]

    def _read(self):
        for line in self._process.stdout:
            with self._wrote:
                self._lines.append(line)
                self._wrote.notify_all()
        with self._wrote:
            self._closed = True
            self._wrote.notify_all()

    def output(self):
        """The newest lines that it wrote."""
        return "".join(self._lines)

    def wrote(self, pattern):
        """Waits until it has written something like this, and answers the match."""
        with self._wrote:
            self._wrote.wait_for(
                lambda: self._closed or re.search(pattern, self.output()), START_SECONDS
            )
            found = re.search(pattern, self.output())
        if not found:
            self.kill()
            raise RuntimeError(f"the program did not write {pattern!r} but:\n{self.output()}")
        return found

    @property
    def port(self):
        return int(self.url.rpartition(":")[2])

    def running(self):
        return self._process.poll() is None

    def kill(self):
        """Ends it as a power cut would: no time to save anything."""
        self._process.kill()
        self._process.wait(STOP_SECONDS)

    def stop(self, how=signal.SIGTERM, seconds=STOP_SECONDS):
        """Asks it to end, and answers its exit code when it has."""
        self._process.send_signal(how)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the program did not end:\n{self.output()}") from None

    def advance(self, seconds):
        """Moves a manual clock forward."""
        status, _, body = self.request(
            "POST", "/_millpond/clock", json.dumps({"advance_seconds": seconds}),
            {"Content-Type": "application/json"},
        )
        assert status == 200, body

    def connection(self):
        """A connection for plain HTTP requests, over TLS if the program speaks it."""
        if self.url.startswith("https"):
            trust = ssl.create_default_context(cafile=AUTHORITY)
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=trust)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def reload(self):
        """Asks it to read its certificate, and who may call, again."""
        self._process.send_signal(signal.SIGHUP)

    def request(self, method, path, body=None, headers=None):
        """One plain HTTP request: (status, headers with lower-case names, text)."""
        connection = self.connection()
        try:
            if isinstance(body, str):
                body = body.encode()
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return response.status, names, response.read().decode()
        finally:
            connection.close()
