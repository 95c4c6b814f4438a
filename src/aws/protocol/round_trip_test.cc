// SPDX-License-Identifier: Apache-2.0
// Laws: what a client encodes the server decodes, and the other way round, for random values of all
// operations of real models in every protocol that a service speaks.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "aws/model/installed_models_for_test.h"
#include "aws/protocol/event_codec.h"
#include "aws/protocol/protocol_codec.h"
#include "aws/protocol/random_value_for_test.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

std::string name_of(const OperationModel& operation, Protocol protocol) {
  return operation.service->metadata().service_name + ":" + operation.name + " in " +
         std::string(protocol_name(protocol));
}

/// "" if the law holds, else what came instead.
std::string request_round_trip(const OperationModel& operation, Protocol protocol, uint64_t seed) {
  if (operation.input == nullptr) return "";
  const json::Value input = RandomValue(seed, protocol).top(*operation.input, true);
  const ProtocolCodec& wire = codec(protocol);
  const auto request = wire.encode_request(operation, input);
  if (!request) return name_of(operation, protocol) + ": " + request.error().message;
  const auto decoded = wire.decode_request(operation, *request);
  if (!decoded) {
    return name_of(operation, protocol) + ": " + decoded.error().code + " " +
           decoded.error().message.value_or("") + " of " + json::write(input) + "\n" +
           request->body;
  }
  if (*decoded == input) return "";
  return name_of(operation, protocol) + " request\n in: " + json::write(input) +
         "\nout: " + json::write(*decoded) + "\n" + request->path + "?" + request->query + "\n" +
         request->body;
}

std::string response_round_trip(const OperationModel& operation, Protocol protocol, uint64_t seed) {
  if (operation.output == nullptr) return "";
  for (const Member& member : operation.output->members) {
    // One service binds all headers, our own included, to a member.
    if (member.location == Location::Headers && member.location_name.empty()) return "";
  }
  const json::Value output = RandomValue(seed, protocol).top(*operation.output, false);
  const ProtocolCodec& wire = codec(protocol);
  const HttpResponse response = wire.encode_response(operation, output, {"id", ""});
  const auto decoded = wire.decode_response(operation, response);
  if (!decoded) {
    return name_of(operation, protocol) + ": " + decoded.error().code + " of " +
           json::write(output) + "\n" + response.body;
  }
  json::Value expected = output;
  if (const Member* events = event_stream_member(operation.output)) {
    // None were pushed.
    expected = output.with_member(events->name, json::Value::array({}));
  }
  if (*decoded == expected) return "";
  return name_of(operation, protocol) + " response\n in: " + json::write(output) +
         "\nout: " + json::write(*decoded) + "\n" + response.body;
}

/// Every operation of a service with a few seeds.
void check_service(const ServiceModel& service, uint64_t seeds, int& failures, size_t& checked) {
  for (const Protocol protocol : service.metadata().protocols) {
    // A model made for one protocol has the names of that one only.
    if (protocol != service.metadata().protocol && !service.metadata().query_compatible) continue;
    for (const OperationModel& operation : service.operations()) {
      for (uint64_t seed = 0; seed < seeds; ++seed) {
        for (const std::string& failure :
             {request_round_trip(operation, protocol, seed * 7'919 + 1),
              response_round_trip(operation, protocol, seed * 104'729 + 2)}) {
          ++checked;
          if (failure.empty()) continue;
          if (++failures <= 8) ADD_FAILURE() << failure;
        }
      }
    }
  }
}

TEST(RoundTrip, EveryOperationOfTheServicesWeEmbed) {
  int failures = 0;
  size_t checked = 0;
  for (const char* name : {"stepfunctions", "lambda", "s3", "dynamodb", "sqs", "sns", "events",
                           "iam", "sts", "cloudwatch", "cloudformation", "logs", "apigateway",
                           "kms", "secretsmanager", "scheduler", "ssm", "route53"}) {
    const ServiceModel* service = installed_model(name);
    ASSERT_NE(service, nullptr) << "python3-botocore is not installed";
    check_service(*service, 4, failures, checked);
  }
  RecordProperty("checked", static_cast<int>(checked));
  EXPECT_EQ(failures, 0) << "of " << checked;
}

TEST(RoundTrip, EveryServiceOnDemand) {
  if (std::getenv("PAWL_ALL_MODELS") == nullptr) GTEST_SKIP() << "set PAWL_ALL_MODELS";
  int failures = 0;
  size_t checked = 0;
  const std::vector<std::string> names = installed_models().service_names();
  ModelCatalog models(installed_search_path());
  for (const std::string& name : names) {
    const auto service = models.find(name);
    if (service) check_service(**service, 2, failures, checked);
  }
  EXPECT_EQ(failures, 0) << "of " << checked;
}

TEST(RoundTrip, RandomSeedsOfRandomOperations) {
  ASSERT_NE(installed_model("stepfunctions"), nullptr) << "python3-botocore is not installed";
  // The seed chooses operation and value.
  std::vector<const OperationModel*> operations;
  for (const char* name : {"stepfunctions", "s3", "sqs", "sns", "lambda", "dynamodb"}) {
    for (const OperationModel& operation : installed_model(name)->operations()) {
      operations.push_back(&operation);
    }
  }
  EXPECT_TRUE(rc::check("decode(encode(value)) == value", [&](uint64_t seed) {
    const OperationModel& operation = *operations[seed % operations.size()];
    const Protocol protocol = operation.service->metadata().protocol;
    const std::string request = request_round_trip(operation, protocol, seed);
    const std::string response = response_round_trip(operation, protocol, seed);
    RC_ASSERT(request == "");
    RC_ASSERT(response == "");
  }));
}

}  // namespace
}  // namespace pawl::aws
