"""The one region of a deployment, in whichever way it is named."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.exceptions import BotoCoreError, UnknownRegionError

from stack_deploy.account import NotReady

NO_REGION = "No region: export AWS_REGION, for example AWS_REGION=eu-central-1."


def session_for(environ: Mapping[str, str], samconfig: Path) -> boto3.session.Session:
    """Return a session in the region that the variables, the profile and samconfig.toml name.

    Raise `NotReady` when they name none, different ones, or something that is no region. Each
    tool has its own order among them: boto3 reads AWS_DEFAULT_REGION and the AWS CLI AWS_REGION.
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
            f"{region!r} is not a region of AWS, for example eu-central-1. It comes from {sources}."
        ) from None
    return session


def endpoint_notices(environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable that leads to something else than AWS."""
    return [
        f"{name} is set: {environ[name]} takes the place of AWS."
        for name in sorted(environ)
        if name.startswith("AWS_ENDPOINT_URL") and environ[name]
    ]


def _profile(environ: Mapping[str, str], config: Mapping[str, Any]) -> str | None:
    if given := config.get("profile"):
        # sam alone would follow it, and prefer it to exported keys.
        raise NotReady(f"samconfig.toml names the profile {given}: export AWS_PROFILE instead.")
    named = {name: environ.get(name) for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")}
    return _agreed("profile", named)


def _agreed(what: str, named: Mapping[str, str | None]) -> str | None:
    """Return the one value among those that are named; None when none is."""
    given = {source: value for source, value in named.items() if value}
    if len(set(given.values())) > 1:
        listed = ", ".join(f"{value} in {source}" for source, value in given.items())
        raise NotReady(f"Not deployed: more than one {what} is named, {listed}. Make them agree.")
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
    # sam's own order: what stands under deploy wins.
    sections = [default.get(name, {}).get("parameters", {}) for name in ("global", "deploy")]
    return {name: value for section in sections for name, value in section.items()}
