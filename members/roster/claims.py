"""What does a row say? Its mapped cells become a claim about one organisation, or a fault with its reason."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from accounts.files import unsafe_cell
from members.countries import country_named, scope_named
from members.exports import choice_named
from members.keys import name_key
from members.models import Membership, Organisation
from members.roster.reading import is_ragged

LONGEST = {"name": 300, "acronym": 40, "language": 8, "website": 200, "description": 20_000, "note": 20_000}
CHOICES = {
    "kind": Organisation.Kind,
    "category": Membership.Category,
    "status": Membership.Status,
    "scope": Organisation.Scope,
}
DAYS = ["%Y-%m-%d", "%Y", "%d.%m.%Y"]
ABROAD = {Organisation.Scope.INTERNATIONAL, Organisation.Scope.REGIONAL}


class Fault(Exception):
    """A row that cannot be imported; `why` is {"error": code, ...}, said by members/roster/sentences.py."""

    def __init__(self, code: str, **details: Any) -> None:
        self.why = {"error": code, **details}
        super().__init__(code)


@dataclass(frozen=True)
class Claim:
    """What a row says. `country` is an ISO code or None, `scope` empty when not said, `place` the cell as found.

    `values`: {field: text} of what else it says; an empty cell says nothing. `fault` is empty or why it is an error.
    """

    name: str
    key: str = ""
    country: str | None = None
    scope: str = ""
    place: str = ""
    values: dict[str, str] = field(default_factory=dict)
    fault: dict[str, Any] = field(default_factory=dict)

    @property
    def is_placed(self) -> bool:
        """A country is known, or that it works in more than one."""
        return self.country is not None or self.scope in ABROAD

    @property
    def names_a_place(self) -> bool:
        """As `is_placed`, or plainly "National": enough to find an organisation we know, not to add one."""
        return self.country is not None or bool(self.scope)

    def settled(self, decided: dict[str, Any]) -> "Claim":
        """With the country or scope that was decided, and with the text kept that stood where a country should."""
        claim = self
        if decided.get("keep") and not self.is_placed and self.place:
            claim = replace(claim, values={"description": self.place} | self.values)
        if decided.get("country") or decided.get("scope"):
            claim = replace(claim, country=decided.get("country"), scope=decided.get("scope", ""))
        return claim


def read_claim(cells: list[str], mapping: dict[str, int], width: int) -> Claim:
    """The claim of one row; `mapping` is {field: column}, `width` the number of columns in the header."""
    texts = cells_by_field(cells, mapping)
    name = texts.get("name", "")
    try:
        if is_ragged(cells, width):
            raise Fault("ragged", found=len(cells), expected=width)
        return _claim(name, texts)
    except Fault as fault:
        return Claim(name=name[: LONGEST["name"]], place=texts.get("country", ""), fault=fault.why)


def cells_by_field(cells: list[str], mapping: dict[str, int]) -> dict[str, str]:
    """{field: text} of the mapped cells, without the quote that our own export adds, spaces and control characters."""
    return {name: _clean(name, cells[column]) for name, column in mapping.items() if column < len(cells)}


def content_hash(texts: dict[str, str], nth: int) -> str:
    """SHA-256 (hex) of what a row says; `nth` tells repetitions within one file apart (0 for the first)."""
    said = {name: text for name, text in texts.items() if text}
    return hashlib.sha256(json.dumps([said, nth], sort_keys=True).encode()).hexdigest()


def _clean(name: str, cell: str) -> str:
    text = "".join(c if c.isprintable() or c == "\n" else " " for c in unsafe_cell(cell).replace("\r\n", "\n"))
    if name in {"description", "note", "country"}:
        return text.strip()
    return " ".join(text.split())


def _claim(name: str, texts: dict[str, str]) -> Claim:
    key = name_key(name)[:600]
    if not name:
        raise Fault("no name")
    if not key:
        raise Fault("no letter")
    for column, longest in LONGEST.items():
        if len(texts.get(column, "")) > longest:
            raise Fault("too long", field=column, longest=longest)
    values = {
        column: _read(column, text) for column, text in texts.items() if text and column not in {"name", "country"}
    }
    place = texts.get("country", "")
    country, scope = _place(place, values.pop("scope", ""))
    return Claim(name=name, key=key, country=country, scope=scope, place=place, values=values)


def _place(text: str, scope: str) -> tuple[str | None, str]:
    """(ISO code or None, scope or ""): a country first, then a word for a scope; other text says neither."""
    country = country_named(text) if text else None
    if country:
        return country.iso3, scope
    if not text:
        return None, scope
    return None, scope_named(text) or (Organisation.Scope.NATIONAL.value if name_key(text) == "national" else "")


def _read(column: str, text: str) -> str:
    readers: dict[str, Callable[[str], str]] = {"website": _website, "since": _day}
    if column in CHOICES:
        chosen = choice_named(CHOICES[column], text)
        if chosen is None:
            raise Fault("unknown", field=column, text=text[:100])
        return chosen
    return readers.get(column, str)(text)


def _website(text: str) -> str:
    address = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise Fault("website", text=text[:100]) from None
    return address


def _day(text: str) -> str:
    """ISO date; a bare year stands for its first day."""
    for form in DAYS:
        try:
            return _parsed(text, form).isoformat()
        except ValueError:
            continue
    raise Fault("since", text=text[:100])


def _parsed(text: str, form: str) -> date:
    return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day without hour or zone
