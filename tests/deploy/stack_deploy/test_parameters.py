"""The template's parameters as variables."""

from tests.deploy.stack_deploy.conftest import Deployment


def test_variables_have_the_names_of_parameters_in_capitals(deployment: Deployment) -> None:
    variables = {parameter.name: parameter.variable for parameter in deployment.parameters}
    assert variables["AllowedOrigins"] == "ALLOWED_ORIGINS"
    assert variables["OpenAIApiKey"] == "OPENAI_API_KEY"
    assert variables["OpenAIBaseUrl"] == "OPENAI_BASE_URL"
    assert variables["OpenAIApi"] == "OPENAI_API"
    assert variables["IdentitySharedSecret"] == "IDENTITY_SHARED_SECRET"
    assert len(set(variables.values())) == len(variables)


def test_every_default_is_valid(deployment: Deployment) -> None:
    for parameter in deployment.parameters:
        if not parameter.required:
            assert parameter.fault(parameter.default) is None, parameter.name


def test_every_pattern_has_a_description(deployment: Deployment) -> None:
    for parameter in deployment.parameters:
        if "AllowedPattern" in parameter.definition:
            assert parameter.definition["ConstraintDescription"].startswith("must "), parameter.name


def test_every_number_has_a_minimum_and_a_maximum(deployment: Deployment) -> None:
    for parameter in deployment.parameters:
        if parameter.definition["Type"] == "Number":
            bounds = {"MinValue", "MaxValue"} & parameter.definition.keys()
            assert len(bounds) == 2 or "AllowedValues" in parameter.definition, parameter.name
