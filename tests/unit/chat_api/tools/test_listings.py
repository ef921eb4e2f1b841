"""Who may use a cached tool list, and for how long."""

from mcp_types import Tool

from chat_api.tools.tool_cache import MAX_USERS, ToolCache, ToolListing
from tests.unit.chat_api.tools.conftest import Ticking

TOOLS = [Tool(name="a", input_schema={"type": "object"})]


def test_a_public_listing_is_everybody_s(ticking: Ticking) -> None:
    listings = ToolCache(ticking)
    listings.keep("alice", ToolListing(TOOLS, seconds=60, public=True))
    assert listings.fresh("bob") == TOOLS


def test_a_private_listing_is_its_user_s_alone(ticking: Ticking) -> None:
    listings = ToolCache(ticking)
    listings.keep("alice", ToolListing(TOOLS, seconds=60, public=False))
    assert listings.fresh("alice") == TOOLS
    assert listings.fresh("bob") is None


def test_a_listing_is_kept_for_its_time_and_no_longer(ticking: Ticking) -> None:
    listings = ToolCache(ticking)
    listings.keep("alice", ToolListing(TOOLS, seconds=60, public=True))
    ticking.now = 59.9
    assert listings.fresh("alice") == TOOLS
    ticking.now = 60
    assert listings.fresh("alice") is None


def test_a_listing_without_time_is_not_kept(ticking: Ticking) -> None:
    listings = ToolCache(ticking)
    listings.keep("alice", ToolListing(TOOLS, seconds=0, public=True))
    assert listings.fresh("alice") is None


def test_the_container_keeps_the_listings_of_so_many_users_only(ticking: Ticking) -> None:
    listings = ToolCache(ticking)
    for number in range(MAX_USERS + 1):
        listings.keep(str(number), ToolListing(TOOLS, seconds=60, public=False))
    assert listings.fresh("0") is None
    assert listings.fresh("1") == listings.fresh(str(MAX_USERS)) == TOOLS
