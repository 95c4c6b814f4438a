// SPDX-License-Identifier: Apache-2.0
// Messages with flipped, lost and doubled bytes: every reader of foreign bytes answers a value or
// an error and nothing worse. What is decoded can be validated and encoded again.
#include <gtest/gtest.h>

#include <random>

#include "aws/model/installed_models_for_test.h"
#include "aws/protocol/protocol_codec.h"
#include "aws/protocol/random_value_for_test.h"
#include "aws/service/request_router.h"
#include "aws/service/validation.h"
#include "aws/signing/verify.h"

namespace pawl::aws {
namespace {

void mutate(std::string& text, std::mt19937_64& random) {
  if (text.empty()) return;
  const size_t at = random() % text.size();
  switch (random() % 4) {
    case 0: text[at] = static_cast<char>(random()); break;
    case 1: text.erase(at, 1 + random() % 8); break;
    case 2: text.insert(at, text.substr(at, 1 + random() % 16)); break;
    default: text.resize(at);
  }
}

class BrokenInputTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"stepfunctions", "s3", "sqs", "sns", "lambda", "dynamodb", "ec2"}) {
      const ServiceModel* model = installed_model(name);
      ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
      router_.add(*model);
      services_.push_back(model);
    }
  }

  RequestRouter router_;
  std::vector<const ServiceModel*> services_;
};

TEST_F(BrokenInputTest, Requests) {
  std::mt19937_64 random(1);
  size_t decoded_count = 0;
  for (int round = 0; round < 20'000; ++round) {
    const ServiceModel& service = *services_[random() % services_.size()];
    const OperationModel& operation = service.operations()[random() % service.operations().size()];
    // Each model also in protocols that it was not made for.
    const Protocol protocol =
        round % 2 == 0 ? service.metadata().protocol : static_cast<Protocol>(random() % 6);
    if (operation.input == nullptr) continue;
    const json::Value input =
        RandomValue(random(), service.metadata().protocol).top(*operation.input, true);
    auto request = codec(protocol).encode_request(operation, input);
    if (!request) continue;
    for (uint64_t n = random() % 3; n > 0; --n) mutate(request->body, random);
    if (random() % 4 == 0) mutate(request->path, random);
    if (random() % 4 == 0) mutate(request->query, random);
    router_.route(*request);
    const auto decoded = codec(protocol).decode_request(operation, *request);
    if (!decoded) {
      codec(protocol).encode_error(service, &operation, decoded.error(), {"r", "h"});
      continue;
    }
    ++decoded_count;
    if (!validate(*decoded, *operation.input)) continue;
    (void)codec(protocol).encode_request(operation, *decoded);
  }
  EXPECT_GT(decoded_count, 1'000U);
}

TEST_F(BrokenInputTest, Answers) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 10'000; ++round) {
    const ServiceModel& service = *services_[random() % services_.size()];
    const OperationModel& operation = service.operations()[random() % service.operations().size()];
    const Protocol protocol = service.metadata().protocol;
    if (operation.output == nullptr) continue;
    const json::Value output = RandomValue(random(), protocol).top(*operation.output, false);
    HttpResponse response = codec(protocol).encode_response(operation, output, {"r", "h"});
    mutate(response.body, random);
    if (random() % 3 == 0) response.status = 400;
    (void)codec(protocol).decode_response(operation, response);
  }
}

TEST(BrokenSignature, IsAlwaysAnError) {
  std::mt19937_64 random(3);
  const std::string whole =
      "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/states/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=0123456789abcdef";
  for (int round = 0; round < 5'000; ++round) {
    HttpRequest request;
    request.method = "POST";
    request.headers.set("Host", "h");
    std::string authorization = whole;
    std::string date = "20150830T123600Z";
    for (uint64_t n = random() % 4; n > 0; --n) mutate(authorization, random);
    if (random() % 2 == 0) mutate(date, random);
    if (random() % 2 == 0) {
      request.headers.set("Authorization", authorization);
    } else {
      request.query = "X-Amz-Signature=1&X-Amz-Credential=" + authorization +
                      "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-SignedHeaders=host&X-Amz-Expires=" +
                      std::to_string(static_cast<int64_t>(random())) + "&X-Amz-Date=" + date;
    }
    request.headers.set("X-Amz-Date", date);
    VerifyOptions options;
    options.now = {1'440'938'160'000};
    EXPECT_FALSE(verify_request(
        request,
        [](std::string_view, std::string_view) { return std::optional<std::string>("secret"); },
        options));
  }
}

}  // namespace
}  // namespace pawl::aws
