"""The way in: pages for employees, the public API, accounts; it owns who somebody is, and no objective."""
