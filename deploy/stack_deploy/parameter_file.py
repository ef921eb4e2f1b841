"""The file that passes parameter values to `sam deploy`."""

import json
import re
from collections.abc import Mapping

# sam removes a pair of quotes around a value, and a backslash before a space or a quote. It does so
# twice with values from a file (aws-sam-cli 1.170, samcli/cli/types.py).
_UNQUOTED_TIMES = 2
_ESCAPE = re.compile(r"""\\(?=[ "'])""")


def parameter_file(values: Mapping[str, str]) -> str:
    """Return the content of a YAML file from which sam reads exactly these values.

    It is written as JSON, which is also YAML, so that text that looks like a number stays text.
    """
    return json.dumps({name: _quoted(value) for name, value in values.items()}, ensure_ascii=False)


def _quoted(value: str) -> str:
    for _ in range(_UNQUOTED_TIMES):
        value = '"' + _ESCAPE.sub(r"\\\\", value) + '"'
    return value
