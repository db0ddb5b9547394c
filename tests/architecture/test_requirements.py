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


def imports_of(path: Path) -> set[str]:
    """The modules that a file names in its imports; of ``from a import b`` both ``a`` and ``a.b``."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def files_of(module: str) -> set[Path]:
    """The files that importing a module of ours runs: its own and those of the packages around it."""
    parts = module.split(".")
    packages = {ROOT.joinpath(*parts[:depth], "__init__.py") for depth in range(1, len(parts) + 1)}
    return {path for path in {*packages, ROOT.joinpath(*parts).with_suffix(".py")} if path.exists()}


def imported(folder: Path) -> set[str]:
    """The packages that a service imports, also through our shared code, apart from Python's and our own."""
    waiting, read, names = set(folder.rglob("*.py")), set[Path](), set[str]()
    while waiting:
        path = waiting.pop()
        read.add(path)
        for name in imports_of(path):
            top = name.partition(".")[0]
            if top == "libs":
                waiting |= files_of(name) - read
            elif top not in OURS | set(sys.stdlib_module_names):
                names.add(top)
    return names


def locked(group: str) -> set[str]:
    """The distributions that a lock pins."""
    text = (ROOT / "requirements" / f"{group}.txt").read_text()
    return set(re.findall(r"^([a-z0-9][a-z0-9-]*)==", text, re.MULTILINE))


@pytest.mark.parametrize("service", SERVICES)
def test_the_lock_of_a_service_holds_all_that_it_imports(service: str) -> None:
    providers = packages_distributions()
    wanted = imported(ROOT / "services" / service)
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
