"""Gunicorn's own log lines in the form of all others."""

from __future__ import annotations

import os
from typing import Any, Final

from gunicorn import glogging

from libs.chassis import telemetry

FORMAT: Final = "CAIRN_LOG_FORMAT"


class Log(glogging.Logger):  # type: ignore[misc]  # gunicorn carries no types
    """Gunicorn's logger; :func:`libs.chassis.web.serving.serve` says in which form."""

    def setup(self, cfg: Any) -> None:
        """Do as gunicorn does, and give its lines our form."""
        super().setup(cfg)
        service = str(cfg.proc_name).removeprefix("cairn-")
        shape = telemetry.formatter(service, os.environ.get(FORMAT, "json"))
        for handler in self.error_log.handlers:
            handler.setFormatter(shape)
