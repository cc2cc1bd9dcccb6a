"""Publishes a task for each number that it reads, one a line."""

import sys

from application import fulfil

for line in sys.stdin:
    fulfil.delay(int(line))
