"""Celery doing nothing: no-op tasks, acknowledged late, on the same broker, without results."""

from __future__ import annotations

import os

from celery import Celery

QUEUE = "yardstick"

app = Celery("yardstick", broker=os.environ["YARDSTICK_AMQP_URL"])
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    task_default_queue=QUEUE,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)


@app.task
def nothing(number: int) -> None:
    """Nothing is done with the number."""
    del number


def fill(count: int) -> None:
    """So many tasks wait in the queue."""
    with app.producer_pool.acquire(block=True) as producer:
        for number in range(count):
            nothing.apply_async((number,), producer=producer)
