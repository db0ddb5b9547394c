"""Fixtures that every test may ask for; each lives in the module named after what it gives."""

pytest_plugins = ("tests.fixtures.waiting", "tests.fixtures.mail", "tests.fixtures.servers", "tests.e2e.ending")
