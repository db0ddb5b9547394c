"""Accounts, sessions, tokens and passwords as rules; nothing here can fail for want of a server."""
