"""Who may put a draft to the members, who is asked, and how the closing moves."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from accounts.models import TransitionError
from accounts.rules import Refused
from decisions.actions.consulting import (
    ask_whoever_joined,
    end_consultation_early,
    extend_consultation,
    reach_of,
    tend_consultations,
)
from decisions.actions.drafting import edit_draft, newest_text
from decisions.models import Consultation, Consulted, ContributionChange, Question, Text
from decisions.models.positions import fingerprint
from history.models import Entry
from notices.models import Delivery
from tests.decisions.making import chair_of, committee_of
from tests.decisions.members_asked import CLOSING, LATER, OVER, answers, colleague_of, member, opened, organisation_of
from tests.factories import (
    NOON,
    AssignmentFactory,
    OrganisationFactory,
    OwnRegionFactory,
    PositionFactory,
    RepresentationFactory,
    user_with,
)

pytestmark = pytest.mark.django_db


def asked(consultation: Consultation) -> set:
    return set(consultation.asked.values_list("organisation", flat=True))


def told(kind: str) -> list:
    return sorted(Delivery.objects.by_mail().filter(kind=f"decisions.{kind}").values_list("person", flat=True))


def test_all_members_are_asked_and_nobody_who_is_none():
    ours, dormant = member(), member(membership__status="dormant")
    for fields in ({"category": "endorser"}, {"status": "suspended"}):
        member(**{f"membership__{name}": value for name, value in fields.items()})
    OrganisationFactory(membership=False)

    consultation = opened()

    assert asked(consultation) == {organisation_of(ours).pk, organisation_of(dormant).pk}
    assert consultation.whom == "All members"


def test_a_region_of_the_united_nations_asks_the_members_at_home_there():
    kenyan = member(country="KEN")
    member(country="PER")

    consultation = opened(region="014")

    assert asked(consultation) == {organisation_of(kenyan).pk}
    assert consultation.whom == "Members in Eastern Africa"


def test_one_of_our_own_regions_asks_the_members_in_its_countries():
    ugandan = member(country="UGA")
    member(country="PER")

    consultation = opened(own_region=OwnRegionFactory(name="Great Lakes", countries=["RWA", "UGA"]))

    assert asked(consultation) == {organisation_of(ugandan).pk}
    assert consultation.whom == "Members in Great Lakes"


def test_a_theme_asks_the_members_whose_contacts_cover_it():
    expert = member()
    member()
    AssignmentFactory(scope__theme="Victim assistance", person=expert.person)

    consultation = opened(theme="victim assistance")

    assert asked(consultation) == {organisation_of(expert).pk}


def test_the_reach_is_known_before_opening_and_counts_a_person_once():
    person = member().person
    RepresentationFactory(person=person, organisation=organisation_of(member()))

    assert reach_of(countries=None, theme="") == (2, 2)


def test_nobody_to_ask_is_refused_and_leaves_nothing():
    member(country="PER")

    with pytest.raises(TransitionError, match="No member would be asked"):
        opened(region="014")

    assert (Consultation.objects.count(), Consulted.objects.count(), Entry.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("fields", [{"closes_at": NOON}, {"questions": ["Why?"] * 11}])
def test_what_cannot_be_is_refused(fields):
    member()

    with pytest.raises(TransitionError):
        opened(**fields)


@pytest.mark.parametrize("status", ["open", "adopted", "rejected"])
def test_only_a_draft_is_put_to_consultation(status):
    member()

    with pytest.raises(TransitionError, match="only a draft is"):
        opened(PositionFactory(status=status))


def test_one_consultation_at_a_time():
    member()
    position = PositionFactory()
    opened(position)

    with pytest.raises(TransitionError, match="ends before another"):
        opened(position)


def test_the_author_opens_it_only_while_on_the_committee():
    member()
    committee = committee_of(1)
    seat, outsider = user_with("seat", committee), member()
    with pytest.raises(Refused):
        opened(PositionFactory(committee=committee), by=seat)
    with pytest.raises(Refused):
        opened(PositionFactory(committee=committee, author=outsider.person), by=outsider)

    assert opened(PositionFactory(committee=committee, author=seat.person), by=seat)


def test_the_version_asked_about_stays_as_it_is():
    member()
    staff, position = user_with("staff"), PositionFactory()
    opened(position, by=staff)
    text = newest_text(position)

    with pytest.raises(TransitionError, match="Members have been asked"):
        edit_draft(
            position,
            by=staff,
            title="New",
            body="New",
            campaign=None,
            level=position.level,
            visibility="steering",
            seen=text.sha256,
            now=LATER,
        )
    with pytest.raises(DatabaseError, match="fixed once members are asked"), transaction.atomic():
        Text.objects.filter(pk=text.pk).update(body="Forged")


@pytest.mark.parametrize("model", [Question, ContributionChange])
def test_what_was_asked_and_said_is_never_changed(model):
    user = member()
    answers(opened(questions=["Why?"]), user)

    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(text="Forged")


def test_everybody_who_speaks_for_a_member_is_told_once_however_many_they_speak_for():
    both, other = member(), member()
    RepresentationFactory(person=both.person, organisation=organisation_of(other))
    press = colleague_of(other, "media")
    member(membership__status="suspended")

    opened()

    assert told("consultation_opened") == sorted([both.person_id, other.person_id, press.person_id])


def test_a_member_that_joins_within_the_scope_is_asked_and_told_once():
    first = member()
    consultation = opened(region="014")
    joined, elsewhere = member(country="UGA"), member(country="PER")

    done = [tend_consultations(now=LATER) for _time in range(2)]

    assert done == [1, 0]
    assert asked(consultation) == {organisation_of(first).pk, organisation_of(joined).pk}
    assert organisation_of(elsewhere).pk not in asked(consultation)
    assert told("consultation_opened") == sorted([first.person_id, joined.person_id])


def test_nobody_joins_once_it_has_closed():
    member()
    consultation = opened()
    member()

    tend_consultations(now=CLOSING)

    assert consultation.asked.count() == 1


def test_an_extension_tells_everybody_asked_and_moves_the_reminders():
    user = member()
    consultation = opened()

    extend_consultation(
        consultation,
        by=user_with("staff"),
        closes_at=CLOSING + timedelta(days=3),
        zone="UTC",
        reason="Many asked.",
        now=LATER,
    )

    consultation.refresh_from_db()
    assert (consultation.closes_at, consultation.epoch) == (CLOSING + timedelta(days=3), 1)
    assert told("consultation_moved") == [user.person_id]


def test_an_extension_never_shortens_and_comes_before_the_closing():
    member()
    consultation, staff = opened(), user_with("staff")

    with pytest.raises(TransitionError, match="later hour"):
        extend_consultation(consultation, by=staff, closes_at=CLOSING, zone="UTC", now=LATER)
    with pytest.raises(TransitionError, match="closed already"):
        extend_consultation(consultation, by=staff, closes_at=OVER + timedelta(days=1), zone="UTC", now=OVER)


def test_closing_early_is_for_staff_and_the_chair_and_needs_a_reason():
    committee = committee_of(1)
    author = user_with("seat", committee)
    member()
    consultation = opened(PositionFactory(committee=committee, author=author.person), by=author)

    with pytest.raises(Refused):
        end_consultation_early(consultation, by=author, reason="Done", now=LATER)
    with pytest.raises(TransitionError, match="Say why"):
        end_consultation_early(consultation, by=chair_of(committee), reason=" ", now=LATER)
    end_consultation_early(consultation, by=chair_of(committee), reason="All have answered.", now=LATER)

    consultation.refresh_from_db()
    assert (consultation.closes_at, consultation.ended_early) == (LATER, True)


def test_the_closing_is_told_once_to_all_asked_and_to_whoever_opened_it():
    user, staff = member(), user_with("staff")
    opened(by=staff)

    done = [tend_consultations(now=OVER) for _time in range(2)]

    assert done == [1, 0]
    assert told("consultation_closed") == sorted([user.person_id, staff.person_id])


def test_six_hours_without_a_worker_change_only_the_hour_of_the_announcement():
    user = member()
    consultation = opened()
    late = CLOSING + timedelta(hours=6)

    in_time = answers(consultation, user, now=CLOSING + timedelta(hours=2))
    tend_consultations(now=late)

    consultation.refresh_from_db()
    assert (in_time, consultation.closes_at, consultation.announced_at) == (False, CLOSING, late)


def test_a_draft_that_was_rewritten_after_it_was_read_is_not_put_to_the_members():
    member()
    position = PositionFactory(committee=committee_of(3, is_steering=False))

    with pytest.raises(TransitionError, match="The text was changed after you opened this page"):
        opened(position, seen=fingerprint("What was read."))

    assert not Consultation.objects.exists()


@pytest.mark.parametrize("how", ["announced", "ended early"])
@pytest.mark.parametrize("act", ["extend", "end"])
def test_what_has_closed_is_not_moved_by_a_clock_that_was_read_before(act, how):
    """It waited for the row while the consultation was closed."""
    member()
    consultation, staff = opened(), user_with("staff")
    if how == "announced":
        ended = CLOSING
        tend_consultations(now=ended)
    else:
        ended = LATER
        end_consultation_early(consultation, by=staff, reason="The hearing was moved.", now=ended)
    before, just_before = Consultation.objects.values().get(), ended - timedelta(microseconds=1)

    acts = {
        "extend": partial(extend_consultation, closes_at=CLOSING + timedelta(days=2), zone="UTC"),
        "end": partial(end_consultation_early, reason="Again."),
    }
    with pytest.raises(TransitionError, match="has closed already"):
        acts[act](consultation, by=staff, now=just_before)

    assert Consultation.objects.values().get() == before


def test_nobody_is_asked_any_more_once_it_ended_early_whatever_the_clock_said():
    member()
    consultation = opened()
    end_consultation_early(consultation, by=user_with("staff"), reason="The hearing was moved.", now=LATER)
    member()

    assert ask_whoever_joined(consultation, now=LATER - timedelta(microseconds=1)) == 0
    assert len(asked(consultation)) == 1
