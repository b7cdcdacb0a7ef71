from django.db import migrations

from members.models.words import WordsField, refill, words_index


def fill(apps, schema_editor):
    for model in ("campaign", "milestone",):
        refill(apps.get_model("campaigns", model).objects.iterator())


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_first"), ("members", "0003_words")]

    operations = [
        migrations.AddField("campaign", "words", WordsField(of="name")),
        migrations.AddField("milestone", "words", WordsField(of="title")),
        migrations.AddIndex("campaign", words_index("campaign")),
        migrations.AddIndex("milestone", words_index("milestone")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
