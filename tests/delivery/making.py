"""How a house is filled with people: run inside it, as code."""

OPEN = """
import json
from django.conf import settings
from django.test import Client
from accounts.models import Person
from backchannel.models import Conversation
from rooms.models import Room
settings.ALLOWED_HOSTS = ["testserver"]
def person(name):
    return Person.objects.create_user(name, f"{{name}}@example.org", name=name.capitalize(), messages_from="everyone")
def session(person):
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
seated = [f"seat{{n}}_{tag}" for n in range({room})]
pairs = [(f"left{{n}}_{tag}", f"right{{n}}_{tag}") for n in range({pairs})]
outsider = "outsider_{tag}"
people = {{name: person(name) for name in [*seated, *(one for pair in pairs for one in pair), outsider]}}
host = people[seated[0]]
room = Room.open(host, title="Gardens")
seats = {{name: room.join(people[name]) for name in seated}}
stage = seated[:{stage}]
for name in stage[1:]:
    seats[name].invite(host, "moderator" if name in stage[:3] else "speaker")
    seats[name].accept()
print(json.dumps({{
    "room": room.pk,
    "chat": room.conversations.get(kind="room").pk,
    "line": room.conversations.get(kind="speakers").pk,
    "seated": seated,
    "stage": stage,
    "outsider": outsider,
    "seats": {{name: seat.pk for name, seat in seats.items()}},
    "pairs": [[one, other, Conversation.between(people[one], people[other]).pk] for one, other in pairs],
    "people": {{name: [one.pk, session(one)] for name, one in people.items()}},
}}))
"""
