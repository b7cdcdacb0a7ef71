"""Who signs a decision? Told to every reader who may know the organisation; how it came to sign only as far as it chose.

Source: domain, W2.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User, Visibility
from accounts.rules import allows
from decisions.models import Answer, Decision, Elector
from decisions.outcome import Choice, Outcome
from members.models import Organisation

YES = {Choice.APPROVE, Choice.RESERVE}


@dataclass(frozen=True)
class Signatory:
    """`words`: how it came to sign, as far as this reader may know: its reservation may be the committee's alone."""

    elector: Elector
    is_silent: bool = False
    has_reservation: bool = False

    @property
    def words(self) -> str:
        name = self.elector.organisation.name
        if self.is_silent:
            return _("%(name)s (assented by silence)") % {"name": name}
        return _("%(name)s (with a reservation)") % {"name": name} if self.has_reservation else name


@dataclass(frozen=True)
class Signing:
    """`unnamed`: how many more sign whom this reader may not know of. `said`: the answers of organisations that the
    reader may know; `open_to_reader`: those of them whose reasons they may read.
    """

    signatories: list[Signatory]
    unnamed: int
    said: list[Answer]
    open_to_reader: list[Answer]

    @property
    def by_silence(self) -> list[Elector]:
        return [one.elector for one in self.signatories if one.is_silent]

    @property
    def dissent(self) -> list[Answer]:
        """Reservations and objections that the reader may read."""
        return [one for one in self.open_to_reader if one.choice in {Choice.RESERVE, Choice.OBJECT}]

    @property
    def dissent_words(self) -> str:
        """Who dissents and why, as a file says it."""
        words = {
            Choice.RESERVE: _("%(name)s (with a reservation): %(why)s"),
            Choice.OBJECT: _("%(name)s (objects): %(why)s"),
        }
        found = [(words[Choice(one.choice)], one.elector.organisation.name, one.reason) for one in self.dissent]
        return "; ".join(said % {"name": name, "why": why} for said, name, why in found)

    @property
    def words(self) -> str:
        """As a file says it."""
        named = [one.words for one in self.signatories]
        if self.unnamed:
            named.append(_("%(number)s more that you may not see") % {"number": self.unnamed})
        return "; ".join(named)


def known_to(user: User, electors: Iterable[Elector]) -> set[UUID]:
    """The organisations among `electors` that `user` may know."""
    ids = {one.organisation_id for one in electors}
    return set(Organisation.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


def signing_for(user: User, electors: list[Elector], said: Outcome | None, *, is_insider: bool) -> Signing:
    """As `signing_of`; of whom a reader may know is asked in one statement, and of insiders not at all."""
    known = set[UUID]() if is_insider else known_to(user, electors)
    return signing_of(electors, said, known, is_insider=is_insider)


def signing_of(electors: list[Elector], said: Outcome | None, known: set[UUID], *, is_insider: bool) -> Signing:
    """Of the `electors` of a round, with their answers, in seat order. `known`: as `known_to`; insiders know all."""
    of_known = [one for one in electors if is_insider or one.organisation_id in known]
    answers = [one.answer for one in of_known if hasattr(one, "answer")]
    open_to_reader = [one for one in answers if is_insider or one.visibility == Visibility.MEMBERS]
    signing = _signatories(electors, said, {one.pk for one in open_to_reader})
    named = [one for one in signing if is_insider or one.elector.organisation_id in known]
    return Signing(named, len(signing) - len(named), answers, open_to_reader)


def signings(decisions: Iterable[Decision], user: User) -> dict[UUID, Signing]:
    """By the id of the decision, in two statements; of decisions that `user` sees, read with position and round."""
    decisions = list(decisions)
    rounds = [one.round_id for one in decisions]
    found = Elector.objects.filter(round__in=rounds).select_related("organisation", "answer")
    electors: dict[UUID, list[Elector]] = defaultdict(list)
    for one in found.order_by("term__seat__number"):
        electors[one.round_id].append(one)
    known = known_to(user, (one for some in electors.values() for one in some))
    return {
        one.pk: signing_of(
            electors[one.round_id],
            Outcome(one.round.outcome) if one.round.outcome else None,
            known,
            is_insider=allows(user, "decisions.see_answers", one.position),
        )
        for one in decisions
    }


def _signatories(electors: list[Elector], said: Outcome | None, known: set[Any]) -> list[Signatory]:
    """Whoever approved, with or without a reservation, and by silence only where silence adopted: never whoever
    objected, abstained or recused itself. `known`: the answers whose reasons the reader may know.
    """
    signing = []
    for one in electors:
        answer = getattr(one, "answer", None)
        if answer is None and said == Outcome.SILENCE:
            signing.append(Signatory(one, is_silent=True))
        elif answer is not None and answer.choice in YES:
            reserves = answer.choice == Choice.RESERVE and answer.pk in known
            signing.append(Signatory(one, has_reservation=reserves))
    return signing
