"""What a committee's page shows: every seat with who holds it and who speaks for it, and how they are spread."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from members.models import Committee, CommitteeOffice, Organisation, Seat, SeatHolder, SeatTerm


@dataclass
class Place:
    """One seat on a day. `organisation` is None while it is vacant, or when the reader may not know it (`hidden`)."""

    seat: Seat
    term: SeatTerm | None = None
    coming: SeatTerm | None = None
    hidden: bool = False
    holders: dict[str, SeatHolder] = field(default_factory=dict)

    @property
    def organisation(self) -> Organisation | None:
        return self.term.organisation if self.term and not self.hidden else None

    @property
    def representative(self) -> SeatHolder | None:
        return self.holders.get(SeatHolder.Capacity.REPRESENTATIVE)

    @property
    def alternate(self) -> SeatHolder | None:
        return self.holders.get(SeatHolder.Capacity.ALTERNATE)


@dataclass(frozen=True)
class Seating:
    """`former`: ended terms of organisations the reader may know; `balance`: [(region or scope, seats)]."""

    places: list[Place]
    former: list[SeatTerm]
    offices: list[CommitteeOffice]
    balance: list[tuple[str, int]]

    @property
    def filled(self) -> int:
        return sum(place.term is not None for place in self.places)

    @property
    def vacant(self) -> list[Place]:
        return [place for place in self.places if place.term is None]


def seating(committee: Committee, user: Any, today: date) -> Seating:
    """The committee as `user` may see it on `today`: four statements, whatever its size."""
    places = {seat.pk: Place(seat) for seat in committee.seats.all()}
    shown = Organisation.objects.visible_to(user).filter(pk=OuterRef("organisation"))
    terms = SeatTerm.objects.filter(seat__committee=committee).select_related("organisation", "seat")
    former: list[SeatTerm] = []
    for term in terms.annotate(is_shown=Exists(shown)):
        place = places[term.seat_id]
        if term.holds_on(today):
            place.term, place.hidden = term, not term.is_shown
        elif term.is_shown and term.since > today and term.until is None:
            place.coming = term
        elif term.is_shown and term.since != term.until:  # else it was called off: nobody sat
            former.append(term)
    for holder in _holders(committee, today):
        place = places[holder.term.seat_id]
        if place.term and place.term.pk == holder.term_id:
            place.holders[holder.capacity] = holder
    offices = [one for one in committee.offices.select_related("person") if one.holds_on(today)]
    return Seating(list(places.values()), former, offices, _balance(places.values()))


def _holders(committee: Committee, today: date) -> Any:
    rows = SeatHolder.objects.current(today).filter(term__seat__committee=committee)
    return rows.select_related("person", "term")


def _balance(places: Any) -> list[tuple[str, int]]:
    counted = Counter(_part(place.organisation) for place in places if place.organisation)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def _part(organisation: Organisation) -> str:
    """The part of the world it is from; its scope if it is at home in no country."""
    return organisation.home.region_name if organisation.home else str(organisation.get_scope_display())
