"""What do the register and the page of a decision show, and to whom? Who signs is told to every reader; why somebody
does not, only as far as they chose."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import ngettext

from accounts.models import User
from accounts.rules import allows
from decisions.models import Answer, Decision
from decisions.outcome import Choice, Standing
from decisions.seats import electors_of, line_of
from decisions.signing import Signing, signing_for, signings
from decisions.words import arithmetic, committee_for, rule_sentence


@dataclass(frozen=True)
class Entry:
    """`strip`: discs in seat order, for insiders."""

    decision: Decision
    committee: str
    found: Standing
    rule: str
    arithmetic: str
    signing: Signing
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


def rows_of(decisions: list[Decision], user: User, *, with_signing: bool) -> list[tuple[Decision, str, Signing | None]]:
    """The list's rows: (decision, its committee, who signs), the last only if it is asked for."""
    signing = signings(decisions, user) if with_signing else {}
    return [(one, committee_for(user, one.round.committee), signing.get(one.pk)) for one in decisions]


def entry_of(decision: Decision, user: User, now: datetime) -> Entry:
    """The entry of a `decision` that `user` sees, read with its round, committee and text."""
    asked = decision.round
    electors = electors_of(asked, user)
    found = asked.standing_of(electors, now)
    is_insider = allows(user, "decisions.see_answers", decision.position)
    signing = signing_for(user, electors, found.outcome, is_insider=is_insider)
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
        signing=signing,
        dissent=signing.dissent,
        recused=[one for one in signing.said if one.choice == Choice.RECUSE],
        strip=[line_of(one, asked, found.outcome).kind for one in electors] if is_insider else [],
        is_insider=is_insider,
    )
