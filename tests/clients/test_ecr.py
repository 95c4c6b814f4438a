# SPDX-License-Identifier: Apache-2.0
"""ECR as boto3, AWS CLI, skopeo and buildah see it, and the OCI distribution API by hand: pushes in pieces, cut off, of nothing. Python 3.9."""
import base64
import filecmp
import json
import os
import shutil
import signal
import socket
import subprocess
import unittest

import boto3

from client_case import ClientCase
from image_case import ARCHITECTURE, BUSYBOX, CONFIG, LAYER, MANIFEST, Registry, digest, has_sandbox, layer

AWS = shutil.which("aws", path="/usr/bin:" + os.environ.get("PATH", ""))
INDEX = "application/vnd.oci.image.index.v1+json"


class EcrCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.start()

    def start(self):
        self.server = self.serve("--data", self.data)
        self.ecr = self.client(self.server, "ecr")
        self.registry = Registry(self.server.host, self.server.port)

    def push(self, name="box", tag="v1", content=b"hello"):
        return self.registry.push(name, tag, [layer({"file": content})], {"Cmd": ["/file"]})

    def code(self, answer):
        return answer[0], json.loads(answer[2])["errors"][0]["code"]


class Repositories(EcrCase):
    def test_made_shown_changed_and_gone(self):
        made = self.ecr.create_repository(repositoryName="team/box", tags=[{"Key": "a", "Value": "1"}],
                                          imageScanningConfiguration={"scanOnPush": True})["repository"]
        self.assertEqual(made["repositoryUri"], "000000000000.dkr.ecr.us-east-1.amazonaws.com/team/box")
        self.assertEqual(made["repositoryArn"], "arn:aws:ecr:us-east-1:000000000000:repository/team/box")
        self.assertEqual(self.ecr.describe_repositories()["repositories"], [made])
        self.assertEqual(self.refused(self.ecr.create_repository, repositoryName="team/box")[0], "RepositoryAlreadyExistsException")
        self.assertEqual(self.ecr.list_tags_for_resource(resourceArn=made["repositoryArn"])["tags"], [{"Key": "a", "Value": "1"}])
        self.ecr.tag_resource(resourceArn=made["repositoryArn"], tags=[{"Key": "b", "Value": "2"}])
        self.ecr.untag_resource(resourceArn=made["repositoryArn"], tagKeys=["a"])
        self.assertEqual(self.ecr.list_tags_for_resource(resourceArn=made["repositoryArn"])["tags"], [{"Key": "b", "Value": "2"}])
        self.ecr.put_image_tag_mutability(repositoryName="team/box", imageTagMutability="IMMUTABLE")
        self.assertEqual(self.ecr.describe_repositories(repositoryNames=["team/box"])["repositories"][0]["imageTagMutability"],
                         "IMMUTABLE")
        self.push("team/box")
        self.assertEqual(self.refused(self.ecr.delete_repository, repositoryName="team/box")[0], "RepositoryNotEmptyException")
        self.ecr.delete_repository(repositoryName="team/box", force=True)
        code, message, _ = self.refused(self.ecr.describe_repositories, repositoryNames=["team/box"])
        self.assertEqual((code, message), ("RepositoryNotFoundException", "The repository with name 'team/box' does not exist in "
                                                                          "the registry with id '000000000000'"))
        self.assertEqual(self.refused(self.ecr.create_repository, repositoryName="Not/Valid")[2], 400)

    def test_pages(self):
        for i in range(5):
            self.ecr.create_repository(repositoryName=f"r{i}")
        pages = list(self.ecr.get_paginator("describe_repositories").paginate(PaginationConfig={"PageSize": 2}))
        self.assertEqual([[r["repositoryName"] for r in page["repositories"]] for page in pages],
                         [["r0", "r1"], ["r2", "r3"], ["r4"]])
        status, headers, body = self.registry.ask("GET", "/v2/_catalog?n=3")
        self.assertEqual((status, json.loads(body)["repositories"]), (200, ["r0", "r1", "r2"]))
        following = headers["Link"].split(">")[0].strip("<")
        self.assertEqual(json.loads(self.registry.ask("GET", following)[2])["repositories"], ["r3", "r4"])

    def test_policies(self):
        self.ecr.create_repository(repositoryName="box")
        policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}]})
        self.assertEqual(self.refused(self.ecr.get_repository_policy, repositoryName="box")[0], "RepositoryPolicyNotFoundException")
        self.ecr.set_repository_policy(repositoryName="box", policyText=policy)
        self.assertEqual(self.ecr.get_repository_policy(repositoryName="box")["policyText"], policy)
        self.ecr.delete_repository_policy(repositoryName="box")
        self.assertEqual(self.refused(self.ecr.set_repository_policy, repositoryName="box", policyText="no")[0],
                         "InvalidParameterException")
        self.ecr.put_registry_policy(policyText=policy)
        self.assertEqual(self.ecr.get_registry_policy()["policyText"], policy)
        self.ecr.delete_registry_policy()
        self.assertEqual(self.refused(self.ecr.get_registry_policy)[0], "RegistryPolicyNotFoundException")
        self.assertEqual(self.refused(self.ecr.create_pull_through_cache_rule, ecrRepositoryPrefix="xx",
                                      upstreamRegistryUrl="public.ecr.aws")[2], 501)

    def test_a_lifecycle_policy_expires_images(self):
        self.ecr.create_repository(repositoryName="box")
        for i in range(4):
            self.push(tag=f"v{i}", content=b"%d" % i)
        rule = {"rulePriority": 1, "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 2},
                "action": {"type": "expire"}}
        text = json.dumps({"rules": [rule]})
        self.ecr.start_lifecycle_policy_preview(repositoryName="box", lifecyclePolicyText=text)
        preview = self.ecr.get_lifecycle_policy_preview(repositoryName="box")
        self.assertEqual(sorted(i["imageTags"][0] for i in preview["previewResults"]), ["v0", "v1"])
        self.assertEqual(len(self.ecr.list_images(repositoryName="box")["imageIds"]), 4, "a preview takes nothing")
        self.ecr.put_lifecycle_policy(repositoryName="box", lifecyclePolicyText=text)
        self.wait(lambda: len(self.ecr.list_images(repositoryName="box")["imageIds"]) == 2)
        self.push(tag="v9", content=b"9")
        self.wait(lambda: sorted(i["imageTag"] for i in self.ecr.list_images(repositoryName="box")["imageIds"]) == ["v3", "v9"])
        self.wait(lambda: len(os.listdir(os.path.join(self.data, "ecr", "blobs"))) == 3)  # two layers, one configuration
        for wrong in ("{" * 100, json.dumps({"rules": [{**rule, "more": 1}]}), json.dumps({"rules": [rule, rule]}),
                      json.dumps({"rules": [{**rule, "selection": {"tagStatus": "tagged", "countType": "x", "countNumber": 1}}]})):
            wrong += " " * 100  # what a client lets pass has 100 characters
            self.assertEqual(self.refused(self.ecr.put_lifecycle_policy, repositoryName="box", lifecyclePolicyText=wrong)[0],
                             "InvalidParameterException")

    def wait(self, condition):
        """Until it holds: what is waited for happens on another thread of the server."""
        for _ in range(2000):
            if condition():
                return
            self.ecr.describe_repositories()
        self.fail("it did not happen")


