"""The columns of the list of meetings: what the page shows, what a file says, what it is sorted by."""

from django.utils.translation import gettext_lazy as _

from accounts.lists import DAYS, Column, List
from accounts.zones import in_a_file

# A row is (meeting, the reader's own attendance or None).
MEETINGS = List(
    "meetings.meetings",
    [
        Column("title", _("Meeting"), lambda row: row[0].title, order="title"),
        Column("when", _("When"), lambda row: in_a_file(row[0].starts_at), order="-starts_at", rises_falls=DAYS),
        Column("state", _("State"), lambda row: row[0].get_status_display()),
        Column("answer", _("Your answer"), lambda row: row[1].get_answer_display() if row[1] else ""),
        Column("zone", _("Time zone"), lambda row: row[0].zone, is_extra=True),
    ],
    title=_("Meetings"),
    address="meetings:meetings",
    order="when",
)
