"""Texts in several languages: one decides, the others say from which wording they were made."""

from datetime import timedelta

import pytest
from django.db import Error, IntegrityError, transaction
from django.urls import reverse

from accounts.models import TransitionError
from accounts.rules import Refused
from decisions.actions.drafting import newest_text, write_version
from decisions.actions.translating import translate
from decisions.models import Text
from decisions.reading import read_by
from history.models import Entry
from notices.compose import compose
from notices.models import Delivery
from tests.decisions.making import committee_of, opened
from tests.decisions.members_asked import member
from tests.decisions.members_asked import opened as asks
from tests.factories import NOON, PositionFactory, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def translated(position, *, language="fr", body="Un.\n\nDeux.", by=None, seen="", **changed):
    fields = {"language": language, "body": body, "read": newest_text(position).sha256, "seen": seen}
    return translate(position, by=by or user_with("staff"), **{**fields, **changed}, now=LATER)


def rewritten(position, body="Other words."):
    return write_version(position, by=user_with("staff"), body=body, seen=newest_text(position).sha256, now=LATER)


def test_a_translation_is_added_and_corrected_and_says_from_which_wording_it_was_made():
    position, staff = PositionFactory(), user_with("staff")

    first = translated(position, by=staff)
    translated(position, by=staff, body="Une.", seen=first.sha256)

    text = Text.objects.get(language="fr")
    assert (text.body, text.made_from, text.translated_by) == ("Une.", newest_text(position).sha256, staff.person)
    assert [entry.sentence for entry in Entry.objects.of(position)] == [
        "Corrected the translation of version 1 into français",
        "Translated version 1 into français",
    ]


def test_a_translation_is_outdated_once_the_deciding_wording_is_another():
    position, staff = PositionFactory(), user_with("staff")
    translated(position)

    rewritten(position)

    reading = read_by(staff, position, "fr")
    assert (reading.text.body, reading.is_translation, reading.is_outdated) == ("Un.\n\nDeux.", True, True)
    assert not read_by(staff, position, "fr", number=1).is_outdated


def test_a_new_version_with_the_same_words_keeps_its_translations_up_to_date():
    position = PositionFactory()
    translated(position)

    rewritten(position, body=newest_text(position).body)

    assert not read_by(user_with("staff"), position, "fr").is_outdated


def test_an_outdated_translation_may_be_corrected_without_being_brought_up_to_date():
    position = PositionFactory()
    old = translated(position)
    rewritten(position)

    text = translated(position, body="Une faute de moins.", seen=old.sha256, is_current=False)
    assert text.is_outdated_beside(newest_text(position))

    text = translated(position, body="Tout nouveau.", seen=text.sha256)
    assert not text.is_outdated_beside(newest_text(position))


@pytest.mark.parametrize(
    ("own", "chosen", "shown"),
    [
        ("fr", "", "fr"),
        ("en", "", "en"),
        ("en", "fr", "fr"),
        ("fr", "en", "en"),
        ("es", "xx", "en"),
        ("fr-ca", "", "fr"),
    ],
)
def test_everybody_reads_their_own_language_or_the_one_they_choose(own, chosen, shown):
    position, reader = PositionFactory(), user_with("staff")
    translated(position)
    reader.person.language = own

    assert read_by(reader, position, chosen).text.language == shown


def test_an_outdated_translation_is_shown_to_nobody_who_did_not_ask_for_it():
    position, reader = PositionFactory(), user_with("staff")
    translated(position)
    rewritten(position)
    reader.person.language = "fr"

    assert read_by(reader, position).text.language == "en"


def test_an_outdated_translation_is_an_earlier_wording_and_not_for_members():
    position, member = PositionFactory(visibility="members"), user_with("member")
    translated(position)
    translated(position, language="es")
    version = rewritten(position)
    Text.objects.filter(version=version, language="es").update(made_from=newest_text(position).sha256)

    reading = read_by(member, position, "fr")

    assert (reading.text.language, [text.language for text in reading.texts]) == ("en", ["en", "es"])


def test_a_text_that_was_asked_about_may_be_translated_and_stays_fixed():
    asked = opened(committee_of(3))
    position = asked.version.position

    first = translated(position)
    translated(position, body="Mieux.", seen=first.sha256)

    assert Text.objects.get(language="fr").body == "Mieux."
    for change in ({"body": "Other."}, {"is_authoritative": False}, {"language": "de"}):
        with pytest.raises(Error, match="fixed once a round has opened"), transaction.atomic():
            Text.objects.filter(version=asked.version, language="en").update(**change)


