// SPDX-License-Identifier: Apache-2.0
// GetParameter, GetParameters, GetParametersByPath, GetParameterHistory.
#include <algorithm>

#include "aws/service/input_members.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/write.h"
#include "services/ssm/api.h"
#include "services/ssm/public_parameters.h"
#include "services/ssm/secure_string.h"
#include "services/ssm/service.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::ssm {

using aws::ApiError;
using aws::ApiResult;
using aws::from_store;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kSecrets = "/aws/reference/secretsmanager/";
constexpr std::string_view kPublic = "/aws/service/";
constexpr size_t kPathPage = 10;
constexpr size_t kHistoryPage = 50;
/// When AWS is to have written what it publishes.
constexpr int64_t kPublishedMs = 1'700'000'000'000;

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 18 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string arn_of_public(const std::string& region, const std::string& name) {
  Parameter parameter;
  parameter.scope = {"", region};
  parameter.name = name;
  return parameter.arn();
}

/// The newest, or the one that has a label that is asked for.
int64_t version_wanted(const Parameter& parameter, const std::vector<Filter>& filters) {
  for (const Filter& filter : filters) {
    if (filter.key != "Label" || filter.values.empty()) continue;
    const auto label = parameter.labels.find(filter.values.front());
    if (label != parameter.labels.end()) return label->second;
  }
  return parameter.newest;
}

/// A secret's name or ARN and, behind a colon, a version's id or a label.
Value secret_input(std::string reference) {
  ObjectBuilder input;
  const size_t colon = reference.rfind(':');
  if (colon != std::string::npos && !reference.starts_with("arn:")) {
    const std::string selector = reference.substr(colon + 1);
    reference.resize(colon);
    constexpr size_t kUuidBytes = 36;
    const bool is_id = selector.size() == kUuidBytes && selector.find('-') != std::string::npos;
    input.set(is_id ? "VersionId" : "VersionStage", Value(selector));
  }
  input.set("SecretId", Value(reference));
  return std::move(input).build();
}

}  // namespace

ApiResult<SsmService::Shown> SsmService::find(const Request& request,
                                              const std::string& name) const {
  const Reference reference = read_reference(name);
  Shown shown;
  shown.selector = reference.selector.empty() ? "" : ":" + reference.selector;
  if (reference.name.starts_with(kPublic)) {
    const auto found = find_public_parameter(reference.name, request.region);
    if (!found) return parameter_not_found();
    shown.is_public = true;
    shown.parameter.scope = scope_of(request);
    shown.parameter.name = reference.name;
    shown.version = {.number = 1, .type = "String", .value = found->value};
    shown.version.data_type = found->data_type;
    shown.version.modified_ms = kPublishedMs;
    return shown;
  }
  std::optional<Parameter> parameter =
      PAWL_TRY(from_store(parameters_.find(scope_of(request), reference.name)));
  if (!parameter && !reference.name.starts_with('/') && name.starts_with("arn:")) {
    // An ARN does not tell "a" from "/a".
    parameter = PAWL_TRY(from_store(parameters_.find(scope_of(request), "/" + reference.name)));
  }
  if (!parameter) return parameter_not_found();
  int64_t number = parameter->newest;
  if (is_number(reference.selector)) {
    number = std::stoll(reference.selector);
  } else if (!reference.selector.empty()) {
    const auto label = parameter->labels.find(reference.selector);
    number = label == parameter->labels.end() ? 0 : label->second;
  }
  std::optional<Version> version =
      PAWL_TRY(from_store(parameters_.find_version(*parameter, number)));
  if (!version) {
    return ApiError("ParameterVersionNotFound", "Systems Manager could not find version " +
                                                    reference.selector + " of " + parameter->name +
                                                    ". Verify the version and try again.");
  }
  shown.parameter = *std::move(parameter);
  shown.version = *std::move(version);
  return shown;
}

