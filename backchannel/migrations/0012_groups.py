
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backchannel', '0011_reports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Group',
            fields=[
                ('conversation', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='group', serialize=False, to='backchannel.conversation')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('photo', models.FileField(blank=True, editable=False, upload_to='groups', verbose_name='photo')),
                ('history', models.CharField(choices=[('joining', 'What is written after they joined'), ('all', 'Everything that was ever written here')], default='joining', max_length=7, verbose_name='what new members can read')),
                ('form_id', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
            ],
            options={
                'verbose_name': 'group',
                'verbose_name_plural': 'groups',
            },
        ),
        migrations.CreateModel(
            name='GroupInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'verbose_name': 'invitation into a group',
                'verbose_name_plural': 'invitations into groups',
            },
        ),
        migrations.AddField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('owner', 'Owner'), ('moderator', 'Moderator'), ('member', 'Member')], db_default='member', default='member', max_length=9),
        ),
        migrations.AddField(
            model_name='message',
            name='event',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=9),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('role', 'owner')), fields=('conversation',), name='one_owner_per_group'),
        ),
        migrations.AddField(
            model_name='group',
            name='started_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='started by'),
        ),
        migrations.AddField(
            model_name='groupinvitation',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='groupinvitation',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='backchannel.group'),
        ),
        migrations.AddField(
            model_name='groupinvitation',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='group_invitations', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.UniqueConstraint(fields=('started_by', 'form_id'), name='one_group_per_form'),
        ),
        migrations.AddConstraint(
            model_name='groupinvitation',
            constraint=models.UniqueConstraint(fields=('group', 'person'), name='invited_once_into_a_group'),
        ),
    ]
