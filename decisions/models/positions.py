"""Positions: texts the coalition may stand behind, in numbered versions."""

import hashlib
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Extract, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, TransitionError, Visibility, known
from accounts.rules import classes_seen_by
from campaigns.models import Campaign
from decisions.languages import language_name
from decisions.models.counting import ids_at
from decisions.models.levels import Level
from decisions.models.rounds import Elector, Round
from decisions.wording import Paragraph, paragraphs_of, plain, read
from members.hats import hats
from members.models import Committee, WordsField, words_index

SECONDS: "models.Field[Any, Any]" = models.DecimalField(max_digits=20, decimal_places=6)


class PositionQuerySet(models.QuerySet["Position"]):
    def visible_to(self, user: Any, at: Any = Now()) -> Self:  # noqa: B008 - an expression: the database's clock
        """Drafts and open ones by class; adopted ones to every member, from the closing instant and not the hour of
        its announcement; the others by class too, but to no more than the steering committee and staff. The committee,
        the seats that are asked and the author see theirs in every state.
        """
        seen, worn = classes_seen_by(user), hats(user)
        electors = Elector.objects.spoken_for_by(user.person)
        shown = (
            Q(committee__in=worn.seated_in | worn.chairs)
            | Q(pk__in=electors.values("round__version__position"))
            | Q(author=user.person)
            | Q(status__in=[Position.Status.DRAFT, Position.Status.OPEN], visibility__in=seen)
        )
        if Visibility.MEMBERS in seen:
            adopting = ids_at(Round.objects.adopting, at, "version__position")
            shown |= Q(status=Position.Status.ADOPTED) | Q(pk__in=adopting)
        if Visibility.STEERING in seen:
            ended = [Position.Status.REJECTED, Position.Status.UNDECIDED, Position.Status.WITHDRAWN]
            shown |= Q(status__in=ended, visibility__in=seen)
        return self.filter(shown)

    def would_replace(self, decision: Any) -> Self:
        """Those open for sign-off that replace `decision` if they are adopted."""
        asked = Round.objects.unannounced().filter(would_supersede=decision)
        return self.filter(pk__in=asked.values("version__position"))

    def with_standing(self, at: datetime) -> Self:
        """`standing` sorts a list: what is open, the nearest closing first; drafts; what is decided, both newest first."""
        asked = Round.objects.unannounced().filter(version__position=OuterRef("pk")).order_by("-opens_at").with_end(at)
        closing = Coalesce(Subquery(asked.values("end")[:1]), "changed_at")
        changed = Cast(Extract("changed_at", "epoch"), SECONDS)
        return self.annotate(
            standing=Case(
                When(status="open", then=Cast(Extract(closing, "epoch"), SECONDS)),
                When(status="draft", then=Value(10**11, output_field=SECONDS) - changed),
                default=Value(2 * 10**11, output_field=SECONDS) - changed,
            )
        )


