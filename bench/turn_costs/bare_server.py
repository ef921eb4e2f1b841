"""The ChatKit server of the SDK's documentation, with a store in memory."""

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, RunConfig, Runner
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.store import NotFoundError, Store
from chatkit.types import (
    Attachment,
    Page,
    ThreadItem,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)
from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse

from task_assistant.agent import assistant


class MemoryStore(Store[None]):
    """Threads and items in dictionaries, without attachments."""

    def __init__(self) -> None:
        self.threads: dict[str, ThreadMetadata] = {}
        self.items: defaultdict[str, dict[str, ThreadItem]] = defaultdict(dict)

    async def load_thread(self, thread_id: str, context: None) -> ThreadMetadata:
        return self.threads[thread_id]

    async def save_thread(self, thread: ThreadMetadata, context: None) -> None:
        self.threads[thread.id] = thread

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: None
    ) -> Page[ThreadItem]:
        items = list(self.items[thread_id].values())
        found = items[::-1] if order == "desc" else items
        return Page(data=found[:limit], has_more=len(found) > limit)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: None) -> None:
        self.items[thread_id][item.id] = item

    async def save_item(self, thread_id: str, item: ThreadItem, context: None) -> None:
        self.items[thread_id][item.id] = item

    async def load_item(self, thread_id: str, item_id: str, context: None) -> ThreadItem:
        return self.items[thread_id][item_id]

    async def delete_thread_item(self, thread_id: str, item_id: str, context: None) -> None:
        del self.items[thread_id][item_id]

    async def delete_thread(self, thread_id: str, context: None) -> None:
        del self.threads[thread_id]

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: None
    ) -> Page[ThreadMetadata]:
        return Page(data=list(self.threads.values())[:limit])

    async def load_attachment(self, attachment_id: str, context: None) -> Attachment:
        raise NotFoundError(attachment_id)

    async def save_attachment(self, attachment: Attachment, context: None) -> None:
        raise NotFoundError(attachment.id)

    async def delete_attachment(self, attachment_id: str, context: None) -> None:
        raise NotFoundError(attachment_id)


class BareServer(ChatKitServer[None]):
    """Gives the model the newest 20 items of the thread, and keeps no transcript."""

    def __init__(self, store: MemoryStore, run_config: RunConfig) -> None:
        super().__init__(store)
        self._run_config = run_config

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: None
    ) -> AsyncIterator[ThreadStreamEvent]:
        page = await self.store.load_thread_items(thread.id, None, 20, "desc", context)
        agent_context = AgentContext[None](thread=thread, store=self.store, request_context=context)
        model_input = await simple_to_agent_input(list(reversed(page.data)))
        agent: Agent[Any] = assistant.agent
        result = Runner.run_streamed(
            agent, model_input, context=agent_context, run_config=self._run_config
        )
        async for event in stream_agent_response(agent_context, result):
            yield event


def bare_app(server: BareServer) -> FastAPI:
    """Return an application with the route of the SDK's documentation."""
    app = FastAPI()

    @app.post("/chatkit")
    async def chatkit(request: Request) -> Response:
        result = await server.process(await request.body(), None)
        assert isinstance(result, StreamingResult)
        return StreamingResponse(result, media_type="text/event-stream")

    return app
