from django.db import migrations

FORWARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON notices_deliveryevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_first"), ("history", "0002_append_only")]

    operations = [migrations.RunSQL(FORWARDS, "DROP TRIGGER append_only ON notices_deliveryevent")]
