"""Lets pytest explain the asserts that stand outside test files; to be imported before them."""

import pytest

pytest.register_assert_rewrite(
    "tests.contract.parts", "tests.contract.paging", "tests.contract.promises"
)
