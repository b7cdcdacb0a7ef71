"""Rounds: who is asked on which version until when, and what each seat answered."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, When
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, known
from decisions.models.counting import carried, end_of_running, extended_end, ids_at, inquorate
from decisions.outcome import ADOPTING, DECIDED, Outcome, Procedure, Rule, Share, Standing, Voice, Window, standing
from meetings.models import Meeting
from members.models import Committee, Organisation, SeatHolder, SeatTerm
from notices.models import Delivery
from notices.reach import that_reached

ON_THE_WAY = [Delivery.State.PLANNED, Delivery.State.SENDING, Delivery.State.DEFERRED]
ASKING_KINDS = ["decisions.round_opened", "decisions.text_changed", "decisions.extended", "decisions.answer_due"]


class RoundQuerySet(models.QuerySet["Round"]):
    def unannounced(self) -> Self:
        return self.filter(announced_at=None)

    def closed(self, at: Any) -> Self:
        """Those whose closing instant has come by `at` (an instant, or a database expression for one)."""
        return self.filter(closes_at__lte=at)

    def running(self, at: datetime) -> Self:
        """Open at `at`, by the clock and the answers: also those that go on once and nobody has written it down."""
        is_running = Q(opens_at__lte=at, closes_at__gt=at) | Q(pk__in=ids_at(Round.objects.going_on, at))
        return self.unannounced().filter(is_running)

    def going_on(self, at: Any) -> Self:
        """Those that have closed without a quorum and are open once more at `at`, which nobody has written down yet:
        as `decisions.outcome.standing` says it, in SQL.
        """
        due = self.unannounced().closed(at).filter(extended_from=None).exclude(procedure=Procedure.MEETING)
        due = due.alias(end=extended_end()).filter(end__gt=at)
        return inquorate(due, _some_untold())

    def adopting(self, at: Any) -> Self:
        """Those that have closed by `at`, whose answers adopt, and whose outcome nobody has written down yet."""
        return self.unannounced().closed(at).carried()

    def to_confirm(self) -> Self:
        """Announced, and waiting for the chair's word."""
        return self.filter(outcome__in=sorted(DECIDED), confirmed_at=None)

    def carried(self) -> Self:
        """Those whose answers adopt, as `decisions.outcome.outcome` says it, in SQL; ask only of closed rounds."""
        return carried(self).filter(~Q(procedure=Procedure.SILENCE) | ~_some_untold())

    def with_end(self, at: datetime) -> Any:
        """`end`: when it closes, as is known at `at`: one that goes on once may not have been written down yet."""
        runs = When(pk__in=Round.objects.running(at).values("pk"), then=end_of_running(at))
        return self.annotate(end=Case(runs, default="closes_at", output_field=models.DateTimeField()))


def _some_untold() -> Exists:
    return Exists(Elector.objects.filter(round=OuterRef("pk"), answer=None, seen_at=None).unreached())


