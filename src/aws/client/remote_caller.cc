// SPDX-License-Identifier: Apache-2.0
// Everything runs on the loop's thread after the first hop.
#include "aws/client/remote_caller.h"

#include <algorithm>
#include <map>
#include <utility>

#include "aws/client/assumed_roles.h"
#include "aws/client/retry.h"
#include "aws/protocol/protocol_codec.h"
#include "aws/signing/canonical_request.h"
#include "base/bytes.h"
#include "base/random.h"
#include "json/members.h"

namespace pawl::aws {
namespace {

using json::Value;

ApiError client_error(std::string message) {
  return ApiError("SdkClientException", std::move(message));
}

/// "minio.local:9000" of "https://minio.local:9000": RFC 9110 section 7.2, Host.
std::string authority_of(std::string_view url) {
  const size_t scheme = url.find("://");
  const bool is_tls = url.starts_with("https:");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  std::string_view authority = url.substr(0, url.find('/'));
  const std::string_view standard_port = is_tls ? ":443" : ":80";
  if (authority.ends_with(standard_port)) authority.remove_suffix(standard_port.size());
  return std::string(authority);
}

/// "https://123456789012.s3-control.…": trait endpoint.hostPrefix, which AWS's hosts have.
std::string with_host_prefix(std::string url, std::string_view prefix, const Value& input) {
  std::string text;
  while (!prefix.empty()) {
    const size_t open = std::min(prefix.find('{'), prefix.size());
    text += prefix.substr(0, open);
    prefix.remove_prefix(open);
    const size_t close = prefix.find('}');
    if (close == std::string_view::npos) break;
    text += text_member(input, prefix.substr(1, close - 1));
    prefix.remove_prefix(close + 1);
  }
  const size_t host = url.find("://");
  if (host != std::string::npos) url.insert(host + 3, text);
  return url;
}

/// The id that the other server gave the call, wherever its protocol puts it; "" if nowhere.
std::string request_id_of(const HttpResponse& response) {
  for (const char* name : {"x-amzn-RequestId", "x-amz-request-id", "x-amz-id-1"}) {
    if (const std::string* found = response.headers.find(name)) return *found;
  }
  constexpr std::string_view kOpen = "<RequestId>";
  const size_t begin = response.body.find(kOpen);
  if (begin == std::string::npos) return {};
  const size_t end = response.body.find('<', begin + kOpen.size());
  if (end == std::string::npos) return {};
  return response.body.substr(begin + kOpen.size(), end - begin - kOpen.size());
}

void note_request_id(ApiError& error, const HttpResponse& response) {
  const std::string id = request_id_of(response);
  if (id.empty()) return;
  json::ObjectBuilder members;
  for (const json::Member& member : error.members.members()) members.set(member.key, member.value);
  members.set("RequestId", Value(id));
  error.members = std::move(members).build();
}

/// Trait idempotencyToken: what the caller leaves out is drawn, once for all attempts.
Value with_tokens(const OperationModel& operation, Value input, const std::string& given,
                  base::Random& random) {
  if (operation.input == nullptr) return input;
  const bool lacks_any = std::any_of(
      operation.input->members.begin(), operation.input->members.end(), [&](const Member& member) {
        return member.idempotency_token && input.find(member.name) == nullptr;
      });
  if (!lacks_any) return input;
  json::ObjectBuilder whole;
  for (const json::Member& member : input.members()) whole.set(member.key, member.value);
  for (const Member& member : operation.input->members) {
    if (!member.idempotency_token || input.find(member.name) != nullptr) continue;
    whole.set(member.name, Value(given.empty() ? base::make_uuid(random) : given));
  }
  return std::move(whole).build();
}

}  // namespace

/// What calls under way share; lives as long as the last of them.
class RemoteCaller::Shared : public std::enable_shared_from_this<Shared> {
 public:
  explicit Shared(Options given) : options(std::move(given)) {}

  void start(Call call, Endpoint endpoint, Receiver receiver);
  /// The keys of a role, or this process's own.
  void credentials(const Call& call, const Endpoint& endpoint, AssumedRoles::Receiver receiver);

  const Options options;
  std::map<std::string, RetryQuota> quotas;  ///< of each service

 private:
  ApiResult<Endpoint> sts_endpoint(const Call& call, const Endpoint& endpoint);

  AssumedRoles roles_;
};

/// One call until it is answered.
class RemoteCaller::Attempts : public std::enable_shared_from_this<Attempts> {
 public:
  Attempts(std::shared_ptr<Shared> shared, Call call, Endpoint endpoint,
           const OperationModel& operation, Receiver receiver)
      : shared_(std::move(shared)),
        call_(std::move(call)),
        endpoint_(std::move(endpoint)),
        operation_(operation),
        receiver_(std::move(receiver)) {}

  void start() {
    base::Random random(shared_->options.entropy());
    const Value input =
        with_tokens(operation_, std::move(call_.input), call_.idempotency_token, random);
    call_.input = Value();
    auto encoded = codec(operation_.service->metadata().protocol).encode_request(operation_, input);
    if (!encoded) return receiver_(client_error(encoded.error().message));
    request_ = *std::move(encoded);
    if (endpoint_.kind == Endpoint::Kind::Aws && !operation_.host_prefix.empty()) {
      endpoint_.url = with_host_prefix(endpoint_.url, operation_.host_prefix, input);
    }
    request_.headers.set("Host", authority_of(endpoint_.url));
    if (operation_.checksum_required && !request_.headers.has("Content-MD5")) {
      request_.headers.set("Content-MD5", base::base64_encode(base::digest(
                                              base::DigestAlgorithm::Md5, request_.body)));
    }
    attempt();
  }

