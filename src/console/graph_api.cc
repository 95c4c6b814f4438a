// SPDX-License-Identifier: Apache-2.0
#include "console/graph_api.h"

#include <optional>
#include <utility>

#include "aws/signing/hmac.h"
#include "base/limits.h"
#include "console/definition_picture.h"
#include "json/write.h"

namespace pawl::console {
namespace {

using aws::ApiResult;
using json::Value;

/// Pictures of what is looked at again and again; idle, there are none.
constexpr size_t kAnswersKept = 256;
constexpr uint64_t kAnswerBytesKept = uint64_t{16} << 20;
constexpr size_t kWaitingMax = 64;
/// A definition may have this much white space and more mistakes than AWS takes.
constexpr size_t kDefinitionBytesMax = base::Limits().definition_bytes_max;

ApiResult<asl::StateMachineType> read_type(const Value& body) {
  const std::string type = PAWL_TRY(text_or_empty(body, "type"));
  if (type.empty() || type == "STANDARD") return asl::StateMachineType::Standard;
  if (type == "EXPRESS") return asl::StateMachineType::Express;
  return aws::validation_exception("\"type\" must be STANDARD or EXPRESS.");
}

ApiResult<std::string> read_definition(const Value& body) {
  std::string definition = PAWL_TRY(text_of(body, "definition"));
  if (definition.size() > kDefinitionBytesMax) {
    return aws::validation_exception("\"definition\" has more than " +
                                     std::to_string(kDefinitionBytesMax) + " bytes.");
  }
  return definition;
}

}  // namespace

GraphApi::GraphApi(aws::ServiceLoop& loop, const asl::ResourceCatalog& resources)
    : loop_(loop),
      resources_(resources),
      answers_({.entries_max = kAnswersKept, .weight_max = kAnswerBytesKept}) {}

void GraphApi::add_to(ApiTable& table) {
  table.on("graph", [this](const ApiRequest& request, net::HttpReply reply) {
    graph(request, std::move(reply));
  });
}

void GraphApi::graph(const ApiRequest& request, net::HttpReply reply) {
  const auto type = read_type(request.body);
  if (!type) return reply.send(error_answer(type.error()));
  auto definition = read_definition(request.body);
  if (!definition) return reply.send(error_answer(definition.error()));
  std::string key =
      (*type == asl::StateMachineType::Express ? "E" : "S") + aws::sha256_hex(*definition);
  if (const auto kept = answers_.find(key)) return reply.send(json_answer(*kept));
  take({std::move(key), *std::move(definition), *type,
        std::make_shared<net::HttpReply>(std::move(reply))});
}

void GraphApi::take(Job job) {
  std::unique_lock lock(mutex_);
  if (waiting_.size() >= kWaitingMax) {
    lock.unlock();
    return job.reply->send(error_answer(aws::throttling("Too many pictures are being drawn.")));
  }
  waiting_.push_back(std::move(job));
  if (std::exchange(is_working_, true)) return;
  lock.unlock();
  loop_.work([this] { work_off(); });
}

void GraphApi::work_off() {
  for (;;) {
    std::optional<Job> job;
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.empty()) {
        is_working_ = false;
        return;
      }
      job = std::move(waiting_.front());
      waiting_.pop_front();
    }
    // Who types on has asked again.
    if (!job->reply->is_client_gone()) answer(*std::move(job));
  }
}

void GraphApi::answer(Job job) {
  auto text = answers_.find(job.key);
  if (text == nullptr) {
    const uint64_t generation = answers_.generation();
    text = std::make_shared<const std::string>(
        json::write(picture_of_definition(job.definition, job.type, resources_)));
    answers_.put(job.key, text, generation, text->size());
  }
  job.reply->send(json_answer(*text));
}

}  // namespace pawl::console