class Round(Identified):
    """A committee answers on one version until an instant. Whether it is open is told by the clock alone."""

    Procedure = Procedure

    version = models.ForeignKey("decisions.Version", on_delete=models.PROTECT, related_name="rounds")
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="rounds")
    procedure = models.CharField(_("how it is decided"), max_length=8, choices=Procedure)
    quorum = models.CharField(_("seats that must take part"), max_length=12, choices=Share)
    threshold = models.CharField(_("approvals that are needed"), max_length=12, choices=Share)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, related_name="rounds", verbose_name=_("meeting")
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by", help_text="Whose text was changed"
    )
    would_supersede = models.ForeignKey(
        "decisions.Decision",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("replaces, if adopted"),
        help_text="Part of what the seats are asked; when they adopt, the register says that it is superseded",
    )
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(_("closes"))
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    epoch = models.PositiveIntegerField(default=0, help_text="Raised whenever the closing instant moves")
    scheduled_at = models.DateTimeField(help_text="When the closing instant was last set")
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # How the base was counted when the round opened: all seats, less those that cannot answer.
    seats = models.PositiveSmallIntegerField()
    vacant = models.PositiveSmallIntegerField(default=0)
    suspended = models.PositiveSmallIntegerField(default=0, help_text="Held by ended or suspended organisations")
    doubled = models.PositiveSmallIntegerField(default=0, help_text="Further seats of an organisation counted once")
    brought_forward_from = models.DateTimeField(
        null=True, help_text="The closing hour that was announced, if the chair or an objection closed it before"
    )
    extended_from = models.DateTimeField(null=True, help_text="When it had closed without a quorum, and went on once")
    announced_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome, null=True)  # noqa: DJ001 - null: not announced yet
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at", "id"]
        indexes = [
            models.Index(fields=["closes_at"], condition=Q(announced_at=None), name="round_not_yet_announced"),
        ]
        constraints = [
            known("round", "procedure", *Procedure.values),
            known("round", "quorum", *Share.values),
            known("round", "threshold", *Share.values),
            known("round", "outcome", *Outcome.values),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="round_closes_after_it_opens"),
            models.CheckConstraint(
                condition=Q(seats__gt=F("vacant") + F("suspended") + F("doubled")), name="some_seat_counts_in_a_round"
            ),
            models.CheckConstraint(
                condition=Q(extended_from=None) | Q(extended_from__lt=F("closes_at")),
                name="extended_round_closes_later",
            ),
            models.CheckConstraint(
                condition=Q(brought_forward_from=None) | Q(brought_forward_from__gte=F("closes_at")),
                name="round_brought_forward_closes_earlier",
            ),
            models.CheckConstraint(
                condition=Q(announced_at=None, outcome=None) | Q(announced_at__isnull=False, outcome__isnull=False),
                name="round_has_an_outcome_exactly_when_announced",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["withdrawn", "replaced"])
                | Q(announced_at=None)
                | Q(announced_at__gte=F("closes_at")),
                name="round_is_announced_after_it_closed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, announced_at__isnull=False),
                name="outcome_is_confirmed_by_somebody_after_it_was_announced",
            ),
            models.UniqueConstraint(
                fields=["version"], condition=Q(announced_at=None), name="one_running_round_per_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.closes_at:%Y-%m-%d %H:%M}"

    @property
    def base(self) -> int:
        """How many seats count, before anybody recuses itself."""
        return self.seats - self.vacant - self.suspended - self.doubled

    @property
    def rule(self) -> Rule:
        return Rule(self.procedure, self.quorum, self.threshold, self.base)

    @property
    def window(self) -> Window:
        return Window(self.opens_at, self.closes_at, was_extended=self.extended_from is not None)

    @property
    def is_adopted(self) -> bool:
        return self.outcome in ADOPTING

    def older(self, said: Outcome | None) -> Any:
        """The decision that it replaces by the outcome `said`, as the register has it; before: that it would replace."""
        found = self.would_supersede
        if found is None or (said is not None and said not in ADOPTING):
            return None
        decision = getattr(self, "decision", None)
        return found if found.superseded_by_id == (decision and decision.pk) else None

    def standing(self, now: datetime) -> Standing:
        """Where it stands at `now`, from its rows, in one statement."""
        return self.standing_of(self.electors.with_reach().select_related("answer"), now)

    def standing_of(self, electors: Iterable["Elector"], now: datetime) -> Standing:
        """As `standing`, from `electors` that have been read. What was announced stays as it was announced."""
        found = standing(self.rule, [one.voice for one in electors], self.window, now)
        return replace(found, outcome=Outcome(self.outcome)) if self.outcome else found

    def holders(self) -> models.QuerySet[Person]:
        """Who speaks for the seats that are asked, as of today: representatives and alternates."""
        return Person.objects.filter(
            pk__in=SeatHolder.objects.current().filter(term__electors__round=self).values("person")
        )

    def holders_to_remind(self) -> models.QuerySet[Person]:
        """Holders of the seats that have not answered, but nobody who has spoken for another seat."""
        electors = Elector.objects.filter(round=self).awaited()
        other_hat = Elector.objects.filter(round=self).exclude(term=OuterRef("term")).heard_from(OuterRef("person"))
        awaited = SeatHolder.objects.current().filter(~Exists(other_hat), term__in=electors.values("term"))
        return Person.objects.filter(pk__in=awaited.values("person"))


class ElectorQuerySet(models.QuerySet["Elector"]):
    def spoken_for_by(self, person: Person | None) -> Self:
        """Those whose seat `person` holds today, as representative or alternate."""
        return self.filter(term__in=SeatHolder.objects.current().filter(person=person).values("term"))

    def silent(self) -> Self:
        return self.filter(answer=None)

    def awaited(self) -> Self:
        """Those that have something to do: whoever pressed *seen*, under silence, has done it."""
        return self.silent().filter(seen_at=None)

    def heard_from(self, person: Any) -> Self:
        """Those for whom `person` has spoken in time; `person` may be an expression."""
        return self.filter(Q(seen_by=person) | Q(changes__by=person, changes__is_late=False))

    def with_reach(self) -> Self:
        """`is_reached`: a mail that asks for the seat's answer reached somebody who speaks for it before the closing
        instant. `is_on_the_way`: such a mail has still to go out.
        """
        # As of the closing: whoever comes or goes later changes nothing.
        closing = ExpressionWrapper(OuterRef(OuterRef("round__closes_at")), output_field=models.DateTimeField())
        day = TruncDate(closing, tzinfo=UTC)
        holders = SeatHolder.objects.current(day).filter(term=OuterRef(OuterRef("term")))
        asking = Delivery.objects.by_mail().filter(
            kind__in=ASKING_KINDS,
            content_type__app_label="decisions",
            content_type__model="round",
            object_id=OuterRef("round"),
            person__in=holders.values("person"),
        )
        reached = that_reached(asking, OuterRef("round__closes_at"))
        coming = asking.filter(state__in=ON_THE_WAY, send_at__lt=OuterRef("round__closes_at"))
        return self.annotate(is_reached=Exists(reached), is_on_the_way=Exists(coming))

    def unreached(self) -> Self:
        return self.with_reach().filter(is_reached=False)

    def unanswered_by(self, person: Person | None, now: Any) -> Self:
        """What waits for `person`: electors of rounds open at `now` for whom nobody has answered yet.

        A person speaks for one organisation on each item: who has answered for another seat is not asked again.
        """
        other_hat = Elector.objects.filter(round=OuterRef("round")).exclude(pk=OuterRef("pk")).heard_from(person)
        return self.spoken_for_by(person).awaited().filter(~Exists(other_hat), round__in=Round.objects.running(now))


class Elector(Identified):
    """A seat's organisation in a round, as it stood when the round opened: one voice."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="electors")
    term = models.ForeignKey(SeatTerm, on_delete=models.PROTECT, related_name="electors")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="electors")
    seen_at = models.DateTimeField(null=True, help_text="When somebody who speaks for it pressed *seen*")
    seen_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recusal_proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recusal_proposed_at = models.DateTimeField(null=True)
    recusal_why = models.TextField(blank=True, help_text="Why the chair thinks that the seat should recuse itself")

    objects = ElectorQuerySet.as_manager()

    class Meta:
        ordering = ["round", "term__seat__number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="one_voice_per_organisation_and_round"),
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="somebody_has_seen_what_was_seen",
            ),
            models.CheckConstraint(
                condition=Q(recusal_proposed_at=None, recusal_proposed_by=None, recusal_why="")
                | Q(recusal_proposed_at__isnull=False, recusal_proposed_by__isnull=False) & ~Q(recusal_why=""),
                name="recusal_is_proposed_by_somebody_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}"

    def holders(self) -> models.QuerySet[Person]:
        """Who speaks for it, as of today: representative and alternate."""
        return Person.objects.filter(pk__in=SeatHolder.objects.current().filter(term=self.term_id).values("person"))

    @property
    def voice(self) -> Voice:
        """What it said, for the count; of a row with `is_reached` and, best, its answer joined."""
        answer = getattr(self, "answer", None)
        choice, at = (answer.choice, answer.at) if answer else (None, None)
        return Voice(choice, at, self.seen_at, is_reached=self.is_reached)  # type: ignore[attr-defined]
