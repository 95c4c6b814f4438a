// SPDX-License-Identifier: Apache-2.0
// Signature Version 4 against AWS's published examples (S3 API Reference "Signature calculation
// examples", IAM User Guide, the aws4 test suite) and round trips.
#include "aws/signing/sign.h"

#include <gtest/gtest.h>

#include "aws/signing/aws_chunked.h"
#include "aws/signing/canonical_request.h"
#include "aws/signing/verify.h"

namespace pawl::aws {
namespace {

const Credentials kS3Example = {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
const Credentials kSuite = {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
const base::Timestamp k2013 = *parse_amz_date("20130524T000000Z");
const base::Timestamp k2015 = *parse_amz_date("20150830T123600Z");

HttpRequest s3_request(std::string method, std::string path, std::string query = "") {
  HttpRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.query = std::move(query);
  request.headers.set("Host", "examplebucket.s3.amazonaws.com");
  return request;
}

std::string sign_s3(HttpRequest& request) {
  SigningOptions options{"us-east-1", "s3", k2013};
  options.content_hash_header = true;
  return sign_request(request, kS3Example, options);
}

TEST(SignRequest, ExamplesOfTheS3Reference) {
  HttpRequest get = s3_request("GET", "/test.txt");
  get.headers.set("Range", "bytes=0-9");
  EXPECT_EQ(sign_s3(get), "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  HttpRequest put = s3_request("PUT", "/test%24file.text");
  put.headers.set("Date", "Fri, 24 May 2013 00:00:00 GMT");
  put.headers.set("x-amz-storage-class", "REDUCED_REDUNDANCY");
  put.body = "Welcome to Amazon S3.";
  EXPECT_EQ(sign_s3(put), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  HttpRequest lifecycle = s3_request("GET", "/", "lifecycle");
  EXPECT_EQ(sign_s3(lifecycle), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  HttpRequest list = s3_request("GET", "/", "max-keys=2&prefix=J");
  EXPECT_EQ(sign_s3(list), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SignRequest, ExampleOfTheIamGuide) {
  HttpRequest request;
  request.method = "GET";
  request.query = "Action=ListUsers&Version=2010-05-08";
  request.headers.set("Host", "iam.amazonaws.com");
  request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  EXPECT_EQ(sign_request(request, kSuite, {"us-east-1", "iam", k2015}),
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST(SignRequest, VanillaOfTheTestSuite) {
  HttpRequest request;
  request.method = "GET";
  request.headers.set("Host", "example.amazonaws.com");
  EXPECT_EQ(sign_request(request, kSuite, {"us-east-1", "service", k2015}),
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST(PresignRequest, ExampleOfTheS3Reference) {
  HttpRequest request = s3_request("GET", "/test.txt");
  presign_request(request, kS3Example, {"us-east-1", "s3", k2013}, 86'400);
  EXPECT_TRUE(request.query.ends_with(
      "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"))
      << request.query;
}

TEST(ChunkSigner, ExampleOfTheS3Reference) {
  HttpRequest request = s3_request("PUT", "/examplebucket/chunkObject.txt");
  request.headers.set("Host", "s3.amazonaws.com");
  request.headers.set("x-amz-storage-class", "REDUCED_REDUNDANCY");
  request.headers.set("Content-Encoding", "aws-chunked");
  request.headers.set("x-amz-decoded-content-length", "66560");
  request.headers.set("Content-Length", "66824");
  SigningOptions options{"us-east-1", "s3", k2013};
  options.content_hash_header = true;
  options.payload_hash = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
  const std::string seed = sign_request(request, kS3Example, options);
  EXPECT_EQ(seed, "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
  const CredentialScope scope{"AKIAIOSFODNN7EXAMPLE", "20130524", "us-east-1", "s3"};
  ChunkSigner signer(signing_key(kS3Example.secret_access_key, scope), "20130524T000000Z", scope,
                     seed);
  const std::string data(66'560, 'a');
  const std::string body = write_aws_chunked(data, 65'536, &signer, {});
  EXPECT_EQ(body.size(), 66'824U);
  for (const char* signature :
       {"10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        "0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"}) {
    EXPECT_NE(body.find(signature), std::string::npos) << signature;
  }
}

ApiResult<SignedRequest> verify(const HttpRequest& request, std::string service,
                                base::Timestamp now) {
  VerifyOptions options;
  options.now = now;
  options.signing_name = std::move(service);
  return verify_request(
      request,
      [](std::string_view id, std::string_view) {
        return id == kSuite.access_key_id ? std::optional<std::string>(kSuite.secret_access_key)
                                          : std::nullopt;
      },
      options);
}

HttpRequest signed_call(base::Timestamp now) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/a%20b//c/../d";
  request.query = "b=2&a=x%20y&a=1";
  request.headers.set("Host", "states.us-east-1.amazonaws.com");
  request.headers.set("X-Amz-Target", "AWSStepFunctions.ListStateMachines");
  request.body = "{}";
  sign_request(request, kSuite, {"us-east-1", "states", now});
  return request;
}

TEST(VerifyRequest, AcceptsWhatWasSignedAndNothingElse) {
  const HttpRequest request = signed_call(k2015);
  const auto verified = verify(request, "states", k2015);
  ASSERT_TRUE(verified) << *verified.error().message;
  EXPECT_EQ(verified->scope.access_key_id, "AKIDEXAMPLE");
  EXPECT_FALSE(verified->presigned);
  HttpRequest body = request;
  body.body = "{ }";
  EXPECT_EQ(verify(body, "states", k2015).error().code, "InvalidSignatureException");
  HttpRequest path = request;
  path.path += "e";
  EXPECT_EQ(verify(path, "states", k2015).error().code, "InvalidSignatureException");
  HttpRequest query = request;
  query.query += "&c";
  EXPECT_FALSE(verify(query, "states", k2015));
  HttpRequest header = request;
  header.headers.set("X-Amz-Target", "AWSStepFunctions.DeleteStateMachine");
  EXPECT_FALSE(verify(header, "states", k2015));
}

TEST(VerifyRequest, TellsWhatIsWrong) {
  HttpRequest none = signed_call(k2015);
  none.headers.remove("Authorization");
  EXPECT_EQ(verify(none, "states", k2015).error().code, "MissingAuthenticationTokenException");
  const auto late = verify(signed_call(k2015), "states", {k2015.ms + 301'000});
  EXPECT_EQ(*late.error().message,
            "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z "
            "(20150830T124101Z - 5 min.)");
  EXPECT_FALSE(verify(signed_call(k2015), "states", {k2015.ms - 301'000}));
  EXPECT_EQ(*verify(signed_call(k2015), "sqs", k2015).error().message,
            "Credential should be scoped to correct service: 'sqs'. ");
  HttpRequest half = signed_call(k2015);
  half.headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=a/b");
  EXPECT_EQ(verify(half, "states", k2015).error().code, "IncompleteSignatureException");
  HttpRequest other = signed_call(k2015);
  sign_request(other, {"OTHER", "secret"}, {"us-east-1", "states", k2015});
  EXPECT_EQ(verify(other, "states", k2015).error().code, "UnrecognizedClientException");
}

TEST(VerifyRequest, PresignedUrlsExpire) {
  HttpRequest request = s3_request("GET", "/k%20ey");
  presign_request(request, kSuite, {"us-east-1", "s3", k2015}, 60);
  EXPECT_TRUE(verify(request, "s3", {k2015.ms + 59'000}));
  const auto late = verify(request, "s3", {k2015.ms + 61'000});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "AccessDenied");
  EXPECT_EQ(*late.error().message, "Request has expired");
  request.path = "/other";
  EXPECT_EQ(verify(request, "s3", k2015).error().code, "SignatureDoesNotMatch");
}

TEST(VerifyRequest, S3ComparesTheDeclaredHash) {
  HttpRequest request = s3_request("PUT", "/k");
  request.body = "abc";
  SigningOptions options{"us-east-1", "s3", k2015};
  options.content_hash_header = true;
  sign_request(request, kSuite, options);
  EXPECT_TRUE(verify(request, "s3", k2015));
  request.body = "abd";
  EXPECT_EQ(verify(request, "s3", k2015).error().code, "XAmzContentSHA256Mismatch");
}

class AwsChunkedReaderTest : public testing::Test {
 protected:
  static ChunkSigner signer() {
    const CredentialScope scope{"AKID", "20130524", "us-east-1", "s3"};
    return ChunkSigner(signing_key("secret", scope), "20130524T000000Z", scope, "seed");
  }
  static ApiResult<std::string> read(const std::string& body, ChunkedForm form, size_t piece) {
    AwsChunkedReader reader(form, form.is_signed ? std::optional(signer()) : std::nullopt);
    std::string out;
    for (size_t at = 0; at < body.size(); at += piece) {
      PAWL_TRY_VOID(reader.feed(std::string_view(body).substr(at, piece), out));
    }
    PAWL_TRY_VOID(reader.finish());
    for (const auto& [name, value] : reader.trailers()) out += "|" + name + "=" + value;
    return out;
  }
};

TEST_F(AwsChunkedReaderTest, ReadsWhatIsWrittenInPiecesOfAnySize) {
  const std::string data = "The quick brown fox\r\njumps over the lazy dog";
  for (const bool is_signed : {false, true}) {
    for (const bool has_trailers : {false, true}) {
      const Headers trailers =
          has_trailers ? Headers{{"x-amz-checksum-crc32", "sOO8/Q=="}} : Headers{};
      ChunkSigner writer = signer();
      const std::string body = write_aws_chunked(data, 10, is_signed ? &writer : nullptr, trailers);
      const std::string expected = data + (has_trailers ? "|x-amz-checksum-crc32=sOO8/Q==" : "");
      for (size_t piece = 1; piece < body.size(); ++piece) {
        const auto out = read(body, {is_signed, has_trailers}, piece);
        ASSERT_TRUE(out) << piece;
        EXPECT_EQ(*out, expected);
      }
    }
  }
}

TEST_F(AwsChunkedReaderTest, EveryChangedByteOfASignedBodyIsFound) {
  ChunkSigner writer = signer();
  const std::string body = write_aws_chunked("0123456789", 4, &writer, {{"x-a", "b"}});
  for (size_t i = 0; i < body.size(); ++i) {
    std::string changed = body;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(read(changed, {true, true}, 7)) << i;
    EXPECT_FALSE(read(body.substr(0, i), {true, true}, 7)) << i;
  }
}

TEST(AmzDate, RefusesOtherForms) {
  EXPECT_EQ(amz_date(k2015), "20150830T123600Z");
  for (const char* text :
       {"", "20150830T123600", "2015-08-30T12:36:00Z", "20151330T123600Z", "2015083xT123600Z"}) {
    EXPECT_FALSE(parse_amz_date(text)) << text;
  }
}

}  // namespace
}  // namespace pawl::aws
