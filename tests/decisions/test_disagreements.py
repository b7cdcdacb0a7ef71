"""The ledger of disagreement: each objection has an owner, a next date and an end."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Stale, TransitionError
from accounts.rules import Refused
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.disagreements import end_disagreement, hand_disagreement, set_next_date
from decisions.models import Disagreement
from history.actions import newest
from home.waiting import waiting
from notices.kind import KINDS
from notices.models import Delivery
from tests.decisions.making import answer, chair_of, committee_of, opened, speaker_of
from tests.factories import NOON, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
Status = Disagreement.Status


def objection(committee=None, **fields):
    """The ledger's entry of the first seat of a round, which has objected in time."""
    asked = opened(committee or committee_of(3), **fields)
    elector = asked.electors.order_by("term__seat__number").first()
    answer(elector, "object", reason="Too weak on victims.", now=LATER)
    return Disagreement.objects.with_round().get(elector=elector)


def told(kind: str) -> set:
    return set(Delivery.objects.filter(kind=kind, channel="mail").values_list("person", flat=True))


def test_an_objection_becomes_the_care_of_whoever_opened_the_round_with_a_date_in_a_week():
    entry = objection()

    assert (entry.status, entry.owner, entry.next_on) == ("open", entry.elector.round.opened_by, date(2026, 5, 20))
    assert told("decisions.disagreement_yours") == {entry.owner_id}


def test_an_objection_that_breaks_a_silence_is_in_the_ledger_too():
    entry = objection(procedure="silence", quorum="half")

    assert entry.elector.round.outcome == "broken"
    assert entry.is_open


def test_a_late_objection_is_in_no_ledger():
    asked = opened(committee_of(2))

    answer(asked.electors.first(), "object", reason="Too late.", now=asked.closes_at)

    assert not Disagreement.objects.exists()


def test_another_answer_withdraws_it_and_another_objection_opens_it_again():
    entry = objection()

    answer(entry.elector, "approve", now=LATER + timedelta(hours=1))
    entry.refresh_from_db()
    assert (entry.status, entry.ended_by) == ("withdrawn", speaker_of(entry.elector).person)

    answer(entry.elector, "object", reason="Still too weak.", now=LATER + timedelta(hours=2))
    entry = Disagreement.objects.get()
    assert (entry.status, entry.ended_at, entry.objection.reason) == ("open", None, "Still too weak.")


def test_whoever_gets_it_is_told_and_whoever_had_it_not_reminded():
    entry = objection()
    chair, staff = chair_of(entry.elector.round.committee), user_with("staff")

    hand_disagreement(entry, by=chair, owner=staff.person, now=LATER)

    assert Disagreement.objects.get().owner == staff.person
    assert staff.person_id in told("decisions.disagreement_yours")


def test_nobody_owns_what_they_may_not_read():
    entry = objection()

    with pytest.raises(TransitionError, match="cannot read"):
        hand_disagreement(entry, by=user_with("staff"), owner=user_with("member").person, now=LATER)


def test_a_new_date_starts_the_reminders_afresh_and_two_who_set_one_meet():
    entry, staff = objection(), user_with("staff")
    seen = newest(entry)
    set_next_date(entry, by=staff, next_on=date(2026, 5, 25), note="A call.", now=LATER, seen=seen)

    assert Disagreement.objects.get().epoch == 1
    with pytest.raises(Stale):
        set_next_date(entry, by=staff, next_on=date(2026, 5, 26), note="Mail.", now=LATER, seen=seen)
    with pytest.raises(TransitionError, match="over already"):
        set_next_date(entry, by=staff, next_on=date(2026, 5, 1), note="", now=LATER)


@pytest.mark.parametrize("end", ["amended", "stands", "dissociates"])
def test_staff_end_it_with_a_sentence_once(end):
    entry, staff = objection(), user_with("staff")

    end_disagreement(entry, by=staff, end=end, sentence="Minuted on 14 May.", now=LATER)

    entry.refresh_from_db()
    assert (entry.status, entry.ending, entry.ended_by) == (end, "Minuted on 14 May.", staff.person)
    with pytest.raises(TransitionError, match="has ended"):
        end_disagreement(entry, by=staff, end="stands", sentence="Again.", now=LATER)


def test_the_seat_that_objected_withdraws_or_dissociates_itself_and_does_no_more():
    entry = objection()
    speaker = speaker_of(entry.elector)

    with pytest.raises(Refused):
        end_disagreement(entry, by=speaker, end="amended", sentence="Done.", now=LATER)
    with pytest.raises(TransitionError, match="still open"):
        end_disagreement(entry, by=speaker, end="withdrawn", sentence="We were heard.", now=LATER)
    closes_at = entry.elector.round.closes_at
    announce_closed_rounds(now=closes_at)
    end_disagreement(entry, by=speaker, end="withdrawn", sentence="We were heard.", now=closes_at)

    assert Disagreement.objects.get().status == "withdrawn"


def test_another_seat_ends_nothing():
    entry = objection()
    other = speaker_of(entry.elector.round.electors.exclude(pk=entry.elector_id).first())

    with pytest.raises(Refused):
        end_disagreement(entry, by=other, end="dissociates", sentence="They go.", now=LATER)


