"""Fields that refuse with the contract's codes, take no value for another (text for a number), and document themselves.

Each is one of marshmallow's own with stricter reading; limits are validators so that OpenAPI shows them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from api.faults import Fault, refusal

FIRST_YEAR, LAST_YEAR = 2000, 2100

_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Coded:
    """Gives marshmallow's own refusals their codes."""

    wanted = "value"

    def make_error(self, key: str, **_: Any) -> ValidationError:
        """One fault per key of marshmallow."""
        if key == "required":
            return refusal("required", "This is needed.")
        if key == "special":
            return refusal("bad_format", "NaN and infinity are no numbers.")
        return refusal("wrong_type", f"A {self.wanted} is wanted here.")


class Limits(validate.Range):
    """Smallest and largest value, both allowed."""

    def __call__(self, value: Any) -> Any:
        """Refuse what lies outside."""
        if self.min is not None and value < self.min:
            raise refusal("too_small", f"At least {self.min}.")
        if self.max is not None and value > self.max:
            raise refusal("too_large", f"At most {self.max}.")
        return value


class Size(validate.Length):
    """Fewest and most characters or entries."""

    def __call__(self, value: Any) -> Any:
        """Refuse what is too short or too long."""
        if self.min is not None and len(value) < self.min:
            raise refusal("required", "This may not be empty.")
        if self.max is not None and len(value) > self.max:
            raise refusal("too_long", f"At most {self.max}, not {len(value)}.")
        return value


class OneOf(validate.OneOf):
    """One of a few words."""

    def __call__(self, value: Any) -> Any:
        """Refuse any other word."""
        if value not in self.choices:
            raise refusal("bad_choice", f"One of {', '.join(map(str, self.choices))}.")
        return value


class Form(validate.Regexp):
    """A pattern that the whole text has to match."""

    def __init__(self, pattern: str, wanted: str) -> None:
        super().__init__(f"^(?:{pattern})$", re.ASCII)
        self.wanted = wanted

    def __call__(self, value: Any) -> Any:
        """Refuse what does not match."""
        if self.regex.fullmatch(value) is None:
            raise refusal("bad_format", f"This has to be {self.wanted}.")
        return value


class Text(Coded, fields.String):
    """Text as typed, without control characters; line breaks stay where there may be several lines."""

    wanted = "text"

    def __init__(self, longest: int, *, lines: bool = False, shortest: int = 0, **options: Any) -> None:
        form = options.pop("validate", None)
        super().__init__(validate=[Size(min=shortest or None, max=longest), *([form] if form else [])], **options)
        self._lines = lines

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        text = _CONTROLS.sub("", text)
        return text if self._lines else text.replace("\n", " ").strip()


class Name(Text):
    """A name of something in a list of ours: never blank, no line breaks."""

    def __init__(self, longest: int = 80, **options: Any) -> None:
        super().__init__(longest, shortest=1, **options)


class Word(Name):
    """A name that stands in addresses too: letters, digits, dot, dash and underscore."""

    def __init__(self, **options: Any) -> None:
        form = Form(r"[A-Za-z0-9][A-Za-z0-9._-]*", "letters, digits, dots, dashes and underscores")
        super().__init__(64, validate=form, **options)


class Ref(Name):
    """Somebody else's name for a thing; it may hold slashes but not begin with one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(128, validate=Form(r"[^/].*", "a text that begins with no /"), **options)


class Choice(Coded, fields.String):
    """One of a few words."""

    wanted = "word"

    def __init__(self, *words: str, **options: Any) -> None:
        super().__init__(validate=OneOf(words), **options)


class Flag(Coded, fields.Boolean):
    """true or false, nothing else."""

    wanted = "true or false"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Whole(Coded, fields.Integer):
    """A whole number between two limits."""

    wanted = "whole number"

    def __init__(self, smallest: int, largest: int, **options: Any) -> None:
        super().__init__(strict=True, validate=Limits(smallest, largest), **options)


class Number(Coded, fields.Float):
    """A finite number between two limits."""

    wanted = "number"

    def __init__(self, smallest: float, largest: float, **options: Any) -> None:
        super().__init__(validate=Limits(smallest, largest), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if isinstance(value, str):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class Instant(Coded, fields.AwareDateTime):
    """An instant of RFC 3339 with its offset, to the second."""

    wanted = "text"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:  # noqa: ARG002
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if _INSTANT.fullmatch(value) is None:
            raise refusal("bad_format", "An instant with its offset is wanted, e.g. 2020-03-16T09:00:00+01:00.")
        _check_year(int(value[:4]))
        try:
            instant = datetime.fromisoformat(value.upper())
        except ValueError:
            raise refusal("bad_format", "There is no such instant.") from None
        return instant.replace(microsecond=0)


class Day(Coded, fields.Date):
    """A day, YYYY-MM-DD."""

    wanted = "text"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:  # noqa: ARG002
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if _DAY.fullmatch(value) is None:
            raise refusal("bad_format", "A day is wanted, e.g. 2020-03-16.")
        _check_year(int(value[:4]))
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise refusal("bad_format", "There is no such day.") from None


def _check_year(year: int) -> None:
    if year < FIRST_YEAR:
        raise refusal("too_small", f"Not before the year {FIRST_YEAR}.")
    if year > LAST_YEAR:
        raise refusal("too_large", f"Not after the year {LAST_YEAR}.")


class TimeOfDay(Coded, fields.String):
    """A time of day, HH:MM; it stays text."""

    wanted = "text"

    def __init__(self, **options: Any) -> None:
        form = Form(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", "a time of day such as 08:30")
        super().__init__(validate=form, **options)


class Part(Coded, fields.Nested):
    """An object inside the object."""

    wanted = "object"


class ListOf(Coded, fields.List[Any]):
    """A list; in a merge patch too its entries are whole. ``key`` says what may not stand in it twice."""

    wanted = "list"

    def __init__(
        self,
        inner: fields.Field[Any],
        longest: int,
        *,
        shortest: int = 0,
        key: Callable[[Any], object] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(inner, validate=Size(min=shortest or None, max=longest), **options)
        self._key = key

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        self._validate(value)  # before the entries: a list of a million is not read to its end
        kwargs.pop("partial", None)
        entries = super()._deserialize(value, attr, data, **kwargs)
        self._check_twice(entries)
        return entries

    def _check_twice(self, entries: Sequence[Any]) -> None:
        if self._key is None:
            return
        seen: set[object] = set()
        twice: dict[int, list[Fault]] = {}
        for index, entry in enumerate(entries):
            key = self._key(entry)
            if key in seen:
                twice[index] = [Fault("conflict", "This stands here twice.")]
            seen.add(key)
        if twice:
            raise ValidationError(twice, valid_data=list(entries))


class Counts(Coded, fields.Dict):
    """How many of each sku."""

    wanted = "object"

    def __init__(self, largest: int = 10_000, **options: Any) -> None:
        super().__init__(keys=Word(), values=Whole(0, largest), validate=Size(max=200), **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, int]:
        try:
            found: dict[str, int] = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            flat = {sku: [fault for part in below.values() for fault in part] for sku, below in error.messages.items()}
            raise ValidationError(flat, valid_data=error.valid_data) from None
        return found
