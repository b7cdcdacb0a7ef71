from django.db import migrations

from members.models.words import WordsField, refill, words_index


def fill(apps, schema_editor):
    for model in ("position",):
        refill(apps.get_model("decisions", model).objects.iterator())


class Migration(migrations.Migration):
    dependencies = [("decisions", "0002_fixed_rows"), ("members", "0003_words")]

    operations = [
        migrations.AddField("position", "words", WordsField(of="title")),
        migrations.AddIndex("position", words_index("position")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
