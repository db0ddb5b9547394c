"""Each service's image holds what the service imports: its lock is enough by itself."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from deploy.native.roles import SERVICES

ROOT = Path(__file__).resolve().parents[2]
OURS = {"deploy", "libs", "services"}


def imported(folder: Path) -> set[str]:
    """The packages that the code below this folder imports, apart from Python's and our own."""
    names = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - OURS - set(sys.stdlib_module_names)


def locked(group: str) -> set[str]:
    """The distributions that a lock pins."""
    text = (ROOT / "requirements" / f"{group}.txt").read_text()
    return set(re.findall(r"^([a-z0-9][a-z0-9-]*)==", text, re.MULTILINE))


@pytest.mark.parametrize("service", SERVICES)
def test_the_lock_of_a_service_holds_all_that_it_imports(service: str) -> None:
    providers = packages_distributions()
    wanted = imported(ROOT / "services" / service) | imported(ROOT / "libs")
    assert {
        name
        for name in wanted
        if not {re.sub(r"[-_.]+", "-", provider).lower() for provider in providers.get(name, [])}
        & locked(service)
    } == set()


def test_all_locks_agree_on_versions() -> None:
    """A test in development proves something about the image only if both hold the same versions.

    Semgrep, which only reads code, lives in an environment of its own.
    """
    pins: dict[str, set[str]] = {}
    for lock in set((ROOT / "requirements").glob("*.txt")) - {ROOT / "requirements" / "semgrep.txt"}:
        for name, version in re.findall(r"^([a-z0-9][a-z0-9-]*)==(\S+)", lock.read_text(), re.MULTILINE):
            pins.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}
