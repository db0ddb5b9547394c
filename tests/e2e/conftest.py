"""Fixtures of the end-to-end tests: the whole platform with its demo company, a browser, and people."""

from tests.e2e.browser import browser, open_as
from tests.e2e.platform import company, empty_platform, platform

__all__ = ["browser", "company", "empty_platform", "open_as", "platform"]
