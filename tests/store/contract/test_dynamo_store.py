"""The DynamoDB store keeps the contract on each engine, with and without its request cache."""

from collections.abc import Callable
from functools import cache

import pytest

from chat_api.request_context import RequestContext
from tests.store.contract.backend import Backend, request_of
from tests.store.contract.store_contract import StoreContract
from tests.store.contract.user_store import Caller

type Callers = Callable[[str], Caller[RequestContext]]


class TestNewRequestPerCall(StoreContract):
    @pytest.fixture
    def caller(self, backend: Backend) -> Callers:
        return lambda user: Caller(backend.store, lambda: request_of(user), backend.clock.date)


class TestSharedRequest(StoreContract):
    """The cache of a request must never differ from the stored rows."""

    @pytest.fixture
    def caller(self, backend: Backend) -> Callers:
        context = cache(request_of)
        return lambda user: Caller(backend.store, lambda: context(user), backend.clock.date)
