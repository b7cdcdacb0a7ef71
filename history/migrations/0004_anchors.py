import uuid

import django.db.models
from django.db import migrations, models

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON history_anchor
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0003_deeds"), ("contenttypes", "0002_remove_content_type_name")]

    operations = [
        migrations.CreateModel(
            name="Anchor",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(help_text="From 1, without a gap", unique=True)),
                ("at", models.DateTimeField()),
                ("heads", models.JSONField(help_text="Those that had moved: [app.model, object id, number, hash]")),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={"ordering": ["number"]},
        ),
        migrations.AddField(
            model_name="head",
            name="anchored",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="The number that the last anchor holds"
            ),
        ),
        migrations.AddIndex(
            model_name="head",
            index=models.Index(
                condition=models.Q(("number__gt", django.db.models.F("anchored"))),
                fields=["id"],
                name="head_to_be_anchored",
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER append_only ON history_anchor"),
    ]
