"""One verdict per row, the first that applies; and applying writes what was shown, once."""

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail

from accounts.models import TransitionError
from accounts.rules import Refused
from history.models import Entry
from members.actions.applying import apply_import
from members.actions.imports import decide_rows, name_columns, place_rows, upload_roster
from members.actions.organisations import edit_organisation, end_organisation
from members.exports import roster
from members.models import Organisation, OrganisationName, ReviewedPair
from members.roster.columns import guess
from members.roster.decisions import Choice, What
from tests.factories import NOON, OrganisationFactory, user_with
from tests.threads import together

pytestmark = pytest.mark.django_db
HEADER = "Name,Country,Acronym,Website,Kind"


@pytest.fixture
def staff():
    return user_with("staff")


def previewed(staff, *lines, header=HEADER, now=NOON, category="member"):
    """The batch of a file of these lines; short lines are filled with empty cells."""
    width = header.count(",")
    text = "\n".join([header, *(line + "," * (width - line.count(",")) for line in lines)])
    batch = upload_roster(by=staff, now=now, file_name="list.csv", content=text.encode())
    name_columns(batch, by=staff, now=now, mapping=guess(header.split(",")), category=category, since=None)
    batch.refresh_from_db()
    return batch


def verdicts(batch):
    return list(batch.rows.order_by("line").values_list("verdict", flat=True))


def decide(batch, staff, **choices):
    decide_rows(batch, by=staff, now=NOON, choices={int(name[1:]): choice for name, choice in choices.items()})


def test_the_first_that_applies_is_the_verdict(staff):
    OrganisationFactory(name="Filled", country="KEN", acronym="F")
    OrganisationFactory(name="Blank", country="KEN")

    batch = previewed(
        staff,
        ",Kenya",  # error: no name
        "New One,Kenya",
        "new-one,Kenya",  # the same key and country as the row before
        "Filled,Peru",  # an organisation of the key, elsewhere
        "Stray,Atlantis",
        "Filled,Kenya,FF",
        "Blank,Kenya,B",
        "Blank,Peru",
        "BLANK,kenya",  # row 7 speaks for it already
    )

    assert verdicts(batch) == [
        "error",
        "new",
        "repeated",
        "possible",
        "country",
        "change",
        "fill",
        "possible",
        "repeated",
    ]
    assert batch.rows.get(line=6).why == {"fields": {"acronym": ["F", "FF"]}}
    assert batch.rows.get(line=7).why == {"fields": {"acronym": ["", "B"]}}


def test_an_empty_cell_says_nothing_and_a_spelling_of_the_same_key_is_no_change(staff):
    OrganisationFactory(name="Aid/Watch", country="AUS", acronym="AW", website="https://aw.example/")

    batch = previewed(staff, "AID/ WATCH,Australia,,aw.example")

    assert verdicts(batch) == ["unchanged"]


def test_an_acronym_finds_nobody_and_a_former_name_does(staff):
    known = OrganisationFactory(name="Green Hills", acronym="GH", country="KEN")
    OrganisationName.objects.create(organisation=known, kind="former", text="Brown Hills", key="brown hills")

    batch = previewed(staff, "GH,Kenya", "Brown Hills,Kenya")

    assert verdicts(batch) == ["new", "unchanged"]


def test_an_organisation_that_has_ended_is_offered_and_stays_ended(staff):
    ended = OrganisationFactory(name="Gone", country="KEN")
    end_organisation(ended, by=staff, now=NOON, reason="Merged")
    batch = previewed(staff, "Gone,Kenya,G")
    assert verdicts(batch) == ["possible"]

    decide(batch, staff, r1=Choice(What.SAME, organisation=str(ended.pk)))

    assert verdicts(batch) == ["unchanged"]


def test_an_export_with_ended_members_and_reviewed_namesakes_comes_back_unchanged(staff):
    end_organisation(OrganisationFactory(name="Gone", country="KEN"), by=staff, now=NOON, reason="Merged")
    OrganisationFactory(name="Twin", country="KEN", website="https://one.example")
    OrganisationFactory(name="Twin", country="KEN", website="https://two.example", distinct_no=1)
    OrganisationFactory(name="=Sum", country=None, note="+41")
    OrganisationFactory(name="Abroad", country=None, scope="regional", membership=False)
    exported = "".join(roster(Organisation.objects.order_by("-distinct_no", "id"), by=staff)).encode()

    batch = upload_roster(by=staff, now=NOON, file_name="export.csv", content=exported)
    name_columns(batch, by=staff, now=NOON, mapping=batch.mapping, category="member", since=None)

    assert verdicts(batch) == ["unchanged"] * 5


