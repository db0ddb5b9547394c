"""What a document still owes the bus stands in the document, and a relay pays it."""

from __future__ import annotations

from libs.chassis.outbox.entries import OUTBOX_INDEX, pending
from libs.chassis.outbox.relay import Relay

__all__ = ["OUTBOX_INDEX", "Relay", "pending"]
