"""Lets pytest explain the asserts that stand outside test files; to be imported before them."""

import pytest

pytest.register_assert_rewrite(
    "tests.store.contract.parts",
    "tests.store.contract.paging",
    "tests.store.contract.visible_state",
)
