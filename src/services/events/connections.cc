// SPDX-License-Identifier: Apache-2.0
#include "services/events/connections.h"

#include <array>
#include <utility>

#include "aws/arn.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/events/api_input.h"
#include "services/events/connection_parts.h"

namespace pawl::events {

using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr const char* kOAuth = "OAUTH_CLIENT_CREDENTIALS";
constexpr int64_t kTokenSecondsDefault = 3'600;
constexpr int64_t kTokenMarginSeconds = 60;  ///< it is fetched anew before it ends
/// Between the attempts to authorize a new connection, which is AUTHORIZING so long.
constexpr std::array<int64_t, 4> kPausesMs = {2'000, 4'000, 8'000, 16'000};

Value state_answer(const Value& record) {
  return selected(record, {"ConnectionArn", "ConnectionState", "CreationTime", "LastModifiedTime",
                           "LastAuthorizedTime"});
}

aws::Output durable(Value value) {
  aws::Output output(std::move(value));
  output.after_sync = true;
  return output;
}

std::shared_ptr<aws::Reply> shared(aws::Reply reply) {
  return std::make_shared<aws::Reply>(std::move(reply));
}

}  // namespace

base::Result<std::unique_ptr<Connections>> Connections::open(Ports ports) {
  RecordStore records = PAWL_TRY(RecordStore::open(ports.store, "events/connections"));
  return std::unique_ptr<Connections>(new Connections(std::move(ports), std::move(records)));
}

void Connections::run() {
  std::vector<std::string> arns;
  // A store that cannot be read ends the process elsewhere.
  (void)records_.visit("", [&](std::string_view, const Value& record) {
    if (text_member(record, "ConnectionState") == "AUTHORIZING")
      arns.push_back(text_member(record, "ConnectionArn"));
    return true;
  });
  for (const std::string& arn : arns) try_token(arn, 0);
}

std::string Connections::key_of(const Scope& scope, std::string_view name) const {
  return scope.key().text(name).take();
}

ApiResult<Value> Connections::find(const aws::Request& request, const char* doing) const {
  const std::string name = text_member(request.input, "Name");
  std::optional<Value> record = PAWL_TRY(records_.find(key_of(scope_of(request), name)));
  if (!record)
    return not_found("Failed to " + std::string(doing) + " the connection(s). Connection '" + name +
                     "' does not exist.");
  return *std::move(record);
}

ApiResult<void> Connections::write(const std::string& key, const Value& record) {
  store::Batch batch;
  records_.put(batch, key, record);
  return of_store(ports_.store.commit(batch, store::Sync::No));
}

void Connections::call_secrets(const Scope& scope, const char* operation, Value input,
                               aws::Caller::Receiver receiver) {
  ports_.caller.call({.service = "secretsmanager",
                      .operation = operation,
                      .input = std::move(input),
                      .region = scope.region,
                      .principal = aws::service_principal(scope.account, kServiceName)},
                     std::move(receiver));
}

