from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0005_inbox'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='deadline',
            field=models.CharField(blank=True, default='', help_text='The day or instant it speaks of (ISO 8601): what its reader was told', max_length=32),
            preserve_default=False,
        ),
    ]
