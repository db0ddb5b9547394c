"""Mails: a ledger of what is owed to whom, copies of what they speak of, and the sender."""
