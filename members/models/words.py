"""How is a thing found by its title? A column of indexed words that keeps itself."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Lookup

from members.keys import indexed_words


class WordsField(SearchVectorField):
    """The indexed words of the text field `of`, written whenever the row is: no action can forget them.

    PostgreSQL's own parser never sees the text: it would cut Burmese between a letter and its vowel. Give the model a
    `words_index()`, and ask with `words__begun_by={"fields", "cl"}`.
    """

    def __init__(self, *, of: str, **options: Any) -> None:
        self.of = of
        super().__init__(**options | {"editable": False, "default": ""})

    def deconstruct(self) -> Any:
        name, path, arguments, options = super().deconstruct()
        for ours in ("editable", "default"):
            options.pop(ours, None)
        return name, path, arguments, options | {"of": self.of}

    def pre_save(self, instance: models.Model, add: bool) -> str:  # noqa: FBT001 - Django's signature
        words = sorted(indexed_words(getattr(instance, self.of)))
        value = " ".join(map(_quoted, words))
        setattr(instance, self.attname, value)
        return value


@WordsField.register_lookup
class BegunBy(Lookup):
    """True where each of these words (of `name_words`) begins one of the column's; no word begins none."""

    lookup_name = "begun_by"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        query = " & ".join(f"{_quoted(word)}:*" for word in sorted(self.rhs))
        return f"{column} @@ %s::tsquery", (*parameters, query)


def words_index(model: str) -> GinIndex:
    """The index of the field `words`; an update waits for nothing, as rows are read more often than written."""
    return GinIndex(fields=["words"], fastupdate=False, name=f"{model}_by_beginning_of_word")


def refill(rows: Iterable[models.Model]) -> None:
    """For migrations: write the words of rows that were there before the column."""
    for row in rows:
        row.save(update_fields=["words"])


def _quoted(word: str) -> str:
    """One lexeme as it is: words hold letters, marks and digits only, so nothing in them needs an escape."""
    return f"'{word}'"
