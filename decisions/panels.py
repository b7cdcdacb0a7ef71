"""What do we show on lower apps' pages? That positions have tasks: what is to be done to carry them out."""

from django.utils.translation import gettext_lazy as _

from campaigns.belonging import Noun, offer
from decisions.models import Position
from decisions.rules import is_of_the_committee


def offer_nouns() -> None:
    offer(Noun(Position, _("Position"), "title", "decisions:position", "campaign", is_of_the_committee.test))
