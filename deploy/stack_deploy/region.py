"""The region of a deployment, from variables, profile or samconfig.toml."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.exceptions import BotoCoreError, UnknownRegionError

from stack_deploy.account import NotReady

NO_REGION = "No region is set. Export AWS_REGION, for example AWS_REGION=eu-central-1."


def session_for(environ: Mapping[str, str], samconfig: Path) -> boto3.session.Session:
    """Return a session in the region that the variables, the profile and samconfig.toml set.

    Raise `NotReady` if they set none, different ones, or an unknown one. Different ones are
    refused because the tools would choose differently: boto3 prefers AWS_DEFAULT_REGION, the AWS
    CLI AWS_REGION.
    """
    config = _sam_parameters(samconfig)
    profile = _profile(environ, config)
    named = {
        "AWS_REGION": environ.get("AWS_REGION"),
        "AWS_DEFAULT_REGION": environ.get("AWS_DEFAULT_REGION"),
        f"the profile {profile or 'default'}": _region_of_profile(),
        samconfig.name: config.get("region"),
    }
    region = _agreed("region", named)
    if region is None:
        raise NotReady(NO_REGION)
    session = boto3.session.Session(region_name=region)
    try:
        session.get_partition_for_region(region)
    except UnknownRegionError:
        sources = " and ".join(source for source, value in named.items() if value)
        raise NotReady(
            f"{region!r} is not an AWS region such as eu-central-1. It comes from {sources}."
        ) from None
    return session


def endpoint_notices(environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable that replaces an AWS endpoint."""
    return [
        f"{name} is set: requests go to {environ[name]} instead of AWS."
        for name in sorted(environ)
        if name.startswith("AWS_ENDPOINT_URL") and environ[name]
    ]


def _profile(environ: Mapping[str, str], config: Mapping[str, Any]) -> str | None:
    if given := config.get("profile"):
        # Only sam would use it, and would prefer it to exported keys.
        raise NotReady(f"samconfig.toml sets the profile {given}. Export AWS_PROFILE instead.")
    named = {name: environ.get(name) for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")}
    return _agreed("profile", named)


def _agreed(what: str, named: Mapping[str, str | None]) -> str | None:
    """Return the one value that is set, or None. Raise `NotReady` if values differ."""
    given = {source: value for source, value in named.items() if value}
    if len(set(given.values())) > 1:
        listed = ", ".join(f"{value} in {source}" for source, value in given.items())
        raise NotReady(
            f"Not deployed: more than one {what} is set, {listed}. Set them to the same value."
        )
    return next(iter(given.values()), None)


def _region_of_profile() -> str | None:
    try:
        region: str | None = botocore.session.Session().get_scoped_config().get("region")
    except BotoCoreError as error:
        raise NotReady(f"Your AWS configuration or AWS_PROFILE is wrong: {error}") from error
    return region


def _sam_parameters(samconfig: Path) -> dict[str, Any]:
    try:
        default = tomllib.loads(samconfig.read_text()).get("default", {})
    except tomllib.TOMLDecodeError as error:
        raise NotReady(f"{samconfig} cannot be read: {error}") from error
    # As in sam, the section deploy takes precedence.
    sections = [default.get(name, {}).get("parameters", {}) for name in ("global", "deploy")]
    return {name: value for section in sections for name, value in section.items()}
