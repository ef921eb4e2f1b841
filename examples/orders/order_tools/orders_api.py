"""The shop's order API, and what the model reads when a request to it fails."""

from hashlib import sha256
from typing import Any

import httpx2
from mcp.server.mcpserver.exceptions import ToolError

from chatcore.auth.keys import Keys
from chatcore.logs import described, logger
from mcp_api.tool_request import ToolRequest

REFUSED = {
    404: "The user has no such order. Call list_orders to see their orders.",
    409: "This order can no longer be canceled. Call show_order to see its status.",
}


class OrdersApi:
    """A client of the order API, which authenticates with the newest of `keys`."""

    def __init__(self, url: str, keys: Keys) -> None:
        # Both timeouts are well within the 25 seconds that the chat waits for a tool.
        self._http = httpx2.Client(base_url=url, timeout=httpx2.Timeout(10, connect=3))
        self._keys = keys

    def get(self, request: ToolRequest, path: str) -> Any:
        """Return the JSON at a path. Raise `ToolError`."""
        return self._json(request, "GET", path, {}, "Nothing was changed.")

    def post(self, request: ToolRequest, path: str) -> Any:
        """Make a change and return its JSON. Raise `ToolError`.

        A repeat with the same key changes nothing more.
        """
        # The key may be any text and is unique only per user, so a digest of both is sent.
        key = sha256(f"{request.user}\n{request.idempotency_key}".encode()).hexdigest()
        headers = {"Idempotency-Key": key} if request.idempotency_key else {}
        return self._json(request, "POST", path, headers, "It is not known whether this was done.")

    def _json(
        self, request: ToolRequest, method: str, path: str, headers: dict[str, str], outcome: str
    ) -> Any:
        all_headers = {"Authorization": f"Bearer {self._keys.current().secret}"} | headers
        try:
            response = self._http.request(
                method, path, params={"user": request.user}, headers=all_headers
            )
            if response.status_code in REFUSED:
                raise ToolError(REFUSED[response.status_code])
            return response.raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            answered = repr(getattr(error, "response", None))
            logger.error("orders_unavailable", answered=answered, **described(error))
            raise ToolError(
                f"The shop's orders cannot be reached right now. {outcome} Say so to the user, and"
                " do not repeat the call."
            ) from error
