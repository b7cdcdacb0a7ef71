"""The made-up language translates everything and breaks nothing."""

import gettext
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.utils import translation

from home.pseudo_locale import build, pseudo


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> gettext.GNUTranslations:
    target = tmp_path_factory.mktemp("locale")
    build(Path(settings.BASE_DIR), target)
    with (target / "qps" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_a_text_grows_by_two_fifths_and_stands_between_marks():
    text = "Nothing has been written yet."

    longer = pseudo(text)

    assert (longer[0], longer[-1]) == ("⟦", "⟧")
    assert len(longer) >= len(text) * 1.4
    assert "Ñóthíñğ" in longer


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("%(days)s days for %s", ["%(days)s", "%s"]),
        ("{n} of {}", ["{n}", "{}"]),
        ('<b class="x">6</b> of 11&nbsp;seats', ['<b class="x">6</b>', "&nbsp;"]),
        ("at https://coalition.example/p/14", ["https://coalition.example/p/14"]),
        ("100 %% of all", ["%%"]),
    ],
)
def test_placeholders_tags_and_addresses_survive(text: str, kept: list[str]):
    longer = pseudo(text)

    assert [part for part in kept if part not in longer] == []


def test_what_has_no_words_stays_as_it_is():
    assert [pseudo(text) for text in ("", " (%(hours)s)", "%(day)s, %(hour)s", "→")] == [
        "",
        " (%(hours)s)",
        "%(day)s, %(hour)s",
        "→",
    ]


def test_white_space_around_a_text_stays_outside_the_marks():
    assert pseudo("\nDear %(name)s,\n").startswith("\n⟦")
    assert pseudo("\nDear %(name)s,\n").endswith("⟧\n")


def test_texts_of_templates_python_and_libraries_are_all_in_it(catalogue: gettext.GNUTranslations):
    from_template = catalogue.gettext("Skip to content")
    from_python = catalogue.gettext("You are here")
    from_django = catalogue.gettext("This field is required.")

    assert [text[0] for text in (from_template, from_python, from_django)] == ["⟦"] * 3


def test_plural_forms_stay_apart(catalogue: gettext.GNUTranslations):
    one, many = (catalogue.ngettext("in %(days)s day", "in %(days)s days", number) for number in (1, 2))

    assert one.startswith("⟦íñ %(days)s dáý ")
    assert many.startswith("⟦íñ %(days)s dáýš ")


def test_date_letters_are_not_words(catalogue: gettext.GNUTranslations):
    assert catalogue.pgettext("date format", "D j M Y") == "D j M Y"


def test_a_page_in_it_is_translated_and_runs_from_right_to_left(tmp_path: Path, settings):
    build(Path(settings.BASE_DIR), tmp_path)
    settings.LOCALE_PATHS = [tmp_path]
    template = engines["django"].from_string("{% load i18n %}{% translate 'Skip to content' %} {{ LANGUAGE_BIDI }}")

    with translation.override("qps"):
        page = template.render({"LANGUAGE_BIDI": translation.get_language_bidi()})

    assert page.startswith("⟦Škíp tó çóñtéñt ")
    assert page.endswith(" True")
