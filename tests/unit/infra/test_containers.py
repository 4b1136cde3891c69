"""The service and the app as template.yaml deploys them: on ECS Fargate, behind a load balancer."""

from fnmatch import fnmatchcase
from typing import Any

import pytest

from infra.parts import ROOT
from satispy.settings import Settings
from tests.cloudformation import Deployed

GIVEN = {
    "BucketName": "reviews",
    "ServiceImage": "000000000000.dkr.ecr.eu-west-3.amazonaws.com/satispy@sha256:0",
    "AppImage": "000000000000.dkr.ecr.eu-west-3.amazonaws.com/satispy-app@sha256:1",
    "PrivateSubnets": ["subnet-1", "subnet-2"],
    "BalancerSubnets": ["subnet-3", "subnet-4"],
    "ServiceHost": "satispy.example.org",
    "AppHost": "avis.example.org",
    "CertificateArn": "arn:aws:acm:eu-west-3:000000000000:certificate/1",
    "TokensSecretArn": "arn:aws:secretsmanager:eu-west-3:000000000000:secret:tokens",
    "AppTokenSecretArn": "arn:aws:secretsmanager:eu-west-3:000000000000:secret:app",
    "OidcClientSecretArn": "arn:aws:secretsmanager:eu-west-3:000000000000:secret:oidc",
}
BUCKET = "arn:aws:s3:::(Bucket)"
TMP = "/tmp"  # noqa: S108  a container's own


def containers(**parameters: Any) -> Deployed:
    return Deployed(ROOT / "template.yaml", GIVEN | parameters).parts()["Containers"]


BOTH = containers()
NAMES = ("service", "app")


def task(name: str, of: Deployed = BOTH) -> dict[str, Any]:
    tasks = of.of_type("AWS::ECS::TaskDefinition").values()
    (found,) = (each for each in tasks if each["ContainerDefinitions"][0]["Name"] == name)
    return found


def container(name: str, of: Deployed = BOTH) -> dict[str, Any]:
    (found,) = task(name, of)["ContainerDefinitions"]
    return dict(found)


def role(name: str, which: str, of: Deployed = BOTH) -> list[tuple[str, str]]:
    """Each (action, resource) that it allows."""
    named = task(name, of)[which].strip("()").removesuffix(".Arn")
    found = []
    for policy in of.resources[named]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            actions, places = statement["Action"], statement["Resource"]
            for action in actions if isinstance(actions, list) else [actions]:
                for place in places if isinstance(places, list) else [places]:
                    found.append((action, place))
    return found


def may(name: str, action: str, key: str) -> bool:
    return any(
        action == each and fnmatchcase(f"{BUCKET}/{key}", place)
        for each, place in role(name, "TaskRoleArn")
    )


def test_a_first_deployment_needs_no_image() -> None:
    parts = Deployed(ROOT / "template.yaml", {"BucketName": "reviews"}).parts()
    assert list(parts) == ["Watch"]


def test_the_service_runs_without_the_app() -> None:
    alone = containers(AppImage="")
    (service,) = alone.of_type("AWS::ECS::Service").values()
    assert service["ServiceName"] == "service"
    rules = alone.of_type("AWS::ElasticLoadBalancingV2::ListenerRule")
    assert list(rules) == ["ServiceRule"]
    alarms = alone.of_type("AWS::CloudWatch::Alarm")
    assert not [name for name in alarms if name.startswith(("App", "Login"))]


def test_nothing_refers_to_what_is_not_there() -> None:
    for parameters in ({}, {"AppImage": ""}):
        of = containers(**parameters)
        for name in of.template["Resources"].keys() - of.resources.keys():
            assert f"({name}" not in str(of.resources), name


@pytest.mark.parametrize("name", NAMES)
def test_a_container_writes_to_tmp_alone_and_is_nobody(name: str) -> None:
    found = container(name)
    assert found["ReadonlyRootFilesystem"]
    assert found["User"] == "1034"
    (tmp,) = found["LinuxParameters"]["Tmpfs"]
    assert tmp["ContainerPath"] == TMP
    # A volume of Fargate's belongs to root, whoever the container is; a tmpfs says its mode.
    assert "mode=1777" in tmp["MountOptions"]
    # It counts as memory: the container needs half of it for itself.
    assert tmp["Size"] <= int(task(name)["Memory"]) / 2


