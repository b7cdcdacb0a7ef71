"""An import that is taken back: reversed, kept because edited since, or failed, by name; and imported again."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import TransitionError
from history.actions import take_back
from history.models import Deed
from members.actions.applying import apply_import
from members.actions.committees import fill_seat
from members.actions.imports import decide_rows, discard_import
from members.actions.organisations import edit_organisation
from members.models import ImportBatch, Membership, Organisation, OrganisationName, Word
from members.roster.decisions import Choice, What
from tests.factories import NOON, OrganisationFactory, SeatFactory, user_with
from tests.members.test_import_verdicts import previewed, verdicts
from tests.threads import together

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=20)


@pytest.fixture
def staff():
    return user_with("staff")


def applied(staff, *lines, **options):
    batch = previewed(staff, *lines, **options)
    apply_import(batch, by=staff, now=NOON)
    return batch


def undo(staff, batch, now=LATER):
    """Take it back; {row number: what became of it}."""
    take_back(Deed.objects.get(object_id=batch.pk), by=staff, now=now)
    return dict(batch.rows.exclude(undone="").order_by("line").values_list("line", "undone"))


def roster():
    fields = ("name", "acronym", "website", "kind", "scope", "country", "visibility")
    return [
        (*(getattr(one, field) for field in fields), *one.memberships.filter(until=None).values_list("category"))
        for one in Organisation.objects.active().order_by("name")
    ]


def test_the_roster_is_what_it_was_before(staff):
    OrganisationFactory(name="Known", country="KEN", acronym="K", website="https://old.example")
    OrganisationFactory(name="Stranger", country="UGA", membership=False)
    before, words = roster(), set(Word.objects.values_list("organisation__name", "word"))
    batch = applied(
        staff,
        "New,Kenya,N,https://new.example,network,member",
        "Known,Kenya,KK,https://changed.example,network,endorser",
        "Stranger,Uganda,,,,observer",
        header="Name,Country,Acronym,Website,Kind,Category",
    )
    assert roster() != before

    fates = undo(staff, batch)

    batch.refresh_from_db()
    assert fates == {1: "reversed", 2: "reversed", 3: "reversed"}
    assert roster() == before
    assert {pair for pair in Word.objects.values_list("organisation__name", "word") if pair[0] != "New"} == words
    assert (batch.status, Membership.objects.filter(until=None).count()) == ("taken-back", 1)


def test_what_it_added_ends_with_the_reason_and_only_staff_still_see_it(staff):
    undo(staff, applied(staff, "New,Kenya"))

    new = Organisation.objects.get()
    assert (new.ended_on, new.end_reason) == (LATER.date(), "The import of list.csv was taken back.")
    assert new.membership.status == "ended"
    assert not Organisation.objects.visible_to(user_with("member")).filter(pk=new.pk).exists()
    assert Organisation.objects.visible_to(staff).filter(pk=new.pk).exists()


def test_what_was_edited_since_is_kept_and_what_holds_a_seat_fails(staff):
    OrganisationFactory(name="Known", country="KEN")
    batch = applied(staff, "New,Kenya", "Edited,Kenya", "Seated,Kenya", "Known,Kenya,K")
    for name in ("Edited", "Known"):
        edit_organisation(Organisation.objects.get(name=name), by=staff, now=NOON, description="We met them.")
    fill_seat(SeatFactory(), by=staff, organisation=Organisation.objects.get(name="Seated"), now=NOON)

    fates = undo(staff, batch)

    assert fates == {1: "reversed", 2: "kept", 3: "failed", 4: "kept"}
    assert [one.name for one in Organisation.objects.active().order_by("name")] == ["Edited", "Known", "Seated"]
    assert Organisation.objects.get(name="Known").acronym == "K"


def test_the_same_file_again_finds_what_it_found_the_first_time(staff):
    OrganisationFactory(name="Known", country="KEN", website="https://old.example")
    lines = ("New,Kenya", "Known,Kenya,,https://new.example", "Known,Peru", "Stray,Atlantis")
    first = previewed(staff, *lines)
    decide_rows(first, by=staff, now=NOON, choices={4: Choice(What.PLACE, country="UGA")})
    before = verdicts(previewed(staff, *lines))
    apply_import(first, by=staff, now=NOON)
    undo(staff, first)

    again = previewed(staff, *lines)

    assert verdicts(again) == before == ["new", "change", "possible", "country"]
    assert apply_import(again, by=staff, now=LATER)["added"] == 1
    assert Organisation.objects.active().filter(name="New").count() == 1


def test_a_membership_that_it_brought_never_held_and_comes_again_with_the_file(staff):
    OrganisationFactory(name="Stranger", country="UGA", membership=False)
    line, header = "Stranger,Uganda,observer", "Name,Country,Category"
    undo(staff, applied(staff, line, header=header))

    again = previewed(staff, line, header=header)
    apply_import(again, by=staff, now=LATER)

    assert verdicts(again) == ["fill"]
    assert Membership.objects.get(until=None).category == "observer"


def test_an_import_between_that_met_its_organisations_does_not_remember_them(staff):
    batch = applied(staff, "Stray,Atlantis", "New,Kenya")
    applied(staff, "Stray,Atlantis", "New,Kenya")
    undo(staff, batch)

    assert verdicts(previewed(staff, "Stray,Atlantis", "New,Kenya")) == ["country", "new"]


def test_a_spelling_that_it_brought_is_no_name_any_more(staff):
    known = OrganisationFactory(name="Known", country="KEN")
    batch = previewed(staff, "Knwon,Kenya")
    decide_rows(batch, by=staff, now=NOON, choices={1: Choice(What.SAME, organisation=str(known.pk))})
    apply_import(batch, by=staff, now=NOON)
    assert Organisation.objects.named({"knwon"}).count() == 1

    undo(staff, batch)

    assert (known.names.count(), Organisation.objects.named({"knwon"}).count()) == (0, 0)
    assert OrganisationName._base_manager.get().withdrawn_at == LATER
    assert verdicts(previewed(staff, "Knwon,Kenya")) == ["new"]


def test_several_rows_about_one_organisation_are_undone_from_the_last_to_the_first(staff):
    known = OrganisationFactory(name="Known", country="KEN", acronym="K")
    batch = previewed(staff, "Known,Kenya,K1", "Known Too,Kenya,K2")
    decide_rows(batch, by=staff, now=NOON, choices={2: Choice(What.SAME, organisation=str(known.pk))})
    apply_import(batch, by=staff, now=NOON)
    known.refresh_from_db()
    assert known.acronym == "K2"

    undo(staff, batch)

    known.refresh_from_db()
    assert known.acronym == "K"


def test_after_thirty_days_it_stays(staff):
    batch = applied(staff, "New,Kenya")

    with pytest.raises(TransitionError, match="is over"):
        undo(staff, batch, now=NOON + timedelta(days=30))


def test_a_discarded_import_can_be_decided_and_applied_again(staff):
    batch = previewed(staff, "New,Kenya")
    discard_import(batch, by=staff, now=NOON)
    take_back(Deed.objects.get(), by=staff, now=NOON)

    batch.refresh_from_db()
    assert (batch.status, apply_import(batch, by=staff, now=NOON)["added"]) == ("previewed", 1)


@pytest.mark.django_db(transaction=True)
def test_taking_it_back_while_somebody_edits_keeps_the_edit_or_refuses_it(staff):
    batch = applied(staff, "New,Kenya")
    deed, new = Deed.objects.get(), Organisation.objects.get()

    ends = together(
        partial(take_back, deed, by=staff, now=LATER),
        partial(edit_quietly, new, staff),
    )

    new.refresh_from_db()
    was_edited = ends[1] == "edited"
    assert (new.ended_on is None) is was_edited
    assert batch.rows.get().undone == ("kept" if was_edited else "reversed")
    assert ImportBatch.objects.get().status == "taken-back"


def edit_quietly(organisation, staff):
    try:
        edit_organisation(organisation, by=staff, now=LATER, description="We met them.")
    except PermissionError:
        raise
    except Exception as refusal:  # noqa: BLE001 - ended organisations are not edited
        return type(refusal).__name__
    return "edited"


def test_the_page_says_what_taking_it_back_would_do_and_afterwards_what_became_of_whom(client, staff):
    batch = applied(staff, "New,Kenya", "Edited,Kenya")
    edit_organisation(Organisation.objects.get(name="Edited"), by=staff, now=NOON, description="We met them.")
    Deed.objects.update(until=NOON + timedelta(days=10_000))
    client.force_login(staff)
    deed = reverse("history:deed", args=[Deed.objects.get().pk])

    before = client.get(deed).content.decode()
    client.post(deed)
    kept = client.get(reverse("members:import", args=[batch.pk]), {"show": "kept"}).content.decode()
    report = client.get(reverse("members:import_report", args=[batch.pk])).content.decode()

    assert "Organisations that it added and that end: 1." in before
    assert "edited since: 1." in before
    assert "<bdi>Edited</bdi>" in kept
    assert "<bdi>New</bdi>" not in kept
    assert "Added; Taken back" in report
    assert "Added; Kept: edited since" in report


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_an_import_that_was_taken_back_costs_the_same_for_one_row_and_for_three(
    client, staff, django_assert_num_queries, count
):
    batch = applied(staff, *[f"New {number},Kenya" for number in range(count)])
    undo(staff, batch)
    client.force_login(staff)

    with django_assert_num_queries(11):
        client.get(reverse("members:import", args=[batch.pk]))


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_before_it_is_taken_back_costs_the_same_for_one_row_and_for_three(
    client, staff, django_assert_num_queries, count
):
    applied(staff, *[f"New {number},Kenya" for number in range(count)])
    Deed.objects.update(until=NOON + timedelta(days=10_000))
    client.force_login(staff)

    with django_assert_num_queries(11):
        client.get(reverse("history:deed", args=[Deed.objects.get().pk]))


def test_the_memberships_of_all_rows_are_put_back_in_one_statement(staff):
    header, kinds = "Name,Country,Category", ["endorser", "observer", "affiliate"]
    for number in range(3):
        OrganisationFactory(name=f"Known {number}", country="KEN")
    lines = [f"{name} {number},Kenya,{kinds[number]}" for number in range(3) for name in ("New", "Known")]
    batch = applied(staff, *lines, header=header)

    with CaptureQueriesContext(connection) as caught:
        undo(staff, batch)

    written = [one["sql"] for one in caught if one["sql"].startswith('UPDATE "members_membership"')]
    rows = Membership.objects.order_by("organisation__name").values_list("category", "status")
    assert len(written) == 1
    assert list(rows[:3]) == [("member", "active")] * 3
    assert list(rows[3:]) == [(kind, "ended") for kind in kinds]
