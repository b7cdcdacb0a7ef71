from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0012_lighter_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='sent_to',
            field=models.EmailField(blank=True, help_text='The address to which it left last; empty while it has not', max_length=254),
        ),
    ]
