import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_first'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('notices', '0004_relay_journal'),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticePreference',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=60)),
                ('takes_mail', models.BooleanField(verbose_name='by mail')),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['person', 'kind'],
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='done_at',
            field=models.DateTimeField(help_text='In the inbox only: when its reader put it away', null=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='read_at',
            field=models.DateTimeField(help_text='In the inbox only: when its reader opened it', null=True),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('channel', 'inbox'), ('state', 'sent')), fields=['person', '-settled_at', '-id'], name='delivery_inbox'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('channel', 'inbox'), ('read_at', None), ('state', 'sent')), fields=['person'], name='delivery_unread'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'inbox'), ('state', 'sent')), models.Q(('done_at', None), ('read_at', None)), _connector='OR'), name='delivery_is_read_where_it_arrived_in_the_inbox'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('done_at', None), ('read_at__isnull', False), _connector='OR'), name='delivery_is_done_after_it_was_read'),
        ),
        migrations.AddField(
            model_name='noticepreference',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notice_preferences', to='accounts.person'),
        ),
        migrations.AddConstraint(
            model_name='noticepreference',
            constraint=models.UniqueConstraint(fields=('person', 'kind'), name='one_preference_per_person_and_kind'),
        ),
    ]
