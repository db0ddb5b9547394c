"""Mechanism that knows nothing of objectives: settings, telemetry, problems, tokens, Mongo, bus, outbox, leases, web."""
