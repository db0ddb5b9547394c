"""House rules: of single lines, of files, and of what must stand in a document."""

import re

import pytest

from tests.architecture.house_rules import ROOT, RULES, Rule, kind, project_files

LONGEST_FILE = 400
NAMELESS = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
WRITTEN_BY_HAND = {"html", "js", "mjml", "mjs", "py", "sh"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_knows_what_it_forbids(rule: Rule) -> None:
    assert [line for line in rule.fails if not rule.broken_by(line)] == []
    assert [line for line in rule.passes if rule.broken_by(line)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_line_breaks_a_rule(rule: Rule) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in project_files()
        if rule.holds_for(path)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if rule.broken_by(line)
    ]
    assert found == [], rule.because


def test_no_module_is_named_after_nothing() -> None:
    """Shared code is named by its mechanism; `utils` attracts whatever has no home."""
    found = [
        path
        for path in project_files()
        if kind(path) == "py"
        and NAMELESS & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    ]
    assert found == []


def test_every_file_can_be_read_in_one_sitting() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in project_files()
        if kind(path) in WRITTEN_BY_HAND
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_every_make_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z][a-z0-9-]*):(?!=)(.*)$", makefile, re.MULTILINE)
    assert targets
    assert [name for name, rest in targets if "## " not in rest] == []


def test_every_make_target_is_phony() -> None:
    """A file of the same name must not silence a target."""
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):(?!=)", makefile, re.MULTILINE))
    phony = set(" ".join(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)).split())
    assert targets == phony


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in project_files()
        if kind(document) == "md"
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_every_ruff_exception_carries_its_reason() -> None:
    configuration = (ROOT / "pyproject.toml").read_text()
    ruff = configuration[configuration.index("[tool.ruff.lint]") : configuration.index("[tool.mypy]")]
    exceptions = [line for line in ruff.splitlines() if re.match(r'\s+"[A-Z]+\d*"', line)]
    assert exceptions
    assert [line for line in exceptions if "#" not in line] == []


def test_every_lock_pins_by_hash_and_names_no_place() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        blocks = re.split(r"\n(?=\S)", lock.read_text())
        pinned = [block for block in blocks if re.match(r"[a-z0-9]", block)]
        assert pinned, lock.name
        assert [
            block.splitlines()[0] for block in pinned if "==" not in block or "--hash=sha256:" not in block
        ] == []
        assert "://" not in lock.read_text(), lock.name
