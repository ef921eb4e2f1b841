"""The reference store keeps the contract."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.store.contract.clock import Clock
from tests.store.contract.memory_store import MemoryStore
from tests.store.contract.store_contract import StoreContract
from tests.store.contract.user_store import Caller


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def caller(self) -> Callable[[str], Caller[Any]]:
        store, clock = MemoryStore(), Clock()
        return lambda user: Caller(store, lambda: user, clock.date)
