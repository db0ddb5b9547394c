"""Mechanism that knows nothing of objectives.

Settings, telemetry, problems, tokens, Mongo, bus, outbox, leases, web.
"""