void Connections::create(aws::Request request, aws::Reply reply) {
  const Scope scope = scope_of(request);
  const std::string name = text_member(request.input, "Name");
  const std::string type = text_member(request.input, "AuthorizationType");
  const Value parameters = with_capital_method(object_member(request.input, "AuthParameters"));
  if (auto checked = check_auth_parameters(type, parameters); !checked)
    return reply(checked.error());
  const auto existing = records_.find(key_of(scope, name));
  if (!existing) return reply(existing.error());
  if (*existing) return reply(already_exists("Connection " + name + " already exists."));
  const Value now = time_value(ports_.loop.now());
  ObjectBuilder record;
  record.set("ConnectionArn", Value(scope.arn("connection/" + name + "/" + ports_.make_id())))
      .set("ConnectionState", Value(type == kOAuth ? "AUTHORIZING" : "AUTHORIZED"))
      .set("CreationTime", now)
      .set("LastModifiedTime", now)
      .set("LastAuthorizedTime", now)
      .set("AuthParameters", shown_parameters(parameters));
  copy_members(request.input, {"Name", "Description", "AuthorizationType", "KmsKeyIdentifier"},
               record);
  ObjectBuilder secret;
  secret.set("Name", Value("events!connection/" + name + "/" + ports_.make_id()))
      .set("Description", Value("The authorization of the EventBridge connection " + name))
      .set("SecretString", Value(json::write(secret_of(type, parameters))));
  call_secrets(scope, "CreateSecret", std::move(secret).build(),
               [this, alive = std::weak_ptr<int>(alive_), request = std::move(request),
                record = std::move(record).build(),
                reply = shared(std::move(reply))](const ApiResult<Value>& answer) {
                 const auto held = alive.lock();
                 if (!held) return;
                 if (!answer) return (*reply)(answer.error());
                 finish_create(request,
                               record.with_member("SecretArn", Value(text_member(*answer, "ARN"))),
                               *reply);
               });
}

void Connections::finish_create(const aws::Request& request, const Value& record,
                                aws::Reply& reply) {
  const Scope scope = scope_of(request);
  const std::string key = key_of(scope, text_member(record, "Name"));
  {
    const std::lock_guard lock(mutex_);
    const auto existing = records_.find(key);
    if (existing && *existing) {
      ObjectBuilder secret;
      secret.set("SecretId", Value(text_member(record, "SecretArn")))
          .set("ForceDeleteWithoutRecovery", Value(true));
      call_secrets(scope, "DeleteSecret", std::move(secret).build(), [](const auto&) {});
      return reply(
          already_exists("Connection " + text_member(record, "Name") + " already exists."));
    }
    const Value answer =
        selected(record, {"ConnectionArn", "ConnectionState", "CreationTime", "LastModifiedTime"});
    request.keep_answer(answer);
    if (auto written = write(key, record); !written) return reply(written.error());
    reply(durable(answer));
  }
  if (text_member(record, "AuthorizationType") == kOAuth)
    try_token(text_member(record, "ConnectionArn"), 0);
}

void Connections::update(aws::Request request, aws::Reply reply) {
  ApiResult<Value> found = find(request, "update");
  if (!found) return reply(found.error());
  const Scope scope = scope_of(request);
  const std::string type = request.input.find("AuthorizationType") != nullptr
                               ? text_member(request.input, "AuthorizationType")
                               : text_member(*found, "AuthorizationType");
  const Value parameters = with_capital_method(object_member(request.input, "AuthParameters"));
  const bool keeps_type = type == text_member(*found, "AuthorizationType");
  if (!keeps_type) {
    if (auto checked = check_auth_parameters(type, parameters); !checked)
      return reply(checked.error());
  }
  const auto answered = shared(std::move(reply));
  read_secret(*found, [this, request, scope, type, parameters, keeps_type, found = *found,
                       answered](ApiResult<Value> before) {
    if (!before) return (*answered)(before.error());
    const Value secret =
        merged_secret(keeps_type ? *before : Value::object(), secret_of(type, parameters));
    Value record = found;
    for (const char* member : {"Description", "AuthorizationType", "KmsKeyIdentifier"})
      if (const Value* given = request.input.find(member))
        record = record.with_member(member, *given);
    const Value shown = shown_parameters(parameters);
    record =
        record
            .with_member(
                "AuthParameters",
                keeps_type ? merged_secret(object_member(found, "AuthParameters"), shown) : shown)
            .with_member("ConnectionState", Value(type == kOAuth ? "AUTHORIZING" : "AUTHORIZED"))
            .with_member("LastModifiedTime", time_value(ports_.loop.now()))
            .without_member("StateReason");
    ObjectBuilder put;
    put.set("SecretId", Value(text_member(record, "SecretArn")))
        .set("SecretString", Value(json::write(secret)));
    call_secrets(scope, "PutSecretValue", std::move(put).build(),
                 [this, alive = std::weak_ptr<int>(alive_), request, scope, record, type,
                  answered](const ApiResult<Value>& answer) {
                   const auto held = alive.lock();
                   if (!held) return;
                   if (!answer) return (*answered)(answer.error());
                   {
                     const std::lock_guard lock(mutex_);
                     tokens_.erase(text_member(record, "ConnectionArn"));
                     request.keep_answer(state_answer(record));
                     if (auto done = write(key_of(scope, text_member(record, "Name")), record);
                         !done)
                       return (*answered)(done.error());
                     (*answered)(durable(state_answer(record)));
                   }
                   if (type == kOAuth) try_token(text_member(record, "ConnectionArn"), 0);
                 });
  });
}

