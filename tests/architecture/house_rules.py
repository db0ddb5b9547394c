"""The house rules that a machine can see in one line of text, each with lines that pass and lines that fail.

Forbidden words are put together from halves, so that a search for them finds no false trail here.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
TEXT: Final = frozenset(
    {"cfg", "conf", "css", "html", "in", "ini", "js", "json", "md", "mjml", "mjs", "py", "sh", "toml", "txt"}
    | {"yaml", "yml", "Dockerfile", "Makefile", "run"}
)
BUILT: Final = re.compile(r"(^|/)(dist|vendor|snapshots|__snapshots__)/|^docs/.*\.svg$")


@dataclass(frozen=True)
class Rule:
    """One rule: what no line may contain, where it holds, and examples of both kinds."""

    name: str
    because: str
    forbidden: re.Pattern[str]
    fails: tuple[str, ...]
    passes: tuple[str, ...]
    within: str = ""  # a path begins with this
    suffixes: frozenset[str] = TEXT
    except_in: frozenset[str] = field(default_factory=frozenset)

    def holds_for(self, path: Path) -> bool:
        """Whether the rule looks at this file."""
        name = path.relative_to(ROOT).as_posix()
        if name in self.except_in or path == Path(__file__).resolve():
            return False
        return name.startswith(self.within) and kind(path) in self.suffixes

    def broken_by(self, line: str) -> bool:
        """Whether this line breaks it."""
        return self.forbidden.search(line) is not None


def kind(path: Path) -> str:
    """The suffix without its dot, or the name of a file that has none."""
    return path.suffix.removeprefix(".") or path.name


def project_files() -> Iterator[Path]:
    """Every file that people wrote: what git knows or would add, without what tools build."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and not BUILT.search(name):
            yield path


RULES: Final = (
    Rule(
        name="no registry address",
        because="where packages come from is the machine's business; a lock names versions and hashes",
        forbidden=re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|index-url|deb\.debian\.org"),
        fails=(
            "https://py" + "pi.org/simple",
            '"resolved": "https://registry.' + "npmjs.org/x.tgz",
            "--index" + "-url=x",
        ),
        passes=("flask==3.1.3", '"integrity": "sha512-…"', "a wheel from the package index"),
        except_in=frozenset({"Makefile"}),  # the option that keeps the address out
    ),
    Rule(
        name="no path of one machine",
        because="the next machine has other folders",
        forbidden=re.compile(r"(?<![\w.<])/(work|root|home/[a-z]\w*|Users/\w+)/"),
        fails=("/work" + "/main/x", "cd /root" + "/project", "/home" + "/ada/cairn"),
        passes=("../shared/tools", "/usr/lib/rabbitmq", "/app/services", "network/root/x"),
    ),
    Rule(
        name="tests never sleep",
        because="a sleep is too short on a busy machine and too long on every other: wait for a condition",
        forbidden=re.compile(r"\b(time|asyncio)\.sleep\(|from time import .*\bsleep\b|\bwait_for_timeout\("),
        fails=("time." + "sleep(1)", "from time import " + "sleep", "page.wait_for_" + "timeout(100)"),
        passes=("wait_until(lambda: seen, deadline=5)", "asleep(1)"),
        within="tests/",
        suffixes=frozenset({"py"}),
        except_in=frozenset({"tests/fixtures/waiting.py"}),
    ),
    Rule(
        name="tests are never skipped",
        because="a skipped test proves nothing and is never looked at again",
        forbidden=re.compile(
            r"pytest\.(skip|xfail|importorskip)\(|mark\.(skip|skipif|xfail)\b|@unittest\.skip"
        ),
        fails=("pytest." + "skip('later')", "@pytest.mark." + "skipif(True)", "@pytest.mark." + "xfail"),
        passes=("def test_skipped_levels_are_listed() -> None:", "seen.skip(1)"),
        within="tests/",
        suffixes=frozenset({"py"}),
    ),
    Rule(
        name="no mock of a server",
        because="a mock agrees with its author; servers are real, and fakes pass the contract of their port",
        forbidden=re.compile(r"unittest(\.| import )mock|\bmongomock\b|\bMagicMock\b|\bmocker\b"),
        fails=("from unittest import " + "mock", "import mongo" + "mock", "Magic" + "Mock()"),
        passes=("class FakeMailer:", "the mock-ups in design"),
        suffixes=frozenset({"py"}),
    ),
    Rule(
        name="nothing is left for later",
        because="an open end belongs into an issue, where somebody looks",
        forbidden=re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"),
        fails=("# TO" + "DO: later", "FIX" + "ME"),
        passes=("things to do", "hackathon"),
    ),
    Rule(
        name="no page reaches outside",
        because="a page must work, and stay private, without any other site",
        forbidden=re.compile(
            r"""(src|href)=["']https?://(?!localhost|127\.|\{)|@import\s+url\(["']?https?://"""
        ),
        fails=('<script src="https' + '://cdn.example/x.js">', '<link href="http' + '://example.com/x.css">'),
        passes=(
            '<a href="{{ url_for("okrs.show") }}">',
            '<link href="/static/app.css">',
            '<a href="https://{{ host }}">',
        ),
        within="services/",
        suffixes=frozenset({"html", "css", "js", "mjml"}),
    ),
    Rule(
        name="addresses of pages are built by link()",
        because="a value that is put into an address as it is loses its +, &, % and # on the way",
        forbidden=re.compile(
            r"""\?[a-z_]+=(\{\{?|["'] *~)|[?&"']&[a-z_]+=["'{]|from flask import .*\bredirect\b"""
            r"""|\bredirect\(f["']|^(?!.*\blink\b).*\burlencode\("""
        ),
        fails=(
            'to(f"/sign-in?' + 'email={account.email}")',
            '<a href="/objectives/new?' + 'in={{ cycle.id }}">',
            '"/check-in?' + "key_result=' ~ item.id",
            "from flask import g, " + "redirect",
            "redirect(" + 'f"/objectives/{known.id}")',
        ),
        passes=(
            'link("/okrs", query={"cycle": cycle.id})',
            'f"/objectives/{known.id}"',
            '"/okrs?status=behind"',
        ),
        within="services/gateway/web/",
        suffixes=frozenset({"html", "py"}),
        except_in=frozenset({"services/gateway/web/links.py", "services/gateway/web/presentation.py"}),
    ),
)
