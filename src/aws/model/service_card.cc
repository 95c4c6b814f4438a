// SPDX-License-Identifier: Apache-2.0
// The cards are copied from the models that botocore has.
#include "aws/model/service_card.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace pawl::aws {
namespace {

struct KeptCard {
  std::string_view service_name;
  std::string_view api_version;
  std::string_view endpoint_prefix;
  std::string_view signing_name;
  std::string_view target_prefix;
  std::array<std::optional<Protocol>, 3> protocols;
};

constexpr KeptCard kCards[] = {
    {"apigateway", "2015-07-09", "apigateway", "apigateway", "", {{Protocol::RestJson}}},
    {"apigatewayv2", "2018-11-29", "apigateway", "apigateway", "", {{Protocol::RestJson}}},
    {"batch", "2016-08-10", "batch", "batch", "", {{Protocol::RestJson}}},
    {"cloudformation", "2010-05-15", "cloudformation", "cloudformation", "", {{Protocol::Query}}},
    {"datasync", "2018-11-09", "datasync", "datasync", "FmrsService", {{Protocol::Json}}},
    {"dynamodb", "2012-08-10", "dynamodb", "dynamodb", "DynamoDB_20120810", {{Protocol::Json}}},
    {"dynamodbstreams",
     "2012-08-10",
     "streams.dynamodb",
     "dynamodb",
     "DynamoDBStreams_20120810",
     {{Protocol::Json}}},
    {"ec2", "2016-11-15", "ec2", "ec2", "", {{Protocol::Ec2}}},
    {"ecr",
     "2015-09-21",
     "api.ecr",
     "ecr",
     "AmazonEC2ContainerRegistry_V20150921",
     {{Protocol::Json}}},
    {"ecs", "2014-11-13", "ecs", "ecs", "AmazonEC2ContainerServiceV20141113", {{Protocol::Json}}},
    {"events", "2015-10-07", "events", "events", "AWSEvents", {{Protocol::Json}}},
    {"iam", "2010-05-08", "iam", "iam", "", {{Protocol::Query}}},
    {"kms", "2014-11-01", "kms", "kms", "TrentService", {{Protocol::Json}}},
    {"lambda", "2015-03-31", "lambda", "lambda", "", {{Protocol::RestJson}}},
    {"logs", "2014-03-28", "logs", "logs", "Logs_20140328", {{Protocol::Json}}},
    {"pipes", "2015-10-07", "pipes", "pipes", "", {{Protocol::RestJson}}},
    {"s3", "2006-03-01", "s3", "s3", "", {{Protocol::RestXml}}},
    {"scheduler", "2021-06-30", "scheduler", "scheduler", "", {{Protocol::RestJson}}},
    {"secretsmanager",
     "2017-10-17",
     "secretsmanager",
     "secretsmanager",
     "secretsmanager",
     {{Protocol::Json}}},
    {"sns", "2010-03-31", "sns", "sns", "", {{Protocol::Query}}},
    {"sqs", "2012-11-05", "sqs", "sqs", "AmazonSQS", {{Protocol::Json, Protocol::Query}}},
    {"ssm", "2014-11-06", "ssm", "ssm", "AmazonSSM", {{Protocol::Json}}},
    {"stepfunctions",
     "2016-11-23",
     "states",
     "states",
     "AWSStepFunctions",
     {{Protocol::Json, Protocol::RpcV2Cbor}}},
    {"sts", "2011-06-15", "sts", "sts", "", {{Protocol::Query}}},
};

}  // namespace

bool ServiceCard::speaks(Protocol protocol) const {
  return std::find(protocols.begin(), protocols.end(), protocol) != protocols.end();
}

ServiceCard card_of(const ServiceModel& model) {
  const ServiceMetadata& metadata = model.metadata();
  return {metadata.service_name, metadata.api_version,   metadata.endpoint_prefix,
          metadata.signing_name, metadata.target_prefix, metadata.protocols};
}

std::optional<ServiceCard> kept_service_card(std::string_view service_name) {
  const auto* found = std::find_if(
      std::begin(kCards), std::end(kCards),
      [service_name](const KeptCard& card) { return card.service_name == service_name; });
  if (found == std::end(kCards)) return {};
  ServiceCard card{.service_name = std::string(found->service_name),
                   .api_version = std::string(found->api_version),
                   .endpoint_prefix = std::string(found->endpoint_prefix),
                   .signing_name = std::string(found->signing_name),
                   .target_prefix = std::string(found->target_prefix),
                   .protocols = {}};
  for (const std::optional<Protocol>& protocol : found->protocols) {
    if (protocol) card.protocols.push_back(*protocol);
  }
  return card;
}

}  // namespace pawl::aws
