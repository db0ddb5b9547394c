"""The notifier's collections: the ledger, copies of what others own, choices, bounced addresses."""
