"""Small templates that the reader accepts or refuses."""

from pathlib import Path

import pytest

from local_stack.template import Template, TemplateError, read_template

API = """
Globals:
  Function: {Runtime: python3.13}
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: v1}}
"""
FUNCTION = """
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code
      Handler: a.b
"""


def read(folder: Path, text: str) -> Template:
    path = folder / "template.yaml"
    path.write_text(text)
    return read_template(path, {})


def test_a_function_has_lambdas_defaults(tmp_path: Path) -> None:
    (function,) = read(tmp_path, API + FUNCTION).functions
    assert (function.name, function.timeout, function.memory) == ("F", 3, 128)
    assert function.code == tmp_path / "code"
    assert function.arn == "arn:aws:lambda:eu-central-1:123456789012:function:F"


def test_short_tags_equal_their_long_forms(tmp_path: Path) -> None:
    variables = """
      Environment:
        Variables:
          SHORT: !GetAtt F.Arn
          LONG: {"Fn::GetAtt": [F, Arn]}
          JOINED: !Join ["-", [!Ref F, !Sub "${AWS::Region}"]]
          TRUE_IS_LOWER: true
          SO_IS_A_PART: !Join ["-", [true, !Sub ["${part}", {part: false}]]]
"""
    (function,) = read(tmp_path, API + FUNCTION + variables).functions
    assert function.environment["SHORT"] == function.environment["LONG"] == function.arn
    assert function.environment["JOINED"] == "F-eu-central-1"
    assert function.environment["TRUE_IS_LOWER"] == "true"
    assert function.environment["SO_IS_A_PART"] == "true-false"


def test_layers_are_the_folders_of_the_templates_layers(tmp_path: Path) -> None:
    layer = """
      Layers: [!Ref L]
  L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layers/l}}
"""
    (function,) = read(tmp_path, API + FUNCTION + layer).functions
    assert function.layers == (tmp_path / "layers/l",)


def test_a_secret_is_fixed_or_generated(tmp_path: Path) -> None:
    text = """
  Fixed: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: s3cret}}
  Made:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {PasswordLength: 40}}
"""
    fixed, made = read(tmp_path, API + text).secrets
    assert (fixed.value, made.value, made.generate) == ("s3cret", None, {"PasswordLength": 40})


@pytest.mark.parametrize(("enabled", "attribute"), [("true", "ttl"), ("'false'", None)])
def test_a_table_has_a_ttl_only_if_it_is_enabled(
    tmp_path: Path, enabled: str, attribute: str | None
) -> None:
    ttl = f"TimeToLiveSpecification: {{AttributeName: ttl, Enabled: {enabled}}}"
    text = f"  T: {{Type: AWS::DynamoDB::Table, Properties: {{{ttl}}}}}"
    (table,) = read(tmp_path, API + text).tables
    assert table.ttl_attribute == attribute


def test_a_bucket_gets_a_name_that_s3_accepts(tmp_path: Path) -> None:
    (bucket,) = read(tmp_path, API + "  UpLoads: {Type: AWS::S3::Bucket}").buckets
    assert bucket.name == "local-uploads"


@pytest.mark.parametrize(
    ("condition", "exists"),
    [
        ("!Equals [!Ref AWS::Partition, aws]", True),
        ("!Not [!Equals [a, a]]", False),
        ("!And [!Equals [a, a], !Equals [a, b]]", False),
        ("!Or [!Equals [a, b], !Equals [true, 'true']]", True),
    ],
)
def test_a_resource_exists_if_its_condition_holds(
    tmp_path: Path, condition: str, exists: bool
) -> None:
    text = f"""
  B: {{Type: AWS::S3::Bucket, Condition: Wanted}}
Conditions:
  Wanted: {condition}
"""
    assert [bucket.name for bucket in read(tmp_path, API + text).buckets] == ["local-b"] * exists


def test_resources_that_a_local_run_does_not_need_are_ignored(tmp_path: Path) -> None:
    alarm = "  A: {Type: AWS::CloudWatch::Alarm, Properties: {X: !ImportValue y}}"
    assert read(tmp_path, API + alarm).functions == ()


def event(properties: str) -> str:
    return f"      Events: {{E: {{Type: Api, Properties: {{{properties}}}}}}}"


