# SPDX-License-Identifier: Apache-2.0
"""S3 as the User Guide and the API Reference describe it, through boto3 and AWS CLI. With PAWL_S3_ENDPOINT (http://127.0.0.1:5000) the scenarios
run against what answers there: moto_server 5.2.1 fails seven of 23 (x-amz-expiration, the answer to a form, Content-MD5,
response-content-type, one part of an object, the order of parts, suspended versioning). Python 3.9."""
import base64
import datetime
import hashlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest
import urllib.parse
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from client_case import ClientCase

ENDPOINT = os.environ.get("PAWL_S3_ENDPOINT")
AWS = shutil.which("aws", path="/usr/bin:" + os.environ.get("PATH", ""))
OURS = unittest.skipIf(ENDPOINT, "only of Pawl")
PART = 5 * 1024 * 1024


class S3Case(ClientCase):
    def setUp(self):
        super().setUp()
        self.server = None if ENDPOINT else self.serve("--no-tls")
        self.url = ENDPOINT or f"http://{self.server.host}:{self.server.port}"
        self.s3 = self.make_client("s3")
        self.bucket = "bucket-" + uuid.uuid4().hex[:12]
        self.s3.create_bucket(Bucket=self.bucket)

    def make_client(self, service, style="path"):
        made = boto3.client(service, endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test",
                            config=Config(retries={"total_max_attempts": 1}, read_timeout=60, s3={"addressing_style": style}))
        self.addCleanup(getattr(made, "close", lambda: None))
        return made

    def put(self, key, body=b"data", **more):
        return self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **more)

    def get(self, key, **more):
        return self.s3.get_object(Bucket=self.bucket, Key=key, **more)["Body"].read()

    def keys(self, **more):
        return [each["Key"] for each in self.s3.list_objects_v2(Bucket=self.bucket, **more).get("Contents", [])]


