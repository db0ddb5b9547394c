"""Whatever docs/security.md claims has a test that is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
REQUIREMENT = re.compile(r"^\| (\d+\.\d+\.\d+(?:, \d+\.\d+\.\d+)*) \|(.*)\|$", re.MULTILINE)
UNMET = re.compile(r"\*\*(not met|not applicable|the operator)\.?\*\*", re.IGNORECASE)


def named_tests() -> list[tuple[str, str]]:
    """Files and test names that the page relies on."""
    return sorted({(file, name or "") for file, name in NAMED.findall(PAGE.read_text())})


@pytest.mark.parametrize(("file", "name"), named_tests())
def test_a_test_that_the_page_names_is_there(file: str, name: str) -> None:
    path = ROOT / file
    assert path.exists()
    functions = {
        node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)
    }
    assert not name or name in functions


def test_each_requirement_names_its_test_or_says_plainly_that_it_is_not_met() -> None:
    requirements = REQUIREMENT.findall(PAGE.read_text())
    assert len(requirements) >= 50
    assert [number for number, rest in requirements if not (NAMED.search(rest) or UNMET.search(rest))] == []