void SsmService::find_secret(const Request& request, const std::string& name, bool decrypts,
                             const ShownReceiver& receiver) {
  if (!decrypts) {
    receiver(aws::validation_exception(
        "WithDecryption flag must be True for retrieving a Secret Manager secret."));
    return;
  }
  aws::Call call{.service = "secretsmanager",
                 .operation = "GetSecretValue",
                 .input = secret_input(name.substr(kSecrets.size())),
                 .region = request.region,
                 .principal = request.principal};
  const Scope scope = scope_of(request);
  options_.caller.call(std::move(call), [receiver, name, scope](const ApiResult<Value>& secret) {
    if (!secret) {
      receiver(secret.error().code == "ResourceNotFoundException"
                   ? ApiError("ParameterNotFound",
                              "An error occurred (ParameterNotFound) when referencing Secrets "
                              "Manager: Secret " +
                                  name + " not found.")
                   : secret.error());
      return;
    }
    Shown shown;
    shown.parameter.scope = scope;
    shown.parameter.name = name;
    shown.version.type = "SecureString";
    shown.version.value =
        find_text(*secret, "SecretString").value_or(text_member(*secret, "SecretBinary"));
    shown.version.data_type = "text";
    if (const Value* created = secret->find("CreatedDate"))
      shown.version.modified_ms = static_cast<int64_t>(created->as_double() * 1000.0);
    shown.secret = json::write(*secret);
    receiver(std::move(shown));
  });
}

struct SsmService::Revealing {
  aws::Principal principal;
  std::string region;
  std::string request_id;
  std::vector<Shown> shown;
  size_t next = 0;
  bool decrypts = false;
  AllReceiver receiver;
};

void SsmService::reveal(const Request& request, std::vector<Shown> shown, bool decrypts,
                        AllReceiver receiver) {
  reveal_next(
      std::make_shared<Revealing>(Revealing{request.principal, request.region, request.request_id,
                                            std::move(shown), 0, decrypts, std::move(receiver)}));
}

void SsmService::reveal_next(std::shared_ptr<Revealing> revealing) {
  while (revealing->next < revealing->shown.size()) {
    Shown& shown = revealing->shown[revealing->next++];
    if (shown.version.type != "SecureString" || !shown.secret.empty()) continue;
    if (!revealing->decrypts) {
      shown.version.value = base::base64_encode(shown.version.value);
      continue;
    }
    const std::optional<Envelope> envelope = read_envelope(shown.version.value);
    if (!envelope) {
      revealing->receiver(aws::internal_failure("stored record: malformed SecureString"));
      return;
    }
    ObjectBuilder context;
    context.set("PARAMETER_ARN", Value(shown.parameter.arn()));
    ObjectBuilder input;
    input.set("CiphertextBlob", aws::blob_value(envelope->encrypted_key))
        .set("EncryptionContext", std::move(context).build());
    // An alias may lead to another key by now; the ciphertext knows its own.
    const std::string& key_id = shown.version.key_id;
    if (key_id.find("alias/") == std::string::npos) input.set("KeyId", Value(key_id));
    aws::Call call{.service = "kms",
                   .operation = "Decrypt",
                   .input = std::move(input).build(),
                   .region = revealing->region,
                   .principal = key_user(shown.version.key_id, revealing->principal)};
    options_.caller.call(std::move(call), [this, revealing, &shown, envelope = *envelope,
                                           is_there = is_there_](const ApiResult<Value>& made) {
      if (!*is_there) return;
      if (!made) {
        revealing->receiver(invalid_key(made.error(), revealing->request_id));
        return;
      }
      std::string key = aws::find_blob(*made, "Plaintext").value_or("");
      std::optional<std::string> value = open_envelope(key, envelope, shown.parameter.arn());
      store::wipe(key);
      if (!value) {
        revealing->receiver(aws::internal_failure("stored record: a broken seal"));
        return;
      }
      shown.version.value = *std::move(value);
      reveal_next(revealing);
    });
    return;
  }
  revealing->receiver(std::move(revealing->shown));
}

namespace {

template <typename Shown>
Value parameter_value(const Shown& shown) {
  const Version& version = shown.version;
  ObjectBuilder out;
  out.set("Name", Value(shown.parameter.name))
      .set("Type", Value(version.type))
      .set("Value", Value(version.value))
      .set("Version", Value(version.number));
  if (!shown.selector.empty()) out.set("Selector", Value(shown.selector));
  if (!shown.secret.empty()) out.set("SourceResult", Value(shown.secret));
  out.set("LastModifiedDate", aws::time_value(version.modified_ms))
      .set("ARN",
           Value(shown.is_public ? arn_of_public(shown.parameter.scope.region, shown.parameter.name)
                                 : shown.parameter.arn()))
      .set("DataType", Value(version.data_type));
  return std::move(out).build();
}

}  // namespace

