"""The words by which the search finds an organisation. Part of the actions that change its names."""

from members.keys import indexed_words
from members.models import Organisation, Word


def index_words(organisation: Organisation) -> None:
    """Make the search find it by every word of its present names, and by no other."""
    names = organisation.names.values_list("text", flat=True)
    wanted = indexed_words(organisation.name, organisation.acronym, *names)
    present = set(organisation.words.values_list("word", flat=True))
    if present - wanted:
        organisation.words.filter(word__in=present - wanted).delete()
    Word.objects.bulk_create(Word(organisation=organisation, word=word) for word in sorted(wanted - present))
