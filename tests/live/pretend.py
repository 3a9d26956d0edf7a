"""A pretend app behind live: who may hear which topic, and a log of messages to catch up from."""

from accounts.wiring import whose


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

    def topics(self, person_ids):
        pairs = [(name, self.exits[name], people) for name, people in self.members.items()]
        return {one: [(name, exits) for name, exits, people in pairs if one in people] for one in person_ids}

    def audience(self, topic):
        self.asked.append(topic)
        return self.exits[topic], set(self.members[topic])

    def whose(self, logins):
        good = self.signed_in(logins)
        return {login: person for login, person in whose(logins).items() if login in good}

    def heads(self, names):
        return {name: len(self.log[name]) for name in names if name in self.log}

    def catch_up(self, askings):
        return [self.lacking(one) for one in askings]

    def lacking(self, one):
        frames = [frame for name, number in one.cursors.items() for frame in self.log.get(name, [])[number:]]
        return [
            *frames,
            {"type": "heads", "conversations": {name: len(self.log.get(name, [])) for name in one.cursors}},
        ]


def message(conversation, number, html):
    return {"type": "message", "conversation": conversation, "number": number, "html": html}
