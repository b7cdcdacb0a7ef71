"""Which country is meant? ISO 3166 codes, names in six languages and UN M49 regions, read once from our own data.

Sources: data/m49_countries_six_languages.csv (datasets/country-codes, PDDL) and data/country_name_crosswalk.csv
(made by hand: strings met in real member and treaty lists, with the code an importer should give each).
"""

import csv
from dataclasses import dataclass
from functools import cache, lru_cache
from html import unescape
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from members.keys import begins, indexed_words, name_key, name_words

DATA = Path(__file__).parent / "data"
# Plain names that neither file has.
ALSO = {
    "Palestine": "PSE",
    "State of Palestine": "PSE",
    "Ivory Coast": "CIV",
    "Burma": "MMR",
    "USA": "USA",
    "UK": "GBR",
    "Great Britain": "GBR",
    "Brunei": "BRN",
    "DR Congo": "COD",
    "East Timor": "TLS",
    "Iran": "IRN",
    "Laos": "LAO",
    "Lao PDR": "LAO",
    "Macedonia": "MKD",
    "Micronesia": "FSM",
    "Moldova": "MDA",
    "North Korea": "PRK",
    "Syria": "SYR",
    "The Gambia": "GMB",
}
WORLD = "001"  # the M49 code of everything
SCOPES = {"international": "international", "global": "international", "regional": "regional"}


@dataclass(frozen=True)
class Country:
    """A country or territory of UN M49; `region` and `subregion` are M49 codes."""

    iso3: str
    iso2: str
    names: dict[str, str]
    region: str
    region_name: str
    subregion: str
    subregion_name: str

    def __str__(self) -> str:
        return self.names.get((get_language() or "en")[:2]) or self.names["en"]


@cache
def countries() -> dict[str, Country]:
    """{iso3: Country} for all 249 rows."""
    with (DATA / "m49_countries_six_languages.csv").open(encoding="utf-8") as lines:
        return {
            row["iso3"]: Country(
                iso3=row["iso3"],
                iso2=row["iso2"],
                names={code: row[f"name_{code}"] for code in ("en", "fr", "es", "ru", "ar", "zh")},
                region=row["region_code"],
                region_name=row["region"],
                subregion=row["intermediate_region_code"] or row["subregion_code"],
                subregion_name=row["intermediate_region"] or row["subregion"],
            )
            for row in csv.DictReader(lines)
        }


@cache
def regions() -> dict[str, str]:
    """{M49 code: English name} of the five regions and their sub-regions, a region before its sub-regions."""
    found: dict[str, str] = {}
    for country in sorted(countries().values(), key=lambda one: (one.region_name, one.subregion_name)):
        if country.region:
            found.setdefault(country.region, country.region_name)
            found.setdefault(country.subregion, country.subregion_name)
    return found


def in_region(code: str) -> list[str]:
    """The ISO codes of the countries in a region or sub-region (M49 code); all of them in WORLD, none in ""."""
    if not code:
        return []
    if code == WORLD:
        return sorted(countries())
    return sorted(iso3 for iso3, country in countries().items() if code in (country.region, country.subregion))


def region_named(code: str) -> str:
    """What the region of an M49 code is called; empty for none."""
    return _("Everywhere") if code == WORLD else regions().get(code, code)


def regions_called(text: str) -> list[str]:
    """M49 codes of the regions with, for every word of `text`, a word of the name that begins with it."""
    words = name_words(text)
    return [code for code, name in regions().items() if begins(words, indexed_words(name))]


def countries_called(text: str) -> list[Country]:
    """As `regions_called`, by any of a country's names in six languages; in the order of the reader's language."""
    words = name_words(text)
    return [country for iso3, country in country_choices() if any(begins(words, name) for name in _names()[iso3])]


def country_choices() -> list[tuple[str, Country]]:
    """[(ISO code, country)] in the alphabetical order of the reader's language."""
    return list(_in_order((get_language() or "en")[:2]))


@lru_cache(maxsize=4096)  # a file says "Kenya" many times
def country_named(text: str) -> Country | None:
    """The country meant by `text`: a name in one of six languages, an ISO code, or a string the crosswalk knows."""
    return countries().get(_codes_by_key().get(name_key(unescape(text)), ""))


def scope_named(text: str) -> str:
    """ "international" or "regional" when `text` says so instead of a country; else empty."""
    return SCOPES.get(name_key(text), "")


@cache
def _names() -> dict[str, list[set[str]]]:
    """{ISO code: the words of each of its names, of plain ones too}."""
    plain = [(iso3, name) for name, iso3 in ALSO.items()]
    formal = [(iso3, name) for iso3, country in countries().items() for name in country.names.values()]
    found: dict[str, list[set[str]]] = {}
    for iso3, name in (*formal, *plain):
        found.setdefault(iso3, []).append(indexed_words(name))
    return found


@cache
def _in_order(language: str) -> tuple[tuple[str, Country], ...]:
    return tuple(sorted(countries().items(), key=lambda pair: name_key(pair[1].names.get(language) or str(pair[1]))))


@cache
def _codes_by_key() -> dict[str, str]:
    found = {name_key(name): iso3 for name, iso3 in ALSO.items()}
    with (DATA / "country_name_crosswalk.csv").open(encoding="utf-8") as lines:
        found |= {name_key(unescape(row["name_as_found"])): row["iso3"] for row in csv.DictReader(lines) if row["iso3"]}
    for country in countries().values():
        for name in (*country.names.values(), country.iso2, country.iso3):
            found.setdefault(name_key(name), country.iso3)
    return found
