"""The tool server of docs/mcp.md: a setting, a secret and an HTTP API of its own."""

import re
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Annotated, Any

import boto3
import httpx2
import pytest
from pydantic import AnyHttpUrl, BaseModel, Field

from chatcore.auth.keys import Keys, SecretsManagerKeys
from chatcore.aws import AwsClients
from chatcore.settings import Settings, SettingsError
from mcp_api.server import McpServer
from mcp_api.tool import Tool
from mcp_api.tool_call import ToolCall
from mcp_api.tool_server import ToolServer
from tests.mcp_api.function import Event, Function

PAGE = Path(__file__).parents[2] / "docs" / "mcp.md"


class Order(BaseModel):
    number: str
    status: str


class Orders:
    """The client of an order system, as a team would write it."""

    def __init__(self, url: str, key: Keys) -> None:
        self._url = url
        self._key = key

    def get(self, user: str, number: str) -> Order:
        headers = {"x-key": self._key.current().secret, "x-user": user}
        answer = httpx2.get(f"{self._url}orders/{number}", headers=headers, timeout=10)
        return Order.model_validate_json(answer.raise_for_status().content)


class OrderSystem(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.headers["x-key"] == "s3cret" and self.headers["x-user"] == "alice"
        self.send_response(200 if known and self.path == "/orders/7" else 500)
        self.end_headers()
        self.wfile.write(b'{"number": "7", "status": "on its way"}')

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def orders_url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), OrderSystem) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def documented() -> Any:
    """The page's `create_server`, with the names that it takes for granted."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names: dict[str, Any] = {
        "AnyHttpUrl": AnyHttpUrl,
        "AwsClients": AwsClients,
        "Mapping": Mapping,
        "Order": Order,
        "OrderNumber": Annotated[str, Field(description="The order's number.")],
        "Orders": Orders,
        "SecretsManagerKeys": SecretsManagerKeys,
        "Settings": Settings,
        "Tool": Tool,
        "ToolCall": ToolCall,
        "ToolServer": ToolServer,
        "__name__": "documented",
    }
    exec(code, names)
    return names["create_server"]


def test_the_documented_server_answers_over_its_own_api(
    documented: Any, orders_url: str, aws: None, keys: Keys, event: Event, current_loop: None
) -> None:
    secret = boto3.client("secretsmanager").create_secret(Name="key", SecretString="s3cret")
    environ = {"ORDERS_URL": orders_url, "ORDERS_KEY_ARN": secret["ARN"]}
    function = Function(keys, event, McpServer(documented(environ, AwsClients())))
    found = function.done("alice", "get_order", number="7", scope="tasks:read")
    assert found == {"number": "7", "status": "on its way"}


def test_the_documented_server_names_a_bad_setting(documented: Any) -> None:
    with pytest.raises(SettingsError, match=r"ORDERS_URL.*ORDERS_KEY_ARN"):
        documented({"ORDERS_URL": "somewhere"}, AwsClients())