class Images(EcrCase):
    def test_what_was_pushed_is_described_and_deleted(self):
        self.ecr.create_repository(repositoryName="box")
        first = self.push()
        other = self.push(content=b"other")
        details = {d["imageDigest"]: d for d in self.ecr.describe_images(repositoryName="box")["imageDetails"]}
        self.assertEqual(details[other]["imageTags"], ["v1"], "the tag has moved")
        self.assertNotIn("imageTags", details[first])
        self.assertEqual(details[first]["artifactMediaType"], CONFIG)
        untagged = self.ecr.list_images(repositoryName="box", filter={"tagStatus": "UNTAGGED"})["imageIds"]
        self.assertEqual(untagged, [{"imageDigest": first}])
        got = self.ecr.batch_get_image(repositoryName="box", imageIds=[{"imageTag": "v1"}, {"imageTag": "none"},
                                                                       {"imageDigest": first, "imageTag": "v1"}])
        self.assertEqual(digest(got["images"][0]["imageManifest"].encode()), other)
        self.assertEqual([f["failureCode"] for f in got["failures"]], ["ImageNotFound", "ImageTagDoesNotMatchDigest"])
        deleted = self.ecr.batch_delete_image(repositoryName="box", imageIds=[{"imageTag": "v1"}, {"imageTag": "none"}])
        self.assertEqual(deleted["imageIds"], [{"imageDigest": other, "imageTag": "v1"}])
        self.assertEqual(self.refused(self.ecr.describe_images, repositoryName="box", imageIds=[{"imageTag": "v1"}])[0],
                         "ImageNotFoundException")

    def test_put_image_and_layers_by_the_api(self):
        self.ecr.create_repository(repositoryName="box", imageTagMutability="IMMUTABLE")
        data = layer({"big": os.urandom(100_000)})
        upload = self.ecr.initiate_layer_upload(repositoryName="box")["uploadId"]
        half = len(data) // 2
        part = self.ecr.upload_layer_part(repositoryName="box", uploadId=upload, partFirstByte=0, partLastByte=half - 1,
                                          layerPartBlob=data[:half])
        self.assertEqual(part["lastByteReceived"], half - 1)
        self.assertEqual(self.refused(self.ecr.upload_layer_part, repositoryName="box", uploadId=upload, partFirstByte=5,
                                      partLastByte=9, layerPartBlob=b"12345")[0], "InvalidLayerPartException")
        self.ecr.upload_layer_part(repositoryName="box", uploadId=upload, partFirstByte=half, partLastByte=len(data) - 1,
                                   layerPartBlob=data[half:])
        self.ecr.complete_layer_upload(repositoryName="box", uploadId=upload, layerDigests=[digest(data)])
        available = self.ecr.batch_check_layer_availability(repositoryName="box", layerDigests=[digest(data), digest(b"no")])
        self.assertEqual([each["layerAvailability"] for each in available["layers"]], ["AVAILABLE", "UNAVAILABLE"])
        url = self.ecr.get_download_url_for_layer(repositoryName="box", layerDigest=digest(data))["downloadUrl"]
        self.assertEqual(self.registry.ask("GET", url[url.index("/v2/"):])[2], data)
        config = b'{"os":"linux"}'
        self.registry.push_blob("box", config)
        manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST,
                               "config": {"mediaType": CONFIG, "digest": digest(config), "size": len(config)},
                               "layers": [{"mediaType": LAYER, "digest": digest(data), "size": len(data)}]})
        made = self.ecr.put_image(repositoryName="box", imageManifest=manifest, imageTag="v1")["image"]
        self.assertEqual(made["imageId"], {"imageDigest": digest(manifest.encode()), "imageTag": "v1"})
        self.assertEqual(self.refused(self.ecr.put_image, repositoryName="box", imageManifest=manifest, imageTag="v1")[0],
                         "ImageAlreadyExistsException")
        self.assertEqual(self.refused(self.ecr.put_image, repositoryName="box", imageManifest=manifest + " ", imageTag="v1")[0],
                         "ImageTagAlreadyExistsException")
        self.assertEqual(self.refused(self.ecr.put_image, repositoryName="box", imageManifest="{")[0], "InvalidParameterException")
        missing = manifest.replace(digest(data), digest(b"missing"))
        self.assertEqual(self.refused(self.ecr.put_image, repositoryName="box", imageManifest=missing)[0], "LayersNotFoundException")
        self.assertEqual(self.refused(self.ecr.put_image, repositoryName="box", imageManifest=manifest,
                                      imageDigest=digest(b"x"))[0], "ImageDigestDoesNotMatchException")

    def test_what_was_acknowledged_outlives_a_kill(self):
        self.ecr.create_repository(repositoryName="box")
        pushed = self.push()
        upload = self.registry.ask("POST", "/v2/box/blobs/uploads/")[1]["Location"]
        self.registry.ask("PATCH", upload, b"half")
        self.server.stop(signal.SIGKILL)
        self.start()
        self.assertEqual(self.ecr.describe_images(repositoryName="box")["imageDetails"][0]["imageDigest"], pushed)
        self.assertEqual(self.registry.ask("GET", upload)[1]["Range"], "0-3", "an upload goes on where it was")
        self.assertEqual(self.registry.ask("PUT", upload + "?digest=" + digest(b"halfmore"), b"more")[0], 201)


