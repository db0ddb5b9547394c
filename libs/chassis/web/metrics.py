"""Prometheus metrics of this process, or of all web processes where the multiprocess directory is set."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

MULTIPROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"

Series = Histogram
REQUESTS = Histogram(
    "cairn_http_request_seconds",
    "Time to answer a request.",
    ["service", "method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
PART_RESTARTS = Counter(
    "cairn_worker_part_restarts_total", "Parts of a worker that failed.", ["service", "part"]
)


def exposition() -> tuple[bytes, str]:
    """The metrics as text and their content type."""
    registry = REGISTRY
    if os.environ.get(MULTIPROCESS):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST


def prepare_multiprocess(service: str) -> Path:
    """An empty directory that the web processes share; the numbers of processes long gone would count on."""
    given = os.environ.get(MULTIPROCESS)
    directory = (
        Path(given) if given else Path(tempfile.gettempdir()) / f"cairn-{service}-metrics-{os.getpid()}"
    )
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    os.environ[MULTIPROCESS] = str(directory)
    return directory
