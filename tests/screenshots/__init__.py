"""`make screenshots`: every page and mail of the running demo company, on one contact sheet."""
