"""What do we send about rounds? The opening of a round, what is still to be answered, and how it ended."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Person
from accounts.rules import allows
from decisions.actions.closing import chairs_of, told_of_outcome
from decisions.difference import plain_difference
from decisions.models import Answer, AnswerChange, Elector, Position, Round, Text
from decisions.models.rounds import ElectorQuerySet
from decisions.outcome import Choice, Outcome
from decisions.seats import late_ones
from decisions.signing import signing_for
from decisions.words import committee_for, older_for, rule_sentence
from members.hats import account_of
from members.models import SeatHolder
from notices.kind import Kind

ANSWERED = gettext_noop("the seat has answered")
SEEN = gettext_noop("the seat has pressed “seen”")


class AboutARound(Kind):
    model = Round
    reads: ClassVar[tuple[str, ...]] = ("version__position", "committee", "decision")

    def audience(self, subject: Round) -> Iterable[Person]:
        return subject.holders()

    def titles(self, user: Any, ids: Collection[UUID]) -> dict[UUID, str]:
        seen = Round.objects.filter(pk__in=ids, version__position__in=Position.objects.visible_to(user))
        return dict(seen.values_list("pk", "version__position__title"))

    def parts_of(self, pk: UUID) -> QuerySet[Round]:
        return Round.objects.filter(version__position=pk)

    def path(self, subject: Round) -> str:
        return reverse("decisions:position", args=[subject.version.position_id])

    def context(self, subject: Round, person: Person, now: datetime) -> dict[str, Any]:
        texts = list(Text.objects.filter(version=subject.version_id).select_related("version__position"))
        text = next(one for one in texts if one.is_authoritative)  # the mail holds the wording that decides
        translated = sorted(one.language_name for one in texts if not one.is_authoritative)
        electors = list(subject.electors.with_reach().select_related("answer", "organisation"))
        found = subject.standing_of(electors, now)
        return {
            "round": subject,
            "text": text,
            "version": text.version,
            "position": text.version.position,
            "translated": ", ".join(translated),
            "electors": electors,
            "tally": found.tally,
            "older": older_for(account_of(person), subject, _said(subject)),
            "rule": rule_sentence(subject, found.tally.base, person.zone, found.closes_at),
        }


class Asking(AboutARound):
    """Mails that ask for an answer: they hold the rule, the text and whose seat it is."""

    because = gettext_lazy("You get this because you speak for a seat that is asked.")
    act = gettext_lazy("Read and answer")
    kept_because = gettext_lazy(
        "A seat’s answer belongs to its organisation: as long as you speak for one, you are asked by mail too."
    )

    def of(self, electors: ElectorQuerySet) -> ElectorQuerySet:
        """Those of the reader's seats that the mail is about."""
        return electors

    def context(self, subject: Round, person: Person, now: datetime) -> dict[str, Any]:
        electors = self.of(Elector.objects.filter(round=subject).spoken_for_by(person))
        elector = electors.select_related("organisation", "term__seat", "answer").order_by("term__seat__number").first()
        others = SeatHolder.objects.current().filter(term=elector.term) if elector else SeatHolder.objects.none()
        return super().context(subject, person, now) | {
            "elector": elector,
            "other": others.filter(~Q(person=person)).select_related("person").first(),
        }

    def path(self, subject: Round) -> str:
        return reverse("decisions:answer", args=[subject.version.position_id])

    def is_readable(self, subject: Round, user: Any) -> bool:
        """It holds the text of a version, which is not for everybody who sees the position."""
        return allows(user, "decisions.read_versions", subject.version.position)


class RoundOpened(Asking):
    """A round has opened: to everybody who speaks for a seat that is asked."""

    key = "decisions.round_opened"
    label = gettext_lazy("A round opened")
    template = "decisions/emails/round_opened.txt"


class TextChanged(Asking):
    """Another text is put to the seats: what they answered is void, and they are shown what differs."""

    key = "decisions.text_changed"
    label = gettext_lazy("The text was changed: please answer again")
    template = "decisions/emails/text_changed.txt"
    reads = (*AboutARound.reads, "replaces__version")

    def context(self, subject: Round, person: Person, now: datetime) -> dict[str, Any]:
        context = super().context(subject, person, now)
        assert subject.replaces is not None  # noqa: S101 - for mypy: posted about such rounds alone
        old = Text.objects.get(version=subject.replaces.version_id, is_authoritative=True)
        return context | {"old": old, "difference": plain_difference(old.body, context["text"].body)}


class AskingSilentSeats(Asking):
    """Mails to those who speak for a seat that has not been heard."""

    def audience(self, subject: Round) -> Iterable[Person]:
        return subject.holders_to_remind() if subject.announced_at is None else ()

    def why_gone(self, subject: Round, ids: Collection[UUID]) -> dict[UUID, str]:
        """That their seat has been heard, where it has."""
        seats = Elector.objects.filter(round=subject, term=OuterRef("term"))
        heard = Exists(seats.filter(Q(answer__isnull=False) | Q(seen_at__isnull=False)))
        held = SeatHolder.objects.current().filter(heard, person__in=ids)
        # Whoever holds two seats reads of the answer, which comes last.
        words = held.annotate(has_answered=Exists(seats.filter(answer__isnull=False))).order_by("has_answered")
        found = {person: ANSWERED if has else SEEN for person, has in words.values_list("person", "has_answered")}
        return super().why_gone(subject, ids) | found


