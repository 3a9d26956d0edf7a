"""A pretend app behind live: who may hear which topic, and a log of messages to catch up from."""


class PretendApp:
    def __init__(self):
        self.members = {}  # topic → ids of people
        self.exits = {}  # topic → how many lost access
        self.log = {}  # conversation → the frames that made it, by number
        self.signed_in = lambda logins: logins
        self.asked = []

    def join(self, topic, *people):
        self.exits.setdefault(topic, 0)
        self.members.setdefault(topic, set()).update(person.pk for person in people)

    def remove(self, topic, person):
        self.members[topic].discard(person.pk)
        self.exits[topic] += 1

    def write(self, conversation, html):
        frames = self.log.setdefault(conversation, [])
        frames.append(message(conversation, len(frames) + 1, html))
        return frames[-1]

    def topics(self, person_id):
        return [(name, self.exits[name]) for name, people in self.members.items() if person_id in people]

    def audience(self, topic):
        self.asked.append(topic)
        return self.exits[topic], set(self.members[topic])

    def still_in(self, logins):
        return self.signed_in(logins)

    def catch_up(self, person_id, cursors, versions):
        lacking = [frame for name, number in cursors.items() for frame in self.log.get(name, [])[number:]]
        heads = {name: len(self.log.get(name, [])) for name in cursors}
        return [*lacking, {"type": "heads", "conversations": heads, "versions": {}}]


def message(conversation, number, html):
    return {"type": "message", "conversation": conversation, "number": number, "html": html}
