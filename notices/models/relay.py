"""What the mail server said, and what it gave back."""

from django.db import models


class RelayedMail(models.Model):
    """A message that the mail server noted in its journal; only with `is_queued` has it taken responsibility."""

    message_id = models.CharField(primary_key=True, max_length=200)
    queue_id = models.CharField(max_length=100, db_index=True)
    is_queued = models.BooleanField(default=False)

    class Meta:
        ordering = ["message_id"]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.message_id}"


class JournalMark(models.Model):
    """How far the mail server's journal was read: everything it noted before `read_at` is known."""

    path = models.CharField(primary_key=True, max_length=500)
    inode = models.BigIntegerField(default=0)
    offset = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return f"{self.path} to {self.offset}"
