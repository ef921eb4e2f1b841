"""Images in an answer or a list of items, as a browser gets them."""

from typing import Any

import httpx2


def image_in(shown: list[dict[str, Any]]) -> str:
    """Return the address of the only image in events or items."""
    items = [each.get("item", each) for each in shown if each["type"] != "thread.item.added"]
    [address] = [item["image"]["url"] for item in items if item["type"] == "generated_image"]
    return str(address)


def fetched(address: str) -> httpx2.Response:
    """Return what a browser gets at the address."""
    return httpx2.get(address, trust_env=False)
