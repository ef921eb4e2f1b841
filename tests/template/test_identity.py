"""Who may read the secret with which a login signs."""

import json
from typing import Any


def test_the_chat_function_reads_the_login_s_secret_only_where_it_verifies_with_it(
    translated: dict[str, Any],
) -> None:
    resources = translated["Resources"]
    assert "IdentitySecret" not in json.dumps(resources["ChatkitRole"])
    assert "IdentitySecret" in json.dumps(resources["ChatkitIdentityPolicy"])
    condition = resources["ChatkitIdentityPolicy"]["Condition"]
    assert translated["Conditions"][condition] == {
        "Fn::And": [
            {"Fn::Equals": [{"Ref": "AcceptIdentityTokens"}, "true"]},
            {"Fn::Equals": [{"Ref": "IdentityJwksUrl"}, ""]},
        ]
    }
