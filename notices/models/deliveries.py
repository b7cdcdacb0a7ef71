"""What is to be told to whom, and what became of it. These rows are the truth; Celery only wakes a worker."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, TransitionError, User, known
from accounts.rules import allows
from notices.models.life import Heartbeat

NAMESPACE = uuid.UUID("6ba2b1f6-6a2e-5c7e-9d0c-4f1f0f7c1c11")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: Any) -> Self:
        """Staff see what was sent to whom; what it was about only as far as they may see that."""
        return self if allows(user, "notices.see_deliveries") else self.none()

    def about(self, subject: models.Model) -> Self:
        content_type = ContentType.objects.get_for_model(subject)
        return self.filter(content_type=content_type, object_id=subject.pk)

    def by_mail(self) -> Self:
        return self.filter(channel=Delivery.Channel.MAIL)

    def in_inbox_of(self, person: Person) -> Self:
        """What has arrived in this person's inbox; nobody else reads it."""
        return self.filter(channel=Delivery.Channel.INBOX, state=Delivery.State.SENT, person=person)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def told(self) -> Self:
        """What its reader has read, or may have."""
        return self.filter(state__in=TOLD)

    def waiting(self) -> Self:
        return self.filter(state__in=[Delivery.State.PLANNED, Delivery.State.DEFERRED])

    def unsent(self) -> Self:
        """Waiting, or held by staff."""
        return self.filter(state__in=[Delivery.State.PLANNED, Delivery.State.DEFERRED, Delivery.State.HELD])

    def parts_waiting(self) -> Self:
        """What waits for a daily mail that takes it along."""
        return self.waiting().filter(channel=Delivery.Channel.DIGEST)

    def due(self, now: datetime) -> Self:
        """Mails whose hour has come, and that no worker has reserved."""
        is_free = Q(lease_until=None) | Q(lease_until__lte=now)
        return self.by_mail().waiting().filter(is_free, send_at__lte=now)

    def arriving(self, now: datetime) -> Self:
        """What the inboxes get now."""
        return self.filter(channel=Delivery.Channel.INBOX).waiting().filter(send_at__lte=now)

    def overdue_lease(self, now: datetime) -> Self:
        return self.filter(state=Delivery.State.SENDING, lease_until__lt=now)

    def late(self, now: datetime) -> Self:
        """Due for longer than any worker that is well leaves them."""
        return self.due(now).filter(send_at__lte=now - Heartbeat.SILENCE)

    def doubtful(self, now: datetime) -> Self:
        """Those of which only the mail server knows whether it took them."""
        return (self.overdue_lease(now) | self.filter(state=Delivery.State.UNCONFIRMED)).by_mail()


