"""Field types of this service's own: each says what it accepts and refuses with a hint."""

from __future__ import annotations

import re
import zoneinfo
from functools import cache
from typing import Any

import marshmallow as ma
from email_validator import EmailNotValidError, validate_email

from libs.chassis.web import Number, Text
from libs.language.addresses import BadAddress, canonical_address
from libs.language.tags import LONGEST_TAG, TAG, canonical_tag, is_tag
from services.goals.domain.key_result import HEAVIEST

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class Slug(Text):
    """Lower case, digits and hyphens, as it stands in addresses."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("metadata", {"pattern": f"^{_SLUG.pattern}$"})
        super().__init__(1, 60, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if not _SLUG.fullmatch(text):
            raise ma.ValidationError(
                "Use lower-case letters, digits and hyphens only, such as platform-team."
            )
        return text


class Email(Text):
    """An address that mail can be sent to, as far as its form tells."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("metadata", {"format": "email"})
        super().__init__(3, 254, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        try:
            address = canonical_address(text)
            validate_email(address, check_deliverability=False, test_environment=True)
        except BadAddress as error:
            raise ma.ValidationError(str(error)) from error
        except EmailNotValidError as error:
            raise ma.ValidationError(
                "This is not an e-mail address. Write it like name@example.com."
            ) from error
        return address


class TimeZone(Text):
    """A time zone of the IANA database."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("metadata", {"example": "Europe/Zurich"})
        super().__init__(1, 64, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if text not in _time_zones():
            raise ma.ValidationError("No such time zone. Choose one such as Europe/Zurich.")
        return text


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


class Patterned(Text):
    """Text of one form."""

    def __init__(self, pattern: re.Pattern[str], hint: str, **options: Any) -> None:
        options.setdefault("metadata", {"pattern": f"^{pattern.pattern}$"})
        super().__init__(1, 10, **options)
        self._pattern, self._hint = pattern, hint

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if not self._pattern.fullmatch(text):
            raise ma.ValidationError(self._hint)
        return text


class LocaleTag(Text):
    """The tag of a locale: a language, with a script, country or variant if it matters."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("metadata", {"pattern": f"^{TAG.pattern}$"})
        super().__init__(2, LONGEST_TAG, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if not is_tag(text):
            raise ma.ValidationError("Write it like en, de-CH or zh-Hant-TW.")
        return canonical_tag(text)


class Weight(Number):
    """More than 0, at most 100."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("metadata", {"exclusiveMinimum": 0})
        super().__init__(0, HEAVIEST, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> float:
        number = super()._deserialize(value, attr, data, **options)
        if number <= 0:
            raise ma.ValidationError(
                "Must be more than 0. To leave it out of the roll-up, abandon it instead."
            )
        return number
