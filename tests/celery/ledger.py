"""What the worker says that it has done."""

import os
import threading
import time
from collections import Counter


class Ledger:
    """Reads what the worker tells, and waits for more of it: for so many seconds altogether."""

    def __init__(self, seconds):
        self._ends = time.monotonic() + seconds
        self._more = threading.Condition()
        self._events = Counter()
        self._told_all = False
        reading, self.pen = os.pipe()
        threading.Thread(target=self._read, args=[reading], daemon=True).start()

    def _read(self, reading):
        with os.fdopen(reading) as lines:
            for line in lines:
                event, number = line.split()
                with self._more:
                    self._events[event, int(number)] += 1
                    self._more.notify_all()
        with self._more:
            self._told_all = True
            self._more.notify_all()

    def remaining(self, state=""):
        """How many seconds are left; fails when none are."""
        seconds = self._ends - time.monotonic()
        assert seconds > 0, f"the time is up: {self} {state}"
        return seconds

    def numbers(self, event):
        """The orders that this has happened to."""
        return {number for happened, number in list(self._events) if happened == event}

    def wait_for(self, fulfilled):
        """Waits until so many orders are fulfilled; fails when nobody is left to do it."""
        def reached():
            return len(self.numbers("fulfilled")) >= fulfilled

        with self._more:
            self._more.wait_for(lambda: reached() or self._told_all, self.remaining())
            assert reached() or not self._told_all, f"the worker has ended: {self}"
        self.remaining()

    def wait_for_news(self, seconds, state):
        """Waits until something happens, or for this time; fails with the state if time is up."""
        with self._more:
            self._more.wait(min(seconds, self.remaining(state)))

    def __str__(self):
        fulfilled = self.numbers("fulfilled")
        missing = sorted(set(range(max(fulfilled, default=0))) - fulfilled)
        return (
            f"{len(fulfilled)} orders fulfilled, {len(self.numbers('failed'))} failed at first, "
            f"{self._events.total()} runs in all, missing so far: {missing[:20]}"
        )
