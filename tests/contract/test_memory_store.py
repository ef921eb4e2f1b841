from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.caller import Caller
from tests.contract.clock import Clock
from tests.contract.memory_store import MemoryStore
from tests.contract.store_contract import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def caller(self) -> Callable[[str], Caller[Any]]:
        store, clock = MemoryStore(), Clock()
        return lambda user: Caller(store, lambda: user, clock.date)