class Delivery(Identified):
    """One notice to one person by one channel. Its id follows from its key: planning twice makes one row.

    By mail it goes under a lease; in the inbox it arrives in one step, since nothing can go wrong on the way. What can
    wait goes within the daily mail, a delivery too: a trigger lets the parts it took share what becomes of it.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", _("E-mail")
        INBOX = "inbox", _("Inbox")
        DIGEST = "digest", _("Daily mail")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DEFERRED = "deferred", _("Will be tried again")
        FAILED = "failed", _("Failed")
        UNCONFIRMED = "unconfirmed", _("Unconfirmed")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")
        HELD = "held", _("Held by staff")

    STEPS = {
        # Sent without having been sent: in the inbox it arrives at once; and after a restore the mail server's journal
        # knows more than the rows.
        State.PLANNED: {
            State.PLANNED,  # to another hour, by staff
            State.SENDING,
            State.DEFERRED,
            State.CANCELLED,
            State.EXPIRED,
            State.FAILED,
            State.SENT,
            State.HELD,
        },
        State.DEFERRED: {
            State.PLANNED,
            State.SENDING,
            State.DEFERRED,
            State.CANCELLED,
            State.EXPIRED,
            State.FAILED,
            State.SENT,
            State.HELD,
        },
        State.HELD: {State.PLANNED, State.CANCELLED, State.EXPIRED, State.SENT},
        State.SENDING: {State.SENT, State.DEFERRED, State.FAILED, State.UNCONFIRMED},
        # A worker that was only slow may still report what it saw; else staff decide.
        State.UNCONFIRMED: {State.SENT, State.DEFERRED, State.FAILED, State.PLANNED, State.EXPIRED},
        State.FAILED: {State.PLANNED, State.EXPIRED},
        State.CANCELLED: {State.PLANNED},  # asked again before it was ever sent
        State.SENT: set(),
        State.EXPIRED: set(),
    }

    dedupe_key = models.CharField(max_length=300)
    kind = models.CharField(max_length=60)
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+", db_index=False)
    object_id = models.UUIDField()
    slot = models.CharField(max_length=40)
    epoch = models.PositiveIntegerField(default=0)
    deadline = models.CharField(
        max_length=32, blank=True, help_text="The day or instant it speaks of (ISO 8601): what its reader was told"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=6, choices=Channel, default=Channel.MAIL)
    planned_at = models.DateTimeField(help_text="When the row was made")
    send_at = models.DateTimeField(_("due"))
    not_after = models.DateTimeField(null=True)
    state = models.CharField(max_length=11, choices=State, default=State.PLANNED)
    reason = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    lease_owner = models.BigIntegerField(null=True, help_text="The lock that its worker holds while it lives")
    digest = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="parts",
        db_index=False,
        help_text="The daily mail that took it along",
    )
    message_id = models.CharField(max_length=200)
    sent_to = models.EmailField(blank=True, help_text="The address to which it left last; empty while it has not")
    settled_at = models.DateTimeField(help_text="When it reached its present state")
    settled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    read_at = models.DateTimeField(null=True, help_text="In the inbox only: when its reader opened it")
    done_at = models.DateTimeField(null=True, help_text="In the inbox only: when its reader put it away")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["send_at", "id"]
        # Each mail writes its row twice, and each writing touches every index that is not partial: none without a use.
        indexes = [
            models.Index(
                fields=["send_at", "id"], condition=Q(state__in=["planned", "deferred"]), name="delivery_waiting"
            ),
            # Not by its lease: reserving a row must not touch any index.
            models.Index(fields=["settled_at"], condition=Q(state="sending"), name="delivery_being_sent"),
            models.Index(fields=["content_type", "object_id"], name="delivery_by_subject"),
            models.Index(fields=["state", "-settled_at"], name="delivery_by_state"),
            models.Index(
                fields=["person", "-settled_at", "-id"],
                condition=Q(channel="inbox", state="sent"),
                name="delivery_inbox",
            ),
            models.Index(
                fields=["person"], condition=Q(channel="inbox", state="sent", read_at=None), name="delivery_unread"
            ),
            models.Index(fields=["digest"], condition=Q(digest__isnull=False), name="delivery_by_digest"),
            models.Index(fields=["settled_by"], condition=Q(settled_by__isnull=False), name="delivery_by_staff"),
        ]
        constraints = [
            # Not `unique` on the fields: Django would add an index of each for LIKE, which nobody asks.
            models.UniqueConstraint(fields=["dedupe_key"], name="delivery_of_a_key_is_one"),
            models.UniqueConstraint(fields=["message_id"], name="delivery_of_a_message_id_is_one"),
            known("delivery", "channel", "mail", "inbox", "digest"),
            known(
                "delivery",
                "state",
                "planned",
                "sending",
                "sent",
                "deferred",
                "failed",
                "unconfirmed",
                "cancelled",
                "expired",
                "held",
            ),
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False, lease_token__isnull=False)
                | ~Q(state="sending"),
                name="delivery_is_sent_under_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(channel="digest", state__in=["sending", "unconfirmed", "sent"]) | Q(digest__isnull=False),
                name="delivery_leaves_within_a_daily_mail",
            ),
            models.CheckConstraint(
                condition=Q(channel="inbox", state="sent") | Q(read_at=None, done_at=None),
                name="delivery_is_read_where_it_arrived_in_the_inbox",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(read_at__isnull=False), name="delivery_is_done_after_it_was_read"
            ),
        ]

    def __str__(self) -> str:
        return self.dedupe_key

    def step_to(self, state: "Delivery.State", *, now: datetime, reason: str = "", by: User | None = None) -> None:
        """The only place that sets `state`. Does not save. Raises TransitionError."""
        if state not in self.STEPS[self.State(self.state)]:
            raise TransitionError(
                _("A notice that is “%(old)s” cannot become “%(new)s”.")
                % {"old": self.get_state_display(), "new": state.label}
            )
        self.state, self.reason, self.settled_at, self.settled_by = state, reason, now, by
        if state != self.State.SENDING:
            self.lease_until = None

    @property
    def key_by_mail(self) -> str:
        """The key of the same notice on the channel mail."""
        return f"{self.dedupe_key.rpartition('|')[0]}|{self.Channel.MAIL.value}"

    @property
    def subject(self) -> Any:
        """The row it is about; None when it is gone."""
        model = self.content_type.model_class()
        return model._base_manager.filter(pk=self.object_id).first() if model else None


TOLD = frozenset({Delivery.State.SENDING, Delivery.State.UNCONFIRMED, Delivery.State.SENT})


class DeliveryEvent(models.Model):
    """One change of a delivery's state. A trigger writes it, so that none is missing; another refuses to change it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    from_state = models.CharField(max_length=11, blank=True)
    to_state = models.CharField(max_length=11)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    detail = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["by"], condition=Q(by__isnull=False), name="delivery_event_by_staff")]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
