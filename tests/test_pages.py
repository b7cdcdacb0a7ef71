"""The catalogue of pages, on which the browser tests stand, forgets none."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from tests.pages import NO_PAGE, every_page


def names(patterns: list, before: str = "") -> Iterator[str]:
    """The full names of all addresses: "members:organisation"."""
    for one in patterns:
        if isinstance(one, URLPattern):
            yield before + str(one.name)
        else:
            yield from names(one.url_patterns, f"{before}{one.namespace}:" if one.namespace else before)


@pytest.mark.django_db
def test_the_catalogue_knows_every_address() -> None:
    known = {page.name for page in every_page(timezone.now())}

    unknown = set(names(get_resolver().url_patterns)) - known - NO_PAGE

    assert unknown == set()
