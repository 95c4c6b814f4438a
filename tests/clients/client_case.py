# SPDX-License-Identifier: Apache-2.0
"""ClientCase: boto3's clients against a `pawl serve` of the test's own. Python 3.9."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "server"))
from server_case import ServerCase  # noqa: E402

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError
except ImportError:
    print("skipped: no boto3")
    sys.exit(77)


class ClientCase(ServerCase):
    def client(self, server, service, region="us-east-1"):
        made = boto3.client(service, endpoint_url=f"http://{server.host}:{server.port}", region_name=region,
                            aws_access_key_id="test", aws_secret_access_key="test",
                            config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, read_timeout=60))
        self.addCleanup(getattr(made, "close", lambda: None))
        return made

    def refused(self, call, /, **parameters):
        """(code, message, HTTP status) of the error that the call must end with."""
        with self.assertRaises(ClientError) as caught:
            call(**parameters)
        answer = caught.exception.response
        return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]
