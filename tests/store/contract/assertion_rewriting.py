"""Enable pytest's assertion details in helper modules. Import this module before them."""

import pytest

pytest.register_assert_rewrite(
    "tests.store.contract.parts",
    "tests.store.contract.paging",
    "tests.store.contract.visible_state",
)
