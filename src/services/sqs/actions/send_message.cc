// SPDX-License-Identifier: Apache-2.0
// SendMessage and SendMessageBatch.
#include "base/bytes.h"
#include "services/sqs/actions/batch.h"
#include "services/sqs/errors.h"
#include "services/sqs/input.h"
#include "services/sqs/message_attributes.h"
#include "services/sqs/received_message.h"
#include "services/sqs/sqs_service.h"

namespace pawl::sqs {
namespace {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

constexpr size_t kBatchBytesMax = 1'048'576;

/// The MD5s that SDKs check, taken before the message is on its way.
struct Digests {
  std::string body;
  std::string attributes;
  std::string system_attributes;
};

std::string md5_of(std::string_view text) {
  return base::hex_encode(base::digest(base::DigestAlgorithm::Md5, text));
}

/// API MessageSystemAttributes: AWSTraceHeader is the only one there is.
ApiResult<void> read_system_attributes(const aws::Request& request, const Value& from,
                                       SendEntry& entry, Digests& digests) {
  if (request.http != nullptr) {
    entry.trace_header = request.http->headers.get("X-Amzn-Trace-Id");
  }
  const Value* given = from.find("MessageSystemAttributes");
  if (given == nullptr || given->size() == 0) return {};
  std::vector<MessageAttribute> read;
  for (const json::Member& member : given->members()) {
    if (member.name() != "AWSTraceHeader") {
      return invalid_parameter("Message system attribute name '" + std::string(member.name()) +
                               "' is invalid.");
    }
    read.push_back({std::string(member.name()), text_member(member.value, "DataType"),
                    text_member(member.value, "StringValue")});
    if (read.back().data_type != "String" || read.back().value.empty()) {
      return invalid_parameter(
          "Message system attribute 'AWSTraceHeader' must contain a non-empty value of type "
          "'String'.");
    }
    entry.trace_header = read.back().value;
    entry.system_attribute_bytes += read.back().bytes();
  }
  digests.system_attributes = md5_of_attributes(std::move(read));
  return {};
}

/// `from` is the input of SendMessage or an entry of the batch.
ApiResult<SendEntry> read_entry(const aws::Request& request, const Value& from, Digests& digests) {
  SendEntry entry;
  entry.body = PAWL_TRY(required_text(from, "MessageBody"));
  if (!has_valid_characters(entry.body)) {
    return ApiError("InvalidMessageContents", std::string(kInvalidCharacters));
  }
  entry.attributes = PAWL_TRY(read_message_attributes(from.find("MessageAttributes")));
  entry.delay_seconds = find_integer(from, "DelaySeconds");
  entry.group_id = find_text(from, "MessageGroupId");
  entry.deduplication_id = find_text(from, "MessageDeduplicationId");
  entry.sender_id = request.principal.user_id;
  digests.body = md5_of(entry.body);
  digests.attributes = md5_of_attributes(entry.attributes);
  PAWL_TRY_VOID(read_system_attributes(request, from, entry, digests));
  return entry;
}

void tell(json::ObjectBuilder& out, const Sent& sent, const Digests& digests) {
  out.set("MD5OfMessageBody", Value(digests.body));
  if (!digests.attributes.empty()) out.set("MD5OfMessageAttributes", Value(digests.attributes));
  if (!digests.system_attributes.empty()) {
    out.set("MD5OfMessageSystemAttributes", Value(digests.system_attributes));
  }
  out.set("MessageId", Value(sent.message_id));
  if (sent.sequence) out.set("SequenceNumber", Value(sequence_number(*sent.sequence)));
}

size_t bytes_of(const SendEntry& entry) {
  size_t bytes = entry.body.size();
  for (const MessageAttribute& attribute : entry.attributes) bytes += attribute.bytes();
  return bytes;
}

}  // namespace

aws::ActionResult SqsService::send_message(const Request& request) {
  const QueueName name = PAWL_TRY(queue_of(request));
  Digests digests;
  std::vector<SendEntry> entries;
  entries.push_back(PAWL_TRY(read_entry(request, request.input, digests)));
  Value output;
  const auto tell_result = [&](const EntryResults<Sent>& results) {
    if (!results.front()) return;
    json::ObjectBuilder out;
    tell(out, *results.front(), digests);
    output = std::move(out).build();
  };
  EntryResults<Sent> results = PAWL_TRY(
      broker_->send(name, std::move(entries), false, [&](const EntryResults<Sent>& before) {
        tell_result(before);
        request.keep_answer(output);
      }));
  if (!results.front()) return std::move(results.front()).error();
  if (output.is_null()) tell_result(results);  // a duplicate: nothing was committed
  return output;
}

aws::ActionResult SqsService::send_message_batch(const Request& request) {
  const QueueName name = PAWL_TRY(queue_of(request));
  const std::vector<std::string> ids =
      PAWL_TRY(check_batch(request.input, "SendMessageBatchRequestEntry"));
  std::vector<Value> successful;
  std::vector<Value> failed;
  std::vector<SendEntry> entries;
  std::vector<size_t> sent_from;  // which entry each of `entries` was
  std::vector<Digests> digests(ids.size());
  size_t bytes = 0;
  const Value& given = *request.input.find("Entries");
  for (size_t i = 0; i < ids.size(); ++i) {
    auto entry = read_entry(request, given.items()[i], digests[i]);
    if (!entry) {
      failed.push_back(failed_entry(ids[i], entry.error()));
      continue;
    }
    bytes += bytes_of(*entry);
    entries.push_back(std::move(*entry));
    sent_from.push_back(i);
  }
  if (bytes > kBatchBytesMax) {
    return ApiError("BatchRequestTooLong",
                    "Batch requests cannot be longer than " + std::to_string(kBatchBytesMax) +
                        " bytes. You have sent " + std::to_string(bytes) + " bytes.");
  }
  const auto output_of = [&](const EntryResults<Sent>& results) {
    std::vector<Value> done = successful;
    std::vector<Value> refused = failed;
    for (size_t i = 0; i < results.size(); ++i) {
      const std::string& id = ids[sent_from[i]];
      if (!results[i]) {
        refused.push_back(failed_entry(id, results[i].error()));
        continue;
      }
      json::ObjectBuilder out;
      out.set("Id", Value(id));
      tell(out, *results[i], digests[sent_from[i]]);
      done.push_back(std::move(out).build());
    }
    return batch_output(std::move(done), std::move(refused));
  };
  return output_of(PAWL_TRY(
      broker_->send(name, std::move(entries), true, [&](const EntryResults<Sent>& results) {
        if (request.before_commit) request.keep_answer(output_of(results));
      })));
}

}  // namespace pawl::sqs
