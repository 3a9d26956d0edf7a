"""Links in a running house: what somebody writes is looked at by the jobs process, also when that was away meanwhile."""

import pytest

from tests.product import wait_for

pytestmark = pytest.mark.alike

# By names that lead nowhere without anybody being asked: the guard refuses them as they are.
WRITE = """
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Conversation
ada, bob = (Person.objects.get(username=name) for name in ("ada", "bob"))
print(Conversation.between(ada, bob).post(ada, uuid4(), "see http://10.0.0.1/ and http://169.254.169.254/").pk)
"""


def state(house, pk):
    return house.sql("SELECT state FROM backchannel_linkpreview WHERE message_id = ?", pk)[0][0]


def test_a_link_is_looked_at_once_it_is_written(new_house):
    house = new_house(LINK_PREVIEWS="yes").start("--demo")
    pk = int(house.run(WRITE))
    wait_for(lambda: state(house, pk) == "nothing", within=15)


@pytest.mark.full
def test_one_that_was_written_while_nobody_was_there_to_look_is_not_forgotten(new_house):
    house = new_house(LINK_PREVIEWS="yes").start("--demo")
    pk = int(house.run("from backchannel import jobs\njobs.soon = lambda job, ids: None" + WRITE))
    assert state(house, pk) == "waiting"
    house.run(
        "from datetime import timedelta; from backchannel.models import LinkPreview; from django.utils import timezone;"
        "LinkPreview.objects.update(asked_at=timezone.now() - timedelta(minutes=3))"
    )
    wait_for(lambda: state(house, pk) == "nothing", within=90)
