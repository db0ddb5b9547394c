"""Stones: deterministic outlines for check-ins, drawn as SVG paths.

The same seed always gives the same stone, so that a page drawn again does not twitch.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

CORNERS = 8
SQUARENESS = 0.72  # 1 is an ellipse; smaller swells the corners, as worn stones are
WOBBLE = 0.09
EDGE = 2.0  # what an outline takes beyond its path; without it drawn stones lie closer than filled ones


@dataclass(frozen=True)
class Stone:
    """One stone of a pile: its outline and what it stands for (laid, mine, owed)."""

    path: str
    kind: str


@dataclass(frozen=True)
class Pile:
    """A pile of stones and the size of the drawing that holds it."""

    width: int
    height: int
    stones: tuple[Stone, ...]
    laid: int
    mine: int
    owed: int


def outline(seed: str, x: float, y: float, width: float, height: float) -> str:
    """A closed smooth outline round the centre (x, y), at most `width` by `height`."""
    random = hashlib.blake2b(seed.encode(), digest_size=2 * CORNERS).digest()
    turn = (random[0] / 255 - 0.5) * 0.5
    corners = []
    for corner in range(CORNERS):
        angle = 2 * math.pi * corner / CORNERS + math.pi / CORNERS + turn
        reach = 1.04 - WOBBLE * random[corner + CORNERS] / 255
        corners.append(
            (
                x + math.copysign(abs(math.cos(angle)) ** SQUARENESS, math.cos(angle)) * reach * width / 2,
                y + math.copysign(abs(math.sin(angle)) ** SQUARENESS, math.sin(angle)) * reach * height / 2,
            ),
        )
    middles = [
        ((ax + bx) / 2, (ay + by) / 2)
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    start = middles[-1]
    curves = "".join(
        f"Q{cx:.1f} {cy:.1f} {mx:.1f} {my:.1f}" for (cx, cy), (mx, my) in zip(corners, middles, strict=True)
    )
    return f"M{start[0]:.1f} {start[1]:.1f}{curves}Z"


def rows_of(amount: int) -> list[int]:
    """How many stones lie in each row, bottom first; each row holds at least one fewer than the one below."""
    rows: list[int] = []
    left = amount
    size = next(base for base in range(1, amount + 2) if base * (base + 1) // 2 >= amount)
    while left > 0:
        row = min(size, left)
        rows.append(row)
        left -= row
        size = max(size - 1, 1)
    return rows


def pile(laid: int, mine: int, owed: int, seed: str = "week") -> Pile:
    """A cairn of this week's check-ins: laid ones below, yours to lay next, others' owed on top."""
    kinds: Sequence[str] = [
        *(("laid", "laid deep", "laid alt")[index * 7 % 3] for index in range(laid)),
        *("mine" for _ in range(mine)),
        *("owed" for _ in range(owed)),
    ]
    rows = rows_of(len(kinds)) if kinds else []
    pitch, lift = 36.0, 19.0
    width = round((rows[0] if rows else 1) * pitch + 8)
    height = round(max(len(rows), 1) * lift + 6)
    stones = []
    index = 0
    for level, amount in enumerate(rows):
        for place in range(amount):
            kind = kinds[index]
            edge = 0 if kind.startswith("laid") else EDGE
            wide = pitch * (0.9 + 0.06 * ((index * 5) % 3 - 1)) - edge
            x = width / 2 + (place - (amount - 1) / 2) * pitch
            y = height - 3 - lift / 2 - level * lift
            stones.append(Stone(outline(f"{seed}:{index}", x, y, wide, lift * 1.02 - edge), kind))
            index += 1
    return Pile(width, height, tuple(stones), laid, mine, owed)
