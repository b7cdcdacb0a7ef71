import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARDS = """
CREATE FUNCTION note_delivery_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notices_deliveryevent (delivery_id, at, from_state, to_state, by_id, detail)
    VALUES (NEW.id, NEW.settled_at, OLD.state, NEW.state, NEW.settled_by_id, NEW.reason);
    RETURN NULL;
END $$;
CREATE TRIGGER every_step_is_noted AFTER UPDATE OF state ON notices_delivery
    FOR EACH ROW EXECUTE FUNCTION note_delivery_step();
"""
BACKWARDS = """
DROP TRIGGER every_step_is_noted ON notices_delivery;
DROP FUNCTION note_delivery_step();
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("notices", "0002_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="settled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