class TestObjects(S3Case):
    def test_what_is_put_is_got(self):
        for size in (0, 1, 16 * 1024, 16 * 1024 + 1, 3 * 1024 * 1024):
            body = os.urandom(size)
            answer = self.put(f"size-{size}", body)
            self.assertEqual(answer["ETag"], f'"{hashlib.md5(body).hexdigest()}"')
            self.assertEqual(self.get(f"size-{size}"), body)
            self.assertEqual(self.s3.head_object(Bucket=self.bucket, Key=f"size-{size}")["ContentLength"], size)

    def test_headers_and_metadata_come_back(self):
        self.put("key", ContentType="text/x-thing", CacheControl="no-cache", ContentDisposition="inline", ContentEncoding="gzip",
                 ContentLanguage="de", Metadata={"One": "1", "two": "zwei"})
        got = self.s3.get_object(Bucket=self.bucket, Key="key")
        self.assertEqual((got["ContentType"], got["CacheControl"], got["ContentDisposition"], got["ContentEncoding"], got["ContentLanguage"]),
                         ("text/x-thing", "no-cache", "inline", "gzip", "de"))
        self.assertEqual(got["Metadata"], {"one": "1", "two": "zwei"})
        got = self.s3.get_object(Bucket=self.bucket, Key="key", ResponseContentType="text/plain")
        self.assertEqual(got["ContentType"], "text/plain")

    def test_ranges(self):
        body = os.urandom(100_000)
        self.put("key", body)
        got = self.s3.get_object(Bucket=self.bucket, Key="key", Range="bytes=50000-70000")
        self.assertEqual(got["Body"].read(), body[50_000:70_001])
        self.assertEqual((got["ResponseMetadata"]["HTTPStatusCode"], got["ContentRange"]), (206, "bytes 50000-70000/100000"))
        self.assertEqual(self.get("key", Range="bytes=-10"), body[-10:])
        self.assertEqual(self.refused(self.s3.get_object, Bucket=self.bucket, Key="key", Range="bytes=100000-")[0], "InvalidRange")

    def test_conditions(self):
        tag = self.put("key")["ETag"]
        self.assertEqual(self.get("key", IfMatch=tag), b"data")
        self.assertEqual(self.refused(self.s3.get_object, Bucket=self.bucket, Key="key", IfMatch='"no"')[2], 412)
        self.assertEqual(self.refused(self.s3.get_object, Bucket=self.bucket, Key="key", IfNoneMatch=tag)[2], 304)
        yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
        self.assertEqual(self.get("key", IfModifiedSince=yesterday), b"data")
        self.assertEqual(self.refused(self.s3.get_object, Bucket=self.bucket, Key="key", IfUnmodifiedSince=yesterday)[2], 412)

    def test_what_is_not_there(self):
        self.assertEqual(self.refused(self.s3.get_object, Bucket=self.bucket, Key="no")[::2], ("NoSuchKey", 404))
        self.assertEqual(self.refused(self.s3.get_object, Bucket="no-" + self.bucket, Key="no")[::2], ("NoSuchBucket", 404))
        self.assertEqual(self.refused(self.s3.head_object, Bucket=self.bucket, Key="no")[::2], ("404", 404))
        self.s3.delete_object(Bucket=self.bucket, Key="no")

    def test_bad_digest_is_refused(self):
        wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
        self.assertEqual(self.refused(self.s3.put_object, Bucket=self.bucket, Key="key", Body=b"data", ContentMD5=wrong)[0], "BadDigest")
        self.assertEqual(self.keys(), [])

    def test_keys_may_hold_anything(self):
        keys = ["a b+c&d=e%20f", "ümläut/日本", "slash//slash/", "question?hash#", "'\"<>", "..", "a/../b"]
        for key in keys:
            self.put(key, key.encode())
        self.assertEqual(self.keys(), sorted(keys, key=lambda key: key.encode()))
        for key in keys:
            self.assertEqual(self.get(key), key.encode(), key)

    def test_delete_many(self):
        for i in range(5):
            self.put(f"k{i}")
        answer = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": [{"Key": "k1"}, {"Key": "k3"}, {"Key": "none"}]})
        self.assertEqual(sorted(each["Key"] for each in answer["Deleted"]), ["k1", "k3", "none"])
        self.assertEqual(self.keys(), ["k0", "k2", "k4"])

    def test_copy(self):
        self.put("dir/source é", b"x" * 100_000, Metadata={"a": "1"}, ContentType="text/x")
        self.s3.copy_object(Bucket=self.bucket, Key="copy", CopySource={"Bucket": self.bucket, "Key": "dir/source é"})
        got = self.s3.get_object(Bucket=self.bucket, Key="copy")
        self.assertEqual((got["Metadata"], got["ContentType"], got["Body"].read()), ({"a": "1"}, "text/x", b"x" * 100_000))
        self.s3.delete_object(Bucket=self.bucket, Key="dir/source é")
        self.assertEqual(self.get("copy"), b"x" * 100_000)
        self.s3.copy_object(Bucket=self.bucket, Key="copy", CopySource={"Bucket": self.bucket, "Key": "copy"}, MetadataDirective="REPLACE",
                            Metadata={"b": "2"})
        self.assertEqual(self.s3.head_object(Bucket=self.bucket, Key="copy")["Metadata"], {"b": "2"})
        self.assertEqual(self.refused(self.s3.copy_object, Bucket=self.bucket, Key="copy", CopySource=f"{self.bucket}/copy")[0],
                         "InvalidRequest")

    def test_tags(self):
        self.put("key", Tagging="a=1&b=2")
        self.assertEqual(self.s3.get_object(Bucket=self.bucket, Key="key")["TagCount"], 2)
        self.s3.put_object_tagging(Bucket=self.bucket, Key="key", Tagging={"TagSet": [{"Key": "c", "Value": "3"}]})
        self.assertEqual(self.s3.get_object_tagging(Bucket=self.bucket, Key="key")["TagSet"], [{"Key": "c", "Value": "3"}])
        self.s3.delete_object_tagging(Bucket=self.bucket, Key="key")
        self.assertEqual(self.s3.get_object_tagging(Bucket=self.bucket, Key="key")["TagSet"], [])

    def test_presigned_urls(self):
        url = self.s3.generate_presigned_url("put_object", {"Bucket": self.bucket, "Key": "a b/ü"}, ExpiresIn=60)
        self.assertEqual(self.send("PUT", url, b"by url")[0], 200)
        url = self.s3.generate_presigned_url("get_object", {"Bucket": self.bucket, "Key": "a b/ü"}, ExpiresIn=60)
        self.assertEqual(self.send("GET", url), (200, b"by url"))

    @OURS
    def test_a_presigned_url_ends(self):
        self.put("key")
        url = self.s3.generate_presigned_url("get_object", {"Bucket": self.bucket, "Key": "key"}, ExpiresIn=60)
        begin = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=2)
        old = urllib.parse.urlsplit(url)._replace(query="X-Amz-Date=" + begin.strftime("%Y%m%dT%H%M%SZ") + "&X-Amz-Expires=60")
        status, body = self.send("GET", urllib.parse.urlunsplit(old))
        self.assertEqual(status, 403)
        self.assertIn(b"Request has expired", body)

    def test_a_form_may_be_posted(self):
        fields = self.s3.generate_presigned_post(self.bucket, "up/${filename}", {"success_action_status": "201", "x-amz-meta-a": "b"},
                                                 [{"success_action_status": "201"}, {"x-amz-meta-a": "b"}, ["content-length-range", 1, 2_000_000]])
        for size, status in ((100_000, 201), (2_000_001, 400)):
            file = os.urandom(size)
            body = b"".join(f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                            for name, value in fields["fields"].items())
            body += b'--xx\r\nContent-Disposition: form-data; name="file"; filename="f.bin"\r\n\r\n' + file + b"\r\n--xx--\r\n"
            answer = self.send("POST", self.url + "/" + self.bucket, body, {"Content-Type": "multipart/form-data; boundary=xx"})
            self.assertEqual(answer[0], status, answer[1])
            if status == 201:
                self.assertIn(b"<Key>up/f.bin</Key>", answer[1])
                got = self.s3.get_object(Bucket=self.bucket, Key="up/f.bin")
                self.assertEqual((got["Body"].read(), got["Metadata"]), (file, {"a": "b"}))

    @OURS
    def test_pages_of_other_origins(self):
        self.put("key")
        headers = {"Origin": "https://page.example"}
        self.assertEqual(self.send("GET", f"{self.url}/{self.bucket}/key", headers=headers)[0], 403)
        self.s3.put_bucket_cors(Bucket=self.bucket, CORSConfiguration={"CORSRules": [
            {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://page.example"], "AllowedHeaders": ["x-*"]}]})
        self.assertEqual(self.send("GET", f"{self.url}/{self.bucket}/key", headers=headers), (200, b"data"))
        ask = {**headers, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-amz-date"}
        self.assertEqual(self.send("OPTIONS", f"{self.url}/{self.bucket}/key", headers=ask)[0], 200)
        ask["Access-Control-Request-Method"] = "PUT"
        self.assertEqual(self.send("OPTIONS", f"{self.url}/{self.bucket}/key", headers=ask)[0], 403)
        self.assertEqual(self.send("DELETE", f"{self.url}/{self.bucket}/key", headers=headers)[0], 403)

    @OURS
    def test_a_kill_loses_nothing_that_was_acknowledged(self):
        with tempfile.TemporaryDirectory() as folder:
            server = self.serve("--no-tls", "--data", folder)
            self.url = f"http://{server.host}:{server.port}"
            self.make_client("s3").create_bucket(Bucket="kept-bucket")
            acknowledged, enough = {}, threading.Event()

            def load(number):
                client = self.make_client("s3")
                for i in range(10_000):
                    key, body = f"{number}/{i % 7}", f"{number} {i} ".encode() * (5_000 if i % 3 == 0 else 1)
                    try:
                        client.put_object(Bucket="kept-bucket", Key=key, Body=body)
                    except (ClientError, BotoCoreError):
                        acknowledged.setdefault(key, []).append(body)  # it may be there
                        return
                    acknowledged[key] = [body]
                    if i == 25:
                        enough.set()

            threads = [threading.Thread(target=load, args=(number,)) for number in range(3)]
            for thread in threads:
                thread.start()
            self.assertTrue(enough.wait(60))
            server.stop(signal.SIGKILL)
            for thread in threads:
                thread.join()
            server = self.serve("--no-tls", "--data", folder)
            self.url = f"http://{server.host}:{server.port}"
            self.s3 = self.make_client("s3")
            for key, bodies in acknowledged.items():
                self.assertIn(self.s3.get_object(Bucket="kept-bucket", Key=key)["Body"].read(), bodies, key)

    def send(self, method, url, body=None, headers=None):
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        self.addCleanup(connection.close)
        connection.request(method, urllib.parse.urlunsplit(("", "", parts.path, parts.query, "")), body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()

    @OURS
    def test_virtual_hosts(self):
        self.put("a/b", b"by host")
        for host in (f"{self.bucket}.s3.localhost", f"{self.bucket}.s3.us-east-1.localhost:{self.server.port}", f"{self.bucket}.s3.amazonaws.com"):
            self.assertEqual(self.send("GET", self.url + "/a/b", headers={"Host": host}), (200, b"by host"), host)
            self.assertIn(b"<Key>a/b</Key>", self.send("GET", self.url + "/?list-type=2", headers={"Host": host})[1])

    @OURS
    def test_objects_outlive_the_server(self):
        with tempfile.TemporaryDirectory() as folder:
            server = self.serve("--no-tls", "--data", folder)
            self.url = f"http://{server.host}:{server.port}"
            self.s3 = self.make_client("s3")
            self.s3.create_bucket(Bucket="kept-bucket")
            self.s3.put_object(Bucket="kept-bucket", Key="large", Body=b"l" * 200_000)
            self.s3.put_object(Bucket="kept-bucket", Key="small", Body=b"s")
            self.assertEqual(server.stop(), 0)
            server = self.serve("--no-tls", "--data", folder)
            self.url = f"http://{server.host}:{server.port}"
            self.s3 = self.make_client("s3")
            self.assertEqual(self.s3.get_object(Bucket="kept-bucket", Key="large")["Body"].read(), b"l" * 200_000)
            self.assertEqual(self.s3.get_object(Bucket="kept-bucket", Key="small")["Body"].read(), b"s")


class TestListing(S3Case):
    def setUp(self):
        super().setUp()
        for key in ("a.txt", "photos/2006/January/sample.jpg", "photos/2006/February/sample2.jpg", "photos/index", "z"):
            self.put(key)

    def test_prefix_and_delimiter(self):
        answer = self.s3.list_objects_v2(Bucket=self.bucket, Delimiter="/")
        self.assertEqual([each["Key"] for each in answer["Contents"]], ["a.txt", "z"])
        self.assertEqual([each["Prefix"] for each in answer["CommonPrefixes"]], ["photos/"])
        answer = self.s3.list_objects_v2(Bucket=self.bucket, Delimiter="/", Prefix="photos/2006/")
        self.assertEqual([each["Prefix"] for each in answer["CommonPrefixes"]], ["photos/2006/February/", "photos/2006/January/"])

    def test_pages(self):
        for operation, size in (("list_objects_v2", "MaxKeys"), ("list_objects", "MaxKeys"), ("list_object_versions", "MaxKeys")):
            for page_size in (1, 2, 3):
                pages = self.s3.get_paginator(operation).paginate(Bucket=self.bucket, PaginationConfig={"PageSize": page_size})
                keys = [each["Key"] for page in pages for each in page.get("Contents", page.get("Versions", []))]
                self.assertEqual(keys, ["a.txt", "photos/2006/February/sample2.jpg", "photos/2006/January/sample.jpg", "photos/index", "z"])

    def test_start_after(self):
        self.assertEqual(self.keys(StartAfter="photos/2006/January/sample.jpg"), ["photos/index", "z"])


class TestVersions(S3Case):
    def test_versions(self):
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        first = self.put("key", b"1")["VersionId"]
        second = self.put("key", b"2")["VersionId"]
        self.assertEqual((self.get("key"), self.get("key", VersionId=first)), (b"2", b"1"))
        marker = self.s3.delete_object(Bucket=self.bucket, Key="key")
        self.assertTrue(marker["DeleteMarker"])
        self.assertEqual(self.refused(self.s3.get_object, Bucket=self.bucket, Key="key")[0], "NoSuchKey")
        self.assertEqual(self.get("key", VersionId=second), b"2")
        self.s3.delete_object(Bucket=self.bucket, Key="key", VersionId=marker["VersionId"])
        self.assertEqual(self.get("key"), b"2")
        self.s3.delete_object(Bucket=self.bucket, Key="key", VersionId=second)
        self.assertEqual(self.get("key"), b"1")
        self.assertEqual(self.refused(self.s3.delete_bucket, Bucket=self.bucket)[0], "BucketNotEmpty")

    def test_suspended(self):
        self.put("key", b"before")
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        kept = self.put("key", b"kept")["VersionId"]
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Suspended"})
        self.put("key", b"null")
        versions = self.s3.list_object_versions(Bucket=self.bucket)["Versions"]
        self.assertEqual([each["VersionId"] for each in versions], ["null", kept])
        self.assertEqual(self.get("key", VersionId="null"), b"null")

    @OURS
    def test_locks(self):
        bucket = "locked-" + self.bucket
        self.s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
        version = self.s3.put_object(Bucket=bucket, Key="key", Body=b"1")["VersionId"]
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
        self.s3.put_object_retention(Bucket=bucket, Key="key", Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until})
        self.assertEqual(self.refused(self.s3.delete_object, Bucket=bucket, Key="key", VersionId=version)[0], "AccessDenied")
        self.s3.delete_object(Bucket=bucket, Key="key", VersionId=version, BypassGovernanceRetention=True)


class TestUploads(S3Case):
    def upload(self, key, parts, **more):
        upload = self.s3.create_multipart_upload(Bucket=self.bucket, Key=key, **more)["UploadId"]
        done = []
        for number, body in parts:
            answer = self.s3.upload_part(Bucket=self.bucket, Key=key, UploadId=upload, PartNumber=number, Body=body)
            done.append({"PartNumber": number, "ETag": answer["ETag"]})
        return upload, done

    def test_parts_make_an_object(self):
        bodies = [os.urandom(PART), os.urandom(PART), b"end"]
        upload, parts = self.upload("key", [(1, bodies[0]), (2, bodies[1]), (3, bodies[2])], Metadata={"m": "1"})
        listed = self.s3.list_parts(Bucket=self.bucket, Key="key", UploadId=upload)
        self.assertEqual([(each["PartNumber"], each["Size"]) for each in listed["Parts"]], [(1, PART), (2, PART), (3, 3)])
        self.assertEqual([each["Key"] for each in self.s3.list_multipart_uploads(Bucket=self.bucket)["Uploads"]], ["key"])
        answer = self.s3.complete_multipart_upload(Bucket=self.bucket, Key="key", UploadId=upload, MultipartUpload={"Parts": parts})
        tag = hashlib.md5(b"".join(hashlib.md5(body).digest() for body in bodies)).hexdigest()
        self.assertEqual(answer["ETag"], f'"{tag}-3"')
        got = self.s3.get_object(Bucket=self.bucket, Key="key")
        self.assertEqual((got["Body"].read(), got["Metadata"]), (b"".join(bodies), {"m": "1"}))
        edge = self.get("key", Range=f"bytes={PART - 2}-{PART + 1}")
        self.assertEqual(edge, bodies[0][-2:] + bodies[1][:2])
        self.assertEqual(self.get("key", PartNumber=3), b"end")
        self.assertEqual(self.refused(self.s3.list_parts, Bucket=self.bucket, Key="key", UploadId=upload)[0], "NoSuchUpload")

    def test_rules_of_completion(self):
        upload, parts = self.upload("key", [(1, b"small"), (2, b"too")])
        complete = dict(Bucket=self.bucket, Key="key", UploadId=upload)
        self.assertEqual(self.refused(self.s3.complete_multipart_upload, **complete, MultipartUpload={"Parts": parts})[0], "EntityTooSmall")
        self.assertEqual(self.refused(self.s3.complete_multipart_upload, **complete, MultipartUpload={"Parts": parts[::-1]})[0], "InvalidPartOrder")
        self.assertEqual(self.refused(self.s3.complete_multipart_upload, **complete,
                                      MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": '"no"'}]})[0], "InvalidPart")
        self.s3.abort_multipart_upload(**complete)
        self.assertNotIn("Uploads", self.s3.list_multipart_uploads(Bucket=self.bucket))

    def test_a_part_may_be_a_copy(self):
        self.put("source", b"0123456789")
        upload = self.s3.create_multipart_upload(Bucket=self.bucket, Key="key")["UploadId"]
        answer = self.s3.upload_part_copy(Bucket=self.bucket, Key="key", UploadId=upload, PartNumber=1,
                                          CopySource=f"{self.bucket}/source", CopySourceRange="bytes=2-4")
        part = {"PartNumber": 1, "ETag": answer["CopyPartResult"]["ETag"]}
        self.s3.complete_multipart_upload(Bucket=self.bucket, Key="key", UploadId=upload, MultipartUpload={"Parts": [part]})
        self.assertEqual(self.get("key"), b"234")

    def test_transfers_of_the_sdk(self):
        body = os.urandom(20 * 1024 * 1024)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "file")
            with open(path, "wb") as file:
                file.write(body)
            self.s3.upload_file(path, self.bucket, "large")
            self.s3.download_file(self.bucket, "large", path + ".back")
            with open(path + ".back", "rb") as file:
                self.assertEqual(hashlib.sha256(file.read()).digest(), hashlib.sha256(body).digest())


class TestConfigurations(S3Case):
    def test_kept_and_returned(self):
        rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://x.example"], "MaxAgeSeconds": 5}]
        self.assertEqual(self.refused(self.s3.get_bucket_cors, Bucket=self.bucket)[0], "NoSuchCORSConfiguration")
        self.s3.put_bucket_cors(Bucket=self.bucket, CORSConfiguration={"CORSRules": rules})
        self.assertEqual(self.s3.get_bucket_cors(Bucket=self.bucket)["CORSRules"], rules)
        self.s3.put_bucket_tagging(Bucket=self.bucket, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
        self.assertEqual(self.s3.get_bucket_tagging(Bucket=self.bucket)["TagSet"], [{"Key": "a", "Value": "b"}])
        rule = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 3}}
        self.s3.put_bucket_lifecycle_configuration(Bucket=self.bucket, LifecycleConfiguration={"Rules": [rule]})
        self.assertEqual(self.s3.get_bucket_lifecycle_configuration(Bucket=self.bucket)["Rules"], [rule])
        self.put("logs/1")
        self.assertIn('rule-id="r"', self.s3.head_object(Bucket=self.bucket, Key="logs/1")["Expiration"])

    @OURS
    def test_events_reach_a_queue(self):
        sqs = self.make_client("sqs")
        url = sqs.create_queue(QueueName="events")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        entry = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}}}
        self.s3.put_bucket_notification_configuration(Bucket=self.bucket, NotificationConfiguration={"QueueConfigurations": [entry]})
        self.put("out/1")
        self.put("in/1", b"12345")
        messages = []
        while len(messages) < 2:
            answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)
            self.assertIn("Messages", answer)
            messages += [json.loads(message["Body"]) for message in answer["Messages"]]
        self.assertEqual(messages[0]["Event"], "s3:TestEvent")
        record = messages[1]["Records"][0]
        self.assertEqual((record["eventName"], record["s3"]["object"]["key"], record["s3"]["object"]["size"]),
                         ("ObjectCreated:Put", "in/1", 5))


@unittest.skipUnless(AWS, "no AWS CLI")
class TestCommandLine(S3Case):
    def aws(self, *arguments, data=None):
        environment = dict(os.environ, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1")
        done = subprocess.run([AWS, "--endpoint-url", self.url, *arguments], input=data, capture_output=True, env=environment, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout

    def test_copying_and_listing(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "tree", "sub"))
            for name, body in (("one", b"1"), ("sub/two", b"2" * 9_000_000)):
                with open(os.path.join(folder, "tree", name), "wb") as file:
                    file.write(body)
            self.aws("s3", "sync", os.path.join(folder, "tree"), f"s3://{self.bucket}/tree")
            self.assertEqual(self.keys(), ["tree/one", "tree/sub/two"])
            self.aws("s3", "cp", "--recursive", f"s3://{self.bucket}/tree", os.path.join(folder, "back"))
            with open(os.path.join(folder, "back", "sub", "two"), "rb") as file:
                self.assertEqual(file.read(), b"2" * 9_000_000)
            listed = self.aws("s3", "ls", f"s3://{self.bucket}/tree/").decode()
            self.assertIn("PRE sub/", listed)
            self.assertEqual(self.aws("s3", "cp", f"s3://{self.bucket}/tree/one", "-"), b"1")
            self.aws("s3", "cp", "-", f"s3://{self.bucket}/stream", data=b"from a pipe")
            self.assertEqual(self.get("stream"), b"from a pipe")
            self.aws("s3", "mv", f"s3://{self.bucket}/stream", f"s3://{self.bucket}/moved")
            self.aws("s3", "rb", "--force", f"s3://{self.bucket}")


if __name__ == "__main__":
    unittest.main()
