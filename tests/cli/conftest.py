"""The real AWS CLI, run as a person would run it, against a server in memory."""

import json
import os
import subprocess

import pytest
from support.clients import new_account
from support.fixtures import server, start  # noqa: F401
from support.server import ROOT

AWS = os.environ.get("AWS_CLI", str(ROOT / "target/python/cli/bin/aws"))
PATIENCE_SECONDS = 60


class Cli:
    """The CLI with one account's credentials, and no other configuration than that."""

    def __init__(self, server, home, access_key=None, secret="secret"):
        self._url = server.url
        self.account = access_key or new_account()
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }

    def run(self, *words):
        """Runs `aws ...`: (exit code, standard output, standard error)."""
        done = subprocess.run(
            [AWS, "--endpoint-url", self._url, *words], env=self._environment, capture_output=True, text=True,
            timeout=PATIENCE_SECONDS,
        )
        return done.returncode, done.stdout, done.stderr

    def __call__(self, *words):
        """Runs `aws ...`, which must succeed, and answers what it printed, decoded."""
        code, output, errors = self.run(*words)
        assert code == 0, errors
        return json.loads(output) if output.strip() else None


@pytest.fixture
def aws(server, tmp_path):  # noqa: F811
    """The CLI, as an account of the test's own."""
    return Cli(server, tmp_path)
