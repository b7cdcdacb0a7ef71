"""How a round is said in words: its rule as one sentence, who was asked, the arithmetic of its base."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.zones import in_words
from decisions.actions.disposing import is_unconsulted
from decisions.models import Decision, Position, Round
from decisions.outcome import Outcome, Procedure, Share, Tally, approvals_missing, needed, outcome
from members.hats import may_know
from members.models import Committee


def committee_for(user: Any, committee: Committee) -> str:
    """Its name for whoever may know it: what it adopts is for every member, that it exists need not be."""
    return committee.name if may_know(user, committee) else _("A committee of the coalition")


def older_for(user: Any, asked: Round, said: Outcome | None) -> Decision | None:
    """The decision that it replaces by the outcome `said`, or would replace, as far as `user` may know."""
    found = asked.older(said) if asked.would_supersede_id else None
    return found if found and Decision.objects.visible_to(user).filter(pk=found.pk).exists() else None


def rule_sentence(asked: Round, base: int, reader: str, closes_at: datetime) -> str:
    """The rule of `asked` as one sentence, counted from the `base` seats that decide; `reader`: a zone. Of a round that
    was closed before its time it is still the one that was announced.

    "Passes if at least 7 of 13 seats press “seen” or answer and nobody objects; silence counts as assent after Thu 14
    May 2026, 17:00 Geneva (22:00 for you, Vientiane)."
    """
    words = {
        "quorum": needed(asked.quorum, base),
        "base": base,
        "when": in_words(asked.brought_forward_from or closes_at, asked.zone, reader),
        "threshold": needed(asked.threshold, base),
        "share": Share(asked.threshold).label.lower(),
    }
    return _sentence(asked) % words


def _sentence(asked: Round) -> str:
    if asked.procedure == Procedure.SILENCE:
        return _(
            "Passes if at least %(quorum)s of %(base)s seats press “seen” or answer and nobody objects; silence counts "
            "as assent after %(when)s."
        )
    if asked.procedure == Procedure.EXPLICIT:
        if asked.quorum == Share.NONE:
            return _(
                "Passes if at least %(threshold)s of %(base)s seats approve before %(when)s. A seat that abstains or "
                "does not answer has not approved; objections are recorded with their reasons."
            )
        return _(
            "Passes if at least %(threshold)s of %(base)s seats approve before %(when)s and at least %(quorum)s answer. "
            "A seat that abstains or does not answer has not approved; objections are recorded with their reasons."
        )
    if asked.procedure == Procedure.VOTE:
        return _(
            "Passes if at least %(quorum)s of %(base)s seats answer before %(when)s, and of the votes for and against "
            "%(share)s are for it. An abstention is no vote."
        )
    return _(
        "Decided at the meeting, by %(when)s: passes if at least %(quorum)s of %(base)s seats take part, and of the "
        "votes for and against %(share)s are for it. An abstention is no vote; staff note what each seat says."
    )


def arithmetic(*, seats: int, vacant: int = 0, suspended: int = 0, doubled: int = 0, recused: int = 0) -> str:
    """Why so many? "13 seats, less 1 vacant and 3 recused, leaves 9. More than half of 9 is 5."."""
    base = seats - vacant - suspended - doubled - recused
    less = [
        (vacant, ngettext("%(count)s vacant", "%(count)s vacant", vacant)),
        (
            suspended,
            ngettext(
                "%(count)s whose organisation is suspended or has ended",
                "%(count)s whose organisations are suspended or have ended",
                suspended,
            ),
        ),
        (
            doubled,
            ngettext(
                "%(count)s of an organisation that holds another seat",
                "%(count)s of organisations that hold another seat",
                doubled,
            ),
        ),
        (recused, ngettext("%(count)s recused", "%(count)s recused", recused)),
    ]
    named = [words % {"count": count} for count, words in less if count]
    all_seats = ngettext("%(count)s seat", "%(count)s seats", seats) % {"count": seats}
    if not named:
        return _("%(all)s, all of which count. %(half)s") % {"all": all_seats, "half": half_of(base)}
    return _("%(all)s, less %(less)s, leaves %(base)s. %(half)s") % {
        "all": all_seats,
        "less": _(" and ").join(named),
        "base": base,
        "half": half_of(base),
    }


def half_of(base: int) -> str:
    """What a majority is: "More than half of 12 is 7."."""
    return _("More than half of %(base)s is %(half)s.") % {"base": base, "half": needed(Share.HALF, base)}


def outlook(asked: Round, counted: Tally, *, shows_counts: bool) -> str:
    """What would keep the round from deciding as it stands, and what to do; empty if nothing would.

    `shows_counts`: to the committee and staff, who alone know before the closing hour how many have approved.
    """
    if counted.recuse and outcome(counted, asked.rule) == Outcome.MEETING:
        return _(
            "%(recused)s of %(counted)s seats have recused themselves; %(base)s are left, too few to decide. As it "
            "stands, this goes to a meeting: call one."
        ) % {"recused": counted.recuse, "counted": counted.counted, "base": counted.base}
    missing = needed(asked.quorum, counted.base) - counted.acknowledged
    lacks = [_quorum_lacks(asked, missing)] if missing > 0 else []
    if shows_counts and (short := approvals_missing(counted, asked.rule)):
        words = ngettext(
            "%(count)s more seat must approve for it to pass.",
            "%(count)s more seats must approve for it to pass.",
            short,
        )
        lacks.append(words % {"count": short})
    return " ".join(lacks)


def _quorum_lacks(asked: Round, missing: int) -> str:
    """How many seats more must do what counts for the quorum: *seen* is pressed under silence alone."""
    if asked.procedure == Procedure.SILENCE:
        words = ngettext(
            "%(count)s more seat must answer or press “seen” for a quorum.",
            "%(count)s more seats must answer or press “seen” for a quorum.",
            missing,
        )
    else:
        words = ngettext(
            "%(count)s more seat must answer for a quorum.", "%(count)s more seats must answer for a quorum.", missing
        )
    return words % {"count": missing}


def consultation_missing(position: Position) -> list[str]:
    """What to say before a text goes to sign-off that the members were not asked about, though its level wants it."""
    if not is_unconsulted(position):
        return []
    days = position.level.consultation_days
    said = ngettext(
        "At the level “%(level)s” the members are consulted for %(days)s day first; nobody has been.",
        "At the level “%(level)s” the members are consulted for %(days)s days first; nobody has been.",
        days,
    )
    return [said % {"level": position.level.name, "days": days}]