void Connections::remove(aws::Request request, aws::Reply reply) {
  ApiResult<Value> found = find(request, "delete");
  if (!found) return reply(found.error());
  ObjectBuilder secret;
  secret.set("SecretId", Value(text_member(*found, "SecretArn")))
      .set("ForceDeleteWithoutRecovery", Value(true));
  const Scope scope = scope_of(request);
  call_secrets(scope, "DeleteSecret", std::move(secret).build(),
               [this, alive = std::weak_ptr<int>(alive_), request = std::move(request),
                record = found->with_member("ConnectionState", Value("DELETING")),
                reply = shared(std::move(reply))](const ApiResult<Value>& answer) {
                 const auto held = alive.lock();
                 if (!held) return;
                 // A secret that somebody deleted keeps no connection alive.
                 if (!answer && answer.error().code != "ResourceNotFoundException" &&
                     answer.error().code != "InvalidRequestException")
                   return (*reply)(answer.error());
                 const std::lock_guard lock(mutex_);
                 tokens_.erase(text_member(record, "ConnectionArn"));
                 store::Batch batch;
                 records_.erase(batch, key_of(scope_of(request), text_member(record, "Name")));
                 request.keep_answer(state_answer(record));
                 if (auto done = of_store(ports_.store.commit(batch, store::Sync::No)); !done)
                   return (*reply)(done.error());
                 (*reply)(durable(state_answer(record)));
               });
}

aws::ActionResult Connections::describe(const aws::Request& request) {
  return aws::Output(PAWL_TRY(find(request, "describe")));
}

aws::ActionResult Connections::list(const aws::Request& request) {
  const Value& input = request.input;
  const std::string state = text_member(input, "ConnectionState");
  const std::string prefix = scope_of(request).key().raw(text_member(input, "NamePrefix")).take();
  const RecordStore::Page page = PAWL_TRY(records_.list(
      prefix, PAWL_TRY(page_start(input)), page_limit(input), [&](const Value& record) {
        return state.empty() || text_member(record, "ConnectionState") == state;
      }));
  std::vector<Value> items;
  for (const Value& record : page.items)
    items.push_back(selected(
        record, {"ConnectionArn", "Name", "ConnectionState", "StateReason", "AuthorizationType",
                 "CreationTime", "LastModifiedTime", "LastAuthorizedTime"}));
  ObjectBuilder out;
  out.set("Connections", Value::array(std::move(items)));
  if (!page.next.empty()) out.set("NextToken", Value(page_token(page.next)));
  return aws::Output(std::move(out).build());
}

aws::ActionResult Connections::deauthorize(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  const Value record = PAWL_TRY(find(request, "deauthorize"))
                           .with_member("ConnectionState", Value("DEAUTHORIZED"))
                           .with_member("LastModifiedTime", time_value(ports_.loop.now()));
  tokens_.erase(text_member(record, "ConnectionArn"));
  request.keep_answer(state_answer(record));
  PAWL_TRY_VOID(write(key_of(scope_of(request), text_member(record, "Name")), record));
  return aws::Output(state_answer(record));
}

