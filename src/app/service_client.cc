// SPDX-License-Identifier: Apache-2.0
#include "app/service_client.h"

#include <cstdlib>
#include <utility>

#include "aws/model/embedded_patches.h"
#include "aws/protocol/protocol_codec.h"
#include "engine/system_ports.h"

namespace pawl::app {
namespace {

/// Uploads may take their time.
constexpr std::chrono::seconds kTimeout{300};

std::string variable(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

aws::ApiError no_answer(const std::string& message) { return aws::ApiError("NoAnswer", message); }

}  // namespace

std::string chosen_region(const std::string& given) {
  if (!given.empty()) return given;
  return variable("AWS_REGION", variable("AWS_DEFAULT_REGION", "us-east-1"));
}

ServiceClient::ServiceClient(Endpoint endpoint, std::string region)
    : endpoint_(std::move(endpoint)),
      region_(std::move(region)),
      credentials_{variable("AWS_ACCESS_KEY_ID", "test"), variable("AWS_SECRET_ACCESS_KEY", "test"),
                   variable("AWS_SESSION_TOKEN", "")},
      models_(aws::installed_search_path()) {}

aws::ApiResult<json::Value> ServiceClient::call(const std::string& service,
                                                const std::string& operation_name,
                                                const json::Value& input) {
  const base::Result<const aws::ServiceModel*> model = models_.find(service);
  if (!model) return no_answer(model.error().message);
  const aws::OperationModel* operation = (*model)->find_operation(operation_name);
  if (operation == nullptr) return no_answer(service + " has no operation " + operation_name);
  const aws::ServiceMetadata& metadata = (*model)->metadata();
  const aws::ProtocolCodec& codec = aws::codec(metadata.protocol);
  base::Result<aws::HttpRequest> request = codec.encode_request(*operation, input);
  if (!request) return no_answer(request.error().message);
  request->headers.set("Host", endpoint_.host + ":" + endpoint_.port);
  aws::SigningOptions signing;
  signing.region = region_;
  signing.service = metadata.signing_name;
  signing.now = engine::SystemClock().now();
  signing.content_hash_header = metadata.signing_name == "s3";
  aws::sign_request(*request, credentials_, signing);
  HttpCall call;
  call.method = request->method;
  call.target = request->query.empty() ? request->path : request->path + "?" + request->query;
  call.body = std::move(request->body);
  call.timeout = kTimeout;
  request->headers.remove("Host");  // call_http() writes it
  call.headers = std::move(request->headers).take();
  const base::Result<HttpAnswer> answer = call_http(endpoint_, call);
  if (!answer) return no_answer(answer.error().message);
  aws::HttpResponse response;
  response.status = answer->status;
  response.body = answer->body;
  return codec.decode_response(*operation, response);
}

}  // namespace pawl::app
