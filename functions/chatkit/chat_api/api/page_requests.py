"""What the page asks beside the ChatKit protocol: what it may offer, and what can be mentioned."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from starlette.responses import JSONResponse, Response

from chat_api.api.json_body import fault_in, readable
from chat_api.conversation.server import ConversationServer
from chat_api.request_context import RequestContext
from chat_api.turns import lease
from chatcore.errors import InvalidRequest, TooLarge
from chatcore.gate.gate import Gate

MAX_PAGE_BODY_BYTES = 16 * 1024
MAX_QUERY = 200
MAX_ENTITY_ID = 200


class EntityQuery(BaseModel):
    """What was typed after "@"."""

    model_config = ConfigDict(extra="forbid", strict=True)

    query: Annotated[str, StringConstraints(max_length=MAX_QUERY)]


class EntityId(BaseModel):
    """The entity whose preview is wanted."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, StringConstraints(min_length=1, max_length=MAX_ENTITY_ID)]


def add_page_routes(
    app: FastAPI,
    server: ConversationServer,
    gate: Gate,
    context_of: Callable[[Request], Awaitable[RequestContext]],
) -> None:
    """Add the routes. Each counts as a request that begins no answer."""

    @app.get("/chatkit/offers")
    async def offers(request: Request) -> Response:
        await lease.admit(gate, await context_of(request))
        return JSONResponse(server.offers(), headers={"cache-control": "no-store"})

    @app.post("/chatkit/entities")
    async def entities(request: Request) -> Response:
        context = await context_of(request)
        await lease.admit(gate, context)
        asked = await _read(request, EntityQuery)
        found = await server.mentions.search(asked.query, context)
        return JSONResponse({"entities": found})

    @app.post("/chatkit/entities/preview")
    async def preview(request: Request) -> Response:
        context = await context_of(request)
        await lease.admit(gate, context)
        asked = await _read(request, EntityId)
        shown: dict[str, Any] | None = await server.mentions.preview(asked.id, context)
        return JSONResponse({"preview": shown})


async def _read[T: BaseModel](request: Request, kind: type[T]) -> T:
    """Return the parsed body. Raise `TooLarge` or `InvalidRequest`."""
    body = await request.body()
    if len(body) > MAX_PAGE_BODY_BYTES:
        raise TooLarge(f"The most is {MAX_PAGE_BODY_BYTES:,} bytes.")
    try:
        return kind.model_validate_json(readable(body))
    except ValidationError as error:
        raise InvalidRequest(
            f"This address does not accept this request. {fault_in(error)}"
        ) from None
