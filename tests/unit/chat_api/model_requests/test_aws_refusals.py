"""The log line of a request that AWS refused has the denied action, and none of AWS's text."""

from typing import Any

import pytest

from chat_api.model.aws_refusal import NOT_SIGNED, REASONS
from tests.unit.chat_api.model_requests.endpoint import Endpoint, refused
from tests.unit.chat_api.model_requests.failure_lines import (
    JSON,
    OPERATE,
    RESPONSES,
    SECRET,
    WORDS,
    keys_of,
)

DENIED = "User: arn:aws:sts::1:assumed-role/R/F is not authorized to perform: {} on resource: {}"
ACTION, RESOURCE = "bedrock:InvokeModel", "arn:aws:bedrock:eu-central-1::foundation-model/a.b-1:0"


@pytest.mark.parametrize("field", ["message", "Message"])
@pytest.mark.parametrize(
    "end",
    [
        "",
        " because no identity-based policy allows the bedrock:InvokeModel action",
        f" with an explicit deny in a service control policy: {SECRET}",
    ],
)
async def test_a_denied_action_and_its_resource_are_logged(
    endpoint: Endpoint, logged: Any, field: str, end: str
) -> None:
    answer = refused(403, {field: DENIED.format(ACTION, RESOURCE) + end})
    [keys] = await keys_of(endpoint, logged, answer)
    assert (keys["denied_action"], keys["denied_resource"]) == (ACTION, RESOURCE)


@pytest.mark.parametrize(
    "sentence",
    [
        f"{WORDS}. {DENIED.format(ACTION, RESOURCE)}",
        DENIED.format(ACTION, RESOURCE) + f" {SECRET}",
        DENIED.format(ACTION, RESOURCE) + f"\n{SECRET}",
        DENIED.format(f"{SECRET}:InvokeModel", RESOURCE),
        DENIED.format(f"bedrock:{SECRET}", RESOURCE),
        DENIED.format(ACTION, SECRET),
        DENIED.format(ACTION, f"arn:aws:{SECRET}:::x"),
        DENIED.format(ACTION, f"arn:aws:bedrock:::{SECRET}"),
        DENIED.format(ACTION, f"arn:aws:bedrock:::model/{SECRET * 40}"),
    ],
)
async def test_no_other_part_of_a_refusal_is_logged(
    endpoint: Endpoint, logged: Any, sentence: str
) -> None:
    answer = refused(403, {"message": sentence}, x_amzn_errortype="AccessDeniedException")
    [keys] = await keys_of(endpoint, logged, answer)
    assert keys == RESPONSES | JSON | {
        "status": 403,
        "error": "PermissionDeniedError",
        "error_type": "AccessDeniedException",
    }


@pytest.mark.parametrize("reason", [*REASONS.values(), NOT_SIGNED])
def test_each_reason_is_documented(reason: str) -> None:
    assert f"`{reason}`" in OPERATE.read_text()
