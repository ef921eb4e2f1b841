"""The user's orders, and the widget that shows them."""

from collections.abc import Sequence
from typing import Any

from agents.mcp import MCPServer
from chatkit.widgets import DynamicWidgetRoot
from pydantic import BaseModel

from chat_api.conversation.assistant import ToolCall, Widget
from chat_api.tools.errors import ToolsUnavailable


class Order(BaseModel):
    """An order as the `list_orders` tool returns it."""

    number: str
    item: str
    total: str
    status: str

    @property
    def text(self) -> str:
        return f"{self.number}, {self.total}, {self.status}"


async def read_orders(tools: MCPServer) -> list[Order]:
    """Return the user's orders. Raise `ToolsUnavailable`."""
    result = await tools.call_tool("list_orders", {})
    if result.is_error or not result.structured_content:
        raise ToolsUnavailable
    return [Order.model_validate(each) for each in result.structured_content["orders"]]


async def show_orders(calls: Sequence[ToolCall], tools: MCPServer) -> Widget | None:
    """Return the orders as a widget after they were listed or one was canceled."""
    succeeded = {call.tool for call in calls if call.is_own and not call.failed}
    orders = await read_orders(tools) if succeeded & {"list_orders", "cancel_order"} else []
    return order_list(orders) if orders else None


def order_list(orders: Sequence[Order]) -> Widget:
    """Return the widget, with a Cancel button for each order that can still be canceled."""
    title = {"type": "Title", "value": "Your orders", "size": "sm"}
    card = {"type": "Card", "children": [title, *map(_row, orders)]}
    text = "\n".join(f"{order.item}: {order.text}" for order in orders)
    return Widget(DynamicWidgetRoot.model_validate(card), copy_text=text)


def _row(order: Order) -> dict[str, Any]:
    action = {"type": "orders.cancel", "payload": {"number": order.number}}
    button = {"type": "Button", "label": "Cancel", "size": "sm", "onClickAction": action}
    children: list[dict[str, Any]] = [
        {"type": "Text", "value": order.item},
        {"type": "Caption", "value": order.text},
        {"type": "Spacer"},
        *([button] if order.status == "placed" else []),
    ]
    return {"type": "Row", "key": order.number, "align": "center", "children": children}
