"""The group of the moderators, and what its members may do: look, and act with a reason. Nothing else."""

from typing import Any

NAME = "Moderators"

# app, model, permission, what it says: each can be looked at, and some can be acted on
MAY = [
    ("accounts", "person", "suspend_person", "Can suspend people"),
    ("accounts", "invitation", None, None),
    ("accounts", "moderationentry", None, None),
    ("accounts", "site", None, None),
    ("rooms", "room", "end_room", "Can end rooms"),
    ("rooms", "seat", "remove_seat", "Can remove people from rooms"),
    ("backchannel", "message", "erase_message", "Can delete messages of rooms"),
    ("backchannel", "report", "close_report", "Can close reports"),
    ("backchannel", "question", "erase_question", "Can delete questions"),
]


def install(apps: Any, schema_editor: Any = None) -> None:
    """Make the group with exactly these permissions, which on a new database do not exist yet."""
    group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=NAME)
    given = []
    for app, model, codename, words in MAY:
        kind, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
        wanted = {f"view_{model}": f"Can view {model}"} | ({codename: words} if codename else {})
        for code, name in wanted.items():
            permission, _made = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=kind, codename=code, defaults={"name": name}
            )
            given.append(permission)
    group.permissions.set(given)