def test_the_same_keeps_its_country_and_gains_what_it_lacked(staff):
    known = OrganisationFactory(name="Cecide", country="GIN")
    batch = previewed(staff, "Cecide,Papua New Guinea,CEC")
    decide(batch, staff, r1=Choice(What.SAME, organisation=str(known.pk)))

    apply_import(batch, by=staff, now=NOON)

    known.refresh_from_db()
    assert (known.country, known.acronym, known.version) == ("GIN", "CEC", 2)
    row = batch.rows.get()
    assert (row.before, row.after, row.seen_version) == ({"acronym": ""}, {"acronym": "CEC"}, 1)
    entry = Entry.objects.of(known).get()
    assert (entry.sentence, entry.details["changes"]) == ("Changed by the import of list.csv", {"acronym": ["", "CEC"]})


def test_another_one_is_added_beside_its_namesake_and_both_are_known_next_time(staff):
    known = OrganisationFactory(name="Hope", country="KEN")
    batch = previewed(staff, "Hope,Atlantis")
    decide(batch, staff, r1=Choice(What.DISTINCT, country="PER"))

    apply_import(batch, by=staff, now=NOON)

    new = Organisation.objects.exclude(pk=known.pk).get()
    assert (new.country, new.distinct_no) == ("PER", 1)
    assert list(ReviewedPair.objects.values_list("organisation", "other")) == [(new.pk, known.pk)]
    assert verdicts(previewed(staff, "Hope,Atlantis", "Hope,Kenya")) == ["unchanged", "unchanged"]


def test_a_repeated_row_can_be_the_same_another_one_or_nothing(staff):
    batch = previewed(staff, "Hope,Kenya", "HOPE,Kenya,H", "hope,Kenya,H2")
    decide(batch, staff, r2=Choice(What.SAME, row=1), r3=Choice(What.DISTINCT))
    assert verdicts(batch) == ["new", "fill", "new"]

    apply_import(batch, by=staff, now=NOON)

    assert list(Organisation.objects.order_by("distinct_no").values_list("acronym", "distinct_no")) == [
        ("H", 0),
        ("H2", 1),
    ]


def test_a_decision_is_remembered_and_can_be_taken_again(staff):
    known = OrganisationFactory(name="Hope", country="KEN")
    first = previewed(staff, "Hope,Peru")
    decide(first, staff, r1=Choice(What.SAME, organisation=str(known.pk)))
    apply_import(first, by=staff, now=NOON)

    second = previewed(staff, "Hope,Peru", now=NOON + timedelta(days=1))

    assert (verdicts(second), second.rows.get().decided["remembered"]) == (["unchanged"], True)
    decide(second, staff, r1=Choice(What.AGAIN))
    assert verdicts(second) == ["possible"]


def test_a_remembered_row_is_judged_anew_when_its_organisation_changed(staff):
    known = OrganisationFactory(name="Hope", country="KEN")
    first = previewed(staff, "Hope,Peru,H")
    decide(first, staff, r1=Choice(What.SAME, organisation=str(known.pk)))
    apply_import(first, by=staff, now=NOON)
    edit_organisation(known, by=staff, now=NOON, acronym="HP")

    second = previewed(staff, "Hope,Peru,H", now=NOON + timedelta(days=1))

    assert (verdicts(second), second.rows.get().why["fields"]) == (["change"], {"acronym": ["HP", "H"]})


def test_what_an_import_that_was_not_applied_decided_is_not_remembered(staff):
    first = previewed(staff, "Stray,Atlantis")
    place_rows(first, by=staff, now=NOON, country="PER", scope="", keep=False)

    assert verdicts(previewed(staff, "Stray,Atlantis")) == ["country"]


def test_a_row_whose_organisation_changed_after_the_preview_is_not_applied_blindly(staff):
    moved, other = OrganisationFactory(name="Moved", country="KEN"), OrganisationFactory(name="Other", country="KEN")
    batch = previewed(staff, "Moved,Kenya,M", "Other,Kenya,O")
    edit_organisation(moved, by=staff, now=NOON, acronym="MV")
    edit_organisation(other, by=staff, now=NOON, website="https://other.example")

    outcomes = apply_import(batch, by=staff, now=NOON)

    moved.refresh_from_db()
    other.refresh_from_db()
    assert outcomes == {"moved": 1, "changed": 1}  # what was shown of the other one is still what would happen
    assert (moved.acronym, other.acronym, other.website) == ("MV", "O", "https://other.example")


