from django.db import migrations, models

# Until now only what a server said for good was told apart by its status.
KNOWN = "UPDATE notices_bounce SET is_final = true WHERE status LIKE '5.%'"


class Migration(migrations.Migration):
    dependencies = [('notices', '0009_daily_mail')]

    operations = [
        migrations.AddField(
            model_name='bounce',
            name='is_final',
            field=models.BooleanField(default=False, help_text='RFC 3464: failed, not only delayed; a server that gave up says 4.x.x too'),
            preserve_default=False,
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name='bounce', name='bounce_is_read_once'),
        migrations.AddConstraint(
            model_name='bounce',
            constraint=models.UniqueConstraint(fields=('delivery', 'status', 'is_final'), name='bounce_is_read_once'),
        ),
    ]
