"""The environment, read and checked once."""

import os
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Settings:
    """What a deployment may set.

    stage: `local`, `dev`, `prod`, ...; names of tables, queues, the bucket and the key follow from it.
    region: the AWS region; on one machine any.
    """

    stage: str
    region: str

    @property
    def prefix(self) -> str:
        return f"moph-{self.stage}"

    def table(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def queue(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    @property
    def token_key(self) -> str:
        """The KMS alias of the key that signs tokens."""
        return f"alias/{self.prefix}-token"


@cache
def settings() -> Settings:
    """The process's settings. A missing one is an error at the first use, with its name."""
    stage = os.environ.get("STAGE", "")
    if not stage:
        raise RuntimeError("STAGE is not set: it names the tables (local, dev, prod, ...)")
    return Settings(stage=stage, region=os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"])
