from django.db import migrations

from members.keys import indexed_words
from members.models.words import WordsField, refill, words_index


def fill(apps, schema_editor):
    for model in ("committee",):
        refill(apps.get_model("members", model).objects.iterator())


def reindex(apps, schema_editor):
    """What begins within a word of a script without spaces is found too."""
    organisations, people = apps.get_model("members", "Organisation"), apps.get_model("accounts", "Person")
    word, person_word = apps.get_model("members", "Word"), apps.get_model("members", "PersonWord")
    named = {}
    for organisation, text in apps.get_model("members", "OrganisationName").objects.values_list("organisation", "text"):
        named.setdefault(organisation, []).append(text)
    for pk, name, acronym in organisations.objects.values_list("pk", "name", "acronym").iterator():
        found = indexed_words(name, acronym, *named.get(pk, []))
        word.objects.bulk_create([word(organisation_id=pk, word=one) for one in found], ignore_conflicts=True)
    for pk, name in people.objects.values_list("pk", "display_name").iterator():
        found = indexed_words(name)
        person_word.objects.bulk_create([person_word(person_id=pk, word=one) for one in found], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_first"), ("members", "0002_words_of_one_organisation")]

    operations = [
        migrations.AddField("committee", "words", WordsField(of="name")),
        migrations.AddIndex("committee", words_index("committee")),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(reindex, migrations.RunPython.noop),
    ]
