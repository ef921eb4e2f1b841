"""The agent, and what the chat shows of its work."""

from agents import Agent

from chat_api.conversation.assistant import Assistant, WidgetAction
from chat_api.conversation.turn_context import TurnContext
from order_assistant.cancel import CancelOrder, cancel
from order_assistant.order_list import show_orders

INSTRUCTIONS = """\
You help the customers of a shop with their orders. Look orders up with the tools you have. Cancel
one only when the user asks for that, and never claim what no tool has confirmed. Answer briefly,
in the user's language.
"""

assistant = Assistant(
    Agent[TurnContext](name="assistant", instructions=INSTRUCTIONS),
    widgets=[show_orders],
    actions={"orders.cancel": WidgetAction(CancelOrder, cancel)},
)
