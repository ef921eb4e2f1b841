"""Builds a conditional DynamoDB update clause by clause.

Every name and value is passed as a placeholder, so no user input becomes part of an expression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


class Update:
    """Clauses of one UpdateItem. A path is a sequence of map keys, starting at the row."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, AttributeValueTypeDef] = {}
        self._clauses: dict[str, list[str]] = {"SET": [], "REMOVE": []}
        self._conditions: list[str] = []

    def path(self, *keys: str) -> str:
        """Return an expression for the attribute at this path."""
        return ".".join(self._names.setdefault(key, f"#n{len(self._names)}") for key in keys)

    def value(self, value: AttributeValueTypeDef) -> str:
        """Return a placeholder for the value."""
        placeholder = f":v{len(self._values)}"
        self._values[placeholder] = value
        return placeholder

    def set(self, path: str, value: AttributeValueTypeDef) -> None:
        self._clauses["SET"].append(f"{path} = {self.value(value)}")

    def copy(self, source: str, target: str) -> None:
        """Copy the old value of one string attribute to another, or "" if there was none."""
        self._clauses["SET"].append(f"{target} = if_not_exists({source}, {self.value({'S': ''})})")

    def count(self, path: str, by: int = 1) -> None:
        """Add to a number attribute. A missing one counts as 0."""
        start, step = self.value({"N": "0"}), self.value({"N": str(by)})
        self._clauses["SET"].append(f"{path} = if_not_exists({path}, {start}) + {step}")

    def remove(self, path: str) -> None:
        self._clauses["REMOVE"].append(path)

    def where(self, condition: str) -> None:
        """Add a condition. All conditions must hold."""
        self._conditions.append(f"({condition})")

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of UpdateItem, except for the table and the key."""
        clauses = [
            f"{keyword} {', '.join(parts)}" for keyword, parts in self._clauses.items() if parts
        ]
        arguments: dict[str, Any] = {
            "UpdateExpression": " ".join(clauses),
            "ConditionExpression": " AND ".join(self._conditions),
            "ExpressionAttributeNames": {name: key for key, name in self._names.items()},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return arguments | ({"ExpressionAttributeValues": self._values} if self._values else {})