void SsmService::get_parameter(Request request, aws::Reply reply) {
  const std::string name = text_member(request.input, "Name");
  const bool decrypts = flag_member(request.input, "WithDecryption");
  auto answer = std::make_shared<aws::Reply>(std::move(reply));
  const auto give = [answer](ApiResult<std::vector<Shown>> shown) {
    if (!shown) {
      (*answer)(std::move(shown).error());
      return;
    }
    ObjectBuilder out;
    out.set("Parameter", parameter_value(shown->front()));
    (*answer)(std::move(out).build());
  };
  if (name.starts_with(kSecrets)) {
    find_secret(request, name, decrypts, [give](ApiResult<Shown> shown) {
      if (shown) {
        give(std::vector<Shown>{*std::move(shown)});
      } else {
        give(shown.error());
      }
    });
    return;
  }
  ApiResult<Shown> shown = find(request, name);
  if (!shown) {
    (*answer)(shown.error());
    return;
  }
  reveal(request, {*std::move(shown)}, decrypts, give);
}

void SsmService::get_parameters(Request request, aws::Reply reply) {
  const bool decrypts = flag_member(request.input, "WithDecryption");
  std::vector<std::string> invalid;
  std::vector<Shown> shown;
  std::vector<std::string> secrets;
  for (const std::string& name : texts_member(request.input, "Names")) {
    if (name.starts_with(kSecrets)) {
      secrets.push_back(name);
      continue;
    }
    ApiResult<Shown> found = find(request, name);
    if (found) {
      shown.push_back(*std::move(found));
    } else if (found.error().code == "InternalFailure") {
      reply(found.error());
      return;
    } else {
      invalid.push_back(name);
    }
  }
  // Secrets come one by one, then the rest is decrypted.
  struct Getting {
    Request request;
    aws::Reply reply;
    std::vector<std::string> secrets;
    std::vector<Shown> shown;
    std::vector<std::string> invalid;
    std::function<void()> go_on = {};
  };
  auto getting =
      std::make_shared<Getting>(Getting{std::move(request), std::move(reply), std::move(secrets),
                                        std::move(shown), std::move(invalid)});
  getting->go_on = [this, getting, decrypts] {
    if (!getting->secrets.empty()) {
      const std::string name = getting->secrets.back();
      getting->secrets.pop_back();
      find_secret(getting->request, name, decrypts, [getting, name](ApiResult<Shown> secret) {
        if (secret) {
          getting->shown.push_back(*std::move(secret));
        } else if (secret.error().code == "ParameterNotFound") {
          getting->invalid.push_back(name);
        } else {
          getting->reply(secret.error());
          getting->go_on = nullptr;
          return;
        }
        const auto go_on = getting->go_on;
        go_on();
      });
      return;
    }
    reveal(getting->request, std::move(getting->shown), decrypts,
           [getting](ApiResult<std::vector<Shown>> all) {
             getting->go_on = nullptr;
             if (!all) {
               getting->reply(all.error());
               return;
             }
             std::vector<Value> list;
             for (const Shown& each : *all) list.push_back(parameter_value(each));
             ObjectBuilder out;
             out.set("Parameters", Value::array(std::move(list)))
                 .set("InvalidParameters", json::texts_value(getting->invalid));
             getting->reply(std::move(out).build());
           });
  };
  const auto go_on = getting->go_on;
  go_on();
}