class Distribution(EcrCase):
    def setUp(self):
        super().setUp()
        self.ecr.create_repository(repositoryName="box")

    def test_blobs_in_one_and_in_many_pieces(self):
        self.assertEqual(self.registry.ask("GET", "/v2/")[0], 200)
        data = os.urandom(3_000_000)
        name = digest(data)
        status, headers, _ = self.registry.ask("POST", "/v2/box/blobs/uploads/?digest=" + name, data)
        self.assertEqual((status, headers["Location"]), (201, "/v2/box/blobs/" + name))
        status, headers, body = self.registry.ask("GET", "/v2/box/blobs/" + name)
        self.assertEqual((status, headers["Docker-Content-Digest"], body), (200, name, data))
        status, headers, body = self.registry.ask("HEAD", "/v2/box/blobs/" + name)
        self.assertEqual((status, headers["Content-Length"], body), (200, str(len(data)), b""))
        status, headers, body = self.registry.ask("GET", "/v2/box/blobs/" + name, headers={"Range": "bytes=10-19"})
        self.assertEqual((status, body, headers["Content-Range"]), (206, data[10:20], f"bytes 10-19/{len(data)}"))
        pieces = os.urandom(2_500_000)
        place = self.registry.ask("POST", "/v2/box/blobs/uploads/")[1]["Location"]
        at = 0
        for piece in (pieces[:1_200_000], pieces[1_200_000:1_200_100], pieces[1_200_100:]):
            status, headers, _ = self.registry.ask("PATCH", place, piece,
                                                   {"Content-Range": f"{at}-{at + len(piece) - 1}"})
            at += len(piece)
            self.assertEqual((status, headers["Range"]), (202, f"0-{at - 1}"))
        status, headers, _ = self.registry.ask("PATCH", place, b"again", {"Content-Range": "0-4"})
        self.assertEqual((status, headers["Range"]), (416, f"0-{at - 1}"))
        self.assertEqual(self.registry.ask("PUT", place + "?digest=" + digest(pieces))[0], 201)
        self.assertEqual(self.registry.ask("GET", "/v2/box/blobs/" + digest(pieces))[2], pieces)
        self.assertEqual(self.code(self.registry.ask("GET", place)), (404, "BLOB_UPLOAD_UNKNOWN"))

    def test_a_push_that_is_cut_off_leaves_an_upload_and_nothing_else(self):
        place = self.registry.ask("POST", "/v2/box/blobs/uploads/")[1]["Location"]
        self.registry.ask("PATCH", place, b"begun")
        for size in (1_000, 50_000_000):  # what is kept in memory, and what goes into a file
            with socket.create_connection((self.server.host, self.server.port)) as connection:
                connection.sendall(b"PATCH %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (place.encode(), size))
                connection.sendall(b"x" * min(size - 1, 2_000_000))
        self.assertEqual(self.registry.ask("GET", place)[1]["Range"], "0-4")
        self.assertEqual(os.listdir(os.path.join(self.data, "ecr", "blobs")), [])
        self.assertEqual(self.registry.ask("PUT", place + "?digest=" + digest(b"begun"))[0], 201)
        self.assertEqual(os.listdir(os.path.join(self.data, "ecr", "uploads")), [])

    def test_wrong_digests_and_missing_blobs(self):
        place = self.registry.ask("POST", "/v2/box/blobs/uploads/")[1]["Location"]
        answer = self.registry.ask("PUT", place + "?digest=" + digest(b"other"), b"this")
        self.assertEqual(self.code(answer), (400, "DIGEST_INVALID"))
        self.assertEqual(self.code(self.registry.ask("GET", "/v2/box/blobs/" + digest(b"other"))), (404, "BLOB_UNKNOWN"))
        self.assertEqual(os.listdir(os.path.join(self.data, "ecr", "uploads")), [])
        self.assertEqual(self.code(self.registry.ask("GET", "/v2/box/blobs/sha256:123")), (400, "DIGEST_INVALID"))
        manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "layers": [],
                               "config": {"mediaType": CONFIG, "digest": digest(b"none"), "size": 4}}).encode()
        answer = self.registry.ask("PUT", "/v2/box/manifests/v1", manifest, {"Content-Type": MANIFEST})
        self.assertEqual(self.code(answer), (404, "MANIFEST_BLOB_UNKNOWN"))
        for wrong in (b"", b"{", b"[]", b'{"schemaVersion":1}', b"\xff\xfe", manifest.replace(b"sha256", b"md5")):
            answer = self.registry.ask("PUT", "/v2/box/manifests/v1", wrong, {"Content-Type": MANIFEST})
            self.assertEqual(self.code(answer), (400, "MANIFEST_INVALID"), wrong)
        index = json.dumps({"schemaVersion": 2, "mediaType": INDEX,
                            "manifests": [{"mediaType": MANIFEST, "digest": digest(b"gone"), "size": 1}]}).encode()
        self.assertEqual(self.registry.ask("PUT", "/v2/box/manifests/all", index, {"Content-Type": INDEX})[0], 404)
        self.assertEqual(self.code(self.registry.ask("GET", "/v2/none/manifests/v1")), (404, "NAME_UNKNOWN"))
        self.assertEqual(self.code(self.registry.ask("GET", "/v2/box/manifests/v1")), (404, "MANIFEST_UNKNOWN"))
        self.assertEqual(self.code(self.registry.ask("GET", "/v2/..%2f..%2fetc/manifests/v1")), (400, "NAME_INVALID"))
        self.assertEqual(self.code(self.registry.ask("PATCH", "/v2/box/blobs/uploads/..%2e", b"x")), (404, "BLOB_UPLOAD_UNKNOWN"))
        self.assertEqual(self.code(self.registry.ask("DELETE", "/v2/box/blobs/" + digest(b"x"))), (405, "UNSUPPORTED"))

    def test_mounts_tags_indexes_and_deletes(self):
        self.ecr.create_repository(repositoryName="other")
        inner = self.push()
        blob = self.registry.push_blob("box", b"shared")
        status, headers, _ = self.registry.ask("POST", f"/v2/other/blobs/uploads/?mount={blob}&from=box")
        self.assertEqual((status, headers["Docker-Content-Digest"]), (201, blob))
        self.assertEqual(self.registry.ask("POST", f"/v2/other/blobs/uploads/?mount={digest(b'no')}&from=box")[0], 202)
        size = len(self.registry.ask("GET", "/v2/box/manifests/v1")[2])
        index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
            {"mediaType": MANIFEST, "digest": inner, "size": size, "platform": {"os": "linux", "architecture": ARCHITECTURE}}]},
            indent=1).encode()
        self.assertEqual(self.registry.ask("PUT", "/v2/box/manifests/all", index, {"Content-Type": INDEX})[0], 201)
        status, headers, body = self.registry.ask("GET", "/v2/box/manifests/all")
        self.assertEqual((status, headers["Content-Type"], body), (200, INDEX, index), "byte by byte")
        self.assertEqual(self.registry.ask("DELETE", "/v2/box/manifests/" + inner)[0], 403, "the index refers to it")
        self.assertEqual(json.loads(self.registry.ask("GET", "/v2/box/tags/list")[2]), {"name": "box", "tags": ["all", "v1"]})
        self.assertEqual(self.registry.ask("DELETE", "/v2/box/manifests/all")[0], 202)
        self.assertEqual(self.registry.ask("DELETE", "/v2/box/manifests/" + inner)[0], 202)
        self.assertEqual(json.loads(self.registry.ask("GET", "/v2/box/tags/list")[2])["tags"], [])
        referrer = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "a/b", "layers": [],
                               "subject": {"mediaType": MANIFEST, "digest": inner, "size": size},
                               "config": {"mediaType": CONFIG, "digest": blob, "size": 6}}).encode()
        status, headers, _ = self.registry.ask("PUT", "/v2/box/manifests/sig", referrer, {"Content-Type": MANIFEST})
        self.assertEqual((status, headers["OCI-Subject"]), (201, inner))
        found = json.loads(self.registry.ask("GET", "/v2/box/referrers/" + inner)[2])["manifests"]
        self.assertEqual([each["artifactType"] for each in found], ["a/b"])

    def test_whose_repository_is_meant(self):
        other = self.client(self.server, "ecr", region="eu-west-1")
        other.create_repository(repositoryName="box")
        other.create_repository(repositoryName="only-there")
        place = "000000000000.dkr.ecr.eu-west-1.amazonaws.com"
        self.push(f"{place}/box")
        self.assertEqual(self.ecr.list_images(repositoryName="box")["imageIds"], [])
        self.assertEqual(len(other.list_images(repositoryName="box")["imageIds"]), 1)
        self.assertEqual(self.registry.ask("GET", "/v2/box/manifests/v1", headers={"Host": place})[0], 200)
        token = other.get_authorization_token()["authorizationData"][0]
        self.assertEqual(base64.b64decode(token["authorizationToken"]).split(b":")[0], b"AWS")
        self.assertEqual(token["proxyEndpoint"], f"http://{self.server.host}:{self.server.port}")
        login = {"Authorization": "Basic " + token["authorizationToken"]}
        self.assertEqual(self.registry.ask("GET", "/v2/box/manifests/v1", headers=login)[0], 200)
        self.push("only-there")
        self.assertEqual(len(other.list_images(repositoryName="only-there")["imageIds"]), 1)

    def test_a_bucket_called_v2_is_still_a_bucket(self):
        s3 = self.client(self.server, "s3")
        s3.create_bucket(Bucket="v2-bucket")
        s3.put_object(Bucket="v2-bucket", Key="x/manifests/y", Body=b"z")
        self.assertEqual(s3.get_object(Bucket="v2-bucket", Key="x/manifests/y")["Body"].read(), b"z")


