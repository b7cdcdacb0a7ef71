"""What do we send about rounds? The opening of a round, what is still to be answered, and how it ended."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.rules import allows
from campaigns.kinds import account_of
from decisions.actions.asking import told_of_outcome
from decisions.models import Elector, Position, Round, Text
from decisions.outcome import Outcome
from decisions.words import committee_for
from members.models import SeatHolder
from notices.kind import Kind, hours_before


class AboutARound(Kind):
    model = Round
    reads = ("version__position", "committee", "decision")

    def audience(self, subject: Round) -> Iterable[Person]:
        return subject.holders()

    def titles(self, user: Any, ids: Collection[UUID]) -> dict[UUID, str]:
        seen = Round.objects.filter(pk__in=ids, version__position__in=Position.objects.visible_to(user))
        return dict(seen.values_list("pk", "version__position__title"))

    def path(self, subject: Round) -> str:
        return reverse("decisions:position", args=[subject.version.position_id])

    def context(self, subject: Round, person: Person, now: datetime) -> dict[str, Any]:
        texts = list(Text.objects.filter(version=subject.version_id).select_related("version__position"))
        text = next(one for one in texts if one.is_authoritative)  # the mail holds the wording that decides
        translated = sorted(one.language_name for one in texts if not one.is_authoritative)
        about = {"round": subject, "text": text, "version": text.version, "position": text.version.position}
        return about | {"translated": ", ".join(translated)}


class Asking(AboutARound):
    """Mails that ask for an answer: they hold the rule, the text and whose seat it is."""

    because = gettext_lazy("You get this because you speak for a seat that is asked.")
    act = gettext_lazy("Read and answer")
    kept_because = gettext_lazy(
        "A seat’s answer belongs to its organisation: as long as you speak for one, you are asked by mail too."
    )

    def context(self, subject: Round, person: Person, now: datetime) -> dict[str, Any]:
        electors = Elector.objects.filter(round=subject).spoken_for_by(person)
        elector = electors.select_related("organisation", "term__seat").order_by("term__seat__number").first()
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


class AnswerDue(Asking):
    """24 and 4 hours before the closing, to the holders of seats that have not answered."""

    key = "decisions.answer_due"
    label = gettext_lazy("Reminder to answer")
    template = "decisions/emails/answer_due.txt"
    slots = hours_before(24, 4)
    told_at_once = True

    def subjects(self, since: datetime, until: datetime) -> Iterable[Round]:
        return Round.objects.unannounced().filter(closes_at__gte=since, closes_at__lte=until)

    def anchor(self, subject: Round) -> datetime | None:
        return subject.closes_at if subject.announced_at is None else None

    def since(self, subject: Round) -> datetime:
        return subject.scheduled_at

    def audience(self, subject: Round) -> Iterable[Person]:
        return subject.holders_to_remind() if subject.announced_at is None else ()


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
        prefetch_related_objects([subject], Prefetch("electors", Elector.objects.select_related("answer")))
        return super().context(subject, person, now) | {
            "committee": committee_for(account_of(person), subject.committee),
            "is_adopted": subject.outcome == Outcome.ADOPTED,
            "tally": subject.tally,
            "decision": getattr(subject, "decision", None),
        }


class Withdrawn(AboutARound):
    """The position was withdrawn while its round was open."""

    key = "decisions.withdrawn"
    label = gettext_lazy("A position was withdrawn")
    template = "decisions/emails/withdrawn.txt"
    because = gettext_lazy("You get this because you speak for a seat that was asked.")
