from django.db import migrations

from members.models.words import WordsField, refill, words_index


def fill(apps, schema_editor):
    refill(apps.get_model("campaigns", "task").objects.iterator())


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0005_tasks"), ("members", "0003_words")]

    operations = [
        migrations.AddField("task", "words", WordsField(of="title")),
        migrations.AddIndex("task", words_index("task")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
