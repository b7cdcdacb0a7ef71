"""What do we show on lower apps' pages? That meetings have tasks: their action points."""

from django.utils.translation import gettext_lazy as _

from campaigns.belonging import Noun, offer
from meetings.models import Meeting
from meetings.rules import chairs_its_committee


def offer_nouns() -> None:
    offer(Noun(Meeting, _("Meeting"), "title", "meetings:meeting", "campaign", chairs_its_committee.test))
