"""What a person at the terminal sees of a long command: one line a step, with its duration."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(doing: str) -> Iterator[None]:
    """The step's line ends with its duration; on a terminal it stands there from the beginning."""
    live = sys.stdout.isatty()
    if live:
        print(f"· {doing} …", end="", flush=True)
    started = time.monotonic()
    yield
    print(f"{chr(13) if live else ''}✓ {doing} ({time.monotonic() - started:.1f} s)  ", flush=True)


def note(text: str) -> None:
    """A line that is no step."""
    print(f"  {text}", flush=True)
