from django.db import migrations

CHANGE = """
CREATE OR REPLACE FUNCTION refuse_change_of_consulted_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {which}EXISTS (SELECT FROM decisions_consultation WHERE version_id = OLD.version_id) THEN
        RAISE EXCEPTION 'a text is fixed once members are asked about its version';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
DECIDES = "(OLD.is_authoritative OR TG_OP = 'UPDATE' AND NEW.is_authoritative) AND "


class Migration(migrations.Migration):
    """As in rounds: the wording that decides is fixed, translations of it may still be corrected."""

    dependencies = [("decisions", "0011_supersession_asked")]

    operations = [migrations.RunSQL(CHANGE.format(which=DECIDES), CHANGE.format(which=""))]
