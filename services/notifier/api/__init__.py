"""The notifier over HTTP: one's own choices, the mail log for admins, and unsubscribing for the gateway."""
