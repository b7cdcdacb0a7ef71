"""Contributing: one official answer per member, changeable until the closing, and any number of comments."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import TransitionError, User, Visibility
from accounts.rules import require
from decisions.models import Consultation, Consulted, Contribution, ContributionChange, Question
from history.actions import record
from notices.actions.planning import replan

# Without its name: who reads the history may not know of every member. The details say which row it was.
ANSWERED = gettext_noop("A member gave its official answer")
CHANGED = gettext_noop("A member changed its official answer")
LATE = gettext_noop("A member answered after the closing: kept, and marked")
Texts = Mapping[UUID | None, str]  # by the question's id; None: on the whole


class AnsweredMeanwhile(TransitionError):
    """Another contact of the same organisation has answered since the form was opened."""

    def __init__(self, consulted: Consulted) -> None:
        self.consulted = consulted
        super().__init__(
            _(
                "%(person)s has answered for %(organisation)s since you opened this page. Yours is kept here; compare them."
            )
            % {"person": consulted.answered_by, "organisation": consulted.organisation}
        )


@transaction.atomic
def answer_officially(
    consulted: Consulted, *, by: User, texts: Texts, language: str, openness: str, seen: int, now: datetime
) -> bool:
    """Give, or change, the official answer of a member that is asked; whether it came in time.

    `texts` may all be empty: then the member has read the text and has nothing to add. `seen`: the `edits` of
    `consulted` when the form was made. `now`: the database's clock; from the closing instant on what is said is kept,
    marked late, and changes nothing. The same again (a double click, a replayed form) adds nothing. Raises Refused, and
    AnsweredMeanwhile when another contact answered since.
    """
    # The consultation's row orders what is said with its closing, the member's row its contacts among themselves.
    consultation = Consultation.objects.select_for_update().get(pk=consulted.consultation_id)
    rows = Consulted.objects.select_related("organisation", "answered_by")
    consulted = rows.select_for_update(of=("self",)).get(pk=consulted.pk)
    require(by, "decisions.answer_officially", consulted)
    said = _cleaned(consulted, texts)
    if has_closed(consultation, now):
        _keep_late(consulted, by, said, language, openness, now)
        return False
    if consulted.edits and _stands(consulted, said, language, openness):
        return True
    if consulted.edits != seen:
        raise AnsweredMeanwhile(consulted)
    if consulted.answered_at is not None and consulted.answered_at >= now:
        now = consulted.answered_at + timedelta(microseconds=1)
    for question, text in said.items():
        _write_part(consulted, by, question, {"text": text, "language": language, "openness": openness}, now)
    verb = CHANGED if consulted.edits else ANSWERED
    consulted.answered_at, consulted.answered_by, consulted.edits = now, by.person, consulted.edits + 1
    consulted.save(update_fields=["answered_at", "answered_by", "edits"])
    _record(verb, consulted, by, now)
    replan(consultation, now=now)
    return True


@transaction.atomic
def comment(
    consultation: Consultation,
    *,
    by: User,
    text: str,
    paragraph: int | None = None,
    consulted: Consulted | None = None,
    language: str,
    openness: str,
    now: datetime,
) -> Contribution:
    """Say something about a paragraph, or about the whole; `consulted`: in the name of that member, else personally.

    From the closing instant on it is kept and marked late. The same again adds nothing. Raises Refused.
    """
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    require(by, "decisions.contribute", consultation)
    organisation = None
    if consulted is not None:
        consulted = consultation.asked.select_related("organisation").get(pk=consulted.pk)
        require(by, "decisions.comment_for_organisation", consulted)
        organisation = consulted.organisation
    kind = Contribution.Kind.ORGANISATION if organisation else Contribution.Kind.PERSONAL
    said = {"kind": kind, "organisation": organisation, "paragraph": paragraph, "text": text.strip(), "by": by.person}
    same = Contribution.objects.filter(consultation=consultation, **said).first()
    if same is not None:
        return same
    is_late = has_closed(consultation, now)
    made = Contribution.objects.create(
        consultation=consultation, language=language, openness=openness, at=now, is_late=is_late, **said
    )
    _keep_change(made)
    record(gettext_noop("A comment was made"), consultation, by=by, now=now, visibility=Visibility.STEERING)
    return made


def has_closed(consultation: Consultation, now: datetime) -> bool:
    """Whether a contribution comes too late; asked under the consultation's lock.

    The clock was read before the lock: what closed early while we waited for it, or was announced or answered to its
    contributors, has closed, even if by that reading it had not.
    """
    if consultation.ended_early or consultation.announced_at is not None or consultation.told_at is not None:
        return True
    return now >= consultation.closes_at


def _cleaned(consulted: Consulted, texts: Texts) -> dict[UUID | None, str]:
    """What is said to each question that was asked, and to the whole."""
    questions = Question.objects.filter(consultation=consulted.consultation_id).values_list("pk", flat=True)
    return {key: texts.get(key, "").strip() for key in [None, *questions]}


def _parts(consulted: Consulted) -> dict[UUID | None, Contribution]:
    return {part.question_id: part for part in consulted.parts.in_time()}


def _stands(consulted: Consulted, said: dict[UUID | None, str], language: str, openness: str) -> bool:
    """Whether this is the answer that stands, word for word."""
    parts = _parts(consulted)
    if {key: parts[key].text if key in parts else "" for key in said} != said:
        return False
    return all((part.language, part.openness) == (language, openness) for part in parts.values())


def _write_part(
    consulted: Consulted, by: User, question: UUID | None, said: dict[str, str], now: datetime
) -> Contribution | None:
    part = consulted.parts.in_time().filter(question=question).first()
    if part is None and not said["text"]:
        return None
    if part is None:
        part = Contribution(consultation_id=consulted.consultation_id, consulted=consulted, question_id=question)
        part.kind, part.organisation = Contribution.Kind.OFFICIAL, consulted.organisation
    elif {name: getattr(part, name) for name in said} == said:
        return part
    for name, value in said.items():
        setattr(part, name, value)
    part.by, part.at = by.person, now
    part.save()
    _keep_change(part)
    return part


def _keep_late(
    consulted: Consulted, by: User, said: dict[UUID | None, str], language: str, openness: str, now: datetime
) -> None:
    known = {(part.question_id, part.text) for part in consulted.parts.filter(is_late=True)}
    new = {question: text for question, text in said.items() if text and (question, text) not in known}
    for question, text in new.items():
        made = Contribution.objects.create(
            consultation_id=consulted.consultation_id,
            kind=Contribution.Kind.OFFICIAL,
            consulted=consulted,
            organisation=consulted.organisation,
            question_id=question,
            text=text,
            language=language,
            openness=openness,
            by=by.person,
            at=now,
            is_late=True,
        )
        _keep_change(made)
    if new:
        _record(LATE, consulted, by, now)


def _keep_change(made: Contribution) -> None:
    ContributionChange.objects.create(
        contribution=made, text=made.text, language=made.language, openness=made.openness, by=made.by, at=made.at
    )


def _record(verb: str, consulted: Consulted, by: User, now: datetime) -> None:
    consultation = Consultation.objects.get(pk=consulted.consultation_id)
    record(verb, consultation, by=by, now=now, visibility=Visibility.STEERING, consulted=str(consulted.pk))
