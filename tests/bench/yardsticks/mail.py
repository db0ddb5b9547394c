"""The least that a mailer can be: take a message, hand it to the mail server, acknowledge it.

No template, no preference, no ledger, no second look. `python -m tests.bench.yardsticks.mail URL QUEUE PORT`
"""

from __future__ import annotations

import smtplib
import sys
from typing import Any

import pika


def main(url: str, queue: str, port: int) -> None:
    """Every message of the queue is sent over one kept connection, until the process is ended."""
    channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
    channel.basic_qos(prefetch_count=50)
    post = smtplib.SMTP("127.0.0.1", port)

    def send(_channel: Any, method: Any, _properties: Any, body: bytes) -> None:
        post.sendmail("cairn@localhost.localdomain", ["someone@bench.example"], body)
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume(queue, send)
    channel.start_consuming()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
