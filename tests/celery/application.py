"""A Celery application whose broker is SQS, set up as its users would set it up.

The broker's address comes from CELERY_BROKER_URL, and what the worker does is told to the ledger.
"""

import os

from celery import Celery

QUEUE = "orders"

app = Celery("orders")
app.conf.update(
    broker_connection_retry=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "region": "us-east-1",
        "is_secure": False,
        "visibility_timeout": 3,
        "wait_time_seconds": 1,
        "polling_interval": 0.1,
        # A delete that fails for good would cost this kombu one of its prefetched messages.
        "client-config": {"retries": {"mode": "standard", "total_max_attempts": 10}},
    },
    task_acks_late=True,
    task_default_queue=QUEUE,
    task_ignore_result=True,
    task_publish_retry_policy={
        "max_retries": 20,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.5,
    },
    worker_enable_remote_control=False,  # which needs topics
)


class NotYet(Exception):
    """What a tricky order says at the first try."""


def is_tricky(number):
    """Whether an order fails at the first try: a tenth of them."""
    return number % 10 == 3


@app.task(bind=True, autoretry_for=(NotYet,), default_retry_delay=0, max_retries=5)
def fulfil(self, number):
    """Fulfils an order, at the second try if it is tricky."""
    if is_tricky(number) and self.request.retries == 0:
        tell_ledger("failed", number)
        raise NotYet(number)
    tell_ledger("fulfilled", number)


def tell_ledger(event, number):
    """One line, written at once: short enough that lines of several processes never mix."""
    os.write(int(os.environ["LEDGER"]), f"{event} {number}\n".encode())
