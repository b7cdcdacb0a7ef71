"""What can happen to an organisation: it is added, edited, known by other names, changes standing, and ends."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import TransitionError, User, Visibility
from accounts.rules import allows, require
from history.actions import can_be_taken_back, changes, record, refuse_stale, snapshot
from members.actions.people import end_contacts
from members.actions.words import index_words
from members.keys import name_key
from members.models import Membership, Organisation, OrganisationName, ReviewedPair, SeatTerm
from members.models.terms import utc_day

FACTS = ["name", "acronym", "language", "kind", "scope", "country", "website", "description", "visibility"]
EDITABLE = [*FACTS, "note"]
STANDING = ["status", "category", "since"]  # a reason belongs to one change of the status
MEMBERSHIP = "members.membership"  # whose fields these are
CLASSIFYING = {"visibility", "note"}  # who sees it, and what only staff read: theirs to change
NAMED = {
    OrganisationName.Kind.FORMER: gettext_noop("Added the former name “%(name)s”"),
    OrganisationName.Kind.ACRONYM: gettext_noop("Added the acronym “%(name)s”"),
    OrganisationName.Kind.TRANSLATION: gettext_noop("Added the translated name “%(name)s”"),
    OrganisationName.Kind.ALIAS: gettext_noop("Added the spelling “%(name)s”"),
}


class Namesake(TransitionError):
    """Another organisation, not ended, bears the same name in the same country; `organisation` is that one."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        super().__init__(
            _("“%(name)s” (%(place)s) is in the list already.")
            % {"name": organisation.name, "place": organisation.place}
        )


@transaction.atomic
def add_organisation(
    *,
    by: User,
    now: datetime,
    name: str,
    category: str = Membership.Category.MEMBER,
    status: str = Membership.Status.ACTIVE,
    since: date | None = None,
    distinct: bool = False,
    **fields: Any,
) -> Organisation:
    """Put an organisation on the roster, with its membership from `since` (default: today, UTC).

    `fields`: any of EDITABLE. `distinct`: it is another one than its namesakes, which is kept as reviewed.
    Raises Refused, Namesake, TransitionError (a name without a letter).
    """
    require(by, "members.add_organisation")
    organisation = Organisation(**_editable({"name": name} | fields))
    namesakes = _number(organisation, by, distinct=distinct)
    _save(organisation)
    Membership.objects.create(organisation=organisation, category=category, status=status, since=since or utc_day(now))
    index_words(organisation)
    _keep_reviewed(organisation, namesakes, by=by, now=now)
    record(gettext_noop("Added the organisation"), organisation, by=by, now=now, version=organisation.version)
    return organisation


@transaction.atomic
def edit_organisation(
    organisation: Organisation,
    *,
    by: User,
    now: datetime,
    seen: int | None = None,
    distinct: bool = False,
    former: bool = False,
    **fields: Any,
) -> Organisation:
    """Change any of EDITABLE; what stays the same leaves no trace. Returns the row as it is now.

    `seen`: the state the typist saw. `former`: the old name was in use, keep it as a former name. `distinct` as in
    add_organisation. Raises Refused, Stale, Namesake, TransitionError (a facilitator moves it out of their region).
    """
    organisation = lock_organisation(organisation)
    require(by, "members.edit_organisation", organisation)
    if fields.keys() & CLASSIFYING:
        require(by, "members.classify_organisation", organisation)
    refuse_stale(organisation, seen, [name for name in EDITABLE if name in fields])
    before, identity = snapshot(organisation, EDITABLE), (organisation.key, organisation.country)
    for field, value in _editable(fields).items():
        setattr(organisation, field, value)
    changed = changes(before, snapshot(organisation, EDITABLE))
    if not changed:
        return organisation
    if not allows(by, "members.edit_organisation", organisation):
        raise TransitionError(_("You look after other countries: ask the staff to move it to this one."))
    moved = identity != (_key(organisation.name), organisation.country)
    namesakes = _number(organisation, by, distinct=distinct) if moved else []
    organisation.version += 1
    _save(organisation)
    if former and "name" in changed:
        _name(organisation, OrganisationName.Kind.FORMER, before["name"], before["language"])
    index_words(organisation)
    _keep_reviewed(organisation, namesakes, by=by, now=now)
    _record_edit(organisation, changed, by=by, now=now)
    return organisation


@transaction.atomic
def change_membership(
    organisation: Organisation,
    *,
    by: User,
    now: datetime,
    status: str | None = None,
    category: str | None = None,
    since: date | None = None,
    reason: str = "",
    seen: int | None = None,
) -> Membership:
    """Change the open membership's standing (with a reason), category or first day; None leaves it.

    `seen`: the state of the organisation that the typist saw. Raises Refused, Stale, TransitionError (no such step; no reason; it has no membership; "ended", see end_organisation).
    """
    organisation = lock_organisation(organisation)
    require(by, "members.change_membership", organisation)
    membership = organisation.memberships.select_for_update().filter(until=None).first()
    if membership is None:
        raise TransitionError(_("It has no membership that could change."))
    refuse_stale(organisation, seen, STANDING, of=MEMBERSHIP)
    before = snapshot(membership, [*STANDING, "reason"])
    if status == Membership.Status.ENDED:
        raise TransitionError(_("A membership ends when its organisation is ended."))
    if status is not None and status != membership.status:
        _step(membership, Membership.Status(status), reason)
    membership.category = category or membership.category
    membership.since = since or membership.since
    changed = changes(before, snapshot(membership, before))
    if changed:
        membership.save()
        organisation.version += 1
        organisation.save(update_fields=["version"])
        record(
            gettext_noop("Changed the membership"),
            organisation,
            by=by,
            now=now,
            of=MEMBERSHIP,
            version=organisation.version,
            changes=changed,
        )
        can_be_taken_back("members.change_membership", membership, by=by, now=now, changes=changed)
    return membership


