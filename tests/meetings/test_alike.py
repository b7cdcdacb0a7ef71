"""A text that is written once for all who are alike says to each what it would have said to them alone."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from meetings.kinds import AboutMeeting
from meetings.models import Attendance, Meeting
from notices.actions.planning import delivery_for
from notices.compose import written
from notices.kind import KINDS
from tests.factories import MeetingFactory, PersonFactory
from tests.notices.given import NOON

pytestmark = pytest.mark.django_db
OURS = [kind for kind in KINDS.values() if isinstance(kind, AboutMeeting)]


@pytest.fixture
def people():
    """Of each answer two; one of all reads another language, another lives elsewhere."""
    meeting = MeetingFactory(starts_at=NOON + timedelta(days=2), scheduled_at=NOON - timedelta(days=9))
    answers = [answer for answer in Attendance.Answer.values for _each in range(2)]
    made = [PersonFactory(display_name=f"Amina {number} %s {{{{ now }}}}") for number in range(len(answers))]
    made += [PersonFactory(language="qps"), PersonFactory(zone="Asia/Kathmandu")]
    for person, answer in zip(made, [*answers, "yes", "yes"], strict=True):
        answered_at = None if answer == "none" else NOON
        Attendance.objects.create(
            meeting=meeting, person=person, answer=answer, answered_at=answered_at, invited_at=NOON
        )
    return made


def said(kind, subject, person, now=NOON):
    row = delivery_for(kind, subject, person, "now", now, None)
    with override(person.language):
        return written(row, subject, now, by_mail=True)


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.key)
def test_each_reader_gets_the_text_they_would_get_alone(kind, people):
    together = Meeting.objects.get()
    kind.prepare(together, people)

    shared = [said(kind, together, person) for person in people]

    assert shared == [said(kind, Meeting.objects.get(), person) for person in people]
    assert all(person.display_name in body for person, (_title, body) in zip(people, shared, strict=True))


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.key)
def test_it_is_written_once_for_all_who_are_alike(kind, people, monkeypatch):
    together, rendered = Meeting.objects.get(), []
    kind.prepare(together, people)
    context = type(kind).context
    monkeypatch.setattr(type(kind), "context", lambda *given: rendered.append(given) or context(*given))

    for person in people:
        said(kind, together, person)

    assert len(rendered) == len(Attendance.Answer.values) + 2


def test_a_minute_later_it_is_written_anew(people):
    together, kind = Meeting.objects.get(), KINDS["meetings.reminder"]

    texts = {said(kind, together, people[0], NOON + timedelta(minutes=minute))[1] for minute in (0, 61)}

    assert len(texts) == 2
