"""AWS's list prices, by region, from which `make costs` writes docs/costs.md.

This is the only file with prices. To check or add a price, read AWS's own list, which needs no account:

    https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/<offer>/current/<region>/index.csv

LISTED names the offer and the usage type of each price. Outside us-east-1 a usage type begins with the region's prefix
(PREFIXES). Change the number, and write in `source` where and when you saw it.
"""

from dataclasses import dataclass

PREFIXES = {"us-east-1": "", "ap-southeast-1": "APS1-", "ap-southeast-7": "APS9-"}
# Name -> offer and usage type in AWS's list; without a usage type, go by the description.
LISTED = {
    "read": ("AmazonDynamoDB", "ReadRequestUnits"),
    "write": ("AmazonDynamoDB", "WriteRequestUnits"),
    "API Gateway": ("AmazonApiGateway", "ApiGatewayRequest"),
    "Lambda call": ("AWSLambda", "Request"),
    "Lambda GB-second": ("AWSLambda", "Lambda-GB-Second"),
    "SQS": ("AWSQueueService", ""),
    "KMS signature": ("awskms", ""),
    "firewall": ("awswaf", "RequestV2-48KB"),
    "logs gigabyte": ("AmazonCloudWatch", "DataProcessing-Bytes"),
    "S3 gigabyte-month": ("AmazonS3", "TimedStorage-ByteHrs"),
}
SOURCES = {
    "a": "AWS's price list of this region as quoted in a public cost report, read there on 2026-08-12",
    "b": "AWS's price list of ap-southeast-7 as quoted in a public list of sources, read there on 2026-08-09",
    "c": "AWS's price list of us-east-1, effective 2025-10-01, as quoted in a public copy of 2025-10-28",
    "d": "a published AWS bill with Singapore, May 2025",
    "e": "AWS, Best Practices for Designing Amazon API Gateway Private APIs, cost optimization",
    "f": "aws.amazon.com/cloudfront/pricing in a stored copy, and a published AWS bill with edges in Asia",
    "g": "AWS's price list of us-east-1 as quoted in public cost reports of 2026",
    "h": "not seen in Singapore's list; what AWS's lists of Mumbai (2026-09-11) and Sydney (2026-08-13) say",
    "?": "not verified",
    "~": "not verified: 0.9 of Singapore's, as in all four prices of Bangkok that were seen (Lambda calls, S3, data"
    " transfer and Fargate; source b)",
}


@dataclass(frozen=True)
class Price:
    """US dollars a million, or a gigabyte if the name says so.

    source: a key of SOURCES.
    """

    dollars: float
    source: str


REGIONS = {
    "us-east-1": {
        "read": Price(0.125, "g"),
        "write": Price(0.625, "g"),
        "API Gateway": Price(3.50, "e"),
        "Lambda call": Price(0.20, "c"),
        "Lambda GB-second": Price(16.6667, "c"),
        "SQS": Price(0.40, "?"),
        "KMS signature": Price(3.00, "?"),
        "firewall": Price(0.60, "d"),
        "logs gigabyte": Price(0.50, "?"),
        "S3 gigabyte-month": Price(0.023, "?"),
    },
    "ap-southeast-1": {
        "read": Price(0.1425, "h"),
        "write": Price(0.71, "h"),
        "API Gateway": Price(4.25, "?"),
        "Lambda call": Price(0.20, "a"),
        "Lambda GB-second": Price(16.6667, "a"),
        "SQS": Price(0.40, "?"),
        "KMS signature": Price(3.00, "?"),
        "firewall": Price(0.60, "?"),
        "logs gigabyte": Price(0.70, "a"),
        "S3 gigabyte-month": Price(0.025, "b"),
    },
}
# Bangkok: what was seen of its list, and an estimate of the rest.
REGIONS["ap-southeast-7"] = {
    name: Price(0.9 * price.dollars, "~") for name, price in REGIONS["ap-southeast-1"].items()
} | {"Lambda call": Price(0.18, "b"), "S3 gigabyte-month": Price(0.0225, "b")}
# CloudFront's prices are those of the edge that answers, whatever the region behind it: Thailand, first 10 TB.
EDGE = {
    "CloudFront request": Price(1.20, "f"),
    "CloudFront function": Price(0.10, "f"),
    "CloudFront gigabyte": Price(0.12, "f"),
}
# US dollars a month. Seen in Singapore, except for the key and the dashboard's; AWS names one price for all regions.
MONTHLY = {
    "firewall": Price(5.00, "d"),
    "firewall rule": Price(1.00, "d"),
    "key": Price(1.00, "?"),
    "alarm": Price(0.10, "a"),
    "dashboard": Price(3.00, "a"),
    "metric": Price(0.30, "d"),
}


def of(region: str) -> dict[str, float]:
    """Name -> US dollars, of a region and of the edges."""
    return {name: price.dollars for name, price in (REGIONS[region] | EDGE).items()}


def lines() -> list[str]:
    """The tables of docs/costs.md that show each price and where it was seen."""
    table = [
        "| price | " + " | ".join(REGIONS) + " | offer and usage type in AWS's list |",
        "|---|" + "---:|" * len(REGIONS) + "---|",
    ]
    for name, (offer, usage) in LISTED.items():
        shown = " | ".join(_shown(REGIONS[region][name]) for region in REGIONS)
        table.append(f"| {name} | {shown} | `{offer}`{f', `{usage}`' if usage else ''} |")
    common = EDGE | {f"{name}, a month": price for name, price in MONTHLY.items()}
    everywhere = [f"{name} {_shown(price)}" for name, price in common.items()]
    used = {price.source for prices in (*REGIONS.values(), common) for price in prices.values()}
    return [
        *table,
        "",
        "Everywhere: " + "; ".join(everywhere) + ".",
        "",
        *(f"- {key}: {source}." for key, source in SOURCES.items() if key in used),
    ]


def _shown(price: Price) -> str:
    return f"{price.dollars:g} ({price.source})"
