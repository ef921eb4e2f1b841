"""Answers `input.transcribe`.

A recording costs as much as a message, so it opens a turn of its own in the gate: it counts as a
message for every limit, and its tokens for the user's day. Nothing of it is stored.
"""

from dataclasses import replace

from chatkit.types import InputTranscribeReq
from starlette.responses import Response

from chat_api.conversation.sdk_server import SdkServer
from chat_api.dictation.recording import read_recording
from chat_api.dictation.transcriber import SECONDS
from chat_api.request_context import RequestContext
from chat_api.turns import lease
from chatcore.errors import ApiError, InvalidRequest
from chatcore.gate.gate import Gate

OFF = "This assistant takes no dictation."


async def answer_dictation(
    server: SdkServer, gate: Gate, request: InputTranscribeReq, context: RequestContext
) -> Response:
    """Return the text of the request's recording.

    Raise what `read_recording`, `Gate.open_turn` and `Transcriber.transcribe` raise.
    """
    try:
        if server.transcriber is None:
            raise InvalidRequest(OFF)
        audio = read_recording(request.params)
    except ApiError:
        # A revoked session learns nothing about its request.
        await lease.admit(gate, context)
        raise
    # The gate's turns are in threads. This one's has the turn's id, which no thread has.
    context = replace(context, turn=replace(context.turn, thread_id=context.turn.id))
    opened = await lease.open_turn(gate, context, fingerprint="", first=False, seconds=SECONDS)
    async with lease.closing(gate, server.store, opened, context):
        result = await server.transcribe(audio, context)
    return Response(result.model_dump_json(), media_type="application/json")
