"""The gateway's own data: accounts, sessions, API tokens, the audit log, and shared counters."""