def test_an_end_without_a_sentence_is_refused_by_the_database():
    entry = objection()

    with pytest.raises(IntegrityError, match="disagreement_ends_with_a_sentence"), transaction.atomic():
        Disagreement.objects.filter(pk=entry.pk).update(status="stands", ended_at=LATER, ended_by=entry.owner)


def test_three_days_after_its_date_the_chairs_hear_of_it_and_the_owner_is_not_told_twice():
    entry, staff = objection(), user_with("staff")
    chair = chair_of(entry.elector.round.committee)
    hand_disagreement(entry, by=chair, owner=staff.person, now=LATER)
    entry.refresh_from_db()

    due, overdue = KINDS["decisions.disagreement_due"], KINDS["decisions.disagreement_overdue"]

    assert [person.pk for person in due.audience(entry)] == [staff.person_id]
    assert [person.pk for person in overdue.audience(entry)] == [chair.person_id]
    assert [slot.key for slot in overdue.slots] == ["+P3D"]


def test_an_owner_who_left_the_committee_is_not_told_what_they_may_not_read():
    entry = objection()
    entry.elector.round.committee.offices.update(until=date(2026, 5, 1))

    assert KINDS["decisions.disagreement_due"].audience(Disagreement.objects.get()) == []


def test_it_waits_for_its_owner_when_its_date_comes_and_no_longer_once_it_ended():
    entry = objection()
    chair = chair_of(entry.elector.round.committee)
    day = NOON + timedelta(days=7)

    def mine(now):
        return [item.what for item in waiting(type(chair).objects.get(pk=chair.pk), now) if "Settle" in item.what]

    assert mine(NOON + timedelta(days=2)) == []
    assert mine(day) == [f"Settle the disagreement on “{entry.elector.round.version.position.title}”"]
    end_disagreement(entry, by=chair, end="stands", sentence="Minuted.", now=day)
    assert mine(day) == []


@pytest.mark.parametrize(
    ("role", "status"), [("staff", 200), ("chair", 200), ("seat", 200), ("member", 404), ("facilitator", 404)]
)
def test_only_staff_and_the_committee_read_it(client, role, status):
    entry = objection()
    client.force_login(user_with(role, entry.elector.round.committee))

    response = client.get(reverse("decisions:disagreement", args=[entry.pk]))

    assert response.status_code == status
    assert ("Too weak on victims." in response.content.decode()) == (status == 200)


def test_the_list_is_narrowed_and_is_a_file(client):
    entry = objection()
    client.force_login(user_with("staff"))
    page = reverse("decisions:disagreements")
    title = entry.elector.round.version.position.title

    shown = {show: title in client.get(page, {"show": show}).content.decode() for show in ("", "mine", "ended")}
    file = b"".join(client.get(page, {"as": "csv", "cols": ["position", "reason"]})).decode()

    assert shown == {"": True, "mine": False, "ended": False}
    assert "Too weak on victims." in file


def test_what_was_typed_is_kept_when_somebody_else_was_faster(client):
    entry, staff = objection(), user_with("staff")
    client.force_login(staff)
    seen = newest(entry)
    set_next_date(entry, by=user_with("staff"), next_on=date(2030, 5, 25), note="A call.", now=LATER)

    response = client.post(
        reverse("decisions:end_disagreement", args=[entry.pk]),
        {"end": "stands", "sentence": "Minuted in Oslo.", "seen": seen},
    )

    assert "Minuted in Oslo." in response.content.decode()
    assert Disagreement.objects.get().is_open


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_statements_for_one_and_three(client, count, django_assert_num_queries):
    committee = committee_of(2)
    for _number in range(count):
        objection(committee)
    client.force_login(user_with("staff"))
    client.get(reverse("decisions:disagreements"))

    with django_assert_num_queries(7):
        client.get(reverse("decisions:disagreements"))


def test_another_seat_that_owns_it_leads_it_to_an_end_and_does_not_speak_for_the_seat_that_objected(client):
    entry, staff = objection(), user_with("staff")
    other = speaker_of(entry.elector.round.electors.exclude(pk=entry.elector_id).first())
    hand_disagreement(entry, by=staff, owner=other.person, now=LATER)

    for end in ("withdrawn", "dissociates"):
        with pytest.raises(Refused, match="Only the seat that objected"):
            end_disagreement(entry, by=other, end=end, sentence="They go.", now=LATER)

    client.force_login(other)
    page = client.get(reverse("decisions:end_disagreement", args=[entry.pk])).content.decode()
    assert ('value="amended"' in page, 'value="stands"' in page) == (True, True)
    assert ('value="withdrawn"' in page, 'value="dissociates"' in page) == (False, False)
    end_disagreement(entry, by=other, end="stands", sentence="Minuted.", now=LATER)


def test_while_a_round_goes_on_its_own_answer_and_nothing_else_withdraws_an_objection():
    """Closed without a quorum, which nobody has written down yet: the seat may still change its answer."""
    committee = committee_of(3)
    asked = opened(committee, procedure="vote", quorum="half")
    elector = asked.electors.first()
    answer(elector, "object", now=NOON, reason="No.")
    entry = Disagreement.objects.get()
    fields = {"by": speaker_of(elector), "end": "withdrawn", "sentence": "We let it go."}

    with pytest.raises(TransitionError, match="still open"):
        end_disagreement(entry, now=asked.closes_at + timedelta(minutes=1), **fields)
    end_disagreement(entry, now=asked.closes_at + timedelta(days=1), **fields)
