"""What would a text be with somebody's wording in it? Asked before another text is put to the seats or to a draft."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.ids import as_uuid
from accounts.models import User
from decisions.difference import difference
from decisions.lineage import Comparison, compared
from decisions.models import Comment, Disagreement, Position, Text
from decisions.wording import joined, paragraphs_of


@dataclass(frozen=True)
class Suggestion:
    """`body`: the text with the wording in its place; the text as it is where it has none, and `compared` is None."""

    words: str
    whose: str
    body: str
    compared: Comparison | None
    comment: Comment | None = None


def suggested(where: Mapping[str, str], position: Position, text: Text, user: User) -> Suggestion | None:
    """The wording that the query string names as "comment" or "objection" (of the ledger), as far as `user` may see it.

    None when it names none, or one that was settled.
    """
    if pk := as_uuid(where.get("comment", "")):
        rows = Comment.objects.visible_to(user).unsettled().filter(version__position=position, pk=pk)
        comment = rows.exclude(proposed="").select_related("by").first()
        if comment:
            body = comment.body_with_it(text.paragraphs)
            return _suggestion(text, body, comment.proposed, str(comment.by), comment)
    if pk := as_uuid(where.get("objection", "")):
        entries = Disagreement.objects.visible_to(user).filter(elector__round__version__position=position, pk=pk)
        entry = entries.exclude(objection__proposal="").select_related("objection", "elector__organisation").first()
        if entry:
            words = entry.objection.proposal
            return _suggestion(text, placed(words, text.body), words, entry.elector.organisation.name)
    return None


def placed(words: str, body: str) -> str | None:
    """`body` with each paragraph of `words` in the place of the one it resembles; None when one resembles none.

    Whoever objects says what they would write, and not where: a paragraph, several, or the whole text.
    """
    paragraphs, wanted = paragraphs_of(body), paragraphs_of(words)
    for row in difference(body, words):
        if row.new is not None and row.old is None:
            return None
        if row.new is not None and row.old is not None:
            paragraphs[row.old - 1] = wanted[row.new - 1]
    return joined(paragraphs)


def _suggestion(text: Text, body: str | None, words: str, whose: str, comment: Comment | None = None) -> Suggestion:
    changed = body and compared(text, Text(version=text.version, language=text.language, body=body))
    return Suggestion(words, whose, body or text.body, changed or None, comment)
