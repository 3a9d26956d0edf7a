"""Files over the socket: they go with the words, and what is prepared comes to those who may read it."""

import pytest
from asgiref.sync import sync_to_async

from backchannel import jobs
from backchannel.media.preparing import prepare
from backchannel.models import Attachment
from tests.backchannel.files import picture, taken
from tests.backchannel.test_posting_live import post
from tests.ears import listening

pytestmark = pytest.mark.django_db(transaction=True)

do = sync_to_async(thread_sensitive=True)


@pytest.fixture(autouse=True)
def disk(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(jobs, "soon", lambda *_: None)


async def test_a_file_goes_with_the_words_and_comes_prepared(line, as_, ada, bob, cleo):
    file = await do(taken)(as_(ada), line, picture(), "a.png", ready=False)
    async with listening(ada) as ear, listening(bob) as other, listening(cleo) as outside:
        await post(ear, line, "look", files=[file.pk])
        await ear.hears(type="ack")
        frame = await other.hears("look", type="message")
        assert "being prepared" in frame["html"]
        await do(prepare)(file.pk)
        frame = await other.hears("data-view", type="message")
        assert frame["number"] == 1 + (await do(line.messages.get)()).seq
        await outside.hears_nothing("data-view")
        await outside.hears_nothing(file.pk)


async def test_it_may_be_files_alone_and_only_ones_own(line, as_, ada, bob):
    mine = await do(taken)(as_(ada), line)
    his = await do(taken)(as_(bob), line)
    async with listening(ada) as ear:
        await post(ear, line, "", files=[his.pk])
        assert (await ear.hears(type="refused"))["status"] == 422
        await post(ear, line, "", files=[])
        assert (await ear.hears(type="refused"))["text"] == "Write something first."
        await post(ear, line, "", files=[mine.pk])
        await ear.hears(type="ack")
    assert await do(Attachment.objects.filter(message__conversation=line).count)() == 1


@pytest.mark.parametrize("files", ["a", [1], ["a" * 65], ["a"] * 11, ["../x"], {"a": 1}])
async def test_w2_what_are_no_names_of_files_is_not_heard(line, ada, files):
    async with listening(ada) as ear:
        await post(ear, line, "words", files=files)
        assert await ear.closed() is not None
    assert not await do(line.messages.exists)()
