"""CloudFront keeps no error of the API."""

from tests.aws_rules.conftest import Resources, of_type


def test_no_server_error_is_kept_at_the_edge(site: Resources) -> None:
    # Amazon CloudFront, Control how long CloudFront caches errors: 10 s by default, by path, and for these codes
    # whatever Cache-Control says. One busy answer would reach every hospital at that edge.
    (distribution,) = of_type(site, "AWS::CloudFront::Distribution").values()
    rules = distribution["DistributionConfig"]["CustomErrorResponses"]
    assert {r["ErrorCode"]: r["ErrorCachingMinTTL"] for r in rules} == {500: 0, 502: 0, 503: 0, 504: 0}


def test_no_error_is_replaced_by_a_page(site: Resources) -> None:
    (distribution,) = of_type(site, "AWS::CloudFront::Distribution").values()
    for rule in distribution["DistributionConfig"]["CustomErrorResponses"]:
        assert set(rule) == {"ErrorCode", "ErrorCachingMinTTL"}
