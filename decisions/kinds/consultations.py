"""What do we send about consultations? The opening, reminders, a longer window, the closing, and what became of it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Person
from decisions.actions.consulting import told_of_closing
from decisions.actions.disposing import contributors
from decisions.models import Consultation, Consulted, Contribution, ContributionChange, Text
from members.hats import account_of
from notices.kind import Kind, days_before


class AboutAConsultation(Kind):
    model = Consultation
    reads = ("version__position", "own_region")
    act = gettext_lazy("Read and comment")
    because = gettext_lazy("You get this because you speak for a member that is asked.")

    def audience(self, subject: Consultation) -> Iterable[Person]:
        return subject.contacts()

    def titles(self, user: Any, ids: Collection[UUID]) -> dict[UUID, str]:
        seen = Consultation.objects.visible_to(user).filter(pk__in=ids)
        return dict(seen.values_list("pk", "version__position__title"))

    def parts_of(self, pk: UUID) -> QuerySet[Consultation]:
        return Consultation.objects.filter(version__position=pk)

    def path(self, subject: Consultation) -> str:
        return reverse("decisions:consultation", args=[subject.pk])

    def context(self, subject: Consultation, person: Person, now: datetime) -> dict[str, Any]:
        return {"consultation": subject, "position": subject.version.position, "version": subject.version}


class Asking(AboutAConsultation):
    """Mails that hold the text, the questions, and for whom their reader may answer."""

    def context(self, subject: Consultation, person: Person, now: datetime) -> dict[str, Any]:
        texts = list(Text.objects.filter(version=subject.version_id))
        decides = next(one for one in texts if one.is_authoritative)
        same = [one for one in texts if one is not decides and not one.is_outdated_beside(decides)]
        mine = Consulted.objects.filter(consultation=subject).signed_for_by(person).select_related("organisation")
        return super().context(subject, person, now) | {
            "text": decides,
            "translated": ", ".join(sorted(one.language_name for one in same)),
            "questions": list(subject.questions.all()),
            "signs_for": [one.organisation.name for one in mine.order_by("organisation__key")],
        }


class ConsultationOpened(Asking):
    """Once to everybody who speaks for a member that is asked, however many they speak for."""

    key = "decisions.consultation_opened"
    label = gettext_lazy("A consultation opened")
    template = "decisions/emails/consultation_opened.txt"


class ConsultationDue(Asking):
    """3 days and 1 day before the closing, to whoever may sign for a member without an official answer."""

    key = "decisions.consultation_due"
    label = gettext_lazy("Reminder of a consultation")
    template = "decisions/emails/consultation_due.txt"
    because = gettext_lazy("You get this because you may sign for a member that is asked and has not answered yet.")
    slots = days_before(3, 1)
    digestable = True
    told_at_once = True
    tells_moves = False  # the mail "more time" goes to everybody who is asked

    def subjects(self, since: datetime, until: datetime) -> Iterable[Consultation]:
        return Consultation.objects.filter(announced_at=None, closes_at__gte=since, closes_at__lte=until)

    def anchor(self, subject: Consultation) -> datetime | None:
        return subject.closes_at if subject.announced_at is None and not subject.ended_early else None

    def since(self, subject: Consultation) -> datetime:
        return subject.scheduled_at

    def audience(self, subject: Consultation) -> Iterable[Person]:
        return subject.contacts_to_remind() if self.anchor(subject) else ()

    def why_gone(self, subject: Consultation, ids: Collection[UUID]) -> dict[UUID, str]:
        """That their member has been heard, where it has."""
        heard = subject.contacts_heard().filter(pk__in=ids).values_list("pk", flat=True)
        answered = gettext_noop("the official answer has been given")
        return super().why_gone(subject, ids) | dict.fromkeys(heard, answered)


class ConsultationMoved(AboutAConsultation):
    """There is more time than was said."""

    key = "decisions.consultation_moved"
    label = gettext_lazy("A consultation was extended")
    template = "decisions/emails/consultation_moved.txt"


class ConsultationClosed(AboutAConsultation):
    """It has closed, perhaps early, and what was said is being read."""

    key = "decisions.consultation_closed"
    label = gettext_lazy("A consultation closed")
    template = "decisions/emails/consultation_closed.txt"
    because = gettext_lazy("You get this because you speak for a member that was asked, or opened the consultation.")
    act = gettext_lazy("Read what was said")
    digestable = True

    def audience(self, subject: Consultation) -> Iterable[Person]:
        return told_of_closing(subject)

    def context(self, subject: Consultation, person: Person, now: datetime) -> dict[str, Any]:
        said = Contribution.objects.filter(consultation=subject).in_time().with_words()
        return super().context(subject, person, now) | {
            "count": said.count(),
            "asked": subject.asked.count(),
            "answered": subject.asked.exclude(answered_at=None).count(),
        }


class ContributorsTold(AboutAConsultation):
    """“You said, we did”: each of the reader's own contributions, and what became of it."""

    key = "decisions.contributors_told"
    label = gettext_lazy("What became of contributions")
    template = "decisions/emails/contributors_told.txt"
    because = gettext_lazy("You get this because you contributed to the consultation.")
    act = gettext_lazy("See all of it")

    def audience(self, subject: Consultation) -> Iterable[Person]:
        return contributors(subject)

    def context(self, subject: Consultation, person: Person, now: datetime) -> dict[str, Any]:
        written = ContributionChange.objects.filter(contribution__consultation=subject, by=person)
        mine = Contribution.objects.filter(pk__in=written.values("contribution")).with_words()
        mine = mine.visible_to(account_of(person), now).select_related("disposition", "organisation", "question")
        return super().context(subject, person, now) | {"contributions": list(mine.order_by("at", "id"))}
