// SPDX-License-Identifier: Apache-2.0
// Reading of both files. An expression that does not compile makes the whole service's file
// unusable: to wait for something else than what was meant would be worse.
#include "aws/client/client_models.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "aws/model/gunzip.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;

constexpr size_t kFileBytesMax = 16 * 1'048'576;

Result<Value> read_json_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error(ErrorKind::Io, "cannot read " + path.string());
  std::ostringstream read;
  read << in.rdbuf();
  std::string text = std::move(read).str();
  if (is_gzip(text)) text = PAWL_TRY(gunzip(text, kFileBytesMax));
  auto value = json::parse(text);
  if (!value) return Error(value.error().kind, path.string() + ": " + value.error().message);
  return std::move(*value);
}

/// One text or a list of them.
std::vector<std::string> texts_of(const Value& object, std::string_view name) {
  const Value* found = object.find(name);
  std::vector<std::string> texts;
  if (found == nullptr) return texts;
  if (found->is_string()) texts.emplace_back(found->as_string());
  if (!found->is_array()) return texts;
  for (const Value& item : found->items()) {
    if (item.is_string()) texts.emplace_back(item.as_string());
  }
  return texts;
}

Result<std::vector<JmesPath>> paths_of(const Value& object, std::string_view name) {
  std::vector<JmesPath> paths;
  for (const std::string& text : texts_of(object, name)) {
    paths.push_back(PAWL_TRY(JmesPath::compile(text)));
  }
  return paths;
}

Result<Paginator> read_paginator(const Value& definition) {
  Paginator paginator;
  paginator.input_tokens = texts_of(definition, "input_token");
  paginator.output_tokens = PAWL_TRY(paths_of(definition, "output_token"));
  paginator.result_keys = PAWL_TRY(paths_of(definition, "result_key"));
  paginator.limit_key = text_member(definition, "limit_key");
  if (const std::string more = text_member(definition, "more_results"); !more.empty()) {
    paginator.more_results = PAWL_TRY(JmesPath::compile(more));
  }
  if (paginator.input_tokens.empty() ||
      paginator.input_tokens.size() != paginator.output_tokens.size()) {
    return Error(ErrorKind::InvalidSyntax, "its tokens do not belong together");
  }
  return paginator;
}

template <typename T, size_t N>
Result<T> word(const std::pair<const char*, T> (&words)[N], const Value& object,
               std::string_view name) {
  const std::string text = text_member(object, name);
  for (const auto& [known, value] : words) {
    if (text == known) return value;
  }
  return Error(ErrorKind::InvalidSyntax, "'" + text + "' is no " + std::string(name));
}

Result<Waiter::Acceptor> read_acceptor(const Value& definition) {
  constexpr std::pair<const char*, Waiter::Matcher> kMatchers[] = {
      {"path", Waiter::Matcher::Path},
      {"pathAll", Waiter::Matcher::PathAll},
      {"pathAny", Waiter::Matcher::PathAny},
      {"status", Waiter::Matcher::Status},
      {"error", Waiter::Matcher::Error}};
  constexpr std::pair<const char*, Waiter::State> kStates[] = {{"success", Waiter::State::Success},
                                                               {"failure", Waiter::State::Failure},
                                                               {"retry", Waiter::State::Retry}};
  Waiter::Acceptor acceptor;
  acceptor.matcher = PAWL_TRY(word(kMatchers, definition, "matcher"));
  acceptor.state = PAWL_TRY(word(kStates, definition, "state"));
  const Value* expected = definition.find("expected");
  if (expected == nullptr) return Error(ErrorKind::InvalidSyntax, "an acceptor expects nothing");
  acceptor.expected = json::write(*expected);
  if (acceptor.matcher != Waiter::Matcher::Status && acceptor.matcher != Waiter::Matcher::Error) {
    acceptor.path = PAWL_TRY(JmesPath::compile(text_member(definition, "argument")));
  }
  return acceptor;
}

