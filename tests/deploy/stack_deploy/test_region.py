"""Which region a deployment uses."""

from pathlib import Path

import pytest

from stack_deploy.account import NotReady
from stack_deploy.region import NO_REGION, endpoint_notices, session_for

CONFIG = """
[default]
region = eu-north-1
[profile work]
region = us-east-1
[profile plain]
"""
SAMCONFIG = '[default.{section}.parameters]\n{name} = "{value}"\n'


class Machine:
    """The settings of a developer's machine: variables, profiles and samconfig.toml."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._variables: dict[str, str] = {}
        self._samconfig = folder / "samconfig.toml"
        self._samconfig.touch()
        self.config = folder / "config"
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(self.config))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")

    def export(self, **variables: str) -> None:
        self._variables |= variables
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)

    def samconfig(self, section: str, name: str, value: str) -> None:
        self._samconfig.write_text(SAMCONFIG.format(section=section, name=name, value=value))

    def region(self) -> str:
        return str(session_for(self._variables, self._samconfig).region_name)

    def refusal(self) -> str:
        with pytest.raises(NotReady) as raised:
            self.region()
        return str(raised.value)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_either_variable_alone_names_the_region(machine: Machine, name: str) -> None:
    machine.export(**{name: "eu-central-1"})
    assert machine.region() == "eu-central-1"


@pytest.mark.parametrize("name", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_the_region_of_the_named_profile_is_used(machine: Machine, name: str) -> None:
    machine.config.write_text(CONFIG)
    machine.export(**{name: "work"})
    assert machine.region() == "us-east-1"


def test_the_region_of_the_default_profile_is_used(machine: Machine) -> None:
    machine.config.write_text(CONFIG)
    assert machine.region() == "eu-north-1"


@pytest.mark.parametrize("section", ["deploy", "global"])
def test_the_region_of_samconfig_is_used(machine: Machine, section: str) -> None:
    machine.samconfig(section, "region", "eu-central-1")
    assert machine.region() == "eu-central-1"


def test_different_regions_in_a_variable_and_a_profile_are_refused(machine: Machine) -> None:
    machine.config.write_text(CONFIG)
    machine.export(AWS_PROFILE="work", AWS_REGION="eu-central-1")
    assert "eu-central-1 in AWS_REGION, us-east-1 in the profile work" in machine.refusal()


def test_different_regions_in_two_variables_are_refused(machine: Machine) -> None:
    machine.export(AWS_REGION="eu-central-1", AWS_DEFAULT_REGION="us-east-1")
    refusal = machine.refusal()
    assert "eu-central-1 in AWS_REGION, us-east-1 in AWS_DEFAULT_REGION" in refusal


def test_different_regions_in_a_variable_and_samconfig_are_refused(machine: Machine) -> None:
    machine.samconfig("deploy", "region", "us-east-1")
    machine.export(AWS_REGION="eu-central-1")
    assert "eu-central-1 in AWS_REGION, us-east-1 in samconfig.toml" in machine.refusal()


def test_the_same_region_set_twice_is_accepted(machine: Machine) -> None:
    machine.config.write_text(CONFIG)
    machine.samconfig("deploy", "region", "us-east-1")
    machine.export(AWS_PROFILE="work", AWS_REGION="us-east-1", AWS_DEFAULT_REGION="us-east-1")
    assert machine.region() == "us-east-1"


def test_an_empty_variable_is_ignored(machine: Machine) -> None:
    machine.export(AWS_REGION="", AWS_DEFAULT_REGION="eu-central-1")
    assert machine.region() == "eu-central-1"


def test_without_a_region_the_error_names_the_variable_to_export(machine: Machine) -> None:
    machine.config.write_text(CONFIG)
    machine.export(AWS_PROFILE="plain")
    assert machine.refusal() == NO_REGION


@pytest.mark.parametrize("value", ["eu-central", "eu-central-1 ", " ", "EU-CENTRAL-1", "Frankfurt"])
def test_an_unknown_region_is_refused_with_its_source(machine: Machine, value: str) -> None:
    machine.export(AWS_REGION=value)
    refusal = machine.refusal()
    assert repr(value) in refusal
    assert "AWS_REGION" in refusal


def test_different_profiles_in_two_variables_are_refused(machine: Machine) -> None:
    machine.config.write_text(CONFIG)
    machine.export(AWS_PROFILE="work", AWS_DEFAULT_PROFILE="plain", AWS_REGION="us-east-1")
    assert "work in AWS_PROFILE, plain in AWS_DEFAULT_PROFILE" in machine.refusal()


@pytest.mark.parametrize("name", ["", "missing"])
def test_a_profile_that_does_not_exist_is_refused(machine: Machine, name: str) -> None:
    machine.export(AWS_PROFILE=name, AWS_REGION="eu-central-1")
    assert f"The config profile ({name}) could not be found" in machine.refusal()


def test_a_configuration_that_cannot_be_read_is_refused(machine: Machine) -> None:
    machine.config.write_text("region = eu-central-1\n")
    machine.export(AWS_REGION="eu-central-1")
    assert str(machine.config) in machine.refusal()


def test_a_profile_in_samconfig_is_refused(machine: Machine) -> None:
    machine.samconfig("global", "profile", "work")
    machine.export(AWS_REGION="eu-central-1")
    assert "samconfig.toml sets the profile work" in machine.refusal()


def test_a_variable_that_replaces_an_aws_endpoint_is_named() -> None:
    environ = {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9000", "AWS_ENDPOINT_URL": ""}
    assert endpoint_notices(environ) == [
        "AWS_ENDPOINT_URL_S3 is set: requests go to http://127.0.0.1:9000 instead of AWS."
    ]
