# SPDX-License-Identifier: Apache-2.0
"""What the recorded cases of IAM and STS lost on the way to the data: with whose credentials a call was made, and what the
recorded tests cleaned up behind them."""
import contextlib
import threading

SERVICE_ROLES = threading.Lock()


def is_about_a_calling_session(case):
    """AWS speaks of the session that calls: so one does."""
    return any("the calling session" in str(each["expected"]) for each in case["expect"])


class ChainedSession:
    """The services of a case in which each call to STS after the first AssumeRole is made by the session of that role."""

    def __init__(self, services):
        self.services, self.session = services, None

    def call(self, service, op, params):
        if service != "sts" or self.session is None:
            answer = self.services.call(service, op, params)
            if op == "AssumeRole" and "Credentials" in answer:
                self.session = answer["Credentials"]
            return answer
        chained = type(self.services)(self.services.endpoint, self.services.region)
        chained.made["sts"] = self.services.session.client(
            "sts", endpoint_url=self.services.endpoint, region_name=self.services.region,
            aws_access_key_id=self.session["AccessKeyId"], aws_secret_access_key=self.session["SecretAccessKey"],
            aws_session_token=self.session["SessionToken"])
        return chained.call(service, op, params)


def services_of(case, services):
    return ChainedSession(services) if is_about_a_calling_session(case) else services


@contextlib.contextmanager
def service_roles_cleaned_up(case, services):
    """There is one role of a service in an account: cases that make them run one by one, and leave none."""
    made = [step["params"]["AWSServiceName"] for step in case["steps"] if step["op"] == "CreateServiceLinkedRole"]
    if not made:
        yield
        return
    with SERVICE_ROLES:
        try:
            yield
        finally:
            for name in made:
                roles = services.call("iam", "ListRoles", {"PathPrefix": f"/aws-service-role/{name}/"})
                for role in roles.get("Roles", []):
                    services.call("iam", "DeleteServiceLinkedRole", {"RoleName": role["RoleName"]})
