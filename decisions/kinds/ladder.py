"""What do we send while a round is still to be answered? Who speaks for a silent seat hears first, then its alternate,
then the chair."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.rules import allows
from decisions.actions.closing import chairs_of
from decisions.kinds.rounds import AboutARound, AskingSilentSeats
from decisions.models import Elector, Round
from members.hats import account_of
from members.models import SeatHolder
from notices.kind import Slot, hours_before


class BeforeClosing(AboutARound):
    """Counts back from the closing of a round that is not announced yet."""

    told_at_once = True
    tells_moves = False  # whoever is still asked when a round goes on gets the mail “goes on”

    def subjects(self, since: datetime, until: datetime) -> Iterable[Round]:
        return Round.objects.unannounced().filter(closes_at__gte=since, closes_at__lte=until)

    def anchor(self, subject: Round) -> datetime | None:
        return subject.closes_at if subject.announced_at is None else None

    def since(self, subject: Round) -> datetime:
        return subject.scheduled_at


class AnswerDue(BeforeClosing, AskingSilentSeats):
    """24 and 4 hours before the closing, to who speaks for a seat that has not answered; to its alternate beside a
    representative, who were both asked at the opening, only at 4."""

    key = "decisions.answer_due"
    label = gettext_lazy("Reminder to answer")
    template = "decisions/emails/answer_due.txt"
    slots = hours_before(24, 4)

    def audience(self, subject: Round) -> Iterable[Person]:
        """Each with `is_asked_first`: not merely the alternate of somebody who is reminded before."""
        if subject.announced_at is not None:
            return ()
        silent = Elector.objects.filter(round=subject).awaited()
        held = SeatHolder.objects.current().filter(term__in=silent.values("term"))
        represented = held.filter(term=OuterRef("term"), capacity=SeatHolder.Capacity.REPRESENTATIVE)
        first = held.filter(Q(capacity=SeatHolder.Capacity.REPRESENTATIVE) | ~Exists(represented))
        return subject.holders_to_remind().annotate(is_asked_first=Exists(first.filter(person=OuterRef("pk"))))

    def slots_for(self, person: Any) -> tuple[Slot, ...]:
        return self.slots if person.is_asked_first else hours_before(4)


class SeatsSilent(BeforeClosing):
    """2 hours before the closing, to the chairs: which seats have not answered, unless it is only their own."""

    key = "decisions.seats_silent"
    label = gettext_lazy("Seats have not answered: to the chair")
    template = "decisions/emails/seats_silent.txt"
    because = gettext_lazy("You get this because you chair the committee.")
    slots = hours_before(2)

    def audience(self, subject: Round) -> list[Person]:
        if subject.announced_at is not None:
            return []
        silent = Elector.objects.filter(round=subject).awaited()
        position = subject.version.position
        return [
            one
            for one in chairs_of(subject)
            if silent.exclude(pk__in=silent.spoken_for_by(one)).exists()
            and allows(account_of(one), "decisions.see_answers", position)
        ]

    def is_readable(self, subject: Round, user: Any) -> bool:
        return allows(user, "decisions.see_answers", subject.version.position)

    def context(self, subject: Round, person: Person, now: datetime) -> dict[str, Any]:
        """`silent`: the seats that are awaited, each with who speaks for it, the representative first."""
        awaited = Elector.objects.filter(round=subject).awaited().with_reach()
        silent = list(awaited.select_related("organisation", "term__seat").order_by("term__seat__number"))
        speaking = defaultdict[UUID, list[SeatHolder]](list)
        for one in (
            SeatHolder.objects.current().filter(term__in=[seat.term_id for seat in silent]).select_related("person")
        ):
            speaking[one.term_id].append(one)
        return super().context(subject, person, now) | {"silent": [(one, speaking[one.term_id]) for one in silent]}
