"""A house whose Redis is not there when it starts, and that loses it later: it works, and says so in a line."""

import pytest

from tests.house.visitors import Visitor
from tests.product import House, own_database, wait_for
from tests.redis import private_redis

pytestmark = pytest.mark.production

KIND = "from huey.contrib.djhuey import HUEY; print(type(HUEY).__name__, type(HUEY.serializer).__name__)"


@pytest.fixture
def redis():
    with private_redis() as server:
        yield server


@pytest.mark.full
def test_it_starts_and_works_without_and_needs_no_restart_when_redis_comes(redis, some_postgres, tmp_path):
    redis.kill()
    with own_database(some_postgres) as database:
        house = House(tmp_path / "data", database, REDIS_URL=redis.url, WEB_PROCESSES="2")
        house.make_folder()
        house.launch("--demo")
        try:
            _works_without_and_needs_no_restart(house, redis)
        finally:
            house.stop()
        assert "Traceback" not in house.said()


def _works_without_and_needs_no_restart(house, redis):
    house.wait_said("Backchannel is at")
    bob = Visitor(house.url)
    wait_for(lambda: bob.get("/healthz").status == 200, within=20)
    assert bob.log_in("bob", "backchannel").status == 302
    wait_for(lambda: '"redis": {"ok": false}' in bob.get("/readyz").text, within=20)
    wait_for(lambda: "Redis is away: jobs wait" in house.said(), within=20)
    before = house.pids()
    redis.start()
    wait_for(house.ready, within=20)
    assert house.pids() == before
    assert house.run(KIND).split()[-2:] == ["RedisHuey", "SignedSerializer"]
