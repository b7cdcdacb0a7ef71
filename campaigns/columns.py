"""The columns of the list of campaigns: what the page shows, what a file says, what it is sorted by."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.lists import DAYS, Column, List


def _deadline(row: Any) -> str:
    deadline = row[1]
    return f"{deadline.starts_on}: {deadline.title}" if deadline else ""


# A row is (campaign, its next date set by others or None).
CAMPAIGNS = List(
    "campaigns.campaigns",
    [
        Column("name", _("Campaign"), lambda row: row[0].name, order="name"),
        Column("owner", _("Owner"), lambda row: row[0].owner),
        Column("status", _("How it ended"), lambda row: row[0].get_status_display()),
        Column("ended", _("Ended on"), lambda row: row[0].finished_on, order="-finished_on", rises_falls=DAYS),
        Column("deadline", _("Next date set by others"), _deadline),
        Column("goal", _("Goal"), lambda row: row[0].goal, is_extra=True),
        Column("visibility", _("Seen by"), lambda row: row[0].get_visibility_display(), is_extra=True),
    ],
    title=_("Campaigns"),
    address="campaigns:campaigns",
    order="name",
)
OF_RUNNING, OF_OVER = {"deadline"}, {"status", "ended"}
