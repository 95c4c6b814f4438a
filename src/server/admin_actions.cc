// SPDX-License-Identifier: Apache-2.0
#include "server/admin_actions.h"

#include <memory>
#include <string_view>
#include <utility>

#include "json/parse.h"
#include "json/write.h"
#include "server/execution_replay.h"

namespace pawl::server {
namespace {

net::HttpResponse answer(int status, std::string_view member, std::string_view text) {
  json::ObjectBuilder body;
  body.set(member, json::Value(text));
  return {
      status, {{"Content-Type", "application/json"}}, json::write(std::move(body).build()) + "\n"};
}

}  // namespace

void AdminActions::add_to(Gateway& gateway) {
  gateway.add_own_action("/_pawl/admin/backup", [this](std::string body, net::HttpReply reply) {
    backup(body, std::move(reply));
  });
  gateway.add_own_action("/_pawl/admin/replay", [this](std::string body, net::HttpReply reply) {
    replay(body, std::move(reply));
  });
}

void AdminActions::backup(const std::string& body, net::HttpReply reply) {
  const auto request = json::parse(body);
  const json::Value* to = request && request->is_object() ? request->find("to") : nullptr;
  // The server's working folder is nothing that the caller knows.
  if (to == nullptr || !to->is_string() || !to->as_string().starts_with('/'))
    return reply.send(answer(400, "message", "\"to\" must be an absolute path"));
  // std::function wants what can be copied.
  const auto shared = std::make_shared<net::HttpReply>(std::move(reply));
  work_.post([this, shared, folder = std::string(to->as_string())] {
    const auto made = store_.backup(folder);
    shared->send(made ? answer(200, "to", folder) : answer(500, "message", made.error().message));
  });
}

void AdminActions::replay(const std::string& body, net::HttpReply reply) {
  const auto request = json::parse(body);
  const json::Value* arn =
      request && request->is_object() ? request->find("executionArn") : nullptr;
  if (arn == nullptr || !arn->is_string())
    return reply.send(answer(400, "message", "\"executionArn\" must be a string"));
  const json::Value* until = request->find("until");
  int64_t last = INT64_MAX;
  if (until != nullptr && !(until->is_number() && until->to_int64(last)))
    return reply.send(answer(400, "message", "\"until\" must be an event's id"));
  const auto shared = std::make_shared<net::HttpReply>(std::move(reply));
  work_.post([this, shared, last, name = std::string(arn->as_string())] {
    const auto shown = replay_as_json(store_, name, last);
    if (shown) {
      shared->send({200, {{"Content-Type", "application/json"}}, json::write(*shown) + "\n"});
    } else {
      const bool is_missing = shown.error().kind == base::ErrorKind::NotFound;
      shared->send(answer(is_missing ? 404 : 500, "message", shown.error().message));
    }
  });
}

}  // namespace pawl::server