ApiResult<std::optional<Value>> Connections::find_arn(std::string_view text) const {
  const std::optional<aws::Arn> arn = aws::Arn::parse(text);
  const auto parts = arn ? arn->resource_parts('/') : std::vector<std::string_view>();
  if (parts.size() < 2 || parts[0] != "connection") return std::nullopt;
  std::optional<Value> record =
      PAWL_TRY(records_.find(key_of({arn->account_id, arn->region}, parts[1])));
  if (!record || text_member(*record, "ConnectionArn") != text) return std::nullopt;
  return record;
}

void Connections::set_state(const std::string& arn, const std::string& state,
                            const std::string& reason) {
  const std::lock_guard lock(mutex_);
  const auto found = find_arn(arn);
  if (!found || !*found) return;
  Value record =
      (**found).with_member("ConnectionState", Value(state)).without_member("StateReason");
  if (!reason.empty()) record = record.with_member("StateReason", Value(reason));
  if (state == "AUTHORIZED")
    record = record.with_member("LastAuthorizedTime", time_value(ports_.loop.now()));
  const std::optional<aws::Arn> parsed = aws::Arn::parse(arn);
  // What cannot be written now is tried again with the next token.
  (void)write(key_of({parsed->account_id, parsed->region}, text_member(record, "Name")), record);
}

void Connections::read_secret(const Value& record, std::function<void(ApiResult<Value>)> then) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(text_member(record, "ConnectionArn"));
  ObjectBuilder input;
  input.set("SecretId", Value(text_member(record, "SecretArn")));
  call_secrets(
      {arn ? arn->account_id : "", arn ? arn->region : ""}, "GetSecretValue",
      std::move(input).build(),
      [alive = std::weak_ptr<int>(alive_), then = std::move(then)](const ApiResult<Value>& answer) {
        const auto held = alive.lock();
        if (!held) return;
        if (!answer) return then(answer.error());
        const base::Result<Value> secret = json::parse(text_member(*answer, "SecretString"));
        then(secret && secret->is_object() ? *secret : Value::object());
      });
}

