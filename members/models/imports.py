"""Imports of the roster: what a file said, what we thought of each row, what was decided and what it did."""

from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.counting import count_of
from accounts.models import Identified, TransitionError, User, Visibility, known
from accounts.rules import classes_seen_by
from members.models.organisations import Organisation
from members.models.standing import Membership


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: Any) -> Self:
        """Those who keep the roster: a file may hold what only staff reads."""
        return self if Visibility.STAFF in classes_seen_by(user) else self.none()

    def open(self) -> Self:
        """Still to be decided: neither applied nor discarded."""
        leads_on = [status for status, steps in ImportBatch.STEPS.items() if ImportBatch.Status.DISCARDED in steps]
        return self.filter(status__in=leads_on)

    def with_rows_to_decide(self) -> Self:
        """`rows_to_decide`: how many wait for somebody's word."""
        rows = ImportRow.objects.filter(batch=OuterRef("pk"), verdict__in=ImportRow.TO_DECIDE)
        return self.annotate(rows_to_decide=count_of(rows, by="batch"))


class ImportBatch(Identified):
    """One uploaded file. Nothing is written to the roster before it is applied."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Columns to be named")
        PREVIEWED = "previewed", _("Preview: nothing written yet")
        APPLIED = "applied", _("Applied")
        DISCARDED = "discarded", _("Discarded")
        TAKEN_BACK = "taken-back", _("Taken back")

    STEPS = {
        Status.UPLOADED: {Status.PREVIEWED, Status.DISCARDED},
        Status.PREVIEWED: {Status.PREVIEWED, Status.APPLIED, Status.DISCARDED},
        Status.APPLIED: {Status.TAKEN_BACK},
        Status.DISCARDED: set(),
        Status.TAKEN_BACK: set(),
    }

    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1)
    header = models.JSONField(default=list, help_text="The column names as found")
    mapping = models.JSONField(default=dict, help_text="{our field: column number from 0}")
    category = models.CharField(
        _("new organisations join as"),
        max_length=10,
        choices=Membership.Category,
        blank=True,
        help_text="For rows that name no category themselves; empty: on the list without a membership",
    )
    since = models.DateField(_("member since"), null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.UPLOADED)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "id"]
        constraints = [
            known("importbatch", "status", "uploaded", "previewed", "applied", "discarded", "taken-back"),
            known("importbatch", "category", "", "member", "affiliate", "associate", "endorser", "observer"),
            models.CheckConstraint(
                condition=Q(status__in=["applied", "taken-back"], applied_at__isnull=False)
                | (~Q(status__in=["applied", "taken-back"]) & Q(applied_at=None)),
                name="applied_at_exactly_when_applied",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_open(self) -> bool:
        """Still to be decided: neither applied nor discarded."""
        return self.Status.DISCARDED in self.STEPS[self.Status(self.status)]

    @property
    def is_taken_back(self) -> bool:
        return self.status == self.Status.TAKEN_BACK

    def step_to(self, status: "ImportBatch.Status", *, back: bool = False) -> None:
        """The only place that sets `status`; `back`: the step that led here is undone. Does not save.

        Raises TransitionError.
        """
        old = self.Status(self.status)
        if old not in self.STEPS[status] if back else status not in self.STEPS[old]:
            raise TransitionError(
                _("This import is closed (“%(state)s”); nothing was done again.") % {"state": self.get_status_display()}
            )
        self.status = status


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def that_never_were(self) -> Self:
        """Those that added an organisation, which was taken back: no later import may meet it again."""
        return self.filter(outcome="added", undone="reversed", organisation__isnull=False)


class ImportRow(Identified):
    """One line of the file: its cells, our verdict (the first that applies), the decision and what it changed."""

    class Verdict(models.TextChoices):
        NONE = "", _("Not judged yet")
        ERROR = "error", _("Error")
        REPEATED = "repeated", _("Duplicate within the file")
        POSSIBLE = "possible", _("Possible duplicate")
        COUNTRY = "country", _("Needs a country")
        CHANGE = "change", _("Will change")
        FILL = "fill", _("Fills blanks")
        UNCHANGED = "unchanged", _("Unchanged")
        NEW = "new", _("New")

    class Decision(models.TextChoices):
        NONE = "", _("Not decided")
        SAME = "same", _("The same organisation")
        DISTINCT = "distinct", _("Another organisation")
        COUNTRY = "country", _("Country or scope given")
        LEAVE = "leave", _("Left out")

    class Outcome(models.TextChoices):
        NONE = "", _("Not applied yet")
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        UNCHANGED = "unchanged", _("Nothing to change")
        OUT = "out", _("Left out")
        MOVED = "moved", _("Left out: the roster changed after the preview")
        CLASHED = "clashed", _("Left out: an organisation of this name and country is there already")

    class Undone(models.TextChoices):
        NONE = "", _("Stands")
        REVERSED = "reversed", _("Taken back")
        KEPT = "kept", _("Kept: edited since")
        FAILED = "failed", _("Not taken back: it holds a seat")

    TO_DECIDE = [Verdict.REPEATED, Verdict.POSSIBLE, Verdict.COUNTRY]
    STAYS_OUT = [Verdict.ERROR, *TO_DECIDE]
    WRITES = [Verdict.CHANGE, Verdict.FILL, Verdict.NEW]

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField(help_text="The file's own row number; the first row below the header is 1")
    cells = models.JSONField(help_text="The row as found, one text per column")
    content_hash = models.CharField(
        max_length=64, db_index=True, blank=True, help_text="Of the mapped cells: decisions go by it"
    )
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.NONE, blank=True)
    why = models.JSONField(default=dict, help_text="What the verdict rests on: members/roster/verdicts.py")
    match = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    seen_version = models.PositiveIntegerField(null=True, help_text="The version of `match` the verdict saw")
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.NONE, blank=True)
    decided = models.JSONField(default=dict, help_text="What was decided: members/roster/decisions.py")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.NONE, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="import_rows")
    before = models.JSONField(null=True, help_text="Values the row replaced, for undo; null when it added")
    after = models.JSONField(null=True, help_text="Values it wrote")
    left_at = models.PositiveIntegerField(
        null=True, help_text="Number of the organisation's newest entry of history when the import was done"
    )
    undone = models.CharField(max_length=8, choices=Undone, default=Undone.NONE, blank=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "line"]
        indexes = [
            models.Index(fields=["batch", "verdict", "line"], name="import_rows_by_verdict"),
            models.Index(
                fields=["organisation"],
                condition=Q(outcome="added", undone="reversed"),
                name="import_rows_that_never_were",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "line"], name="line_once_per_import"),
            known(
                "importrow",
                "verdict",
                "",
                "error",
                "repeated",
                "possible",
                "country",
                "change",
                "fill",
                "unchanged",
                "new",
            ),
            known("importrow", "decision", "", "same", "distinct", "country", "leave"),
            known("importrow", "outcome", "", "added", "changed", "unchanged", "out", "moved", "clashed"),
            known("importrow", "undone", "", "reversed", "kept", "failed"),
            models.CheckConstraint(
                condition=Q(undone="") | Q(outcome__in=["added", "changed"]), name="only_what_was_written_is_undone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch}, {self.line}"


class ReviewedPair(Identified):
    """Somebody looked at two organisations of like names and said: these are two."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="reviewed_pairs")
    other = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()

    class Meta:
        ordering = ["-reviewed_at"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "other"], name="pair_reviewed_once"),
            models.CheckConstraint(condition=~Q(organisation=models.F("other")), name="a_pair_is_two"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} / {self.other}"