def test_a_translation_never_becomes_the_wording_that_decides():
    asked = opened(committee_of(3))
    translated(asked.version.position)

    with pytest.raises((Error, IntegrityError)), transaction.atomic():
        Text.objects.filter(language="fr").update(
            is_authoritative=True, made_from="", translated_by=None, translated_at=None
        )


def test_nobody_overwrites_another_translation_unseen():
    position = PositionFactory()
    translated(position)

    with pytest.raises(TransitionError, match="Somebody has written this translation"):
        translated(position, body="Autre.")

    assert Text.objects.get(language="fr").body == "Un.\n\nDeux."


def test_a_translation_of_a_wording_that_has_changed_meanwhile_is_asked_again():
    position = PositionFactory()
    read = newest_text(position).sha256
    rewritten(position)

    with pytest.raises(TransitionError, match="The text that decides has changed"):
        translated(position, read=read)


def test_a_text_is_not_translated_into_the_language_that_decides():
    with pytest.raises(TransitionError, match="stands the wording that decides"):
        translated(PositionFactory(), language="en")


@pytest.mark.parametrize("role", ["facilitator", "member", "nobody"])
def test_only_staff_and_the_committee_translate(role):
    with pytest.raises(Refused):
        translated(PositionFactory(visibility="members"), by=user_with(role))


def test_the_page_says_which_wording_decides_and_switches_by_links(client):
    position = PositionFactory()
    translated(position)
    client.force_login(user_with("staff"))
    url = reverse("decisions:position", args=[position.pk])

    english, french = (client.get(url, {"language": code}).content.decode() for code in ("en", "fr"))

    assert "You read the wording that decides, in English." in english
    assert 'href="?language=fr"' in english
    assert "The wording that decides is the one in English." in french
    assert '<div class="text" lang="fr" dir="auto"><ol><li><div><p>Un.</p>' in french


def test_what_was_typed_stays_in_the_form_when_somebody_was_faster(client):
    position, staff = PositionFactory(), user_with("staff")
    url = reverse("decisions:translate", args=[position.pk])
    translated(position)
    client.force_login(staff)
    form = {"language": "fr", "body": "À moi.", "read": newest_text(position).sha256, "seen": "", "is_current": "on"}

    refused = client.post(url, form)
    again = client.post(url, form | {"seen": refused.context["form"]["seen"].value()})

    assert "Somebody has written this translation" in refused.content.decode()
    assert "À moi.</textarea>" in refused.content.decode()
    assert (again.status_code, Text.objects.get(language="fr").body) == (302, "À moi.")


@pytest.mark.parametrize("count", [1, 3])
def test_a_position_takes_the_same_statements_in_one_language_and_in_three(client, count, django_assert_num_queries):
    position = PositionFactory()
    for language in ("fr", "es", "ar")[:count]:
        translated(position, language=language)
    client.force_login(user_with("staff"))
    url = reverse("decisions:position", args=[position.pk])
    client.get(url)

    with django_assert_num_queries(9):
        client.get(url)


def test_a_mail_holds_the_deciding_text_and_names_the_other_languages():
    asked = opened(committee_of(1), body="The deciding words.")
    translated(asked.version.position, body="Mots traduits.")
    translated(asked.version.position, language="ar", body="كلمات")
    row = Delivery.objects.by_mail().get(kind="decisions.round_opened")

    said = compose(row, row.subject, "anna@seats.example", LATER).body

    assert "The deciding words." in said
    assert "This is the wording that decides, in English. The page also has it in: français, العربيّة." in said
    assert "Mots traduits" not in said


def test_a_translation_of_a_text_that_members_are_asked_about_is_still_corrected_and_the_text_is_not():
    position = PositionFactory()
    first = translated(position)
    member()
    asks(position)

    translated(position, body="Une faute de moins.", seen=first.sha256)

    assert Text.objects.get(language="fr").body == "Une faute de moins."
    with pytest.raises(Error, match="fixed once members are asked"), transaction.atomic():
        Text.objects.filter(pk=newest_text(position).pk).update(body="Other.")