class Access(ClientCase):
    def test_a_registry_with_credentials_takes_its_own_tokens_only(self):
        path = os.path.join(self.folder, "credentials")
        with open(path, "w", encoding="ascii") as file:
            file.write("[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n")
        server = self.serve("--credentials", path)
        ecr = boto3.client("ecr", endpoint_url=f"http://{server.host}:{server.port}", region_name="us-east-1",
                           aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret")
        self.addCleanup(ecr.close)
        ecr.create_repository(repositoryName="box")
        registry = Registry(server.host, server.port)
        status, headers, body = registry.ask("GET", "/v2/")
        self.assertEqual((status, headers["Www-Authenticate"].split(" ")[0]), (401, "Basic"))
        self.assertEqual(json.loads(body)["errors"][0]["code"], "UNAUTHORIZED")
        wrong = base64.b64encode(b"AWS:" + base64.b64encode(b"000000000000/us-east-1/99999999999999/0000")).decode()
        for login in ("Basic " + wrong, "Basic ", "Bearer x", "Negotiate"):
            self.assertEqual(registry.ask("POST", "/v2/box/blobs/uploads/", headers={"Authorization": login})[0], 401)
        token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
        login = {"Authorization": "Basic " + token}
        self.assertEqual(registry.ask("GET", "/v2/", headers=login)[0], 200)
        self.assertEqual(registry.ask("POST", "/v2/box/blobs/uploads/", headers=login)[0], 202)
        other = "111111111111.dkr.ecr.us-east-1.amazonaws.com/box"
        status, _, body = registry.ask("GET", f"/v2/{other}/tags/list", headers=login)
        self.assertEqual((status, json.loads(body)["errors"][0]["code"]), (403, "DENIED"))


class Events(EcrCase):
    def test_a_push_reaches_a_rule_of_eventbridge(self):
        sqs, events = self.client(self.server, "sqs"), self.client(self.server, "events")
        url = sqs.create_queue(QueueName="pushed")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.put_rule(Name="pushes", EventPattern=json.dumps({"source": ["aws.ecr"], "detail": {"action-type": ["PUSH"]}}))
        events.put_targets(Rule="pushes", Targets=[{"Id": "1", "Arn": arn}])
        self.ecr.create_repository(repositoryName="box")
        pushed = self.push()
        message = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"][0]
        event = json.loads(message["Body"])
        self.assertEqual(event["detail-type"], "ECR Image Action")
        self.assertEqual(event["detail"], {"result": "SUCCESS", "repository-name": "box", "image-digest": pushed,
                                           "action-type": "PUSH", "image-tag": "v1", "manifest-media-type": MANIFEST})


class Tools(EcrCase):
    def run_tool(self, *command, **more):
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, **more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def address(self, name):
        return f"docker://{self.server.host}:{self.server.port}/{name}"

    @unittest.skipUnless(AWS, "the AWS CLI is not installed")
    def test_aws_cli(self):
        environment = {**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
        aws = [AWS, "--endpoint-url", f"http://{self.server.host}:{self.server.port}", "ecr"]
        made = json.loads(self.run_tool(*aws, "create-repository", "--repository-name", "cli", env=environment))
        self.assertEqual(made["repository"]["repositoryName"], "cli")
        pushed = self.push("cli")
        shown = json.loads(self.run_tool(*aws, "describe-images", "--repository-name", "cli", env=environment))
        self.assertEqual(shown["imageDetails"][0]["imageDigest"], pushed)
        self.assertTrue(self.run_tool(*aws, "get-login-password", env=environment).strip())
        self.run_tool(*aws, "batch-delete-image", "--repository-name", "cli", "--image-ids", "imageTag=v1", env=environment)
        self.run_tool(*aws, "delete-repository", "--repository-name", "cli", env=environment)

    @unittest.skipUnless(shutil.which("skopeo"), "skopeo is not installed")
    def test_skopeo_there_and_back(self):
        self.ecr.create_repository(repositoryName="box")
        self.push()
        out, back = os.path.join(self.folder, "out"), os.path.join(self.folder, "back")
        password = base64.b64decode(self.ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]).decode()
        self.run_tool("skopeo", "copy", "--src-tls-verify=false", "--src-creds", password, self.address("box:v1"), f"oci:{out}:v1")
        self.run_tool("skopeo", "copy", "--dest-tls-verify=false", f"oci:{out}:v1", self.address("box:v2"))
        self.run_tool("skopeo", "copy", "--src-tls-verify=false", self.address("box:v2"), f"oci:{back}:v1")
        names = os.listdir(os.path.join(out, "blobs", "sha256"))
        self.assertEqual(len(names), 3)
        same, differing, missing = filecmp.cmpfiles(os.path.join(out, "blobs", "sha256"), os.path.join(back, "blobs", "sha256"),
                                                    names, shallow=False)
        self.assertEqual((len(same), differing, missing), (3, [], []))
        shown = json.loads(self.run_tool("skopeo", "inspect", "--tls-verify=false", self.address("box:v2")))
        self.assertEqual(shown["RepoTags"], ["v1", "v2"])
        self.run_tool("skopeo", "delete", "--tls-verify=false", self.address("box:v1"))
        self.assertEqual(self.ecr.list_images(repositoryName="box")["imageIds"], [])

    @unittest.skipUnless(shutil.which("buildah"), "buildah is not installed")
    @unittest.skipUnless(os.path.exists(BUSYBOX), "busybox-static is not installed")
    def test_buildah_builds_and_pushes(self):
        self.ecr.create_repository(repositoryName="box")
        context = os.path.join(self.folder, "context")
        os.makedirs(context)
        shutil.copy(BUSYBOX, context)
        with open(os.path.join(context, "Dockerfile"), "w", encoding="utf-8") as file:
            file.write('FROM scratch\nCOPY busybox /bin/busybox\nENTRYPOINT ["/bin/busybox", "echo"]\n')
        buildah = ["buildah", "--storage-driver", "vfs", "--root", os.path.join(self.folder, "store"),
                   "--runroot", os.path.join(self.folder, "run")]
        self.run_tool(*buildah, "bud", "--isolation", "chroot", "-t", "box", context)
        self.run_tool(*buildah, "push", "--tls-verify=false", "box", self.address("box:built"))
        self.assertEqual(self.ecr.list_images(repositoryName="box")["imageIds"][0]["imageTag"], "built")

    @unittest.skipUnless(shutil.which("buildah"), "buildah is not installed")
    @unittest.skipUnless(os.path.exists(BUSYBOX), "busybox-static is not installed")
    def test_pawl_docker_does_what_cdk_asks_of_docker(self):
        """cdk-assets: inspect, build, tag, login, push; bundling: run with the folders of the project."""
        self.ecr.create_repository(repositoryName="assets")
        docker = os.path.join(self.folder, "pawl-docker")
        os.symlink(os.environ["PAWL"], docker)
        environment = {**os.environ, "PAWL_IMAGE_STORAGE": os.path.join(self.folder, "builds"),
                       "AWS_ENDPOINT_URL": f"http://{self.server.host}:{self.server.port}"}
        context = os.path.join(self.folder, "asset")
        os.makedirs(context)
        shutil.copy(BUSYBOX, context)
        with open(os.path.join(context, "My.Dockerfile"), "w", encoding="utf-8") as file:
            file.write('FROM scratch\nARG WORD\nCOPY busybox /bin/busybox\nENV WORD=$WORD\nENTRYPOINT ["/bin/busybox"]\n'
                       'CMD ["env"]\n')
        tag, uri = "cdkasset-0123", "000000000000.dkr.ecr.us-east-1.amazonaws.com/assets:0123"
        self.assertNotEqual(subprocess.run([docker, "inspect", tag], capture_output=True, env=environment).returncode, 0)
        self.run_tool(docker, "build", "--tag", tag, "--build-arg", "WORD=built", "--file", "My.Dockerfile", "--platform",
                      "linux/" + ARCHITECTURE, ".", env=environment, cwd=context)
        self.run_tool(docker, "inspect", tag, env=environment)
        self.run_tool(docker, "tag", tag, uri, env=environment)
        self.run_tool(docker, "login", "--username", "AWS", "--password-stdin", "http://x", env=environment, input="secret")
        self.run_tool(docker, "--config", self.folder, "push", uri, env=environment)
        self.assertEqual(self.ecr.list_images(repositoryName="assets")["imageIds"][0]["imageTag"], "0123")
        self.assertNotEqual(subprocess.run([docker, "compose", "up"], capture_output=True, env=environment).returncode, 0)
        if not has_sandbox():
            self.skipTest("bubblewrap cannot make namespaces here; the rest passed")
        self.assertIn("WORD=built", self.run_tool(docker, "run", "--rm", tag, env=environment))
        script = "echo out > /asset-output/made && cat /asset-input/My.Dockerfile"
        shown = self.run_tool(docker, "run", "--rm", "-u", "1000:1000", "-v", f"{context}:/asset-input:delegated", "-v",
                              f"{self.folder}:/asset-output:delegated", "-w", "/asset-input", "--entrypoint", "/bin/busybox", tag,
                              "sh", "-c", script.replace("cat", "/bin/busybox cat"), env=environment)
        self.assertIn("FROM scratch", shown)
        with open(os.path.join(self.folder, "made"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "out\n")

    @unittest.skipUnless(os.path.exists(BUSYBOX), "busybox-static is not installed")
    def test_a_container_ends_with_who_runs_it(self):
        if not has_sandbox():
            self.skipTest("bubblewrap cannot make namespaces here")
        self.ecr.create_repository(repositoryName="box")
        with open(BUSYBOX, "rb") as file:
            self.registry.push("box", "v1", [layer({"bin/busybox": file.read()})], {"Entrypoint": ["/bin/busybox"]})
        environment = {**os.environ, "AWS_ENDPOINT_URL": f"http://{self.server.host}:{self.server.port}"}
        seconds = str(100_000 + os.getpid())  # by which it is found
        running = subprocess.Popen([os.environ["PAWL"], "image", "run", "box:v1", "sh", "-c", f"echo up; /bin/busybox sleep {seconds}"],
                                   stdout=subprocess.PIPE, env=environment)
        self.addCleanup(running.stdout.close)
        self.addCleanup(running.wait)
        self.addCleanup(running.kill)
        self.assertEqual(running.stdout.readline(), b"up\n")
        self.until(lambda: self.processes_with(seconds))
        running.kill()
        running.wait()
        self.until(lambda: not self.processes_with(seconds))

    def until(self, condition):
        for _ in range(10_000):
            if condition():
                return
        self.fail("it did not happen")

    @staticmethod
    def processes_with(word):
        found = []
        for process in os.listdir("/proc"):
            try:
                with open(f"/proc/{process}/cmdline", "rb") as file:
                    if process.isdigit() and f"sleep\0{word}\0".encode() in file.read():
                        found.append(process)
            except OSError:
                continue
        return found


if __name__ == "__main__":
    unittest.main()
