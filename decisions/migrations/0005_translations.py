import django.db.models.deletion
from django.db import migrations, models


TRIGGER = """
CREATE OR REPLACE FUNCTION refuse_change_of_asked_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {which}EXISTS (SELECT FROM decisions_round WHERE version_id = OLD.version_id) THEN
        RAISE EXCEPTION 'a text is fixed once a round has opened on its version';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
DECIDES = "(OLD.is_authoritative OR TG_OP = 'UPDATE' AND NEW.is_authoritative) AND "


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_weekend_and_discretion'),
        ('decisions', '0004_levels_and_outcomes'),
    ]

    operations = [
        migrations.AddField(
            model_name='text',
            name='made_from',
            field=models.CharField(blank=True, editable=False, help_text='Fingerprint of the deciding wording that was translated', max_length=64),
        ),
        migrations.AddField(
            model_name='text',
            name='translated_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='text',
            name='translated_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person'),
        ),
        migrations.AddConstraint(
            model_name='text',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_authoritative', True), ('made_from', ''), ('translated_at', None), ('translated_by', None)), models.Q(('is_authoritative', False), ('translated_at__isnull', False), ('translated_by__isnull', False), models.Q(('made_from', ''), _negated=True)), _connector='OR'), name='text_was_made_from_another_exactly_when_translated'),
        ),
        # A translation may still be added and corrected then; only the wording that decides is fixed.
        migrations.RunSQL(TRIGGER.format(which=DECIDES), TRIGGER.format(which="")),
    ]