void Connections::fetch_token(const Value& record, const Value& secret, TokenReceiver receiver) {
  if (ports_.transport == nullptr)
    return receiver(aws::service_unavailable("There is no way to an authorization endpoint."));
  std::string url = text_member(secret, "authorization_endpoint");
  aws::HttpRequest request;
  request.method = text_member(secret, "http_method");
  if (request.method.empty()) request.method = "POST";
  const size_t scheme = url.find("://");
  const size_t path = url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
  if (path != std::string::npos) {
    request.path = url.substr(path);
    url.resize(path);
    if (const size_t query = request.path.find('?'); query != std::string::npos) {
      request.query = request.path.substr(query + 1);
      request.path.resize(query);
    }
  }
  const std::string form =
      aws::write_query({{"grant_type", "client_credentials"},
                        {"client_id", text_member(secret, "client_id")},
                        {"client_secret", text_member(secret, "client_secret")}});
  if (request.method == "GET") {
    request.query += (request.query.empty() ? "" : "&") + form;
  } else {
    request.body = form;
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  }
  add_http_parameters(request, object_member(secret, "oauth_http_parameters"), BodyForm::Form);
  ports_.transport->send(
      std::move(url), std::move(request),
      [this, alive = std::weak_ptr<int>(alive_), arn = text_member(record, "ConnectionArn"),
       receiver = std::move(receiver)](const base::Result<aws::HttpResponse>& response) {
        const auto held = alive.lock();
        if (!held) return;
        const base::Result<Value> body =
            response ? json::parse(response->body) : base::Result<Value>(Value());
        const std::string token =
            body && response && response->status < 300 ? text_member(*body, "access_token") : "";
        if (token.empty()) {
          const std::string reason =
              response ? "The authorization endpoint answered " + std::to_string(response->status)
                       : response.error().message;
          return receiver(ApiError("AUTHORIZATION_FAILURE", reason, 401, aws::Fault::Receiver));
        }
        const int64_t seconds = integer_member(*body, "expires_in", kTokenSecondsDefault);
        const Token kept{"Bearer " + token,
                         {ports_.loop.now().ms + (seconds - kTokenMarginSeconds) * 1'000}};
        {
          const std::lock_guard lock(mutex_);
          tokens_.insert_or_assign(arn, kept);
        }
        set_state(arn, "AUTHORIZED", "");
        receiver(kept.header);
      });
}

void Connections::try_token(const std::string& arn, size_t attempt) {
  const auto found = find_arn(arn);
  if (!found || !*found || text_member(**found, "ConnectionState") != "AUTHORIZING") return;
  const auto failed = [this, arn, attempt](const ApiError& error) {
    if (attempt == kPausesMs.size())
      return set_state(arn, "DEAUTHORIZED", error.message.value_or(""));
    ports_.loop.run_at({ports_.loop.now().ms + kPausesMs[attempt]},
                       [this, alive = std::weak_ptr<int>(alive_), arn, attempt] {
                         if (const auto held = alive.lock()) try_token(arn, attempt + 1);
                       });
  };
  read_secret(**found, [this, failed, record = **found](const ApiResult<Value>& secret) {
    if (!secret) return failed(secret.error());
    fetch_token(record, *secret, [failed](const ApiResult<std::string>& token) {
      if (!token) failed(token.error());
    });
  });
}

void Connections::add_token(const Value& record, const Value& secret, bool is_fresh,
                            TokenReceiver receiver) {
  const std::string arn = text_member(record, "ConnectionArn");
  std::string kept;
  {
    const std::lock_guard lock(mutex_);
    const auto token = tokens_.find(arn);
    if (!is_fresh && token != tokens_.end() && token->second.until > ports_.loop.now())
      kept = token->second.header;
  }
  if (!kept.empty()) return receiver(kept);
  fetch_token(record, secret,
              [this, arn, receiver = std::move(receiver)](const ApiResult<std::string>& token) {
                if (!token) set_state(arn, "DEAUTHORIZED", token.error().message.value_or(""));
                receiver(token);
              });
}

void Connections::authorize(const std::string& arn, aws::HttpRequest request, bool is_fresh,
                            Authorized authorized) {
  const auto found = find_arn(arn);
  if (!found) return authorized(found.error());
  if (!*found) return authorized(not_found("Connection " + arn + " does not exist."));
  const Value record = **found;
  if (text_member(record, "ConnectionState") == "DEAUTHORIZED" &&
      text_member(record, "AuthorizationType") != kOAuth)
    return authorized(ApiError("AUTHORIZATION_FAILURE", "The connection is not authorized.", 401));
  read_secret(record, [this, record, is_fresh, request = std::move(request),
                       authorized = std::move(authorized)](const ApiResult<Value>& secret) mutable {
    if (!secret) return authorized(secret.error());
    add_http_parameters(request, object_member(*secret, "invocation_http_parameters"),
                        BodyForm::Json);
    const std::string type = text_member(record, "AuthorizationType");
    if (type == "BASIC") {
      request.headers.set("Authorization",
                          "Basic " + base::base64_encode(text_member(*secret, "username") + ":" +
                                                         text_member(*secret, "password")));
      return authorized(std::move(request));
    }
    if (type == "API_KEY") {
      request.headers.set(text_member(*secret, "api_key_name"),
                          text_member(*secret, "api_key_value"));
      return authorized(std::move(request));
    }
    add_token(record, *secret, is_fresh,
              [request = std::move(request), authorized](const ApiResult<std::string>& header) {
                if (!header) return authorized(header.error());
                aws::HttpRequest with = request;
                with.headers.set("Authorization", *header);
                authorized(std::move(with));
              });
  });
}

}  // namespace pawl::events
