from django.db import migrations, models

STATES = ["planned", "sending", "sent", "deferred", "failed", "unconfirmed", "cancelled", "expired"]
LABELS = [
    "Planned",
    "Being sent",
    "Sent",
    "Will be tried again",
    "Failed",
    "Unconfirmed",
    "Cancelled",
    "Expired",
    "Held by staff",
]


class Migration(migrations.Migration):
    dependencies = [("notices", "0006_deadline_told")]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=list(zip([*STATES, "held"], LABELS, strict=True)), default="planned", max_length=11
            ),
        ),
        migrations.RemoveConstraint(model_name="delivery", name="delivery_state_is_known"),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", (*STATES, "held"))), name="delivery_state_is_known"
            ),
        ),
    ]
