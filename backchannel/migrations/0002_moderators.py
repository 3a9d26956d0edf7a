from django.db import migrations

from backchannel.moderators import install


class Migration(migrations.Migration):
    """The moderators' group. A group that was changed by hand is not touched when this is taken back."""

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("accounts", "0001_people_and_their_circles"),
        ("rooms", "0001_rooms_and_seats"),
        ("backchannel", "0001_conversations_and_questions"),
    ]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
