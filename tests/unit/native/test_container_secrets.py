"""The secrets of an installation in containers, made by its first step."""

from __future__ import annotations

from pathlib import Path

from deploy.containers.secrets import main


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_made_again_every_file_is_the_same_to_the_byte(tmp_path: Path) -> None:
    """A swarm takes no secret whose content has changed."""
    main(tmp_path)
    before = contents(tmp_path)
    for path in tmp_path.rglob("*"):
        path.chmod(0o700)
    main(tmp_path)
    assert contents(tmp_path) == before
    assert len(set(before.values())) > len(before) / 2
