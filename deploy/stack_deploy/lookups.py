"""What a value of a deployment names in the account: an SSM parameter or a secret."""

from dataclasses import dataclass
from typing import Protocol

import boto3
from botocore.exceptions import BotoCoreError, ClientError


class LookupFault(Exception):
    """What is wrong with a name, as the end of a sentence that begins with its variable."""


class Lookups(Protocol):
    """Reads of the target account and region."""

    def ssm_text(self, name: str) -> str:
        """Return the text of a String parameter. Raise `LookupFault`."""
        ...

    def lacks_secret(self, name: str) -> bool:
        """Return whether a secret is known to be missing, by its name or ARN."""
        ...


@dataclass(frozen=True)
class AccountLookups:
    """Reads through the credentials that deploy."""

    session: boto3.session.Session

    def ssm_text(self, name: str) -> str:
        try:
            parameter = self.session.client("ssm").get_parameter(Name=name)["Parameter"]
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "ParameterNotFound":
                command = put_command(name, self.session.region_name)
                raise LookupFault(
                    f"names no SSM parameter. Put the list there: {command}"
                ) from None
            raise LookupFault(
                f"cannot be read ({code}). Deploy with a role that has ssm:GetParameter"
            ) from error
        except BotoCoreError as error:
            raise LookupFault(f"cannot be read ({error})") from error
        if parameter["Type"] != "String":
            raise LookupFault(f"must name a parameter of the type String, not {parameter['Type']}")
        return parameter["Value"]

    def lacks_secret(self, name: str) -> bool:
        try:
            self.session.client("secretsmanager").describe_secret(SecretId=name)
        except ClientError as error:
            # A role that deploys may lack the permission to look.
            return error.response.get("Error", {}).get("Code") == "ResourceNotFoundException"
        except BotoCoreError:
            return False
        return False


def put_command(name: str, region: str) -> str:
    """Return the command that stores a list of models in an SSM parameter."""
    return (
        f"`aws ssm put-parameter --name {name} --type String --tier Intelligent-Tiering"
        f" --value file://models.json --region {region}`"
    )
