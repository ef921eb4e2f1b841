"""The actions that the assistant declares, and what a request may not ask of them."""

from collections.abc import Mapping
from typing import Any

from chatkit.actions import Action
from chatkit.types import ThreadsCustomActionReq, ThreadsSyncCustomActionReq
from pydantic import ValidationError

from chat_api.conversation.assistant import WidgetAction
from chatcore.errors import InvalidRequest

NEEDS_WIDGET = "params.item_id: must name the widget of the action"
NEEDS_STREAM = "This action starts an answer, which only threads.custom_action can stream."


class DeclaredActions:
    """The actions by their types. An unknown one is declared as nothing special."""

    def __init__(self, actions: Mapping[str, WidgetAction[Any]]) -> None:
        self._actions = actions

    def of(self, action: Action[str, Any]) -> WidgetAction[Any]:
        """Return what is declared. Raise `InvalidRequest` for an unknown action."""
        known = self._actions.get(action.type)
        if known is None:
            raise InvalidRequest("This assistant has no such action.")
        return known

    def check(self, request: ThreadsCustomActionReq | ThreadsSyncCustomActionReq) -> None:
        """Raise `InvalidRequest` for a fault that the request alone shows."""
        known = self.of(request.params.action)
        self.payload(request.params.action)
        if request.params.item_id is None and not known.without_widget:
            raise InvalidRequest(NEEDS_WIDGET)
        if known.starts_answer and isinstance(request, ThreadsSyncCustomActionReq):
            raise InvalidRequest(NEEDS_STREAM)

    def payload(self, action: Action[str, Any]) -> Any:
        """Return what the action carries. Raise `InvalidRequest` if it does not fit."""
        model = self.of(action).payload
        if model is None and not action.payload:
            return None
        try:
            if model is not None:
                return model.model_validate(action.payload)
        except ValidationError:
            pass
        raise InvalidRequest("params.action.payload: does not fit this action")

    def starts_answer(self, action: Action[str, Any]) -> bool:
        known = self._actions.get(action.type)
        return known is not None and known.starts_answer

    def in_closed_thread(self, action: Action[str, Any]) -> bool:
        """Return whether a locked or closed thread accepts the action."""
        known = self._actions.get(action.type)
        return known is not None and known.in_closed_thread
