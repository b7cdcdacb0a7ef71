from django.db import migrations, models

# Room on each page for the next version of its rows: a reservation changes no index, so it stays on the page.
FORWARDS = "ALTER TABLE notices_delivery SET (fillfactor = 70)"
BACKWARDS = "ALTER TABLE notices_delivery RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [('notices', '0010_final_bounces')]

    operations = [
        migrations.RemoveIndex(model_name='delivery', name='delivery_being_sent'),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'sending')), fields=['settled_at'], name='delivery_being_sent'),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
