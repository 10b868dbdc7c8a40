"""Read botocore's descriptions of AWS services once, for all forks of a process.

Each session of botocore reads megabytes of JSON before its first request. In a process that makes twenty requests that
takes longer than the requests.
"""

from functools import cache
from typing import Any

from botocore import loaders
from botocore.session import Session

_read = cache(loaders.JSONFileLoader().load_file)


class ReadOnce(loaders.JSONFileLoader):
    def load_file(self, file_path: str) -> Any:
        return _read(file_path)


loaders.Loader.FILE_LOADER_CLASS = ReadOnce
for service in ("dynamodb", "dynamodbstreams", "s3", "sqs"):
    Session().create_client(service, "local", aws_access_key_id="-", aws_secret_access_key="-")