SECRET = "  S: {Type: AWS::SecretsManager::Secret, Properties: "
LAYER = "  L: {Type: AWS::Serverless::LayerVersion, Properties: "


@pytest.mark.parametrize(
    ("addition", "message"),
    [
        ("  Q: {Type: AWS::SQS::Queue}", "AWS::SQS::Queue"),
        ("  B: {Type: AWS::S3::Bucket, Condition: IsProd}", "the condition IsProd"),
        ("Conditions: {IsProd: !Equals [!Ref Unknown, x]}", "Unknown"),
        ("Conditions: {IsProd: !Contains [a]}", "the condition"),
        (FUNCTION + "      SnapStart: {ApplyOn: PublishedVersions}", "SnapStart"),
        (FUNCTION + "      Runtime: python3.12", "python3.12"),
        (FUNCTION + "      Layers: [!Sub 'arn:foreign']", "not in the template"),
        (FUNCTION + "      Events: {E: {Type: Schedule, Properties: {}}}", "Schedule"),
        (FUNCTION + event("Path: /, Method: GET, ResponseTransferMode: STREAM"), "BUFFERED or"),
        (FUNCTION + event("Path: /"), "Method"),
        ("  S: {Type: AWS::SecretsManager::Secret}", "SecretString"),
        ("  Api2: {Type: AWS::Serverless::Api, Properties: {StageName: v2}}", "2 APIs"),
    ],
)
def test_unsupported_parts_are_refused(tmp_path: Path, addition: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        read(tmp_path, API + addition)


@pytest.mark.parametrize(
    ("addition", "message"),
    [
        ("      Timeout: abc", "F: Timeout is 'abc'"),
        ("      MemorySize:", "F: MemorySize is None"),
        ("      Environment: 3", "F: Environment is 3"),
        ("      Environment: {Variables: 3}", "F: Variables is 3"),
        ("      Events: [Api]", "F: Events is "),
        ("      Events: {E: Api}", "F: E is 'Api'"),
        (event("Path: /, Method: GET, TimeoutInMillis: soon"), "TimeoutInMillis is 'soon'"),
        (event("Path: [/], Method: GET"), "Path is "),
        ("      Environment: {Variables: {LIST: [a]}}", "F: LIST is "),
        ("      Environment: {Variables: {EMPTY: }}", "F: EMPTY is None"),
        ("      CodeUri: {Bucket: b, Key: k}", "F: CodeUri is "),
        ("      FunctionName: !Sub '${AWS::StackName}-f'", "F: FunctionName is "),
        ("  T: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Ref F}}", "T: TableName is "),
        ("  B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref F}}", "B: BucketName is "),
        (SECRET + "{SecretString: s, Name: !Sub '${AWS::StackName}/s'}}", "S: Name is "),
        (SECRET + "{SecretString: {password: s}}}", "S: SecretString is "),
        (LAYER + "{ContentUri: !Sub 'layers/${AWS::Region}'}}", "L: ContentUri is "),
        (LAYER + "{ContentUri: layers/l, Shared: true}}", "L has Shared"),
    ],
)
def test_a_value_of_the_wrong_type_is_reported_with_its_name(
    tmp_path: Path, addition: str, message: str
) -> None:
    with pytest.raises(TemplateError, match=message):
        read(tmp_path, API + FUNCTION + addition)


def test_a_layer_in_both_globals_and_the_function_is_refused(tmp_path: Path) -> None:
    text = API.replace("{Runtime: python3.13}", "{Runtime: python3.13, Layers: [!Ref L]}")
    layer = """
      Layers: [!Ref L]
  L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layers/l}}
"""
    with pytest.raises(TemplateError, match="twice"):
        read(tmp_path, text + FUNCTION + layer)


def test_a_route_that_two_functions_claim_is_refused(tmp_path: Path) -> None:
    first = FUNCTION + event("Path: /x, Method: GET")
    second = first.replace("  F:", "  G:", 1)
    with pytest.raises(TemplateError, match="GET /x is declared twice"):
        read(tmp_path, API + first + second)


@pytest.mark.parametrize("text", ["a: [", "just: this", "- list"])
def test_a_file_that_is_not_a_template_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(TemplateError):
        read(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="cannot be read"):
        read_template(tmp_path / "template.yaml", {})
