"""What the Cancel button does."""

from contextlib import suppress

from pydantic import BaseModel

from chat_api.conversation.assistant import ActionRequest, ActionResult
from chat_api.tools.errors import AnswerLost
from order_assistant.order_list import order_list, read_orders


class CancelOrder(BaseModel):
    """The payload of the button: the order's number."""

    number: str


async def cancel(request: ActionRequest[CancelOrder]) -> ActionResult:
    """Cancel the order. Raise `ToolsUnavailable` when nothing was done."""
    number = request.payload.number
    orders = await read_orders(request.tools)
    before = order_list(orders)
    placed = [order for order in orders if order.number == number and order.status == "placed"]
    if not placed:
        return ActionResult(before, f"Order {number} is no longer open.", is_done=False)
    # Build the widget first, so that nothing is canceled that cannot be shown as canceled.
    placed[0].status = "canceled"
    after = order_list(orders)
    with suppress(AnswerLost):
        answer = await request.tools.act("cancel_order", {"number": number}, request.key)
        if not answer.is_error:
            note = f"With the button, the user canceled order {number}. The tools have done it."
            return ActionResult(after, f"Order {number} is canceled.", note)
    message = f"The shop did not confirm that order {number} is canceled. You can try again."
    note = f"The user tried to cancel order {number}. Look it up before you speak of it."
    return ActionResult(before, message, note, is_done=None)
