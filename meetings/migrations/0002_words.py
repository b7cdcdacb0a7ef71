from django.db import migrations

from members.models.words import WordsField, refill, words_index


def fill(apps, schema_editor):
    for model in ("meeting",):
        refill(apps.get_model("meetings", model).objects.iterator())


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_first"), ("members", "0003_words")]

    operations = [
        migrations.AddField("meeting", "words", WordsField(of="title")),
        migrations.AddIndex("meeting", words_index("meeting")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
