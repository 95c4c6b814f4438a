// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "services/cloudformation/types/stack_calls_for_test.h"

namespace pawl::cloudformation {
namespace {

using Calls = std::vector<std::string>;

class S3Types : public testing::Test {
 protected:
  S3Types() {
    calls_.answer("s3.HeadBucket", aws::ApiError("404", "no"));
    calls_.answer("s3.GetBucketTagging", aws::ApiError("NoSuchTagSet", "no"));
  }
  void TearDown() override { EXPECT_EQ(calls_.unknown_members, Calls()); }

  /// The second step of a creation: what is configured. Without the tags.
  Calls configured(std::string_view properties) {
    ResourceRequest request = request_for_test(properties);
    request.physical_id = "bucket";
    const auto made = bucket_.create(calls_, request);
    EXPECT_TRUE(made) << made.error().message.value_or("");
    EXPECT_TRUE(made && made->is_done);
    Calls calls = calls_.take();
    calls.resize(calls.size() - 2);
    return calls;
  }

  RecordingCalls calls_;
  const ResourceType& bucket_ = *find_type("AWS::S3::Bucket");
};

TEST_F(S3Types, NamesABucketInSmallLetters) {
  const auto first = bucket_.create(calls_, request_for_test("{}"));
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->is_done);
  EXPECT_TRUE(first->physical_id.starts_with("stack-thing-")) << first->physical_id;
  EXPECT_EQ(calls_.take().back(), R"(s3.CreateBucket {"Bucket":")" + first->physical_id + "\"}");
}