class Extended(AskingSilentSeats):
    """The round closed without a quorum and goes on once: to those who have not answered."""

    key = "decisions.extended"
    label = gettext_lazy("A round goes on: no quorum yet")
    template = "decisions/emails/extended.txt"


class AboutASeat(Asking):
    """What happened to the reader's own seat."""

    because = gettext_lazy("You get this because you speak for this seat.")
    act = gettext_lazy("Look at your seat’s answer")


class AnswerRecorded(AboutASeat):
    """Staff took down what the seat told them: its holders see what stands in their name."""

    key = "decisions.answer_recorded"
    label = gettext_lazy("Staff recorded your seat’s answer")
    template = "decisions/emails/answer_recorded.txt"

    def of(self, electors: ElectorQuerySet) -> ElectorQuerySet:
        taken_down = AnswerChange.objects.filter(elector=OuterRef("pk"), recorded_by__isnull=False)
        return electors.filter(Exists(taken_down))

    def context(self, subject: Round, person: Person, now: datetime) -> dict[str, Any]:
        """`recorded`: what staff took down last; `answer`: what counts, which may be another by now."""
        context = super().context(subject, person, now)
        taken_down = AnswerChange.objects.filter(elector=context["elector"], recorded_by__isnull=False)
        recorded = taken_down.select_related("by", "recorded_by").order_by("at").last()
        return context | {"recorded": recorded, "answer": getattr(context["elector"], "answer", None)}


class RecusalProposed(AboutASeat):
    """The chair thinks that the seat should recuse itself."""

    key = "decisions.recusal_proposed"
    label = gettext_lazy("Your seat is asked to recuse itself")
    template = "decisions/emails/recusal_proposed.txt"

    def of(self, electors: ElectorQuerySet) -> ElectorQuerySet:
        return electors.exclude(recusal_why="")


class Objected(AboutARound):
    """A seat objected and the round goes on: to everybody who is asked, at once."""

    key = "decisions.objected"
    label = gettext_lazy("A seat objected")
    template = "decisions/emails/objected.txt"
    because = gettext_lazy(
        "You get this because you speak for a seat that is asked, opened the round, or chair the committee."
    )

    def audience(self, subject: Round) -> Iterable[Person]:
        """Nobody any more once every objection was taken back."""
        stands = Answer.objects.filter(elector__round=subject, choice=Choice.OBJECT).exists()
        return told_of_outcome(subject) if stands else []

    def is_readable(self, subject: Round, user: Any) -> bool:
        return allows(user, "decisions.see_answers", subject.version.position)

    def context(self, subject: Round, person: Person, now: datetime) -> dict[str, Any]:
        context = super().context(subject, person, now)
        return context | {"objections": _objections(context["electors"])}


class AnsweredLate(AboutARound):
    """A seat answered after the closing: kept, not counted, and told to the chairs."""

    key = "decisions.answered_late"
    label = gettext_lazy("An answer came too late")
    template = "decisions/emails/answered_late.txt"
    because = gettext_lazy("You get this because you chair the committee.")

    def audience(self, subject: Round) -> Iterable[Person]:
        return chairs_of(subject)

    def is_readable(self, subject: Round, user: Any) -> bool:
        return allows(user, "decisions.see_answers", subject.version.position)

    def context(self, subject: Round, person: Person, now: datetime) -> dict[str, Any]:
        return super().context(subject, person, now) | {"late": late_ones(subject)}


class OutcomeAnnounced(AboutARound):
    """What the answers said: to the seats that were asked, whoever opened the round, and the chairs."""

    key = "decisions.outcome"
    label = gettext_lazy("Outcome of a round")
    template = "decisions/emails/outcome.txt"
    because = gettext_lazy(
        "You get this because you speak for a seat that was asked, opened the round, or chair the committee."
    )

    def audience(self, subject: Round) -> Iterable[Person]:
        return told_of_outcome(subject)

    def context(self, subject: Round, person: Person, now: datetime) -> dict[str, Any]:
        user = account_of(person)
        is_insider = allows(user, "decisions.see_answers", subject.version.position)
        context = super().context(subject, person, now)
        signing = signing_for(user, context["electors"], _said(subject), is_insider=is_insider)
        return context | {
            "committee": committee_for(user, subject.committee),
            "is_adopted": subject.is_adopted,
            "decision": getattr(subject, "decision", None),
            "assented": signing.by_silence,
            "objections": _objections(context["electors"]) if is_insider else [],
        }


class Withdrawn(AboutARound):
    """The position was withdrawn while its round was open."""

    key = "decisions.withdrawn"
    label = gettext_lazy("A position was withdrawn")
    template = "decisions/emails/withdrawn.txt"
    because = gettext_lazy("You get this because you speak for a seat that was asked.")


def _said(subject: Round) -> Outcome | None:
    return Outcome(subject.outcome) if subject.outcome else None


def _objections(electors: list[Elector]) -> list[Answer]:
    answers = [one.answer for one in electors if hasattr(one, "answer")]
    return sorted((one for one in answers if one.choice == Choice.OBJECT), key=lambda one: one.at)
