"""Starting the web role: this process becomes gunicorn."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from libs.chassis.settings import CoreSettings
from libs.chassis.web import gunicorn_log, metrics

_CONFIGURATION = Path(__file__).parents[3] / "deploy" / "gunicorn.conf.py"


def gunicorn_arguments(app_path: str, core: CoreSettings) -> list[str]:
    """How gunicorn is called for the app that ``app_path`` (``module:factory()``) builds in each worker."""
    configuration = ["--config", str(_CONFIGURATION)] if _CONFIGURATION.exists() else []
    return [
        *configuration,
        f"--bind={core.bind}",
        f"--workers={core.web_workers}",
        f"--threads={core.web_threads}",
        f"--name=cairn-{core.service}",
        "--no-control-socket",
        app_path,
    ]


def serve(app_path: str, core: CoreSettings) -> NoReturn:
    """Nothing after this: the process is gunicorn's from here, so that signals reach it directly."""
    metrics.prepare_multiprocess(core.service)
    os.environ[gunicorn_log.FORMAT] = (
        core.log_format
    )  # gunicorn begins to log before the app reads its settings
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *gunicorn_arguments(app_path, core)])  # noqa: S606
