import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The parts a daily mail took share what becomes of it, in the same statement, whoever finds it out. They leave by
# TAKE_WITH_PARTS, and a daily mail that is cancelled or held leaves its parts to the next one. After a restore the
# journal may know of a daily mail whose rows have forgotten which parts it took: then it took what waited for it.
FORWARDS = """
CREATE FUNCTION settle_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE notices_delivery SET state = NEW.state, reason = NEW.reason, settled_at = NEW.settled_at,
        settled_by_id = NEW.settled_by_id, lease_until = NULL
    WHERE digest_id = NEW.id AND state = OLD.state;
    IF NEW.state = 'sent' AND OLD.state IN ('planned', 'deferred') THEN
        UPDATE notices_delivery SET state = NEW.state, reason = NEW.reason, settled_at = NEW.settled_at,
            settled_by_id = NEW.settled_by_id, digest_id = NEW.id
        WHERE person_id = NEW.person_id AND channel = 'digest' AND state IN ('planned', 'deferred')
            AND send_at <= NEW.send_at;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER parts_share_what_becomes_of_it AFTER UPDATE OF state ON notices_delivery
    FOR EACH ROW WHEN (NEW.kind = 'notices.digest' AND NEW.state NOT IN ('sending', 'cancelled', 'held'))
    EXECUTE FUNCTION settle_parts();
"""
BACKWARDS = """
DROP TRIGGER parts_share_what_becomes_of_it ON notices_delivery;
DROP FUNCTION settle_parts();
"""


class Migration(migrations.Migration):
    dependencies = [
        ('accounts', '0003_weekend_and_discretion'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('notices', '0008_bounces'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='delivery',
            name='delivery_channel_is_known',
        ),
        migrations.AddField(
            model_name='delivery',
            name='digest',
            field=models.ForeignKey(help_text='The daily mail that took it along', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='notices.delivery'),
        ),
        migrations.AddField(
            model_name='noticepreference',
            name='is_daily',
            field=models.BooleanField(default=False, help_text='What can wait; the rest at once', verbose_name='in the daily mail'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='channel',
            field=models.CharField(choices=[('mail', 'E-mail'), ('inbox', 'Inbox'), ('digest', 'Daily mail')], default='mail', max_length=6),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ('mail', 'inbox', 'digest'))), name='delivery_channel_is_known'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'digest'), ('state__in', ['sending', 'unconfirmed', 'sent']), _negated=True), ('digest__isnull', False), _connector='OR'), name='delivery_leaves_within_a_daily_mail'),
        ),
        migrations.AddConstraint(
            model_name='noticepreference',
            constraint=models.CheckConstraint(condition=models.Q(('is_daily', False), ('takes_mail', True), _connector='OR'), name='preference_is_daily_only_by_mail'),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
