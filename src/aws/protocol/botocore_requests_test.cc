// SPDX-License-Identifier: Apache-2.0
// Requests that botocore 1.43.11 serialized (botocore_requests.json: random inputs of all
// protocols, body in base64), decoded by our codecs. Bytes of another implementation, not of ours.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "aws/model/installed_models_for_test.h"
#include "aws/protocol/protocol_codec.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

TEST(BotocoreRequests, Decode) {
  std::ifstream file(PAWL_SOURCE_DIR "/src/aws/protocol/botocore_requests.json");
  std::ostringstream text;
  text << file.rdbuf();
  const auto cases = json::parse(text.str());
  ASSERT_TRUE(cases);
  ASSERT_GT(cases->size(), 30U);
  for (const json::Value& item : cases->items()) {
    const auto field = [&](const char* name) { return std::string(item.find(name)->as_string()); };
    const ServiceModel* model = installed_model(field("service"));
    ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
    const OperationModel* operation = model->find_operation(field("op"));
    ASSERT_NE(operation, nullptr) << field("op");
    HttpRequest request;
    request.method = field("method");
    request.path = field("path");
    request.query = field("query");
    for (const json::Member& header : item.find("headers")->members()) {
      request.headers.add(header.name(), header.value.as_string());
    }
    request.body = *base::base64_decode(field("body"));
    const auto decoded = codec(model->metadata().protocol).decode_request(*operation, request);
    ASSERT_TRUE(decoded) << field("op");
    EXPECT_EQ(*decoded, *item.find("input"))
        << field("service") << ":" << field("op") << " " << json::write(*decoded);
  }
}

}  // namespace
}  // namespace pawl::aws