/// One page of a path.
ApiResult<SsmService::PathPage> SsmService::page_of_path(const Request& request) const {
  const Value& input = request.input;
  std::string path = text_member(input, "Path");
  PAWL_TRY_VOID(check_path(path));
  const std::vector<Filter> filters = PAWL_TRY(filters_member(input, true));
  const std::string after = PAWL_TRY(page_start(input));
  const bool is_recursive = flag_member(input, "Recursive");
  const auto max = static_cast<size_t>(find_integer(input, "MaxResults").value_or(kPathPage));
  if (!path.ends_with('/')) path += '/';
  const auto is_on_level = [&](const std::string& name) {
    return is_recursive || name.find('/', path.size()) == std::string::npos;
  };
  PathPage page;
  bool is_full = false;
  /// False when the page is full.
  const auto add = [&](Shown&& shown) {
    is_full = page.shown.size() == max;
    if (is_full) {
      page.last = page.shown.back().parameter.name;
    } else {
      page.shown.push_back(std::move(shown));
    }
    return !is_full;
  };
  if (path.starts_with("/aws/")) {
    for (const std::string& name : public_parameters_below(path))
      if (name > after && is_on_level(name) && !add(PAWL_TRY(find(request, name)))) break;
    return page;
  }
  ApiResult<void> failure;
  PAWL_TRY_VOID(
      from_store(parameters_.visit(scope_of(request), path, after, [&](Parameter&& parameter) {
        if (!is_on_level(parameter.name)) return true;
        const int64_t number = version_wanted(parameter, filters);
        auto version = from_store(parameters_.find_version(parameter, number));
        if (!version) failure = version.error();
        if (!version) return false;
        const bool is_wanted =
            version->has_value() &&
            std::all_of(filters.begin(), filters.end(),
                        [&](const Filter& filter) { return passes(filter, parameter, **version); });
        return !is_wanted || add({std::move(parameter), **std::move(version), "", "", false});
      })));
  PAWL_TRY_VOID(std::move(failure));
  return page;
}

void SsmService::get_by_path(Request request, aws::Reply reply) {
  ApiResult<PathPage> page = page_of_path(request);
  if (!page) {
    reply(page.error());
    return;
  }
  auto answer = std::make_shared<aws::Reply>(std::move(reply));
  reveal(request, std::move(page->shown), flag_member(request.input, "WithDecryption"),
         [answer, last = page->last](ApiResult<std::vector<Shown>> all) {
           if (!all) {
             (*answer)(all.error());
             return;
           }
           std::vector<Value> list;
           for (const Shown& each : *all) list.push_back(parameter_value(each));
           ObjectBuilder out;
           out.set("Parameters", Value::array(std::move(list)));
           if (!last.empty()) out.set("NextToken", page_token(last));
           (*answer)(std::move(out).build());
         });
}

void SsmService::get_history(Request request, aws::Reply reply) {
  const Value& input = request.input;
  std::string last;
  const auto collect = [&]() -> ApiResult<std::vector<Shown>> {
    const Reference reference = read_reference(text_member(input, "Name"));
    const auto parameter =
        PAWL_TRY(from_store(parameters_.find(scope_of(request), reference.name)));
    if (!parameter) return parameter_not_found();
    const std::string after = PAWL_TRY(page_start(input));
    const auto max = static_cast<size_t>(find_integer(input, "MaxResults").value_or(kHistoryPage));
    int64_t number = is_number(after) ? std::stoll(after) + 1 : parameter->oldest;
    std::vector<Shown> shown;
    for (; number <= parameter->newest; ++number) {
      if (shown.size() == max) {
        last = std::to_string(number - 1);
        break;
      }
      auto version = PAWL_TRY(from_store(parameters_.find_version(*parameter, number)));
      if (!version) continue;
      Shown each;
      each.parameter = *parameter;
      each.version = *std::move(version);
      shown.push_back(std::move(each));
    }
    return shown;
  };
  ApiResult<std::vector<Shown>> shown = collect();
  if (!shown) {
    reply(shown.error());
    return;
  }
  auto answer = std::make_shared<aws::Reply>(std::move(reply));
  reveal(request, *std::move(shown), flag_member(input, "WithDecryption"),
         [answer, last](ApiResult<std::vector<Shown>> all) {
           if (!all) {
             (*answer)(all.error());
             return;
           }
           std::vector<Value> list;
           for (const Shown& each : *all) {
             ObjectBuilder entry;
             describe(entry, each.parameter, each.version);
             entry.set("Value", Value(each.version.value))
                 .set("Labels", json::texts_value(each.parameter.labels_of(each.version.number)));
             list.push_back(std::move(entry).build());
           }
           ObjectBuilder out;
           out.set("Parameters", Value::array(std::move(list)));
           if (!last.empty()) out.set("NextToken", page_token(last));
           (*answer)(std::move(out).build());
         });
}

}  // namespace pawl::ssm
