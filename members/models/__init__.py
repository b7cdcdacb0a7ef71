"""What is: organisations, the people who speak for them, committees, and imports of the roster."""

from members.models.committees import Committee, CommitteeOffice, Seat, SeatHolder, SeatTerm
from members.models.imports import ImportBatch, ImportRow, ReviewedPair
from members.models.organisations import Membership, Organisation, OrganisationName, Word
from members.models.people import Appointment, Invitation, PersonWord, Representation, everybody

__all__ = [
    "Appointment",
    "Committee",
    "CommitteeOffice",
    "ImportBatch",
    "ImportRow",
    "Invitation",
    "Membership",
    "Organisation",
    "OrganisationName",
    "PersonWord",
    "Representation",
    "ReviewedPair",
    "Seat",
    "SeatHolder",
    "SeatTerm",
    "Word",
    "everybody",
]
