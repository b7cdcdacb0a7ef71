import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0001_first")]

    operations = [
        migrations.RemoveConstraint("word", "word_once_per_organisation"),
        migrations.AddConstraint(
            "word",
            models.UniqueConstraint(
                fields=("organisation", "word"),
                name="word_once_per_organisation",
                opclasses=["uuid_ops", "varchar_pattern_ops"],
            ),
        ),
        migrations.AlterField(
            "word",
            "organisation",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="words",
                to="members.organisation",
            ),
        ),
    ]
