from django.db import migrations

FORWARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON decisions_answerchange
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_change_of_asked_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM decisions_round WHERE version_id = OLD.version_id) THEN
        RAISE EXCEPTION 'a text is fixed once a round has opened on its version';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER fixed_once_asked BEFORE UPDATE OR DELETE ON decisions_text
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_asked_text();
"""
BACKWARDS = """
DROP TRIGGER fixed_once_asked ON decisions_text;
DROP FUNCTION refuse_change_of_asked_text();
DROP TRIGGER append_only ON decisions_answerchange;
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0001_first"), ("history", "0002_append_only")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