@pytest.mark.parametrize("name", NAMES)
def test_what_a_container_is_told_is_what_satispy_reads(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {each["Name"]: each["Value"] for each in container(name)["Environment"]}
    known = {f"SATISPY_{field.upper()}" for field in Settings.model_fields} | {"AWS_REGION"}
    assert told.keys() <= known
    for variable, value in told.items():
        monkeypatch.setenv(variable, value)
    settings = Settings()
    assert (settings.bucket, settings.region) == ("(Bucket)", "eu-west-3")
    if name == "service":  # promotions reach it, and it asks who asks
        assert settings.follow
        assert settings.tokens
    else:
        assert settings.service_url == "https://satispy.example.org"
        assert settings.hosts == "*"


def test_the_service_reads_models_and_nothing_else() -> None:
    assert may("service", "s3:GetObject", "models/promoted.json")
    assert {action for action, _ in role("service", "TaskRoleArn")} == {
        "s3:GetObject",
        "s3:ListBucket",
    }
    for key in ("accounts/a.account.json", "uploads/a.csv", "reviews/0.parquet", "reports/a.json"):
        assert not may("service", "s3:GetObject", key)


def test_the_app_takes_reviews_shows_reports_and_asks_who_comes_in() -> None:
    shown = ("reports/a.json", "receipts/a.json", "runs/v1/progress.json", "quarantine/a.csv")
    for key in (*shown, "reviews/0.parquet"):
        assert may("app", "s3:GetObject", key)
        assert not may("app", "s3:PutObject", key)
    taken = ("uploads/a.csv", "sending/a/b/0", "inbox/a.json")
    for key in (*taken, "models/promoted.json", "journal/entries/1.json"):
        assert may("app", "s3:PutObject", key)
    assert not may("app", "s3:PutObject", "models/satispy-gbc/v1.bentomodel")
    door = [f"{BUCKET}/{name}/*" for name in ("accounts", "attempts", "visits")]
    deleted = [place for action, place in role("app", "TaskRoleArn") if "Delete" in action]
    assert deleted == [*door, f"{BUCKET}/sending/*"]


@pytest.mark.parametrize("name", NAMES)
def test_a_container_starts_with_its_own_secrets_and_its_tasks_cannot_read_them(name: str) -> None:
    secrets = container(name)["Secrets"]
    places = [p for a, p in role(name, "ExecutionRoleArn") if a == "secretsmanager:GetSecretValue"]
    assert places == [secret["ValueFrom"] for secret in secrets]
    assert len(secrets) == {"service": 1, "app": 2}[name]
    assert not [a for a, _ in role(name, "TaskRoleArn") if a.startswith("secretsmanager")]
    everything = [a for a, place in role(name, "ExecutionRoleArn") if place == "*"]
    assert everything == ["ecr:GetAuthorizationToken"]  # which knows no resource but all


@pytest.mark.parametrize("name", NAMES)
def test_a_deployment_that_does_not_come_up_is_rolled_back_and_load_brings_tasks(name: str) -> None:
    services = BOTH.of_type("AWS::ECS::Service")
    (found,) = (each for each in services.values() if each["ServiceName"] == name)
    breaker = found["DeploymentConfiguration"]["DeploymentCircuitBreaker"]
    assert breaker == {"Enable": True, "Rollback": True}
    assert found["DeploymentConfiguration"]["MinimumHealthyPercent"] == 100
    network = found["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert network["Subnets"] == "subnet-1,subnet-2"
    targets = [
        each["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]
        for policy, each in BOTH.of_type("AWS::ApplicationAutoScaling::ScalingPolicy").items()
        if policy.lower().startswith(name)
    ]
    assert targets == [60]


def test_people_log_in_before_they_see_the_app_and_other_names_lead_nowhere() -> None:
    rules = BOTH.of_type("AWS::ElasticLoadBalancingV2::ListenerRule")
    first, then = sorted(rules["AppRule"]["Actions"], key=lambda each: each["Order"])
    assert first["Type"] == "authenticate-oidc"
    oidc = first["AuthenticateOidcConfig"]
    assert oidc["OnUnauthenticatedRequest"] == "authenticate"
    assert oidc["ClientSecret"] == f"{{{{resolve:secretsmanager:{GIVEN['OidcClientSecretArn']}}}}}"
    assert then["Type"] == "forward"
    for rule, host in (("ServiceRule", "satispy.example.org"), ("AppRule", "avis.example.org")):
        (condition,) = rules[rule]["Conditions"]
        assert condition["HostHeaderConfig"]["Values"] == [host]
    listeners = BOTH.of_type("AWS::ElasticLoadBalancingV2::Listener")
    assert listeners["Listener"]["Protocol"] == "HTTPS"
    assert listeners["Listener"]["DefaultActions"][0]["Type"] == "fixed-response"
    assert listeners["Plain"]["DefaultActions"][0]["Type"] == "redirect"


def test_tasks_answer_the_load_balancer_alone() -> None:
    network = BOTH.resources["TaskNetwork"]["Properties"]
    for rule in network["SecurityGroupIngress"]:
        assert rule["SourceSecurityGroupId"] == "(BalancerNetwork)"
        assert "CidrIp" not in rule


def test_the_app_without_a_login_in_front_is_refused() -> None:
    rules = Deployed(ROOT / "template.yaml", GIVEN).template["Rules"]
    needed = {
        assertion["Assert"]["Fn::Not"][0]["Fn::Equals"][0]["Ref"]
        for rule in rules.values()
        for assertion in rule["Assertions"]
    }
    assert {"OidcIssuer", "OidcClientSecretArn", "CertificateArn", "TokensSecretArn"} <= needed
