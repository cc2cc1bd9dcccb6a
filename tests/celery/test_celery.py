"""Celery, unmodified, with Millpond for its broker: what is published is done, whatever happens."""

from application import QUEUE, is_tricky
from support.clients import client
from support.queue import Queue

ORDERS = 1000
# When so many are fulfilled the broker is killed, while the publisher is still publishing.
KILLS = {ORDERS // 3, 2 * ORDERS // 3}
AHEAD = 100  # how far the publisher may be ahead of the worker
LOOK_AGAIN_SECONDS = 0.1


def test_every_task_is_run_although_the_broker_is_killed_twice(
    broker, account, worker, publisher, ledger
):
    for order in range(ORDERS):
        ledger.wait_for(order - AHEAD)
        if order - AHEAD in KILLS:
            broker.kill()
            broker.start()
        publisher.write(order)
    assert publisher.finish(ledger.remaining()) == 0
    ledger.wait_for(ORDERS)

    assert ledger.numbers("fulfilled") == set(range(ORDERS))
    assert ledger.numbers("failed") == {order for order in range(ORDERS) if is_tricky(order)}
    wait_until_empty(only_queue(client(broker, account)), ledger)
    assert worker.running()
    assert worker.stop() == 0


def only_queue(sqs):
    """The queue that Celery has made, and no other."""
    names = [url.rpartition("/")[2] for url in sqs.list_queues()["QueueUrls"]]
    assert names == [QUEUE]
    return Queue(sqs, QUEUE)


def wait_until_empty(queue, ledger):
    """Waits for deletes under way, and for messages whose delete was lost to come and go again."""
    while (counts := queue.counts()) != (0, 0, 0):
        ledger.wait_for_news(LOOK_AGAIN_SECONDS, f"visible, in flight, delayed: {counts}")
