"""A map of equal tiles, one per M49 sub-region: how many of its countries somebody covers. Pure arithmetic.

Country shapes would hide small states and draw borders that offend. The table beside it says the same in words.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Scope
from members.countries import countries, regions

WIDTH, HEIGHT = 64, 52  # of a tile, in units of the drawing
CHANNEL_ISLANDS, NORTHERN_EUROPE = "830", "154"  # too small for a tile of their own
# code: (column, row, the two lines of its name)
PLACES: dict[str, tuple[int, int, str | Promise, str | Promise]] = {
    "021": (0, 0, _("Northern"), _("America")),
    "154": (2, 0, _("Northern"), _("Europe")),
    "151": (3, 0, _("Eastern"), _("Europe")),
    "143": (4, 0, _("Central"), _("Asia")),
    "030": (5, 0, _("Eastern"), _("Asia")),
    "013": (0, 1, _("Central"), _("America")),
    "029": (1, 1, _("Caribbean"), ""),
    "155": (2, 1, _("Western"), _("Europe")),
    "039": (3, 1, _("Southern"), _("Europe")),
    "034": (4, 1, _("Southern"), _("Asia")),
    "035": (5, 1, _("South-East"), _("Asia")),
    "005": (1, 2, _("South"), _("America")),
    "015": (2, 2, _("Northern"), _("Africa")),
    "145": (3, 2, _("Western"), _("Asia")),
    "057": (5, 2, _("Micronesia"), ""),
    "011": (2, 3, _("Western"), _("Africa")),
    "014": (3, 3, _("Eastern"), _("Africa")),
    "054": (5, 3, _("Melanesia"), ""),
    "017": (2, 4, _("Middle"), _("Africa")),
    "018": (3, 4, _("Southern"), _("Africa")),
    "053": (4, 4, _("Australia"), _("and N.Z.")),
    "061": (5, 4, _("Polynesia"), ""),
}


@dataclass(frozen=True)
class Tile:
    """`step`: 0 nobody, 1 some countries, 2 all of them, 3 all with a lead and a backup."""

    code: str
    x: int
    y: int
    above: str
    below: str
    name: str
    covered: int
    total: int
    step: int
    by: list[Scope]


def tiles(scopes: Iterable[Scope]) -> list[Tile]:
    """Every sub-region, with those of `scopes` (see `with_people`) that somebody has in hand there."""
    taken = [(scope, scope.countries) for scope in scopes if scope.is_regional and scope.standing]
    safe = frozenset[str]().union(*(area for scope, area in taken if scope.lead and scope.backup))
    return [_tile(code, taken, safe) for code in PLACES]


def _tile(code: str, taken: list[tuple[Scope, frozenset[str]]], safe: frozenset[str]) -> Tile:
    column, row, above, below = PLACES[code]
    here = _countries_of(code)
    by = [(scope, area & here) for scope, area in taken if area & here]
    covered = frozenset[str]().union(*(area for _scope, area in by))
    step = 0 if not covered else 1 if covered < here else 3 if here <= safe else 2
    return Tile(
        code=code,
        x=column * WIDTH,
        y=row * HEIGHT,
        above=str(above),
        below=str(below),
        name=regions()[code],
        covered=len(covered),
        total=len(here),
        step=step,
        by=[scope for scope, _area in by],
    )


def _countries_of(code: str) -> frozenset[str]:
    codes = {code, CHANNEL_ISLANDS} if code == NORTHERN_EUROPE else {code}
    return frozenset(iso3 for iso3, country in countries().items() if country.subregion in codes)
