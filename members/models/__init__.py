"""What is: organisations, the people who speak for them, committees, and imports of the roster."""

from members.models.committees import Committee, CommitteeOffice, Seat, SeatHolder, SeatTerm
from members.models.imports import ImportBatch, ImportRow, ReviewedPair
from members.models.organisations import Organisation, OrganisationName, Word
from members.models.people import (
    Appointment,
    Invitation,
    PersonQuerySet,
    PersonWord,
    Representation,
    address_known_to,
    everybody,
)
from members.models.regions import OwnRegion
from members.models.standing import Endorsement, Membership
from members.models.words import WordsField, words_index

__all__ = [
    "Appointment",
    "Committee",
    "CommitteeOffice",
    "Endorsement",
    "ImportBatch",
    "ImportRow",
    "Invitation",
    "Membership",
    "Organisation",
    "OrganisationName",
    "OwnRegion",
    "PersonQuerySet",
    "PersonWord",
    "Representation",
    "ReviewedPair",
    "Seat",
    "SeatHolder",
    "SeatTerm",
    "Word",
    "WordsField",
    "address_known_to",
    "everybody",
    "words_index",
]
