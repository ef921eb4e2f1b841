"""A team's tool server is validated when it is created."""

import pytest

from mcp_api.tool_server import ToolServer


@pytest.mark.parametrize("scope", ["", "two words", 'with"quote'])
def test_a_scope_that_is_not_one_word_is_refused(scope: str) -> None:
    with pytest.raises(ValueError, match="scope"):
        ToolServer("x", "X", "Tools of a test.", scope=scope, tools=[])
