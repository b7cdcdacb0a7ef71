"""Which country a text means."""

import pytest
from django.utils import translation

from members.countries import countries, country_choices, country_named, in_region, regions, scope_named


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        ("Kenya", "KEN"),
        ("KENYA ", "KEN"),
        ("Mali", "MLI"),
        ("Côte d’Ivoire", "CIV"),
        ("Ivory Coast", "CIV"),
        ("Allemagne", "DEU"),
        ("Alemania", "DEU"),
        ("مصر", "EGY"),
        ("UK", "GBR"),
        ("GBR", "GBR"),
        ("Palestine", "PSE"),
        ("Burma", "MMR"),
    ],
)
def test_a_country_is_known_by_its_names_and_codes(text, iso3):
    found = country_named(text)

    assert found is not None
    assert found.iso3 == iso3


@pytest.mark.parametrize("text", ["", "international", "Atlantis", "ActionAid is a global movement"])
def test_what_is_no_country_is_none(text):
    assert country_named(text) is None


def test_international_and_regional_are_scopes():
    assert [scope_named(text) for text in ("International", "REGIONAL", "Global", "Kenya")] == [
        "international",
        "regional",
        "international",
        "",
    ]


def test_a_region_holds_its_subregions_countries():
    assert set(in_region("014")) < set(in_region("002"))
    assert "KEN" in in_region("014")
    assert regions()["014"] == "Eastern Africa"


def test_every_country_is_offered_in_the_order_of_the_readers_language():
    with translation.override("fr"):
        names = [str(country) for _code, country in country_choices()]

    assert len(names) == len(countries()) == 249
    assert names.index("Allemagne") < names.index("Éthiopie") < names.index("France")