class Position(Identified):
    """A text the coalition may stand behind. Drafted, answered on in rounds, adopted or not; never deleted."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open for sign-off")
        ADOPTED = "adopted", _("Adopted")
        REJECTED = "rejected", _("Not adopted")
        UNDECIDED = "undecided", _("Not decided")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    STEPS = {
        Status.DRAFT: {Status.OPEN, Status.WITHDRAWN},
        Status.OPEN: {Status.ADOPTED, Status.REJECTED, Status.UNDECIDED, Status.WITHDRAWN},
        Status.REJECTED: {Status.DRAFT},  # a new version may be asked about again
        # Silence broken, no quorum, too many recused: another version, or another way with the same one.
        Status.UNDECIDED: {Status.DRAFT, Status.OPEN, Status.WITHDRAWN},
        Status.ADOPTED: set(),
        Status.WITHDRAWN: set(),
    }

    title = models.CharField(_("title"), max_length=200)
    words = WordsField(of="title")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="positions", verbose_name=_("campaign")
    )
    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="positions", verbose_name=_("committee that decides")
    )
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="positions", verbose_name=_("level"))
    visibility = models.CharField(
        _("who sees the draft"), max_length=12, choices=Visibility, default=Visibility.STEERING
    )
    status = models.CharField(_("state"), max_length=9, choices=Status, default=Status.DRAFT)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="positions")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(help_text="When its text or its state last changed")
    withdrawal_reason = models.TextField(_("why it was withdrawn"), blank=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "id"]
        indexes = [
            models.Index(fields=["status", "-changed_at", "id"], name="position_by_status"),
            words_index("position"),
        ]
        constraints = [
            known("position", "visibility", *Visibility.values),
            known("position", "status", "draft", "open", "adopted", "rejected", "undecided", "withdrawn"),
            models.CheckConstraint(
                condition=Q(status="withdrawn") & ~Q(withdrawal_reason="")
                | ~Q(status="withdrawn") & Q(withdrawal_reason=""),
                name="position_is_withdrawn_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def step_to(self, status: "Position.Status", *, back: bool = False) -> None:
        """The only place that sets `status`; `back`: the step that led here is undone. Does not save.

        Raises TransitionError.
        """
        old = self.Status(self.status)
        if old not in self.STEPS[status] if back else status not in self.STEPS[old]:
            raise TransitionError(
                _("A position that is “%(old)s” cannot become “%(new)s”.")
                % {"old": self.get_status_display(), "new": status.label}
            )
        self.status = status


class Version(Identified):
    """A numbered state of a position."""

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    is_correction = models.BooleanField(
        default=False, help_text="Differs from the one before by slips of writing alone"
    )

    class Meta:
        ordering = ["position", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["position", "number"], name="version_number_once_per_position"),
            models.CheckConstraint(condition=Q(number__gte=1), name="versions_count_from_one"),
        ]

    def __str__(self) -> str:
        return _("%(title)s, version %(number)s") % {"title": self.position.title, "number": self.number}


class Text(Identified):
    """A version's wording in one language. The one that decides is fixed once a round has opened on the version: a
    trigger sees to it. A translation says which wording it was made from: it is outdated when that is another one.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(_("language"), max_length=8, default="en")
    body = models.TextField(_("text"))
    sha256 = models.CharField(max_length=64, editable=False)
    is_authoritative = models.BooleanField(_("this wording decides"), default=True)
    made_from = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Fingerprint of the deciding wording that was translated"
    )
    translated_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    translated_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["version", "-is_authoritative", "language"]
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="one_text_per_language"),
            models.UniqueConstraint(
                fields=["version"], condition=Q(is_authoritative=True), name="one_authoritative_text_per_version"
            ),
            models.CheckConstraint(condition=~Q(body=""), name="text_is_not_empty"),
            models.CheckConstraint(
                condition=Q(is_authoritative=True, made_from="", translated_by=None, translated_at=None)
                | Q(is_authoritative=False, translated_by__isnull=False, translated_at__isnull=False)
                & ~Q(made_from=""),
                name="text_was_made_from_another_exactly_when_translated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"

    @property
    def paragraphs(self) -> list[str]:
        """As they were written."""
        return paragraphs_of(self.body)

    @property
    def plain_paragraphs(self) -> list[str]:
        """As a mail says them, numbered."""
        return [plain(one) for one in self.paragraphs]

    @property
    def language_name(self) -> str:
        return language_name(self.language)

    def is_outdated_beside(self, decides: "Text") -> bool:
        """Whether this translation was made from another wording than the one that `decides`."""
        return not self.is_authoritative and self.made_from != decides.sha256

    @property
    def read(self) -> list[Paragraph]:
        """As a page shows them."""
        return read(self.body)


def fingerprint(body: str) -> str:
    """SHA-256 (hex) of a wording."""
    return hashlib.sha256(body.encode()).hexdigest()
