"""Take a picture of every page and mail at three widths, light and dark, and lay them out on one sheet.

`python -m tests.screenshots FOLDER [PART …]`: only pages whose address holds one of the parts, where named.
"""

from __future__ import annotations

import argparse
import html
import os
import sys
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from deploy.native.installation import ROOT
from tests.e2e.browser import ARGUMENTS, CHROMIUM, signed_in
from tests.e2e.platform import Company, Platform
from tests.screenshots.mails import one_of_each_kind
from tests.screenshots.pages import PageAddress, every_page

WIDTHS: Final = {360: 740, 768: 1024, 1440: 900}
THEMES: Final = ("light", "dark")
SHEET: Final = """<!doctype html><html lang="en"><meta charset="utf-8">
<title>Cairn, every page and mail</title>
<style>
body {{ font: 14px sans-serif; margin: 24px }} section {{ margin-bottom: 48px }}
div {{ display: flex; gap: 12px; align-items: flex-start; overflow-x: auto }}
img {{ border: 1px solid #999; height: 420px }}
</style>
<h1>Every page and mail</h1>{sections}</html>
"""


class Gallery:
    """Pictures in one folder, by name."""

    def __init__(self, folder: Path, browser: Browser, platform: Platform, company: Company) -> None:
        """The folder is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._browser = folder, browser
        self._platform, self._company = platform, company
        self._pictures: dict[str, list[str]] = {}
        self._states: dict[str, Any] = {}

    def take_pages(self, pages: list[PageAddress]) -> None:
        """Take every page in every look; one context serves all pages of a viewer in one look."""
        for viewer in {page.viewer for page in pages}:
            for width, theme in ((width, theme) for width in WIDTHS for theme in THEMES):
                with self._context(width, theme, viewer) as context:
                    shown = context.new_page()
                    for page in (page for page in pages if page.viewer == viewer):
                        shown.goto(page.path, wait_until="load")
                        self._take(shown, page.title, f"{page.name}-{width}-{theme}.png")

    def take_mails(self, mails: dict[str, str]) -> None:
        """Take every mail in every look."""
        for width, theme in ((width, theme) for width in WIDTHS for theme in THEMES):
            with self._context(width, theme, None) as context:
                shown = context.new_page()
                for kind, body in mails.items():
                    shown.set_content(body)
                    self._take(shown, f"mail: {kind}", f"mail-{kind}-{width}-{theme}.png")

    def write_sheet(self) -> Path:
        """Write the contact sheet and return where it is."""
        sections = "".join(
            f"<section><h2>{html.escape(title)}</h2><div>{''.join(map(_thumbnail, names))}</div></section>"
            for title, names in self._pictures.items()
        )
        sheet = self._folder / "index.html"
        sheet.write_text(SHEET.format(sections=sections), encoding="utf-8")
        return sheet

    def _context(self, width: int, theme: str, viewer: str | None) -> BrowserContext:
        if viewer and viewer not in self._states:
            self._states[viewer] = signed_in(self._browser, self._platform, self._company, viewer)
        return self._browser.new_context(
            base_url=self._platform.address,
            viewport={"width": width, "height": WIDTHS[width]},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            storage_state=self._states.get(viewer) if viewer else None,
        )

    def _take(self, shown: Any, title: str, name: str) -> None:
        shown.screenshot(path=self._folder / name, full_page=True)
        self._pictures.setdefault(title, []).append(name)


def _thumbnail(name: str) -> str:
    return f'<a href="{name}"><img loading="lazy" src="{name}" alt="{name}"></a>'


def main() -> None:
    """Take the pictures of the platform that `make up` runs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("parts", nargs="*")
    given = options.parse_args()
    home = Path(os.environ.get("CAIRN_HOME") or ROOT / ".cairn")
    platform = Platform(home, int(os.environ.get("CAIRN_PORT_OFFSET", "0")))
    company = Company(platform)

    def wanted(text: str) -> bool:
        return not given.parts or any(part in text for part in given.parts)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        gallery = Gallery(given.folder, browser, platform, company)
        gallery.take_pages([page for page in every_page(company) if wanted(page.path)])
        mails = one_of_each_kind(platform.mailbox, platform.mailbox.every())
        gallery.take_mails({kind: body for kind, body in mails.items() if wanted(f"mail {kind}")})
        browser.close()
    sys.stdout.write(f"{gallery.write_sheet()}\n")


if __name__ == "__main__":
    main()
