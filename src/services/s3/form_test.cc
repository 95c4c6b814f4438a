// SPDX-License-Identifier: Apache-2.0
// Posted forms, their policies, and CORS rules.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "json/parse.h"
#include "services/s3/cors.h"
#include "services/s3/form_reader.h"
#include "services/s3/post_policy.h"

namespace pawl::s3 {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=9431149156168";

std::string form(std::string_view file) {
  return "--9431149156168\r\nContent-Disposition: form-data; "
         "name=\"Key\"\r\n\r\nuser/${filename}\r\n"
         "--9431149156168\r\nContent-Disposition: form-data; name=\"tag\"\r\n\r\n\r\n"
         "--9431149156168\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n"
         "Content-Type: image/jpeg\r\n\r\n" +
         std::string(file) +
         "\r\n--9431149156168\r\nContent-Disposition: form-data; name=\"submit\"\r\n\r\nUpload\r\n"
         "--9431149156168--\r\n";
}

TEST(FormReader, AnyPiecesGiveTheSame) {
  const std::string file = "bytes\r\n--943114\r\n\r\n--9431149156167 end\r\n";
  const std::string body = form(file);
  for (size_t size = 1; size <= body.size(); size += size < 40 ? 1 : 37) {
    std::string got;
    FormReader reader(kType, [&](std::string_view bytes) -> aws::ApiResult<void> {
      got += bytes;
      return {};
    });
    for (size_t at = 0; at < body.size(); at += size) {
      ASSERT_TRUE(reader.feed(std::string_view(body).substr(at, size)));
    }
    ASSERT_TRUE(reader.finish());
    EXPECT_EQ(got, file);
    EXPECT_EQ(reader.fields(), (Pairs{{"key", "user/${filename}"}, {"tag", ""}}));
    EXPECT_EQ(reader.file_name(), "a.jpg");
    EXPECT_EQ(reader.file_type(), "image/jpeg");
  }
}

TEST(FormReader, RefusesWhatIsNone) {
  const auto sink = [](std::string_view) -> aws::ApiResult<void> { return {}; };
  FormReader without_end(kType, sink);
  ASSERT_TRUE(without_end.feed(form("x").substr(0, 300)));
  EXPECT_FALSE(without_end.finish());
  FormReader without_boundary("multipart/form-data", sink);
  EXPECT_FALSE(without_boundary.feed("x"));
  FormReader too_large(kType, sink);
  const std::string field = "--9431149156168\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
  EXPECT_FALSE(too_large.feed(field + std::string(30'000, 'x')));
}

std::string checked(std::string_view policy, const Pairs& fields, uint64_t bytes) {
  const auto result =
      check_post_policy(base::base64_encode(policy), fields, bytes, {1'700'000'000'000});
  return result ? "" : result.error().code;
}

// "Creating a POST policy".
TEST(PostPolicy, ConditionsMustHold) {
  constexpr std::string_view kPolicy =
      R"({"expiration":"2030-01-01T00:00:00.000Z","conditions":[{"bucket":"b"},)"
      R"(["starts-with","$key","user/"],{"acl":"public-read"},["content-length-range",2,10]]})";
  const Pairs good = {{"bucket", "b"}, {"key", "user/x"}, {"acl", "public-read"}};
  EXPECT_EQ(checked(kPolicy, good, 5), "");
  EXPECT_EQ(checked(kPolicy, good, 1), "EntityTooSmall");
  EXPECT_EQ(checked(kPolicy, good, 11), "EntityTooLarge");
  EXPECT_EQ(checked(kPolicy, {{"bucket", "b"}, {"key", "other"}, {"acl", "public-read"}}, 5),
            "AccessDenied");
  Pairs more = good;
  more.emplace_back("x-amz-meta-a", "1");
  EXPECT_EQ(checked(kPolicy, more, 5), "AccessDenied");
  EXPECT_EQ(checked(R"({"expiration":"2020-01-01T00:00:00Z","conditions":[]})", {}, 5),
            "AccessDenied");
  EXPECT_EQ(checked("{", {}, 5), "InvalidPolicyDocument");
}

// User Guide, "How does Amazon S3 evaluate the CORS configuration on a bucket?".
TEST(Cors, TheFirstRuleThatFitsCounts) {
  const auto rules = json::parse(
      R"({"CORSRules":[{"AllowedOrigins":["http://www.example*.com"],"AllowedMethods":["PUT"],)"
      R"("AllowedHeaders":["x-amz-*"],"MaxAgeSeconds":30,"ExposeHeaders":["ETag"]},)"
      R"({"AllowedOrigins":["*"],"AllowedMethods":["GET"]}]})");
  const auto first = cors_headers(*rules, "http://www.example1.com", "PUT", "x-amz-date, x-amz-a");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->get("Access-Control-Allow-Origin"), "http://www.example1.com");
  EXPECT_EQ(first->get("Access-Control-Max-Age"), "30");
  EXPECT_EQ(first->get("Access-Control-Expose-Headers"), "ETag");
  EXPECT_FALSE(cors_headers(*rules, "http://www.example1.com", "PUT", "content-type"));
  EXPECT_FALSE(cors_headers(*rules, "http://other.com", "PUT", ""));
  const auto second = cors_headers(*rules, "http://other.com", "GET", "");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->get("Access-Control-Allow-Origin"), "*");
}

}  // namespace
}  // namespace pawl::s3
