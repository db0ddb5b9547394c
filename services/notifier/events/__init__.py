"""What the notifier hears. It says nothing: its results are mails."""