def test_one_that_was_added_after_the_preview_stops_no_other_row(staff):
    batch = previewed(staff, "Hope,Kenya", "Faith,Kenya")
    OrganisationFactory(name="Hope", country="KEN")

    outcomes = apply_import(batch, by=staff, now=NOON)

    assert outcomes == {"moved": 1, "added": 1}
    assert Organisation.objects.count() == 2


def test_a_new_one_that_became_a_possible_duplicate_after_the_preview_is_not_added(staff):
    batch = previewed(staff, "Hope,Kenya")
    OrganisationFactory(name="Hope", country="PER")

    assert apply_import(batch, by=staff, now=NOON) == {"moved": 1}


def test_one_that_nobody_here_may_see_stops_no_other_row_either(staff):
    OrganisationFactory(name="Hope", country="KEN", visibility="restricted")
    batch = previewed(staff, "Hope,Kenya", "Faith,Kenya")

    assert apply_import(batch, by=staff, now=NOON) == {"clashed": 1, "added": 1}


def test_new_organisations_join_as_was_said_and_their_history_begins(staff):
    batch = previewed(staff, "Hope,Kenya", category="endorser")

    apply_import(batch, by=staff, now=NOON)

    hope = Organisation.objects.get()
    membership = hope.memberships.get()
    assert (membership.category, membership.status, membership.since) == ("endorser", "active", NOON.date())
    assert [entry.sentence for entry in Entry.objects.of(hope)] == ["Added by the import of list.csv"]
    assert next(entry.sentence for entry in Entry.objects.of(batch)) == "Applied the import"
    assert Organisation.objects.named({"hop"}).count() == 1
    assert mail.outbox == []


def test_without_a_category_nobody_becomes_a_member(staff):
    apply_import(previewed(staff, "Hope,Kenya", category=""), by=staff, now=NOON)

    assert Organisation.objects.get().membership is None


def test_a_note_leaves_a_line_that_only_staff_read(staff):
    known = OrganisationFactory(name="Hope", country="KEN")
    batch = previewed(staff, "Hope,Kenya,call Mondays,network", header="Name,Country,Note,Kind")

    apply_import(batch, by=staff, now=NOON)

    lines = Entry.objects.of(known)
    assert {(line.visibility, *line.details["changes"]) for line in lines} == {("staff", "note"), (None, "kind")}


@pytest.mark.parametrize("role", ["facilitator", "chair", "seat", "member", "nobody"])
def test_others_neither_upload_nor_decide_nor_apply(staff, role):
    other, batch = user_with(role), previewed(staff, "Hope,Kenya")

    for act in (
        lambda: upload_roster(by=other, now=NOON, file_name="a.csv", content=b"Name\nA\n"),
        lambda: decide_rows(batch, by=other, now=NOON, choices={1: Choice(What.LEAVE)}),
        lambda: apply_import(batch, by=other, now=NOON),
    ):
        with pytest.raises(Refused):
            act()
    assert Organisation.objects.filter(name="Hope").count() == 0


def test_an_error_can_only_be_left_out(staff):
    batch = previewed(staff, ",Kenya")

    with pytest.raises(TransitionError, match="can only be left out"):
        decide(batch, staff, r1=Choice(What.DISTINCT))
    decide(batch, staff, r1=Choice(What.LEAVE))

    assert verdicts(batch) == ["unchanged"]


@pytest.mark.django_db(transaction=True)
def test_two_who_apply_at_once_apply_once(staff):
    batch = previewed(staff, *(f"Group {number},Kenya" for number in range(30)))

    answers = together(*[partial(apply_import, batch, by=staff, now=NOON)] * 2)

    assert sorted(isinstance(answer, TransitionError) for answer in answers) == [False, True]
    assert {"added": 30} in answers
    assert Organisation.objects.count() == 30


@pytest.mark.django_db(transaction=True)
def test_two_files_of_one_list_applied_at_once_add_everybody_once(staff):
    batches = [previewed(staff, *(f"Group {number},Kenya" for number in range(30))) for _file in range(2)]

    outcomes = together(*[partial(apply_import, batch, by=staff, now=NOON) for batch in batches])

    assert sorted(map(dict, outcomes), key=str) == [{"added": 30}, {"moved": 30}]
    assert Organisation.objects.count() == 30
