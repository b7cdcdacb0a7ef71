"""On which days of the week people do not work, by place.

Source: Unicode CLDR, supplemental week data (weekendStart, weekendEnd), as shipped with Babel 2.18. Countries that are
not listed rest on Saturday and Sunday. A country's rule may differ by region or trade, and no holidays are known here.
"""

from functools import lru_cache

from accounts.zones import country_of

THURSDAY, FRIDAY, SATURDAY, SUNDAY = 3, 4, 5, 6
Weekend = frozenset[int]
USUAL: Weekend = frozenset({SATURDAY, SUNDAY})
WEEKENDS: dict[Weekend, str] = {
    frozenset({FRIDAY, SATURDAY}): "BH DZ EG IL IQ JO KW LY OM QA SA SD SY YE",
    frozenset({THURSDAY, FRIDAY}): "AF",
    frozenset({FRIDAY}): "IR",
    frozenset({SUNDAY}): "IN UG",
}


@lru_cache(maxsize=1000)
def weekend_of(zone: str) -> Weekend:
    """The days of rest there, Monday being 0: weekend_of("Africa/Cairo") → {4, 5}."""
    country = country_of(zone)
    return next((days for days, countries in WEEKENDS.items() if country in countries.split()), USUAL)
