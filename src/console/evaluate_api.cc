// SPDX-License-Identifier: Apache-2.0
#include "console/evaluate_api.h"

#include <chrono>
#include <memory>
#include <utility>

#include "console/evaluation.h"
#include "json/write.h"

namespace pawl::console {
namespace {

using aws::ApiResult;
using json::Value;
using Kind = EvaluationRequest::Kind;

constexpr size_t kWaitingMax = 64;
constexpr size_t kTextBytesMax = size_t{1} << 20;

ApiResult<Kind> read_kind(const std::string& text) {
  if (text == "path") return Kind::Path;
  if (text == "expression") return Kind::Expression;
  if (text == "template") return Kind::Template;
  if (text == "condition") return Kind::Condition;
  return aws::validation_exception(
      "\"kind\" must be \"path\", \"expression\", \"template\" or \"condition\".");
}

ApiResult<Value> read_object(const Value& body, std::string_view name) {
  const Value* value = body.find(name);
  if (value == nullptr || value->is_null()) return Value::object();
  if (!value->is_object())
    return aws::validation_exception("\"" + std::string(name) + "\" must be a JSON object.");
  return *value;
}

ApiResult<EvaluationRequest> read_request(const ApiRequest& request) {
  EvaluationRequest out;
  const std::string language = PAWL_TRY(text_of(request.body, "language"));
  if (language != "JSONata" && language != "JSONPath")
    return aws::validation_exception("\"language\" must be \"JSONPath\" or \"JSONata\".");
  out.is_jsonata = language == "JSONata";
  out.kind = PAWL_TRY(read_kind(PAWL_TRY(text_of(request.body, "kind"))));
  out.text = PAWL_TRY(text_of(request.body, "text"));
  if (out.text.size() > kTextBytesMax)
    return aws::validation_exception("\"text\" has more than 1 MiB.");
  if (const Value* input = request.body.find("input")) out.input = *input;
  out.context = PAWL_TRY(read_object(request.body, "context"));
  out.variables = PAWL_TRY(read_object(request.body, "variables"));
  out.states = PAWL_TRY(read_object(request.body, "states"));
  out.now = request.received;
  out.seed = static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  return out;
}

}  // namespace

void EvaluateApi::add_to(ApiTable& table) {
  table.on("evaluate", [this](ApiRequest request, net::HttpReply reply) {
    if (waiting_.fetch_add(1) >= kWaitingMax) {
      --waiting_;
      return reply.send(error_answer(aws::throttling("Too many expressions are being evaluated.")));
    }
    // std::function wants what can be copied.
    const auto asked = std::make_shared<ApiRequest>(std::move(request));
    const auto shared = std::make_shared<net::HttpReply>(std::move(reply));
    work_.post([this, asked, shared] {
      if (!shared->is_client_gone()) {
        auto text = answer(*asked);
        shared->send(text ? json_answer(*std::move(text)) : error_answer(text.error()));
      }
      *asked = {};  // its values belong to this thread now
      --waiting_;
    });
  });
}

ApiResult<std::string> EvaluateApi::answer(const ApiRequest& request) {
  const EvaluationRequest read = PAWL_TRY(read_request(request));
  const auto begin = std::chrono::steady_clock::now();
  const Value result = evaluate(read);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::steady_clock::now() - begin)
                          .count();
  return json::write(result.with_member("micros", Value(static_cast<int64_t>(micros))));
}

}  // namespace pawl::console
