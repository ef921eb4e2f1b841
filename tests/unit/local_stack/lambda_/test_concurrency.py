"""Lambda's concurrency limits: for the account, and reserved for a function."""

import pytest

from local_stack.lambda_.concurrency import Concurrency, Reason, Throttled


def refused(concurrency: Concurrency, function: str) -> Reason:
    with pytest.raises(Throttled) as throttled:
        concurrency.enter(function)
    return throttled.value.reason


def test_without_a_limit_nothing_is_refused() -> None:
    concurrency = Concurrency()
    for _ in range(1_000):
        concurrency.enter("Chat")


def test_the_accounts_limit_is_shared_by_all_functions() -> None:
    concurrency = Concurrency(2)
    concurrency.enter("Chat")
    concurrency.enter("Session")
    assert refused(concurrency, "Chat") is Reason.ACCOUNT
    concurrency.leave("Session")
    concurrency.enter("Chat")


def test_a_reserved_limit_applies_to_its_function_only() -> None:
    concurrency = Concurrency()
    concurrency.reserved["Chat"] = 1
    concurrency.enter("Chat")
    assert refused(concurrency, "Chat") is Reason.RESERVED
    concurrency.enter("Session")
    concurrency.leave("Chat")
    concurrency.enter("Chat")


def test_other_functions_cannot_use_reserved_concurrency() -> None:
    concurrency = Concurrency(3)
    concurrency.reserved["Chat"] = 2
    concurrency.enter("Session")
    assert refused(concurrency, "Mcp") is Reason.ACCOUNT
    concurrency.enter("Chat")
    concurrency.enter("Chat")
