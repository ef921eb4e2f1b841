"""Who may use a cached tool list, and for how long."""

from mcp_types import Tool

from chat_api.tools.tool_cache import MAX_USERS, ToolCache, ToolListing
from tests.unit.chat_api.tools.conftest import ServerClock

TOOLS = [Tool(name="a", input_schema={"type": "object"})]


def test_a_public_list_is_shared_by_all_users(server_clock: ServerClock) -> None:
    cache = ToolCache(server_clock)
    cache.keep("alice", ToolListing(TOOLS, seconds=60, public=True))
    assert cache.fresh("bob") == TOOLS


def test_a_private_list_is_returned_only_to_its_user(server_clock: ServerClock) -> None:
    cache = ToolCache(server_clock)
    cache.keep("alice", ToolListing(TOOLS, seconds=60, public=False))
    assert cache.fresh("alice") == TOOLS
    assert cache.fresh("bob") is None


def test_a_list_is_cached_only_for_its_time(server_clock: ServerClock) -> None:
    cache = ToolCache(server_clock)
    cache.keep("alice", ToolListing(TOOLS, seconds=60, public=True))
    server_clock.now = 59.9
    assert cache.fresh("alice") == TOOLS
    server_clock.now = 60
    assert cache.fresh("alice") is None


def test_a_list_without_a_time_is_not_cached(server_clock: ServerClock) -> None:
    cache = ToolCache(server_clock)
    cache.keep("alice", ToolListing(TOOLS, seconds=0, public=True))
    assert cache.fresh("alice") is None


def test_an_environment_caches_the_lists_of_a_limited_number_of_users(
    server_clock: ServerClock,
) -> None:
    cache = ToolCache(server_clock)
    for number in range(MAX_USERS + 1):
        cache.keep(str(number), ToolListing(TOOLS, seconds=60, public=False))
    assert cache.fresh("0") is None
    assert cache.fresh("1") == cache.fresh(str(MAX_USERS)) == TOOLS