 private:
  void attempt() {
    ++attempt_;
    if (operation_.anonymous) return send(request_);
    shared_->credentials(call_, endpoint_,
                         [self = shared_from_this()](ApiResult<Credentials> credentials) {
                           if (!credentials) return self->receiver_(std::move(credentials).error());
                           self->sign_and_send(*credentials);
                         });
  }

  void sign_and_send(const Credentials& credentials) {
    const ServiceMetadata& metadata = operation_.service->metadata();
    HttpRequest request = request_;
    SigningOptions options;
    options.region = signing_region(*operation_.service, call_.region);
    options.service = metadata.signing_name;
    options.now = shared_->options.loop.now();
    options.content_hash_header = metadata.signing_name == "s3";
    if (operation_.unsigned_payload) {
      options.payload_hash = kUnsignedPayload;
      options.content_hash_header = true;
    }
    sign_request(request, credentials, options);
    send(std::move(request));
  }

  void send(HttpRequest request) {
    shared_->options.transport.send(
        endpoint_.url, std::move(request),
        [self = shared_from_this()](base::Result<HttpResponse> response) {
          self->take(std::move(response));
        });
  }

  void take(base::Result<HttpResponse> response) {
    RetryQuota& quota = shared_->quotas[call_.service];
    if (!response) {
      const bool may_help = response.error().kind == base::ErrorKind::Io;
      return fail(client_error(response.error().message), may_help, quota);
    }
    auto output =
        codec(operation_.service->metadata().protocol).decode_response(operation_, *response);
    if (output) {
      quota.give_back(paid_);
      return receiver_(std::move(output));
    }
    ApiError error = std::move(output).error();
    if (error.status == 0) error.status = response->status;
    note_request_id(error, *response);
    const bool may_help = retry_kind(error) != RetryKind::No;
    fail(std::move(error), may_help, quota);
  }

  void fail(ApiError error, bool retry_may_help, RetryQuota& quota) {
    if (!retry_may_help || attempt_ >= kAttemptsMax || (paid_ = quota.take()) == 0) {
      return receiver_(std::move(error));
    }
    base::Random random(shared_->options.entropy());
    ServiceLoop& loop = shared_->options.loop;
    loop.run_at({loop.now().ms + retry_delay_ms(attempt_, random.next_double())},
                [self = shared_from_this()] { self->attempt(); });
  }

  const std::shared_ptr<Shared> shared_;
  Call call_;
  Endpoint endpoint_;
  const OperationModel& operation_;
  const Receiver receiver_;
  HttpRequest request_;  ///< unsigned
  int attempt_ = 0;
  int paid_ = 0;
};

void RemoteCaller::Shared::start(Call call, Endpoint endpoint, Receiver receiver) {
  const auto model = options.models.find(call.service);
  if (!model) return receiver(not_implemented(call.service, call.operation));
  const OperationModel* operation = (*model)->find_operation(call.operation);
  if (operation == nullptr) return receiver(not_implemented(call.service, call.operation));
  std::make_shared<Attempts>(shared_from_this(), std::move(call), std::move(endpoint), *operation,
                             std::move(receiver))
      ->start();
}

void RemoteCaller::Shared::credentials(const Call& call, const Endpoint& endpoint,
                                       AssumedRoles::Receiver receiver) {
  if (call.role_arn.empty()) return receiver(options.credentials.credentials());
  auto sts = sts_endpoint(call, endpoint);
  if (!sts) return receiver(std::move(sts).error());
  // STS API Reference, AssumeRole.
  const auto assume = [&](std::function<void(ApiResult<Value>)> done) {
    base::Random random(options.entropy());
    json::ObjectBuilder input;
    input.set("RoleArn", Value(call.role_arn))
        .set("RoleSessionName", Value("pawl-" + base::make_uuid(random)));
    start({.service = "sts",
           .operation = "AssumeRole",
           .input = std::move(input).build(),
           .region = call.region},
          *sts, std::move(done));
  };
  roles_.get(call.role_arn, options.loop.now(), assume, std::move(receiver));
}

ApiResult<Endpoint> RemoteCaller::Shared::sts_endpoint(const Call& call, const Endpoint& endpoint) {
  const auto model = options.models.find("sts");
  if (!model) return not_implemented("sts", "AssumeRole");
  Endpoint sts = options.endpoints.resolve(**model, call.region);
  if (sts.kind != Endpoint::Kind::Embedded) return sts;
  if (endpoint.kind != Endpoint::Kind::Aws) {
    return client_error("To call " + call.service + " at " + endpoint.url + " as " + call.role_arn +
                        " say with pawl serve --endpoint sts=URL who knows that role.");
  }
  return Endpoint{Endpoint::Kind::Aws, aws_endpoint_url(**model, call.region)};
}

RemoteCaller::RemoteCaller(Options options)
    : shared_(std::make_shared<Shared>(std::move(options))) {}
RemoteCaller::~RemoteCaller() = default;

void RemoteCaller::call(Call call, Receiver receiver) {
  // std::function wants what can be copied; the call goes with it whole.
  shared_->options.loop.post([shared = shared_, held = std::make_shared<Call>(std::move(call)),
                              receiver = std::move(receiver)] {
    Endpoint endpoint;
    if (const auto model = shared->options.models.find(held->service)) {
      endpoint = shared->options.endpoints.resolve(**model, held->region);
      if (endpoint.kind == Endpoint::Kind::Embedded) {
        return receiver(client_error("Service " + held->service + " has no endpoint elsewhere."));
      }
    }
    shared->start(std::move(*held), std::move(endpoint), receiver);
  });
}

}  // namespace pawl::aws
