// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/access_log.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "aws/arn.h"
#include "services/apigateway/identifiers.h"

namespace pawl::apigateway {
namespace {

using json::ObjectBuilder;
using json::Value;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

/// "arn:aws:logs:REGION:ACCOUNT:log-group:NAME" and the same with ":*" behind it.
struct Destination {
  std::string region;
  std::string account;
  std::string group;
};

std::optional<Destination> read_destination(const std::string& text) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(text);
  constexpr std::string_view kGroup = "log-group:";
  if (!arn || arn->service != "logs" || !arn->resource.starts_with(kGroup)) return std::nullopt;
  std::string group = arn->resource.substr(kGroup.size());
  if (group.ends_with(":*")) group.resize(group.size() - 2);
  return Destination{arn->region, arn->account_id, std::move(group)};
}

aws::Call logs_call(const Destination& to, std::string operation, Value input) {
  aws::Call call;
  call.service = "logs";
  call.operation = std::move(operation);
  call.input = std::move(input);
  call.region = to.region;
  if (!to.account.empty()) {
    call.principal.account_id = to.account;
    call.principal.user_id = to.account;
    call.principal.arn = "arn:aws:iam::" + to.account + ":root";
  }
  return call;
}

aws::Call put_call(const Destination& to, const std::string& stream, const std::string& line,
                   int64_t ms) {
  ObjectBuilder event;
  event.set("timestamp", Value(ms)).set("message", Value(line));
  ObjectBuilder input;
  input.set("logGroupName", Value(to.group))
      .set("logStreamName", Value(stream))
      .set("logEvents", Value::array({std::move(event).build()}));
  return logs_call(to, "PutLogEvents", std::move(input).build());
}

}  // namespace

std::string access_log_line(std::string_view format, const GatewayExchange& exchange) {
  constexpr std::string_view kMark = "$context.";
  std::string line;
  while (true) {
    const size_t begin = format.find(kMark);
    if (begin == std::string_view::npos) return line.append(format);
    line.append(format.substr(0, begin));
    format.remove_prefix(begin + kMark.size());
    size_t end = 0;
    while (end < format.size() && is_name_character(format[end])) ++end;
    while (end > 0 && (format[end - 1] == '.' || format[end - 1] == '-')) --end;
    line += exchange.context_variable(format.substr(0, end)).value_or("-");
    format.remove_prefix(end);
  }
}

AccessLog::AccessLog(aws::Caller& caller) : caller_(caller), stream_(random_lower_case(32)) {}

void AccessLog::write(const std::string& destination, const GatewayExchange& exchange,
                      std::string line, base::Timestamp now) {
  const std::optional<Destination> to = read_destination(destination);
  if (!to || line.empty()) return;
  const std::string stream = exchange.stage + "-" + stream_;
  const std::string safe = [&] {
    std::string name = stream;
    std::replace(name.begin(), name.end(), '$', '_');
    return name;
  }();
  caller_.call(put_call(*to, safe, line, now.ms), [this, to = *to, safe, line,
                                                   now](const aws::ApiResult<Value>& answer) {
    if (answer || answer.error().code != "ResourceNotFoundException") return;
    ObjectBuilder input;
    input.set("logGroupName", Value(to.group)).set("logStreamName", Value(safe));
    caller_.call(logs_call(to, "CreateLogStream", std::move(input).build()),
                 [this, to, safe, line, now](const aws::ApiResult<Value>& made) {
                   if (!made && made.error().code != "ResourceAlreadyExistsException") {
                     return;
                   }
                   caller_.call(put_call(to, safe, line, now.ms),
                                [](const aws::ApiResult<Value>&) {});
                 });
  });
}

}  // namespace pawl::apigateway
