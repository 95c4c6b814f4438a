// SPDX-License-Identifier: Apache-2.0
// Request and Reply: what an action gets and how it answers, whatever the protocol.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/http_message.h"
#include "aws/model/service_model.h"
#include "base/time.h"
#include "json/value.h"

namespace pawl::aws {

/// Who calls. Without credentials on loopback: the default account's root.
struct Principal {
  std::string account_id = "000000000000";
  std::string arn = "arn:aws:iam::000000000000:root";
  std::string user_id = "000000000000";
  std::string access_key_id = {};
  /// "s3.amazonaws.com": an AWS service that acts by itself, for what it was told to do: S3's
  /// notifications, EventBridge's targets. "": somebody else, and nobody can claim to be one.
  std::string service = {};
  /// "cloudformation.amazonaws.com": the service that calls with this principal's rights, at its
  /// behest (aws:CalledVia). It may what nobody may himself: give system tags, "aws:…". "": none.
  std::string via_service = {};
};

/// The service itself, in that account.
Principal service_principal(std::string_view account_id, std::string_view service);

struct SignedRequest;  // aws/signing/verify.h

/// One call, decoded and validated. Owned by the dispatcher until the Reply is given.
struct Request {
  const OperationModel* operation = nullptr;
  json::Value input = json::Value::object();  ///< the model's member names
  Principal principal = {};
  std::string region = "us-east-1";
  std::string request_id = {};
  base::Timestamp received = {};
  /// The message it came in; null when another service calls inside this process. Streaming
  /// payloads are its body or stream.
  const HttpRequest* http = nullptr;
  /// False once whoever asked has gone, as far as the server can tell. Empty: wanted for ever.
  /// Any thread, until the Reply is given.
  std::function<bool()> is_wanted = {};
  /// What was verified, from which the signatures of a body's chunks continue. Null if nothing was:
  /// unsigned, or nobody's signatures are checked. Of a body that streams the hash is only declared
  /// (SignedRequest::payload_hash): who reads it compares.
  std::shared_ptr<const SignedRequest> signature = nullptr;
  std::string host = {};  ///< as the client addressed us, with port: for URLs in answers
  /// Set when a workflow's task calls. An action that changes something calls it, on its own
  /// thread, with the output that it will answer, right before the commit that has the effect: the
  /// store then keeps the answer in the same batch, and the call is not repeated after a crash. Use
  /// keep_answer().
  std::function<void(const json::Value& output)> before_commit = {};

  void keep_answer(const json::Value& output) const {
    if (before_commit) before_commit(output);
  }

  const std::string& account_id() const { return principal.account_id; }
};

/// What an action returns: the output with the model's member names, plus what does not fit there.
struct Output {
  json::Value value = json::Value::object();
  std::string streamed_body = {};  ///< the payload of outputs that stream, if it is short,
  std::shared_ptr<BodySource> stream = nullptr;  ///< or if it is not
  Headers headers = {};                          ///< more than the model binds
  int status = 0;                                ///< 0: the model's; S3's 206 and 304
  /// It may leave the process only when everything committed before is on disk
  /// (store/sync_queue.h).
  bool after_sync = false;

  Output() = default;
  Output(json::Value output) : value(std::move(output)) {}
};

using ActionResult = ApiResult<Output>;

/// The one answer to one request, given now or later, from any thread the receiver allows. Movable.
/// A Reply dropped unanswered answers InternalFailure, so that no client waits for ever.
class Reply {
 public:
  using Receiver = std::function<void(ActionResult)>;

  explicit Reply(Receiver receiver) : receiver_(std::move(receiver)) {}
  Reply(Reply&& other) noexcept : receiver_(std::exchange(other.receiver_, nullptr)) {}
  Reply& operator=(Reply&& other) noexcept;
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  ~Reply();

  /// Once only: a second answer is a broken invariant.
  void operator()(ActionResult result);
  bool is_open() const { return receiver_ != nullptr; }

 private:
  void abandon();

  Receiver receiver_;
};

}  // namespace pawl::aws
