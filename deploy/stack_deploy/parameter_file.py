"""The file in which `sam deploy` is handed the parameters' values."""

import json
import re
from collections.abc import Mapping

# sam takes a pair of quotes from around a value, and the backslash from before a space or a quote;
# what it reads from a file it unquotes twice (aws-sam-cli 1.170, samcli/cli/types.py).
_UNQUOTED_TIMES = 2
_ESCAPE = re.compile(r"""\\(?=[ "'])""")


def parameter_file(values: Mapping[str, str]) -> str:
    """Return a YAML file from which sam reads these values as they are.

    It is written as JSON, which is YAML too: there a text that looks like a number stays a text.
    """
    return json.dumps({name: _quoted(value) for name, value in values.items()}, ensure_ascii=False)


def _quoted(value: str) -> str:
    for _ in range(_UNQUOTED_TIMES):
        value = '"' + _ESCAPE.sub(r"\\\\", value) + '"'
    return value
