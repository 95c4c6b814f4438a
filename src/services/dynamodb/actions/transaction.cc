// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/actions/transaction.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "base/wire.h"
#include "json/write.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/item_key.h"
#include "store/key.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using json::Value;

constexpr uint8_t kTokenVersion = 1;
constexpr int64_t kTokenMs = int64_t{10} * 60 * 1000;
constexpr size_t kTransactionBytesMax = size_t{4} << 20;

Value reason_json(const CancellationReason& reason) {
  json::ObjectBuilder out;
  out.set("Code", Value(reason.code));
  if (reason.item) out.set("Item", write_item(*reason.item));
  if (reason.code != "None") out.set("Message", Value(reason.message));
  return std::move(out).build();
}

}  // namespace

aws::ApiError transaction_cancelled(const std::vector<CancellationReason>& reasons) {
  std::string codes;
  std::vector<Value> list;
  for (const CancellationReason& reason : reasons) {
    codes += (codes.empty() ? "" : ", ") + reason.code;
    list.push_back(reason_json(reason));
  }
  aws::ApiError error(
      "TransactionCanceledException",
      "Transaction cancelled, please refer cancellation reasons for specific reasons [" + codes +
          "]");
  json::ObjectBuilder members;
  members.set("CancellationReasons", Value::array(std::move(list)));
  error.members = std::move(members).build();
  return error;
}

Consumed& consumed_of(std::vector<Consumed>& list, const std::string& table) {
  for (Consumed& each : list) {
    if (each.table == table) return each;
  }
  list.push_back(Consumed{.table = table, .is_transaction = true});
  return list.back();
}

ApiResult<void> Transaction::locate_all() {
  for (WriteRequest& write : writes) {
    write.write.wants_items = write.returns_item_on_failure;
    if (write.write.table == nullptr)
      write.write.table = PAWL_TRY(find_table(database_, request_, write.table_name));
  }
  reasons_.assign(writes.size(), {});
  bool is_cancelled = false;
  std::set<std::string> seen;
  size_t bytes = 0;
  for (size_t i = 0; i < writes.size(); ++i) {
    const Write& write = writes[i].write;
    if (const auto fits = check_write_keys(write); !fits) {
      reasons_[i] = {"ValidationError", fits.error().message.value_or(""), std::nullopt};
      is_cancelled = true;
      continue;
    }
    bytes += size_of(write.item);
    if (!seen.insert(item_key(*write.table->schema(), write.item)).second)
      return invalid("Transaction request cannot include multiple operations on one item");
  }
  if (is_cancelled) return transaction_cancelled(reasons_);
  if (bytes > kTransactionBytesMax)
    return invalid("Transaction size exceeded the maximum allowed size of 4 MB");
  return {};
}

std::string Transaction::token_key() const {
  return store::KeyBuilder().text(request_.account_id()).text(request_.region).text(token_).take();
}

std::string Transaction::fingerprint() const {
  return base::digest(base::DigestAlgorithm::Sha256, json::write(request_.input));
}

ApiResult<bool> Transaction::is_repeated() const {
  if (token_.empty()) return false;
  const auto record = database_.store().get(database_.tokens(), token_key());
  if (!record) return storage_failure(record.error());
  if (!*record) return false;
  base::ByteReader in(**record);
  if (in.byte() != kTokenVersion) return false;
  if (in.signed_varint() + kTokenMs < database_.now_ms()) return false;
  if (in.sized() == fingerprint()) return true;
  return aws::ApiError(
      "IdempotentParameterMismatchException",
      "The request uses a ClientRequestToken that was already used with different parameters");
}

ApiResult<TransactionResult> Transaction::stage_all(ItemWriter& writer) {
  TransactionResult out;
  bool is_cancelled = false;
  for (size_t i = 0; i < writes.size(); ++i) {
    ApiResult<Written> written = writer.stage(writes[i].write);
    if (!written) {
      if (written.error().code != "ValidationException")
        return tl::unexpected(std::move(written).error());
      reasons_[i] = {"ValidationError", written.error().message.value_or(""), std::nullopt};
      is_cancelled = true;
      continue;
    }
    if (written->condition_failed) {
      reasons_[i] = {"ConditionalCheckFailed", "The conditional request failed", std::nullopt};
      if (writes[i].insert_only)
        reasons_[i] = {"DuplicateItem", "Duplicate primary key exists in table", std::nullopt};
      if (writes[i].returns_item_on_failure) reasons_[i].item = std::move(written->old_item);
      is_cancelled = true;
      continue;
    }
    const auto schema = writes[i].write.table->schema();
    consumed_of(out.consumed, schema->name).add_write(*schema, *written);
  }
  if (is_cancelled) return transaction_cancelled(reasons_);
  return out;
}

ApiResult<TransactionResult> Transaction::run() {
  PAWL_TRY_VOID(locate_all());
  std::vector<std::shared_ptr<Table>> tables;
  for (const WriteRequest& write : writes) tables.push_back(write.write.table);
  ItemWriter writer(database_, tables);
  if (PAWL_TRY(is_repeated())) {
    TransactionResult out;
    // "A repeated call returns the read capacity units consumed in reading the items."
    for (const WriteRequest& write : writes) {
      consumed_of(out.consumed, write.write.table->schema()->name).read +=
          2 * read_units(size_of(write.write.item), true);
    }
    return out;
  }
  TransactionResult out = PAWL_TRY(stage_all(writer));
  if (!token_.empty()) {
    std::string record;
    base::ByteWriter bytes(record);
    bytes.byte(kTokenVersion);
    bytes.signed_varint(database_.now_ms());
    bytes.sized(fingerprint());
    writer.batch().put(database_.tokens(), token_key(), record);
  }
  if (answer) request_.keep_answer(answer(out));
  PAWL_TRY_VOID(writer.commit());
  return out;
}

}  // namespace pawl::dynamodb
