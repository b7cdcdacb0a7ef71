"""Who covers what, as a board: gaps, double cover and missing languages, in words. Pure reading of rows.

Scopes come from `Scope.objects.with_people()`, so nothing here asks the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Assignment, Campaign, Scope
from members.countries import countries, country_named, in_region, regions, regions_called
from members.keys import begins, indexed_words, name_key, name_words
from members.languages import language_named

NAMED = 3  # countries or languages that a sentence names; of more it says how many


@dataclass(frozen=True)
class Row:
    """One scope on the board. `doubles`: sentences, one per other scope that has some of its countries too."""

    scope: Scope
    lead: Assignment | None
    backup: Assignment | None
    missing: list[str]
    doubles: list[str]

    @property
    def gap(self) -> str:
        """Who is missing: "nobody", "lead", "backup", or "" for none."""
        if self.lead and self.backup:
            return ""
        return "backup" if self.lead else "lead" if self.backup else "nobody"

    @property
    def people(self) -> list[Assignment]:
        return [one for one in (self.lead, self.backup) if one]


@dataclass(frozen=True)
class Board:
    """The rows of one campaign, and what they come to."""

    campaign: Campaign
    rows: list[Row]

    @property
    def summary(self) -> str:
        """ "4 of 6 have both a lead and a backup." """
        both = sum(not row.gap for row in self.rows)
        return both_of(both, len(self.rows))

    @property
    def faults(self) -> list[str]:
        """What else is to be put right, in words; empty when all is well."""
        gaps = sum(row.gap in {"nobody", "lead"} for row in self.rows)
        mute = sum(bool(row.missing) for row in self.rows)
        double = sum(bool(row.doubles) for row in self.rows)
        sentences = [
            (gaps, ngettext("%(n)s has no lead.", "%(n)s have no lead.", gaps)),
            (mute, ngettext("%(n)s lacks a working language.", "%(n)s lack a working language.", mute)),
            (double, ngettext("%(n)s overlaps with another.", "%(n)s overlap with another.", double)),
        ]
        return [sentence % {"n": number} for number, sentence in sentences if number]


def both_of(both: int, total: int) -> str:
    """The board in a sentence: how many of its parts have a lead and a backup."""
    sentence = ngettext(
        "%(both)s of %(total)s has both a lead and a backup.",
        "%(both)s of %(total)s have both a lead and a backup.",
        both,
    )
    return sentence % {"both": both, "total": total}


def boards(scopes: Sequence[Scope]) -> list[Board]:
    """One board per campaign; `scopes` stand together by campaign."""
    grouped = groupby(scopes, key=lambda scope: scope.campaign)
    return [Board(campaign, rows_of(list(ours))) for campaign, ours in grouped]


def rows_of(scopes: Sequence[Scope]) -> list[Row]:
    """The rows of one campaign's scopes: regions by name, then themes."""
    area = {scope.pk: scope.countries for scope in scopes}
    ordered = sorted(scopes, key=lambda scope: (not scope.is_regional, name_key(str(scope))))
    return [
        Row(scope, scope.lead, scope.backup, missing_languages(scope), _doubles(scope, scopes, area))
        for scope in ordered
    ]


def missing_languages(scope: Scope) -> list[str]:
    """The names of the wanted languages that neither lead nor backup works in; with nobody, the gap says enough."""
    return _unspoken(scope, scope.lead, scope.backup) if scope.standing else []


def if_lead_leaves(scope: Scope) -> str:
    """What is missing once the backup has taken over alone, in words."""
    sentences = [_("“%(scope)s” then has no backup until the staff names one.") % {"scope": scope}]
    if names := _unspoken(scope, scope.backup):
        sentences.append(_("Nobody then works in: %(languages)s.") % {"languages": ", ".join(names)})
    return " ".join(sentences)


def _unspoken(scope: Scope, *people: Assignment | None) -> list[str]:
    spoken = {code for one in people if one for code in one.languages}
    return [language_named(code) for code in scope.languages if code not in spoken]


def _doubles(scope: Scope, scopes: Iterable[Scope], area: Mapping[UUID, frozenset[str]]) -> list[str]:
    others = [(other, area[scope.pk] & area[other.pk]) for other in scopes if other.pk != scope.pk]
    return [
        _("%(countries)s also in “%(other)s”") % {"countries": _some_of(shared), "other": other}
        for other, shared in others
        if shared
    ]


def _some_of(codes: Iterable[str]) -> str:
    """ "Nepal", "Fiji, Nauru, Palau", or "17 countries"."""
    names = sorted((str(countries()[code]) for code in codes), key=name_key)
    if len(names) <= NAMED:
        return ", ".join(names)
    return ngettext("%(n)s country", "%(n)s countries", len(names)) % {"n": len(names)}


def answering(rows: Iterable[Row], text: str) -> list[Row]:
    """Those meant by a country or region they lie in, by their region or theme, or by who covers them.

    Also those that nobody covers: gaps are what one looks for. All for no text.
    """
    words, meant = name_words(text), _countries_meant(text)
    if not text.strip():
        return list(rows)
    return [
        row
        for row in rows
        if meant & set(row.scope.countries) or any(begins(words, indexed_words(name)) for name in _names_of(row))
    ]


def uncovered(scopes: Iterable[Scope], text: str) -> list[str]:
    """What nobody has in hand of the country or M49 region called `text`: by its region where all of that is left."""
    taken = frozenset[str]().union(*(scope.countries for scope in scopes if scope.is_regional and scope.standing))
    left, names = _countries_meant(text) - taken, []
    for code, name in regions().items():
        if left.issuperset(here := in_region(code)):
            names.append(name)
            left -= set(here)
    return [*names, *([_some_of(left)] if left else [])]


def _countries_meant(text: str) -> set[str]:
    """The ISO codes of the country that is called `text`, and of all countries in the M49 regions whose names begin so."""
    country = country_named(text.strip())
    within = {iso3 for code in regions_called(text) for iso3 in in_region(code)}
    return within | ({country.iso3} if country else set())


def _names_of(row: Row) -> list[str]:
    return [str(row.scope), *(one.person.display_name for one in row.people)]
