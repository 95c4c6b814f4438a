// SPDX-License-Identifier: Apache-2.0
#include "functions.h"

#include <string>
#include <utility>

#include "base/assert.h"

namespace pawl::conformance {

void Functions::create(const json::Value& params) {
  const auto text = [&](std::string_view name) {
    return std::string(params.find(name)->as_string());
  };
  auto config =
      lambda::parse_function_option(text("name") + "=" + text("path") + ":" + text("handler"));
  PAWL_ASSERT(config.has_value());
  config->timeout_ms = 70'000;
  runtime_.add(*std::move(config));
}

void Functions::invoke(integration::LambdaInvocation invocation, Done done) {
  const auto invoked =
      runtime_.invoke(invocation.function_name, {.event = std::move(invocation.payload)},
                      [done](lambda::InvokeResult result) {
                        integration::LambdaResult answer;
                        answer.payload = std::move(result.payload);
                        answer.function_error = result.function_error;
                        done(std::move(answer));
                      });
  if (invoked) return;
  integration::LambdaResult refused;
  refused.refusal = integration::ServiceError{
      "ResourceNotFoundException",
      "Function not found: arn:aws:lambda:" + invocation.region + ":" + invocation.account +
          ":function:" + invocation.function_name + ":" +
          (invocation.qualifier.empty() ? "$LATEST" : invocation.qualifier),
      404};
  done(std::move(refused));
}

}  // namespace pawl::conformance
