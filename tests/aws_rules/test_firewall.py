"""The API is reached only through CloudFront, and sees the client's real address."""

from typing import Any

from chalicelib import http_adapter
from tests.aws_rules.conftest import Resources, of_type


def rules(resources: Resources) -> dict[str, Any]:
    (firewall,) = of_type(resources, "AWS::WAFv2::WebACL").values()
    return {rule["Name"]: rule for rule in sorted(firewall["Rules"], key=lambda rule: rule["Priority"])}


def test_prod_has_a_firewall_before_its_api(whole: dict[str, Any], resources: Resources) -> None:
    assert whole["Conditions"]["FirewallOn"]["Fn::Or"][1]["Fn::And"][1] == {"Condition": "IsProduction"}
    # AWS WAF, WebACLAssociation: the ARN of an API's stage has no account number.
    association = resources["ApiFirewallAssociation"]["Properties"]
    assert association["WebACLArn"] == {"Fn::GetAtt": ["ApiFirewall", "Arn"]}
    stage = resources["ApiStage"]["Properties"]["StageName"]
    assert association["ResourceArn"]["Fn::Sub"].endswith(
        f":apigateway:${{AWS::Region}}::/restapis/${{Api}}/stages/{stage}"
    )


def test_a_request_to_the_apis_own_address_is_refused_before_anything_else(resources: Resources) -> None:
    # Amazon API Gateway, resource policies: they cannot see a header, so the firewall compares what only CloudFront
    # knows: the present value, or the one of before while it is being changed.
    name, rule = next(iter(rules(resources).items()))
    assert (name, rule["Action"]) == ("only-through-cloudfront", {"Block": {}})
    either = rule["Statement"]["NotStatement"]["Statement"]["OrStatement"]["Statements"]
    for n, statement in enumerate(each["ByteMatchStatement"] for each in either):
        assert statement["FieldToMatch"] == {"SingleHeader": {"Name": http_adapter.ORIGIN_SECRET_HEADER}}
        assert statement["PositionalConstraint"] == "EXACTLY"
        assert statement["SearchString"] == {"Fn::Select": [n, {"Ref": "OriginSecrets"}]}


def test_the_secret_is_no_readable_parameter_and_has_no_default(whole: dict[str, Any]) -> None:
    # AWS CloudFormation, parameters: NoEcho, or everybody who may read the stack reads it.
    parameter = whole["Parameters"]["OriginSecrets"]
    assert parameter["NoEcho"] is True
    assert "Default" not in parameter


def test_one_address_may_not_sign_in_without_end(resources: Resources) -> None:
    # AWS WAF, rate-based rules: behind CloudFront the address of the request is CloudFront's.
    rate = rules(resources)["sign-ins-of-one-address"]["Statement"]["RateBasedStatement"]
    assert rate["AggregateKeyType"] == "FORWARDED_IP"
    assert rate["ForwardedIPConfig"]["HeaderName"] == http_adapter.VIEWER_HEADER
    assert rate["ScopeDownStatement"]["ByteMatchStatement"]["SearchString"] == "/token"
    assert 10 <= rate["Limit"] <= 5_000


def test_the_managed_rules_only_count(resources: Resources) -> None:
    rule = rules(resources)["common-attacks"]
    assert rule["OverrideAction"] == {"Count": {}}
    assert rule["Statement"]["ManagedRuleGroupStatement"]["Name"] == "AWSManagedRulesCommonRuleSet"


def test_the_firewall_keeps_no_request(resources: Resources) -> None:
    # AWS WAF, sampled requests: they hold the query, and so national ids.
    (firewall,) = of_type(resources, "AWS::WAFv2::WebACL").values()
    shown = [firewall["VisibilityConfig"], *(rule["VisibilityConfig"] for rule in firewall["Rules"])]
    assert {each["SampledRequestsEnabled"] for each in shown} == {False}
    assert of_type(resources, "AWS::WAFv2::LoggingConfiguration") == {}


def test_cloudfront_sends_the_secret_and_the_clients_address_with_every_request_to_the_api(site: Resources) -> None:
    # Amazon CloudFront, custom headers: one that the client sends under the same name is replaced. CloudFront
    # Functions, event structure: viewer.ip.
    (distribution,) = of_type(site, "AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    (api,) = [origin for origin in config["Origins"] if origin["Id"] == "api"]
    assert api["OriginCustomHeaders"] == [
        {"HeaderName": http_adapter.ORIGIN_SECRET_HEADER, "HeaderValue": {"Ref": "OriginSecret"}}
    ]
    function = site["ViewerAddress"]["Properties"]
    assert f'headers["{http_adapter.VIEWER_HEADER}"] = {{ value: event.viewer.ip }}' in function["FunctionCode"]
    assert function["AutoPublish"] is True
    to_api = [behaviour for behaviour in config["CacheBehaviors"] if behaviour["TargetOriginId"] == "api"]
    assert len(to_api) == len(config["CacheBehaviors"]) - 1  # all but the boards
    for behaviour in to_api:
        assert behaviour["FunctionAssociations"] == [
            {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["ViewerAddress", "FunctionARN"]}}
        ]
