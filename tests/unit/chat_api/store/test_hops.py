"""At most eight of our frames are between a turn and DynamoDB."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from agents.testing import assistant_message

from chat_api.store.table import ThreadsTable
from tests.hops import task_frames, thread_frames
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.wire import thread_of

MOST_HOPS = 8


class Paths:
    """Records our own frames behind each read of a thread's row."""

    def __init__(self) -> None:
        self.found: list[list[str]] = []
        self.loop: asyncio.AbstractEventLoop | None = None

    def note(self, params: dict[str, Any], **_: Any) -> None:
        """Record the frames of the task that awaits this call, then those of its thread."""
        if self.loop is None or b'"thread#' not in params["body"]:
            return
        tasks = [task_frames(each) for each in asyncio.all_tasks(self.loop)]
        [waiting] = [frames for frames in tasks if any("load_thread" in each for each in frames)]
        self.found.append([*waiting, *thread_frames(sys._getframe())])


@pytest.fixture
def paths() -> Paths:
    return Paths()


@pytest.fixture
def table(create_table: Callable[[str], None], paths: Paths) -> ThreadsTable:
    create_table("threads")
    client = boto3.client("dynamodb")
    client.meta.events.register("before-call.dynamodb.GetItem", paths.note)
    return ThreadsTable(lambda: client, "threads")


async def test_a_turn_reads_its_thread_within_eight_frames(chat: Chat, paths: Paths) -> None:
    chat.model.extend([[assistant_message("Hello")], [assistant_message("Hello again")]])
    thread = thread_of(await chat.say("hi"))
    paths.loop = asyncio.get_running_loop()
    await chat.say("hi again", thread)
    [path] = paths.found
    assert path[0] == "Turn._run (turn.py)"
    assert len(path) <= MOST_HOPS, "\n".join(path)
