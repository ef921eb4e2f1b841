"""The tools of the orders assistant. The model chooses a tool by its docstring."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, BaseModel, Field

from chatcore.auth.keys import SecretsManagerKeys
from chatcore.aws import AwsClients
from chatcore.settings import Settings
from mcp_api.tool import Tool
from mcp_api.tool_request import ToolRequest
from mcp_api.tool_server import ToolServer
from order_tools.orders_api import OrdersApi

# The pattern is strict because the number becomes part of a URL.
OrderNumber = Annotated[
    str, Field(pattern=r"^[A-Z]-[0-9]{1,12}$", description="The order's number, from list_orders.")
]


class OrderSettings(Settings):
    """The settings of the order tools, in the MCP function's environment."""

    orders_api_url: AnyHttpUrl
    orders_secret_arn: str


class Order(BaseModel):
    number: str
    item: str
    total: str
    status: Literal["placed", "shipped", "canceled"]


class OrderList(BaseModel):
    orders: list[Order]


def create_server(environ: Mapping[str, str], clients: AwsClients) -> ToolServer:
    """Return the order tools. Raise `SettingsError` without their settings."""
    settings = OrderSettings.from_environ(environ)
    keys = SecretsManagerKeys(lambda: clients.secretsmanager, settings.orders_secret_arn)
    return ToolServer(
        name="orders",
        title="Orders",
        instructions="The orders of the user who is signed in.",
        scope="orders",
        tools=order_tools(OrdersApi(str(settings.orders_api_url), keys)),
    )


def order_tools(api: OrdersApi) -> list[Tool]:
    def list_orders(request: ToolRequest) -> OrderList:
        """Show all of the user's orders. Use it to find an order's number and status."""
        return OrderList(orders=api.get(request, "/orders"))

    def show_order(request: ToolRequest, number: OrderNumber) -> Order:
        """Show one of the user's orders."""
        return Order.model_validate(api.get(request, f"/orders/{number}"))

    def cancel_order(request: ToolRequest, number: OrderNumber) -> Order:
        """Cancel an order that is not shipped, for good, when the user asks for it."""
        return Order.model_validate(api.post(request, f"/orders/{number}/cancel"))

    tool = partial(Tool, idempotent=True, open_world=False)
    return [
        tool(list_orders, "List the orders", read_only=True, destructive=False),
        tool(show_order, "Show an order", read_only=True, destructive=False),
        tool(cancel_order, "Cancel an order", read_only=False, destructive=True),
    ]
