from django.db import migrations

from accounts.words import WordsField, fill


def fill_in(apps, schema_editor):
    fill(apps.get_model("accounts", "person"))


class Migration(migrations.Migration):
    """The words by which people are found."""

    dependencies = [("accounts", "0001_people_and_their_circles")]

    operations = [
        migrations.AddField("person", "words", WordsField("name", "username")),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