Result<Waiter> read_waiter(std::string name, const Value& definition) {
  Waiter waiter;
  waiter.name = std::move(name);
  waiter.operation = text_member(definition, "operation");
  waiter.delay_ms = integer_member(definition, "delay") * 1'000;
  waiter.attempts_max = static_cast<int>(integer_member(definition, "maxAttempts"));
  const Value* acceptors = definition.find("acceptors");
  if (waiter.operation.empty() || acceptors == nullptr || !acceptors->is_array()) {
    return Error(ErrorKind::InvalidSyntax, "it has no operation or no acceptors");
  }
  for (const Value& acceptor : acceptors->items()) {
    waiter.acceptors.push_back(PAWL_TRY(read_acceptor(acceptor)));
  }
  return waiter;
}

template <typename T>
std::vector<std::string> names_of(const std::map<std::string, T>& entries) {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries) names.push_back(name);
  return names;
}

}  // namespace

/// Of the highest version; of equal ones, the file with the most entries.
Result<Value> ClientModels::newest(const std::string& service, const std::string& file,
                                   std::string_view part) const {
  std::string best_version;
  Value best = Value::object();
  for (const std::string& directory : path_.directories) {
    std::error_code error;
    for (fs::directory_iterator version(fs::path(directory) / service, error), end;
         !error && version != end; version.increment(error)) {
      fs::path path = version->path() / file;
      if (!fs::is_regular_file(path, error)) path += ".gz";
      const std::string name = version->path().filename().string();
      if (!fs::is_regular_file(path, error) || name < best_version) continue;
      Value found = PAWL_TRY(read_json_file(path));
      const Value* entries = found.find(part);
      if (entries == nullptr || !entries->is_object()) continue;
      if (name > best_version || entries->size() > best.size()) best = *entries;
      best_version = name;
    }
  }
  return best;
}

Result<const ClientModels::Service*> ClientModels::find(const std::string& service) {
  const std::lock_guard lock(mutex_);
  const auto known = services_.find(service);
  if (known != services_.end()) return &known->second;
  // A name is of one folder, here, not a path to somewhere else.
  if (service.starts_with('.') || service.find('/') != std::string::npos) {
    return Error(ErrorKind::NotFound, "no service is called " + service);
  }
  Service made;
  const auto failure = [&service](const std::string& name, const Error& error) {
    return Error(error.kind, service + ", " + name + ": " + error.message);
  };
  const Value paginators = PAWL_TRY(newest(service, "paginators-1.json", "pagination"));
  for (const json::Member& member : paginators.members()) {
    auto paginator = read_paginator(member.value);
    if (!paginator) return failure(std::string(member.name()), paginator.error());
    made.paginators.emplace(member.name(), *std::move(paginator));
  }
  const Value waiters = PAWL_TRY(newest(service, "waiters-2.json", "waiters"));
  for (const json::Member& member : waiters.members()) {
    auto waiter = read_waiter(std::string(member.name()), member.value);
    if (!waiter) return failure(std::string(member.name()), waiter.error());
    made.waiters.emplace(member.name(), *std::move(waiter));
  }
  return &services_.emplace(service, std::move(made)).first->second;
}

Result<const Paginator*> ClientModels::paginator(const std::string& service,
                                                 const std::string& operation) {
  const Service* found = PAWL_TRY(find(service));
  const auto entry = found->paginators.find(operation);
  if (entry != found->paginators.end()) return &entry->second;
  return Error(ErrorKind::NotFound, service + ":" + operation + " does not come in pages");
}

Result<const Waiter*> ClientModels::waiter(const std::string& service, const std::string& name) {
  const Service* found = PAWL_TRY(find(service));
  const auto entry = found->waiters.find(name);
  if (entry != found->waiters.end()) return &entry->second;
  return Error(ErrorKind::NotFound, "service " + service + " has no waiter " + name);
}

std::vector<std::string> ClientModels::paginators_of(const std::string& service) {
  const auto found = find(service);
  return found ? names_of((*found)->paginators) : std::vector<std::string>();
}

std::vector<std::string> ClientModels::waiters_of(const std::string& service) {
  const auto found = find(service);
  return found ? names_of((*found)->waiters) : std::vector<std::string>();
}

}  // namespace pawl::aws
