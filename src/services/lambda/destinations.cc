// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/destinations.h"

#include "aws/arn.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/write.h"
#include "services/lambda/function_reference.h"

namespace pawl::lambda {
namespace {

using aws::ApiResult;
using aws::Call;
using json::ObjectBuilder;
using json::Value;

Value message_attributes(const Letter& letter) {
  ObjectBuilder out;
  for (const Letter::Attribute& attribute : letter.attributes) {
    ObjectBuilder each;
    each.set("DataType", Value(attribute.type)).set("StringValue", Value(attribute.value));
    out.set(attribute.name, std::move(each).build());
  }
  return std::move(out).build();
}

Call sns_call(const Letter& letter) {
  ObjectBuilder input;
  input.set("TopicArn", Value(letter.target_arn)).set("Message", Value(letter.body));
  if (!letter.attributes.empty()) input.set("MessageAttributes", message_attributes(letter));
  return {.service = "sns", .operation = "Publish", .input = std::move(input).build()};
}

Call lambda_call(const Letter& letter) {
  ObjectBuilder input;
  input.set("FunctionName", Value(letter.target_arn))
      .set("InvocationType", Value("Event"))
      .set("Payload", Value(base::base64_encode(letter.body)));
  return {.service = "lambda", .operation = "Invoke", .input = std::move(input).build()};
}

Call events_call(const Letter& letter) {
  ObjectBuilder entry;
  entry.set("Source", Value("lambda"))
      .set("DetailType", Value(letter.detail_type))
      .set("Detail", Value(letter.body))
      .set("Resources", Value::array({Value(letter.target_arn), Value(letter.source_arn)}))
      .set("EventBusName", Value(letter.target_arn));
  ObjectBuilder input;
  input.set("Entries", Value::array({std::move(entry).build()}));
  return {.service = "events", .operation = "PutEvents", .input = std::move(input).build()};
}

Call s3_call(const Letter& letter, const aws::Arn& arn) {
  ObjectBuilder input;
  input.set("Bucket", Value(arn.resource))
      .set("Key", Value(letter.object_key))
      .set("Body", Value(base::base64_encode(letter.body)));
  return {.service = "s3", .operation = "PutObject", .input = std::move(input).build()};
}

}  // namespace

void Destinations::call(Call call, const Letter& letter, Done done) const {
  const std::optional<aws::Arn> arn = aws::Arn::parse(letter.target_arn);
  call.region = arn && !arn->region.empty() ? arn->region : letter.region;
  call.principal = aws::service_principal(letter.account, kServicePrincipal);
  caller_.call(std::move(call), [done = std::move(done)](const ApiResult<Value>& answer) {
    done(answer ? ApiResult<void>() : ApiResult<void>(answer.error()));
  });
}

void Destinations::send(const Letter& letter, Done done) const {
  const std::optional<aws::Arn> arn = aws::Arn::parse(letter.target_arn);
  const std::string service = arn ? arn->service : "";
  if (service == "sns") return call(sns_call(letter), letter, std::move(done));
  if (service == "lambda") return call(lambda_call(letter), letter, std::move(done));
  if (service == "events") return call(events_call(letter), letter, std::move(done));
  if (service == "s3") return call(s3_call(letter, *arn), letter, std::move(done));
  if (service != "sqs") {
    return done(invalid_parameter("The destination ARN " + letter.target_arn + " is invalid."));
  }
  ObjectBuilder which;
  which.set("QueueName", Value(arn->resource))
      .set("QueueOwnerAWSAccountId", Value(arn->account_id));
  Call look_up{.service = "sqs",
               .operation = "GetQueueUrl",
               .input = std::move(which).build(),
               .region = arn->region,
               .principal = aws::service_principal(letter.account, kServicePrincipal)};
  caller_.call(std::move(look_up), [this, letter,
                                    done = std::move(done)](const ApiResult<Value>& found) mutable {
    if (!found) return done(found.error());
    ObjectBuilder input;
    input.set("QueueUrl", Value(text_member(*found, "QueueUrl")))
        .set("MessageBody", Value(letter.body));
    if (!letter.attributes.empty()) {
      input.set("MessageAttributes", message_attributes(letter));
    }
    call({.service = "sqs", .operation = "SendMessage", .input = std::move(input).build()}, letter,
         std::move(done));
  });
}

}  // namespace pawl::lambda
