"""The shape of every event, as written in `shapes.json`: fields, their types, and which may be absent.

`python -m tests.contract.events.shapes` writes the file anew, after a field was added on purpose.
"""

import dataclasses
import json
import typing
from pathlib import Path
from typing import Any

from libs.contracts import checkins, gateway, goals

EVENTS: tuple[type[Any], ...] = (*goals.EVENTS, *checkins.EVENTS, *gateway.EVENTS)
FILE = Path(__file__).with_name("shapes.json")

Shape = dict[str, dict[str, str]]


def shapes() -> dict[str, Shape]:
    """What the code says: by event type and by name of each nested class."""
    found: dict[str, Shape] = {}
    for event in EVENTS:
        _collect(event, event.TYPE, found)
    return dict(sorted(found.items()))


def _collect(cls: type[Any], name: str, found: dict[str, Shape]) -> None:
    hints = typing.get_type_hints(cls)
    found[name] = {}
    for field in dataclasses.fields(cls):
        needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        found[name][field.name] = {
            "type": str(field.type),
            "presence": "needed" if needed else "optional",
        }
        for nested in _dataclasses_in(hints[field.name]):
            if nested.__name__ not in found:
                _collect(nested, nested.__name__, found)


def _dataclasses_in(hint: Any) -> list[type[Any]]:
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return [hint]
    return [nested for option in typing.get_args(hint) for nested in _dataclasses_in(option)]


def broken_promises(frozen: dict[str, Shape], present: dict[str, Shape]) -> list[str]:
    """What a consumer that was built on the frozen shapes would stumble over, and what is not frozen yet."""
    found = []
    for name, fields in frozen.items():
        for field, was in fields.items():
            now = present.get(name, {}).get(field)
            if now is None:
                found.append(f"{name}.{field} was removed; consumers and waiting events still have it")
            elif now["type"] != was["type"]:
                found.append(f"{name}.{field} was {was['type']}, is {now['type']}")
            elif now["presence"] == "needed" and was["presence"] == "optional":
                found.append(f"{name}.{field} became needed; events without it are on their way")
    for name, fields in present.items():
        for field, now in fields.items():
            if field in frozen.get(name, {}):
                continue
            if name in frozen and now["presence"] == "needed":
                found.append(f"{name}.{field} is new and has no default; older events lack it")
            else:
                found.append(f"{name}.{field} is not frozen: python -m tests.contract.events.shapes")
    return found


if __name__ == "__main__":
    FILE.write_text(json.dumps(shapes(), indent=2) + "\n")
