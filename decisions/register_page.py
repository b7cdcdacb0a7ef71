"""What does the page of a decision show, and to whom? Who signs is told to every reader; why somebody does not, only as
far as they chose."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import ngettext

from accounts.models import User, Visibility
from accounts.rules import allows
from decisions.models import Answer, Decision, Elector
from decisions.outcome import Choice, Outcome, Standing
from decisions.seats import electors_of, line_of
from decisions.words import arithmetic, committee_for, rule_sentence
from members.models import Organisation

YES = {Choice.APPROVE, Choice.RESERVE}


@dataclass(frozen=True)
class Signatory:
    """`words`: how it came to sign, as far as this reader may know: its reservation may be the committee's alone."""

    elector: Elector
    is_silent: bool = False
    has_reservation: bool = False


@dataclass(frozen=True)
class Entry:
    """`unnamed`: how many more sign whom this reader may not know of. `strip`: discs in seat order, for insiders."""

    decision: Decision
    committee: str
    found: Standing
    rule: str
    arithmetic: str
    signatories: list[Signatory]
    unnamed: int
    dissent: list[Answer]
    recused: list[Answer]
    strip: list[str]
    is_insider: bool

    @property
    def strip_words(self) -> str:
        """What the drawn strip says."""
        words = ngettext(
            "%(yes)s of %(base)s seat approved", "%(yes)s of %(base)s seats approved", self.found.tally.base
        )
        return words % {"yes": self.found.tally.yes, "base": self.found.tally.base}


def entry_of(decision: Decision, user: User, now: datetime) -> Entry:
    """The entry of a `decision` that `user` sees, read with its round, committee and text."""
    asked = decision.round
    electors = electors_of(asked, user)
    found = asked.standing_of(electors, now)
    known = set(
        Organisation.objects.visible_to(user)
        .filter(pk__in=[one.organisation_id for one in electors])
        .values_list("pk", flat=True)
    )
    is_insider = allows(user, "decisions.see_answers", decision.position)
    said = [one.answer for one in electors if hasattr(one, "answer") and (is_insider or one.organisation_id in known)]
    open_to_reader = [one for one in said if is_insider or one.visibility == Visibility.MEMBERS]
    signing = signatories(electors, found.outcome, {one.pk for one in open_to_reader})
    named = [one for one in signing if is_insider or one.elector.organisation_id in known]
    return Entry(
        decision=decision,
        committee=committee_for(user, asked.committee),
        found=found,
        rule=rule_sentence(asked, found.tally.base, user.person.zone, found.closes_at),
        arithmetic=arithmetic(
            seats=asked.seats,
            vacant=asked.vacant,
            suspended=asked.suspended,
            doubled=asked.doubled,
            recused=found.tally.recuse,
        ),
        signatories=named,
        unnamed=len(signing) - len(named),
        dissent=[one for one in open_to_reader if one.choice in {Choice.RESERVE, Choice.OBJECT}],
        recused=[one for one in said if one.choice == Choice.RECUSE],
        strip=[line_of(one, asked, found.outcome).kind for one in electors] if is_insider else [],
        is_insider=is_insider,
    )


def signatories(electors: list[Elector], said: Outcome | None, known: set[object]) -> list[Signatory]:
    """Whoever approved, with or without a reservation, and by silence only where silence adopted: never whoever
    objected, abstained or recused itself. Source: domain, W2. `known`: the answers whose reasons the reader may know.
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
