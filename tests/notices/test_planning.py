"""Each occasion of each person has one row, whatever happens to the plan, the deadline and the audience."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Person
from notices.actions.claiming import Watch
from notices.actions.planning import cancel, plan, post, replan
from notices.compose import written
from notices.hours import quiet_span
from notices.kind import KINDS, occasion_in_words
from notices.models import Delivery
from notices.occasions import occasions
from tests.factories import PersonFactory
from tests.notices.errands.kinds import ErrandDue, ErrandLate, ErrandSoon
from tests.notices.errands.models import Errand
from tests.notices.given import AWAKE, NOON, claim_next, errand
from tests.threads import together

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def slots(**filters):
    return sorted(Delivery.objects.filter(**filters).values_list("slot", flat=True))


def states():
    return dict(Delivery.objects.values_list("slot", "state"))


def test_each_occasion_is_planned_once_however_often_planning_runs():
    errand(PersonFactory(), PersonFactory(), day=NOON.date() + 20 * DAY)

    for hours in range(0, 24 * 22, 7):
        plan(now=NOON + timedelta(hours=hours))

    assert Counter(Delivery.objects.values_list("slot", flat=True)) == dict.fromkeys(
        ["P14D", "P7D", "P3D", "P1D", "P0D"], 2
    )


def test_reminders_of_a_day_leave_at_nine_in_the_readers_zone():
    person = PersonFactory(zone="Asia/Kathmandu")
    errand(person, day=date(2026, 5, 16))

    plan(now=NOON)

    assert list(Delivery.objects.values_list("slot", "send_at")) == [
        ("P3D", datetime(2026, 5, 13, 3, 15, tzinfo=UTC)),
        ("P1D", datetime(2026, 5, 15, 3, 15, tzinfo=UTC)),
        ("P0D", datetime(2026, 5, 16, 3, 15, tzinfo=UTC)),
    ]


def test_reminders_of_an_hour_leave_so_many_hours_before_unless_it_is_quiet():
    person = PersonFactory(zone="UTC", quiet_from=time(21), quiet_to=time(8))
    subject = Errand(at=datetime(2026, 5, 15, 9, tzinfo=UTC))

    planned = occasions(ErrandSoon(), subject, person)

    assert [(one.slot.key, one.send_at) for one in planned] == [
        ("PT24H", datetime(2026, 5, 14, 9, tzinfo=UTC)),
        ("PT4H", datetime(2026, 5, 15, 8, tzinfo=UTC)),
    ]


def test_what_falls_on_a_weekend_waits_for_monday_and_the_same_morning_brings_one_mail():
    person = PersonFactory(zone="UTC", quiet_from=time(21), quiet_to=time(8), keeps_weekend=True)

    planned = occasions(ErrandDue(), Errand(day=date(2026, 5, 20)), person)  # a Wednesday

    sunday_s = next(one for one in planned if one.slot.key == "P3D")  # a Sunday
    assert sunday_s.send_at == datetime(2026, 5, 18, 9, tzinfo=UTC)
    due_soon = occasions(ErrandDue(), Errand(day=date(2026, 5, 19)), person)
    assert [(one.slot.key, one.send_at, one.not_after) for one in due_soon[2:4]] == [
        ("P3D", datetime(2026, 5, 18, 9, tzinfo=UTC), datetime(2026, 5, 18, 9, tzinfo=UTC)),  # never leaves
        ("P1D", datetime(2026, 5, 18, 9, tzinfo=UTC), datetime(2026, 5, 19, 9, tzinfo=UTC)),
    ]


def reminded(subject, *, at=NOON):
    """All that was due by then has left."""
    plan(now=at)
    for row in Delivery.objects.filter(state="planned", send_at__lte=at):
        row.step_to(Delivery.State.SENDING, now=at)
        row.lease_until = row.settled_at = at
        row.lease_token = row.pk
        row.step_to(Delivery.State.SENT, now=at)
        row.save()
    return subject


def move_to(subject, day, *, at):
    subject.day, subject.since, subject.epoch = day, at, subject.epoch + 1
    subject.save()
    with transaction.atomic():
        replan(subject, now=at)


def test_a_deadline_that_moves_after_a_reminder_gives_one_mail_that_says_so():
    person = PersonFactory(**AWAKE)
    subject = reminded(errand(person, day=date(2026, 5, 16)))

    move_to(subject, date(2026, 5, 20), at=NOON)
    for hours in range(30):
        plan(now=NOON + timedelta(hours=hours))

    row = Delivery.objects.get(slot="moved")
    title, body = written(row, subject, NOON, by_mail=True)
    assert (row.send_at, row.epoch, row.state) == (NOON, 1, "planned")
    assert title == "Moved: Count the seats"
    assert body.startswith("The date has moved: was Sat 16 May 2026, now Wed 20 May 2026.\n")


def test_who_was_not_reminded_yet_gets_no_mail_of_a_move():
    subject = errand(PersonFactory(**AWAKE), day=date(2026, 5, 30))
    plan(now=NOON)

    move_to(subject, date(2026, 6, 3), at=NOON)

    assert "moved" not in slots()


def test_a_reminder_that_would_come_with_the_mail_of_the_move_does_not():
    subject = reminded(errand(PersonFactory(**AWAKE), day=date(2026, 5, 14)))  # the day after

    move_to(subject, date(2026, 5, 16), at=NOON)
    plan(now=NOON + DAY)

    assert slots(epoch=1) == ["P0D", "P1D", "moved"]  # three days before is today: the mail of the move says it


def test_of_two_moves_before_the_mail_has_left_only_the_last_is_told():
    subject = reminded(errand(PersonFactory(**AWAKE), day=date(2026, 5, 16)))

    move_to(subject, date(2026, 5, 20), at=NOON)
    move_to(subject, date(2026, 5, 22), at=NOON + timedelta(minutes=5))

    assert list(Delivery.objects.filter(slot="moved").order_by("epoch").values_list("state", "epoch", "deadline")) == [
        ("cancelled", 1, "2026-05-20"),
        ("planned", 2, "2026-05-22"),
    ]


def test_a_deadline_that_moves_back_before_the_mail_has_left_is_not_told():
    subject = reminded(errand(PersonFactory(**AWAKE), day=date(2026, 5, 16)))

    move_to(subject, date(2026, 5, 20), at=NOON)
    move_to(subject, date(2026, 5, 16), at=NOON + timedelta(minutes=5))

    assert set(Delivery.objects.filter(slot="moved").values_list("state", flat=True)) == {"cancelled"}


def test_a_second_move_after_the_first_was_told_names_what_the_reader_knows():
    subject = reminded(errand(PersonFactory(**AWAKE), day=date(2026, 5, 16)))
    move_to(subject, date(2026, 5, 20), at=NOON)
    reminded(subject)

    move_to(subject, date(2026, 5, 22), at=NOON + timedelta(hours=2))

    row = Delivery.objects.get(slot="moved", epoch=2)
    assert written(row, subject, NOON, by_mail=True)[1].startswith(
        "The date has moved: was Wed 20 May 2026, now Fri 22 May 2026."
    )


def test_a_move_of_an_instant_is_said_in_the_readers_zone_and_in_utc():
    person = PersonFactory(zone="Asia/Kathmandu", **AWAKE)
    subject = reminded(errand(person, at=datetime(2026, 5, 16, 12, tzinfo=UTC)))
    subject.at = datetime(2026, 5, 17, 12, tzinfo=UTC)

    move_to(subject, None, at=NOON)

    assert written(Delivery.objects.get(slot="moved"), subject, NOON, by_mail=True)[1].startswith(
        "The date has moved: was Sat 16 May 2026, 17:45 Kathmandu (12:00 UTC),"
        " now Sun 17 May 2026, 17:45 Kathmandu (12:00 UTC)."
    )


def test_whoever_takes_over_gets_the_present_reminder_once_and_no_news_of_old_dates():
    leaver, successor = PersonFactory(**AWAKE), PersonFactory(**AWAKE)
    subject = reminded(errand(leaver, day=date(2026, 5, 20)))
    move_to(subject, date(2026, 5, 16), at=NOON)

    subject.people.set([successor])
    for minutes in range(0, 120, 10):
        plan(now=NOON + timedelta(minutes=minutes))

    waiting = Delivery.objects.waiting()
    assert set(waiting.values_list("person", flat=True)) == {successor.pk}
    assert [row.slot for row in waiting.filter(send_at__lte=NOON)] == ["P3D"]


def test_of_several_missed_occasions_only_the_latest_remains_and_the_others_say_why():
    errand(PersonFactory(**AWAKE), day=NOON.date() + 2 * DAY, since=NOON - 8 * DAY)
    plan(now=NOON - 6 * DAY)  # then nothing ran for six days

    plan(now=NOON)

    assert list(Delivery.objects.values_list("slot", "state", "reason")) == [
        ("P7D", "expired", "a later reminder took its place"),
        ("P3D", "planned", ""),
        ("P1D", "planned", ""),
        ("P0D", "planned", ""),
    ]


def test_slots_long_before_the_deadline_was_set_are_not_sent_in_arrears():
    errand(PersonFactory(), day=NOON.date() + 3 * DAY, since=NOON)

    plan(now=NOON)

    assert slots() == ["P0D", "P1D", "P3D"]


def test_a_moved_deadline_cancels_the_old_plan_and_makes_the_new_one_at_once():
    subject = errand(PersonFactory(), day=NOON.date() + 3 * DAY)
    plan(now=NOON)

    subject.day, subject.epoch = NOON.date() + 7 * DAY, 1
    subject.save()
    replan(subject, now=NOON)

    assert set(Delivery.objects.filter(epoch=0).values_list("state", "reason")) == {("cancelled", "the date moved")}
    assert slots(epoch=1, state="planned") == ["P0D", "P1D", "P3D", "P7D"]


def test_a_refused_move_leaves_the_old_plan():
    subject = errand(PersonFactory(), day=NOON.date() + 3 * DAY)
    plan(now=NOON)

    with transaction.atomic():
        subject.epoch = 1
        subject.save()
        replan(subject, now=NOON)
        transaction.set_rollback(True)

    assert slots(epoch=0, state="planned") == ["P0D", "P1D", "P3D"]
    assert slots(epoch=1) == []


def test_a_small_correction_moves_the_hour_and_keeps_the_row():
    subject = errand(PersonFactory(), at=NOON + 3 * DAY)
    plan(now=NOON)
    end = Delivery.objects.get(slot="P0D").not_after

    subject.at += timedelta(minutes=5)
    subject.save()
    replan(subject, now=NOON)

    assert Delivery.objects.get(slot="P0D").not_after == end + timedelta(minutes=5)


def test_somebody_who_is_no_longer_asked_gets_nothing_and_when_asked_again_gets_it():
    person = PersonFactory()
    subject = errand(person, day=NOON.date() + 3 * DAY)
    plan(now=NOON)

    subject.people.clear()
    replan(subject, now=NOON)
    left = set(Delivery.objects.values_list("state", "reason"))
    subject.people.add(person)
    plan(now=NOON)

    assert left == {("cancelled", "no longer asked")}
    assert slots(state="planned") == ["P0D", "P1D", "P3D"]


def test_a_new_owner_gets_the_present_occasion_once():
    first, second = PersonFactory(), PersonFactory()
    subject = errand(first, day=NOON.date() + 2 * DAY, since=NOON - 30 * DAY)
    plan(now=NOON)

    subject.people.set([second])
    replan(subject, now=NOON)
    plan(now=NOON)

    assert slots(person=second, state="planned") == ["P0D", "P1D", "P3D"]
    assert slots(person=first, state="planned") == []


def test_cancelling_stops_what_waits_for_the_people_named():
    first, second = PersonFactory(), PersonFactory()
    subject = errand(first, second, day=NOON.date() + DAY)
    plan(now=NOON)

    cancel(subject, reason="answered", now=NOON, people=[first])

    assert set(Delivery.objects.filter(person=first).values_list("state", "reason")) == {("cancelled", "answered")}
    assert set(Delivery.objects.filter(person=second).values_list("state", flat=True)) == {"planned"}


def test_a_notice_at_once_is_posted_once():
    subject, person = errand(), PersonFactory(**AWAKE)

    counts = [post("errand_given", subject, [person], now=NOON) for _turn in range(2)]

    assert counts == [1, 0]
    assert Delivery.objects.get().send_at == NOON


def test_a_tick_that_read_a_stale_deadline_changes_nothing(monkeypatch):
    subject = errand(PersonFactory(), day=NOON.date() + 3 * DAY)
    plan(now=NOON)
    stale = Errand.objects.get()
    subject.day, subject.epoch = NOON.date() + 7 * DAY, 1
    subject.save()
    replan(subject, now=NOON)
    before = list(Delivery.objects.order_by("id").values())

    monkeypatch.setattr(ErrandDue, "subjects", lambda *_: [stale])
    plan(now=NOON)

    assert list(Delivery.objects.order_by("id").values()) == before


def test_one_faulty_subject_stops_no_other(monkeypatch):
    errand(PersonFactory(), day=NOON.date() + DAY, title="faulty")
    errand(PersonFactory(), day=NOON.date() + DAY, title="good")
    audience = ErrandDue.audience
    monkeypatch.setattr(
        ErrandDue, "audience", lambda self, one: 1 / 0 if one.title == "faulty" else audience(self, one)
    )

    plan(now=NOON)

    assert {row.subject.title for row in Delivery.objects.all()} == {"good"}


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_make_one_row_each():
    errand(*PersonFactory.create_batch(5), day=NOON.date() + 3 * DAY)

    together(*[partial(plan, now=NOON)] * 4)

    assert Counter(Delivery.objects.values_list("slot", flat=True)) == {"P3D": 5, "P1D": 5, "P0D": 5}


def test_reminders_after_a_day_leave_at_nine_too_and_the_last_makes_sense_until_its_day_is_over():
    planned = occasions(ErrandLate(), Errand(day=date(2026, 5, 15)), PersonFactory(zone="UTC"))

    nine = [datetime(2026, 5, day, 9, tzinfo=UTC) for day in (14, 15, 16, 18, 22)]
    assert [(one.slot.key, one.send_at) for one in planned] == list(
        zip(["P1D", "P0D", "+P1D", "+P3D", "+P7D"], nine, strict=True)
    )
    assert [one.not_after for one in planned] == [
        nine[1],
        datetime(2026, 5, 16, tzinfo=UTC),  # on the day only until it is over
        nine[3],
        nine[4],
        datetime(2026, 5, 23, tzinfo=UTC),
    ]


def test_a_reminder_after_its_day_waits_for_the_end_of_quiet_hours_and_one_before_it_does_not():
    person = PersonFactory(zone="UTC", quiet_from=time(8), quiet_to=time(1))

    planned = occasions(ErrandLate(), Errand(day=date(2026, 5, 15)), person)

    leaves = {one.slot.key: one.send_at for one in planned}
    assert leaves["P0D"] == datetime(2026, 5, 15, 7, 55, tzinfo=UTC)
    assert leaves["+P1D"] == datetime(2026, 5, 17, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("slot", "words"),
    [
        ("+P1D", "1 day after"),
        ("+P3D", "3 days after"),
        ("now", "at once"),
        ("now+2", "at once"),
        ("late 3c6c9e3a0ea04348", "at once"),
    ],
)
def test_staff_read_an_occasion_in_words(slot, words):
    assert occasion_in_words(slot) == words


def test_of_several_missed_reminders_after_a_day_only_the_latest_is_sent(monkeypatch):
    monkeypatch.setitem(KINDS, "errand_late", ErrandLate())
    errand(PersonFactory(**AWAKE), day=NOON.date() - 4 * DAY, since=NOON - 30 * DAY)

    plan(now=NOON)

    rows = Delivery.objects.filter(kind="errand_late", send_at__lte=NOON).values_list("slot", "state")
    assert list(rows) == [("+P3D", "planned")]


def test_what_is_done_is_not_reminded_of_when_it_would_have_been_overdue(monkeypatch):
    monkeypatch.setitem(KINDS, "errand_late", ErrandLate())
    subject = errand(PersonFactory(**AWAKE), day=NOON.date() - DAY)
    plan(now=NOON)

    subject.is_done = True
    subject.save()
    replan(subject, now=NOON)

    assert set(Delivery.objects.values_list("state", flat=True)) == {"cancelled"}


ZONES = st.sampled_from(["UTC", "Asia/Kathmandu", "Pacific/Kiritimati", "America/St_Johns", "Europe/Zurich"])
HOURS = st.times().map(lambda hour: hour.replace(second=0, microsecond=0))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    ZONES,
    HOURS,
    HOURS,
)
@settings(max_examples=150, deadline=None)
def test_no_occasion_leaves_after_its_event_or_in_the_middle_of_quiet_hours(deadline, zone, quiet_from, quiet_to):
    person = Person(zone=zone, quiet_from=quiet_from, quiet_to=quiet_to)
    for kind, subject in ((ErrandSoon(), Errand(at=deadline)), (ErrandDue(), Errand(day=deadline.date()))):
        planned = occasions(kind, subject, person)

        assert len({one.slot for one in planned}) == len(kind.slots)
        for one in planned:
            assert one.send_at < planned[-1].not_after
            span = quiet_span(one.send_at, zone, quiet_from, quiet_to)
            # Only somebody with all but a few minutes of silence is written to in them.
            assert span is None or span[1] - span[0] > timedelta(hours=23, minutes=50)


def test_the_plan_keeps_hands_off_what_a_worker_has_put_off():
    subject = errand(PersonFactory(zone="UTC", quiet_from=time(13), quiet_to=time(15)), day=NOON.date())
    plan(now=NOON)
    late = NOON + timedelta(hours=2)  # nothing ran until then
    claim_next(Watch(late))

    plan(now=late)

    assert Delivery.objects.about(subject).get(slot="P0D").send_at == NOON + timedelta(hours=3)