@transaction.atomic
def add_name(
    organisation: Organisation,
    *,
    by: User,
    now: datetime,
    text: str,
    kind: str = OrganisationName.Kind.ALIAS,
    language: str = "",
) -> OrganisationName:
    """Let it be found by another name too. Raises Refused, TransitionError (it has that name; no letter in it)."""
    organisation = lock_organisation(organisation)
    require(by, "members.edit_organisation", organisation)
    if text == organisation.name or organisation.names.filter(kind=kind, text=text).exists():
        raise TransitionError(_("It has this name already."))
    name = _name(organisation, kind, text, language)
    index_words(organisation)
    record(NAMED[OrganisationName.Kind(kind)], organisation, by=by, now=now, name=text)
    return name


@transaction.atomic
def end_organisation(organisation: Organisation, *, by: User, now: datetime, reason: str) -> Organisation:
    """It leaves the roster today (UTC), for a reason; its membership and its contacts end with it.

    Raises Refused, TransitionError (it holds a seat; no reason).
    """
    organisation = lock_organisation(organisation)
    require(by, "members.end_organisation", organisation)
    today = utc_day(now)
    _refuse_seated(organisation, today)
    if not reason.strip():
        raise TransitionError(_("Say why it ends."))
    stood = {}  # {membership id: [status, reason]}
    for membership in organisation.memberships.select_for_update().filter(until=None):
        stood[str(membership.pk)] = [membership.status, membership.reason]
        _step(membership, Membership.Status.ENDED, reason)
        membership.until = max(membership.since, today)
        membership.save()
    contacts = end_contacts(organisation, by=by, now=now)
    organisation.ended_on, organisation.end_reason = today, reason
    organisation.version += 1
    organisation.save(update_fields=["ended_on", "end_reason", "version"])
    verb = gettext_noop("Ended the organisation: %(reason)s")
    record(verb, organisation, by=by, now=now, reason=reason, version=organisation.version)
    kept = {"memberships": stood, "contacts": contacts, "version": organisation.version}
    can_be_taken_back("members.end_organisation", organisation, by=by, now=now, **kept)
    return organisation


def lock_organisation(organisation: Organisation) -> Organisation:
    """The organisation as it stands, held until the transaction ends. Part of an action."""
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def _key(name: str) -> str:
    key = name_key(name)[:600]
    if not key:
        raise TransitionError(_("A name needs at least one letter or digit."))
    return key


def _editable(fields: dict[str, Any]) -> dict[str, Any]:
    if unknown := fields.keys() - set(EDITABLE):
        raise TypeError(f"not fields that are edited: {sorted(unknown)}")
    if "country" in fields:
        fields["country"] = fields["country"] or None
    return fields


def _refuse_seated(organisation: Organisation, day: date) -> None:
    held = SeatTerm.objects.holding_from(day).filter(organisation=organisation)
    term = held.select_related("seat__committee").first()
    if term:
        raise TransitionError(
            _("End its seat first: %(committee)s, %(seat)s.") % {"committee": term.seat.committee, "seat": term.seat}
        )


def _number(organisation: Organisation, by: User, *, distinct: bool) -> list[Organisation]:
    """Set the key, and the number that tells it from its namesakes; returns those that `by` may know of."""
    organisation.key = _key(organisation.name)
    namesakes = Organisation.objects.namesakes(organisation.key, organisation.country).exclude(pk=organisation.pk)
    taken, found = namesakes.last(), list(namesakes.visible_to(by))
    if found and not distinct:
        raise Namesake(found[0])
    organisation.distinct_no = taken.distinct_no + 1 if taken else 0
    return found


def _save(organisation: Organisation) -> None:
    """Save; somebody who added the same name in this very moment makes it a Namesake, not a failure."""
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError as error:
        rival = Organisation.objects.namesakes(organisation.key, organisation.country).exclude(pk=organisation.pk)
        if "organisation_once_per_name_and_country" not in str(error) or not rival:
            raise
        raise Namesake(rival[0]) from error


def _name(organisation: Organisation, kind: str, text: str, language: str) -> OrganisationName:
    also = {"language": language, "key": _key(text)}
    return organisation.names.get_or_create(kind=kind, text=text, defaults=also)[0]


def _step(membership: Membership, status: Membership.Status, reason: str) -> None:
    if not reason.strip():
        raise TransitionError(_("Say why the membership changes."))
    membership.step_to(status)
    membership.reason = reason


def _keep_reviewed(organisation: Organisation, others: Iterable[Organisation], *, by: User, now: datetime) -> None:
    pairs = [ReviewedPair(organisation=organisation, other=other, reviewed_by=by, reviewed_at=now) for other in others]
    ReviewedPair.objects.bulk_create(pairs, ignore_conflicts=True)


def _record_edit(organisation: Organisation, changed: dict[str, list[Any]], *, by: User, now: datetime) -> None:
    """What only staff read leaves a trace that only staff read."""
    note = {"note": changed.pop("note")} if "note" in changed else {}
    version = organisation.version
    if changed:
        record(gettext_noop("Changed the facts"), organisation, by=by, now=now, version=version, changes=changed)
    if note:
        verb, kept = gettext_noop("Changed the note"), Visibility.STAFF
        record(verb, organisation, by=by, now=now, visibility=kept, version=version, changes=note)
