// SPDX-License-Identifier: Apache-2.0
// The transforms of a template, one after the other: AWS::Include from S3, macros by Lambda, those
// that are built in.
#include <utility>

#include "aws/http_message.h"
#include "base/bytes.h"
#include "formation/language_extensions.h"
#include "formation/serverless/serverless_transform.h"
#include "formation/template_text.h"
#include "formation/transforms.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/cloudformation/own_types/macro_registry.h"
#include "services/cloudformation/operations/object_text.h"
#include "services/cloudformation/operations/template_preparation.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiError;
using aws::ApiResult;
using formation::TransformCall;
using json::Value;

/// More than any template asks for; less than a macro that answers with itself.
constexpr int kCallsMax = 200;

ApiError failed(const std::string& message) { return {std::string(kTransformFailed), message}; }

ApiError failed(const TransformCall& call, const std::string& why) {
  return failed("Transform " + call.name + " failed with: " + why);
}

Value parameters_object(const std::vector<formation::ParameterDeclaration>& declarations,
                        const formation::ParameterValues& values) {
  json::ObjectBuilder out;
  for (const formation::ParameterDeclaration& declaration : declarations) {
    const auto value = values.find(declaration.name);
    if (value != values.end()) {
      out.set(declaration.name, formation::parameter_value(declaration, value->second));
    }
  }
  return std::move(out).build();
}

class Transformation {
 public:
  Transformation(const PreparationPorts& ports, const PreparationInput& input,
                 const formation::ParameterValues& values)
      : ports_(ports), input_(input), values_(values) {}

  ApiResult<Value> answer(const TransformCall& call, const Value& document) const {
    if (call.name == formation::kIncludeTransform) return include(call);
    if (call.name == formation::kLanguageExtensionsTransform) {
      auto expanded =
          formation::expand_language_extensions(call.fragment, values_, input_.environment);
      if (!expanded) return failed(call, expanded.error().message);
      return *std::move(expanded);
    }
    if (call.name == formation::kServerlessTransform) return serverless(call);
    if (call.name.starts_with("AWS::")) {
      return failed("No transform named " + call.name + " found.");
    }
    return macro(call, document);
  }

 private:
  ApiResult<Value> include(const TransformCall& call) const {
    const auto location = formation::include_location(call);
    if (!location) return failed(call, location.error().message);
    const auto object = object_location(*location);
    if (!object) return failed(call, "The location parameter is not a valid S3 uri.");
    const auto text = object_text(ports_.calls, *object);
    if (!text) {
      const std::string& code = text.error().code;
      if (code == "NoSuchBucket") {
        return failed(call, "S3 bucket [" + object->bucket + "] does not exist.");
      }
      return failed(call, code == "NoSuchKey" ? "The specified S3 object's content should be "
                                                "accessible: [" +
                                                    object->key + "] does not exist."
                                              : text.error().message.value_or(code));
    }
    auto fragment = formation::read_fragment(*text);
    if (!fragment) {
      return failed(call, "The specified S3 object's content should be valid Yaml/JSON");
    }
    return *std::move(fragment);
  }

  ApiResult<Value> serverless(const TransformCall& call) const {
    const auto declarations = formation::read_parameter_declarations(call.fragment);
    if (!declarations) return failed(call, declarations.error().message);
    formation::ServerlessContext context;
    context.region = input_.environment.region;
    context.partition = input_.environment.partition;
    context.parameters = parameters_object(*declarations, values_);
    context.now_seconds = ports_.now_ms / 1'000;
    auto expanded = formation::expand_serverless(call.fragment, context);
    if (!expanded) return failed(expanded.error().message);
    return *std::move(expanded);
  }

  ApiResult<Value> macro(const TransformCall& call, const Value& document) const {
    const auto function = PAWL_TRY(find_macro(ports_.store, ports_.owner, call.name));
    if (!function) {
      return failed("No transform named " + ports_.owner.account + "::" + call.name + " found.");
    }
    const auto declarations = formation::read_parameter_declarations(document);
    const std::string request_id = ports_.draw_uuid();
    json::ObjectBuilder event;
    event.set("accountId", Value(ports_.owner.account))
        .set("fragment", call.fragment)
        .set("transformId", Value(ports_.owner.account + "::" + call.name))
        .set("requestId", Value(request_id))
        .set("region", Value(ports_.owner.region))
        .set("params", call.parameters)
        .set("templateParameterValues",
             declarations ? parameters_object(*declarations, values_) : Value::object());
    json::ObjectBuilder invocation;
    invocation.set("FunctionName", Value(*function))
        .set("Payload", Value(base::base64_encode(json::write(std::move(event).build()))));
    const auto answer = ports_.calls.call("lambda", "Invoke", std::move(invocation).build());
    if (!answer) {
      return failed("Received malformed response from transform " + ports_.owner.account +
                    "::" + call.name + ": " + answer.error().message.value_or(""));
    }
    return macro_answer(call, *answer, request_id);
  }

  ApiResult<Value> macro_answer(const TransformCall& call, const Value& answer,
                                const std::string& request_id) const {
    const std::string name = ports_.owner.account + "::" + call.name;
    const auto payload = base::base64_decode(json::text_member(answer, "Payload"));
    const auto response = json::parse(payload.value_or(""));
    if (json::has_member(answer, "FunctionError")) {
      return failed("Transform " + name + " failed without an error message.");
    }
    if (!response || json::text_member(*response, "requestId") != request_id) {
      return failed("Received malformed response from transform " + name);
    }
    if (aws::lower_ascii(json::text_member(*response, "status")) != "success") {
      const std::string message = json::text_member(*response, "errorMessage");
      return failed(message.empty() ? "Transform " + name + " failed without an error message."
                                    : "Transform " + name + " failed with: " + message + ".");
    }
    const Value* const fragment = json::member_of(*response, "fragment");
    if (fragment == nullptr) return failed("Received malformed response from transform " + name);
    return *fragment;
  }

  const PreparationPorts& ports_;
  const PreparationInput& input_;
  const formation::ParameterValues& values_;
};

}  // namespace

ApiResult<Value> transform_template(const PreparationPorts& ports, const PreparationInput& input,
                                    Value document, const formation::ParameterValues& values) {
  const Transformation transformation(ports, input, values);
  for (int i = 0; i < kCallsMax; ++i) {
    auto call = formation::next_transform(document, values, input.environment);
    if (!call) return failed(call.error().message);
    if (!*call) return document;
    Value answer = PAWL_TRY(transformation.answer(**call, document));
    auto applied = formation::apply_transform(document, **call, std::move(answer));
    if (!applied) return failed(applied.error().message);
    document = *std::move(applied);
  }
  return failed("The template asks for too many transforms");
}

}  // namespace pawl::cloudformation
