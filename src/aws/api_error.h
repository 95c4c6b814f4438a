// SPDX-License-Identifier: Apache-2.0
// ApiError: what an AWS operation answers instead of a result: data, encoded by the protocol. Not
// base::Error (a failure inside the process) and not a workflow error.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "base/error.h"
#include "json/value.h"

namespace pawl::aws {

enum class Fault { Sender, Receiver };

/// An answer that is an error. `status` 0: the one that the operation's model gives this code, or
/// 400 for the sender's faults and 500 for ours.
struct ApiError {
  std::string code;                    ///< as on the wire: "StateMachineDoesNotExist"
  std::optional<std::string> message;  ///< some of AWS's errors carry none
  int status = 0;
  Fault fault = Fault::Sender;
  json::Value members = json::Value::object();  ///< more members of the error's shape
  std::string type_namespace = {};  ///< before "#" in __type; "": that of the service's model
  /// More header fields of the answer (S3: "x-amz-delete-marker").
  std::vector<std::pair<std::string, std::string>> headers = {};

  ApiError(std::string error_code, std::string text, int http_status = 0,
           Fault whose = Fault::Sender)
      : code(std::move(error_code)), message(std::move(text)), status(http_status), fault(whose) {}
  ApiError(std::string error_code, std::nullopt_t) : code(std::move(error_code)) {}
};

/// A T or an ApiError; PAWL_TRY works with it. T may be void.
template <typename T>
class [[nodiscard]] ApiResult : public tl::expected<T, ApiError> {
 public:
  using tl::expected<T, ApiError>::expected;
  ApiResult(ApiError error) : tl::expected<T, ApiError>(tl::unexpect, std::move(error)) {}
  ApiResult(tl::unexpected<ApiError> error) : tl::expected<T, ApiError>(std::move(error)) {}
};

// "Common Errors" of every AWS API reference, and those of the framework behind it (coral), with
// the namespaces that it prints.

/// The input violates the model. Query services call it ValidationError; their codec sees to that.
ApiError validation_exception(std::string message);
/// The request is not in the protocol's form. Coral often says nothing more.
ApiError serialization_exception(std::optional<std::string> message = std::nullopt);
/// X-Amz-Target names nothing.
ApiError unknown_operation();
ApiError access_denied(std::string message);
ApiError throttling(std::string message);
ApiError internal_failure(std::string message);
ApiError service_unavailable(std::string message);
/// 501, naming what the model has and we have not.
ApiError not_implemented(std::string_view service, std::string_view operation);

/// The code without what surrounds it on the wire: "a.b#Name:http://…" is "Name".
std::string_view bare_error_code(std::string_view code);

}  // namespace pawl::aws
