"""Independent questions are asked at once: a page waits for the slowest, not for the sum."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")

QUESTIONS_AT_ONCE = 24
_POOL = ThreadPoolExecutor(max_workers=QUESTIONS_AT_ONCE, thread_name_prefix="ask")


def ask(question: Callable[[], T]) -> Future[T]:
    """The question is on its way; ``result()`` is its answer or raises what it raised.

    A question must not ask others: the pool is bounded. Its threads start with the first question,
    hence after the fork, and carry the asker's correlation id.
    """
    return _POOL.submit(copy_context().run, question)