TEST_F(S3Types, TellsItsHosts) {
  ResourceRequest request = request_for_test("{}");
  request.physical_id = "bucket";
  const auto made = bucket_.create(calls_, request);
  ASSERT_TRUE(made);
  EXPECT_EQ(json::write(made->attributes),
            R"({"Arn":"arn:aws:s3:::bucket","DomainName":"bucket.s3.localhost:4566",)"
            R"("DualStackDomainName":"bucket.s3.dualstack.us-east-1.localhost:4566",)"
            R"("RegionalDomainName":"bucket.s3.us-east-1.localhost:4566",)"
            R"("WebsiteURL":"http://bucket.s3-website-us-east-1.localhost:4566"})");
}

TEST_F(S3Types, GivesTheStacksTagsAndCloudFormationsOwn) {
  ResourceRequest request = request_for_test(R"({"Tags": [{"Key": "team", "Value": "y"}]})");
  request.physical_id = "bucket";
  ASSERT_TRUE(bucket_.create(calls_, request));
  EXPECT_EQ(calls_.take().back(), R"(s3.PutBucketTagging {"Bucket":"bucket","Tagging":{"TagSet":[)"
                                  R"({"Key":"aws:cloudformation:stack-name","Value":"stack"},)"
                                  R"({"Key":"team","Value":"y"}]}})");
}

TEST_F(S3Types, TurnsLifecycleRules) {
  EXPECT_EQ(
      configured(R"({"LifecycleConfiguration": {"Rules": [
        {"Id": "a", "Status": "Enabled", "ExpirationInDays": 3, "Prefix": "p",
         "TagFilters": [{"Key": "k", "Value": "v"}],
         "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 1}]},
        {"Status": "Disabled", "NoncurrentVersionExpirationInDays": 9,
         "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}]}})"),
      (Calls{
          R"(s3.PutBucketLifecycleConfiguration {"LifecycleConfiguration":{"Rules":[)"
          R"({"ID":"a","Status":"Enabled","Filter":{"And":{"Prefix":"p","Tags":[{"Key":"k","Value":"v"}]}},)"
          R"("Expiration":{"Days":3},"Transitions":[{"Days":1,"StorageClass":"GLACIER"}]},)"
          R"({"Status":"Disabled","AbortIncompleteMultipartUpload":{"DaysAfterInitiation":1},)"
          R"("Filter":{"Prefix":""},"NoncurrentVersionExpiration":{"NoncurrentDays":9}}]},"Bucket":"bucket"})"}));
}

TEST_F(S3Types, PutsNotificationsLast) {
  const Calls calls = configured(
      R"({"VersioningConfiguration": {"Status": "Enabled"},
          "NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": true},
            "LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": "f",
              "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "x"}]}}}]},
          "PublicAccessBlockConfiguration": {"BlockPublicAcls": true},
          "BucketEncryption": {"ServerSideEncryptionConfiguration":
            [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
          "CorsConfiguration": {"CorsRules": [{"AllowedMethods": ["GET"],
            "AllowedOrigins": ["*"], "MaxAge": 5, "ExposedHeaders": ["h"], "Id": "i"}]},
          "WebsiteConfiguration": {"IndexDocument": "index.html", "RoutingRules":
            [{"RedirectRule": {"HostName": "h"}}]},
          "LoggingConfiguration": {"LogFilePrefix": "l"},
          "ReplicationConfiguration": {"Role": "r", "Rules": [{"Status": "Enabled", "Id": "i",
            "Filter": {"TagFilter": {"Key": "k", "Value": "v"}}, "Destination": {"Bucket": "b"}}]},
          "InventoryConfigurations": [{"Id": "i", "Enabled": true, "IncludedObjectVersions": "All",
            "ScheduleFrequency": "Daily", "Destination": {"BucketArn": "b", "Format": "CSV"}}],
          "MetricsConfigurations": [{"Id": "m", "Prefix": "p"}],
          "AnalyticsConfigurations": [{"Id": "a", "StorageClassAnalysis": {}}],
          "IntelligentTieringConfigurations": [{"Id": "t", "Status": "Enabled",
            "Tierings": [{"AccessTier": "ARCHIVE_ACCESS", "Days": 90}]}],
          "ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE",
            "Days": 1}}},
          "AccelerateConfiguration": {"AccelerationStatus": "Enabled"},
          "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}})");
  ASSERT_EQ(calls.size(), 15U);
  EXPECT_EQ(
      calls.front(),
      R"(s3.PutBucketVersioning {"VersioningConfiguration":{"Status":"Enabled"},"Bucket":"bucket"})");
  EXPECT_EQ(
      calls.back(),
      R"(s3.PutBucketNotificationConfiguration {"NotificationConfiguration":)"
      R"({"LambdaFunctionConfigurations":[{"LambdaFunctionArn":"f","Events":["s3:ObjectCreated:*"],)"
      R"("Filter":{"Key":{"FilterRules":[{"Name":"prefix","Value":"x"}]}}}],)"
      R"("EventBridgeConfiguration":{}},"Bucket":"bucket"})");
}

TEST_F(S3Types, TakesAwayWhatTheTemplateDrops) {
  ResourceRequest request = request_for_test(
      "{}", R"({"VersioningConfiguration": {"Status": "Enabled"}, "AccessControl": "PublicRead",
                "BucketEncryption": {}, "MetricsConfigurations": [{"Id": "m"}]})");
  request.physical_id = "bucket";
  ASSERT_TRUE(bucket_.update(calls_, request));
  Calls calls = calls_.take();
  calls.resize(4);
  EXPECT_EQ(
      calls,
      (Calls{
          R"(s3.PutBucketVersioning {"VersioningConfiguration":{"Status":"Suspended"},"Bucket":"bucket"})",
          R"(s3.DeleteBucketEncryption {"Bucket":"bucket"})",
          R"(s3.DeleteBucketMetricsConfiguration {"Id":"m","Bucket":"bucket"})",
          R"(s3.PutBucketAcl {"ACL":"private","Bucket":"bucket"})"}));
}

TEST_F(S3Types, RefusesWhatItCannotDoByName) {
  const auto made =
      bucket_.create(calls_, request_for_test(R"({"BucketName": "b", "AbacStatus": "Enabled"})"));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "Pawl does not have the property AbacStatus of AWS::S3::Bucket");
}

}  // namespace
}  // namespace pawl::cloudformation
