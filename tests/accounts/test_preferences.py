from datetime import time

import pytest
from django.urls import reverse

from accounts.rules import Refused
from history.models import Entry
from members.actions.people import PREFERENCES, edit_preferences
from members.models import everybody
from tests.factories import NOON, UserFactory, user_with

pytestmark = pytest.mark.django_db
URL = "/accounts/preferences/"


def values(**changed):
    return {
        "seen": "0",
        "display_name": "Amal Haddad-Berg",
        "language": "qps",
        "zone": "Asia/Kathmandu",
        "quiet_from": "22:30",
        "quiet_to": "07:00",
        "keeps_weekend": "on",
        "is_discreet": "on",
        "is_listed": "on",
        **changed,
    }


def test_preferences_are_kept(client):
    user = UserFactory()
    client.force_login(user)

    answer = client.post(URL, values())

    user.person.refresh_from_db()
    assert answer.url == reverse("accounts:preferences")
    assert (user.person.display_name, user.person.language, user.person.zone, user.person.is_listed) == (
        "Amal Haddad-Berg",
        "qps",
        "Asia/Kathmandu",
        True,
    )
    assert (user.person.quiet_from, user.person.quiet_to) == (time(22, 30), time(7))
    assert (user.person.keeps_weekend, user.person.is_discreet) == (True, True)


def test_the_next_page_speaks_the_new_language(client):
    client.force_login(UserFactory())

    page = client.post(URL, values(language="qps"), follow=True)

    assert 'dir="rtl">' in page.content.decode()


def test_the_history_names_the_fields_and_keeps_no_personal_data(client):
    user = UserFactory()
    client.force_login(user)

    client.post(URL, values(display_name="Sione Tupou"))

    entry = Entry.objects.of(user.person).get()
    assert entry.details == {"fields": PREFERENCES}


def test_saving_without_a_change_is_no_history(client):
    user = UserFactory()
    client.force_login(user)
    client.post(URL, values())

    client.post(URL, values(seen=1))

    assert Entry.objects.of(user.person).count() == 1


def test_a_new_name_is_found_and_the_old_one_is_not():
    user = user_with("staff")
    edit_preferences(
        user.person,
        by=user,
        display_name="Żaneta Wójcik",
        language="en",
        zone="UTC",
        quiet_from=time(21),
        quiet_to=time(8),
        keeps_weekend=True,
        is_discreet=False,
        is_listed=False,
        now=NOON,
    )

    assert list(everybody().named({"zan", "wojcik"})) == [user.person]
    assert not everybody().named({"person"}).filter(pk=user.person_id).exists()


def test_an_unknown_zone_is_refused_and_what_was_typed_is_kept(client):
    user = UserFactory()
    client.force_login(user)

    page = client.post(URL, values(zone="Atlantis/Capital", display_name="Typed with care"))

    assert "zone" in page.context["form"].errors
    assert "Typed with care" in page.content.decode()
    user.person.refresh_from_db()
    assert user.person.zone == "UTC"


def test_a_zone_by_its_old_name_stays_possible(client):
    user = UserFactory(person__zone="Asia/Calcutta")
    client.force_login(user)

    client.post(URL, values(zone="Asia/Calcutta"))

    user.person.refresh_from_db()
    assert user.person.zone == "Asia/Calcutta"


def test_nobody_changes_the_preferences_of_another_not_even_an_administrator():
    other = UserFactory()

    with pytest.raises(Refused, match="only their own"):
        edit_preferences(
            other.person,
            by=user_with("admin"),
            display_name="X",
            language="en",
            zone="UTC",
            quiet_from=time(21),
            quiet_to=time(8),
            keeps_weekend=True,
            is_discreet=False,
            is_listed=True,
            now=NOON,
        )


def test_the_pseudo_locale_is_offered_where_everything_is_embedded(client):
    client.force_login(UserFactory())

    page = client.get(URL).content.decode()

    assert '<option value="qps">' in page
