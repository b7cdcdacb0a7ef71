from django.db import migrations

FORWARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON decisions_contributionchange
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON decisions_question
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_change_of_consulted_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM decisions_consultation WHERE version_id = OLD.version_id) THEN
        RAISE EXCEPTION 'a text is fixed once members are asked about its version';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER fixed_once_consulted BEFORE UPDATE OR DELETE ON decisions_text
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_consulted_text();
"""
BACKWARDS = """
DROP TRIGGER fixed_once_consulted ON decisions_text;
DROP FUNCTION refuse_change_of_consulted_text();
DROP TRIGGER append_only ON decisions_question;
DROP TRIGGER append_only ON decisions_contributionchange;
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0007_consultations"), ("history", "0002_append_only")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
