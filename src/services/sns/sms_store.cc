// SPDX-License-Identifier: Apache-2.0
#include "services/sns/sms_store.h"

#include "services/sns/record_parts.h"
#include "services/sns/store_keys.h"

namespace pawl::sns {
namespace {

using base::Result;
using store::Range;

constexpr uint8_t kVersion = 1;
enum RecordKind : uint8_t { kAttributesRecord = 1, kSandbox = 2 };

store::KeyBuilder key_of(RecordKind kind, const Scope& scope) {
  store::KeyBuilder key;
  key.u8(kind).text(scope.account).text(scope.region);
  return key;
}

std::string last_part(std::string_view stored, const std::string& prefix) {
  return store::KeyReader(stored.substr(prefix.size())).text().value_or("");
}

Result<SandboxNumber> read_number(std::string number, std::string_view bytes) {
  base::ByteReader in(bytes);
  SandboxNumber out;
  out.number = std::move(number);
  if (in.byte() != kVersion) in.fail();
  out.one_time_password = in.sized();
  out.is_verified = in.boolean();
  if (!in.ok() || !in.at_end()) return base::malformed_record("SNS sandbox number");
  return out;
}

}  // namespace

Result<SmsStore> SmsStore::open(store::Store& store) {
  return SmsStore(store, PAWL_TRY(store.keyspace("sns/sms", store::Shape::Records)));
}

Result<Attributes> SmsStore::attributes(const Scope& scope) const {
  const auto bytes = PAWL_TRY(store_->get(keyspace_, key_of(kAttributesRecord, scope).view()));
  if (!bytes) return Attributes{};
  base::ByteReader in(*bytes);
  if (in.byte() != kVersion) in.fail();
  Attributes attributes = read_attributes(in);
  if (!in.ok() || !in.at_end()) return base::malformed_record("SNS SMS attributes");
  return attributes;
}

void SmsStore::put_attributes(store::Batch& batch, const Scope& scope,
                              const Attributes& attributes) const {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kVersion);
  write_attributes(out, attributes);
  batch.put(keyspace_, key_of(kAttributesRecord, scope).view(), bytes);
}

Result<std::optional<SandboxNumber>> SmsStore::find_sandbox_number(const Scope& scope,
                                                                   std::string_view number) const {
  const auto bytes = PAWL_TRY(store_->get(keyspace_, key_of(kSandbox, scope).text(number).view()));
  if (!bytes) return std::nullopt;
  return PAWL_TRY(read_number(std::string(number), *bytes));
}

void SmsStore::put(store::Batch& batch, const Scope& scope, const SandboxNumber& number) const {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kVersion);
  out.sized(number.one_time_password);
  out.boolean(number.is_verified);
  batch.put(keyspace_, key_of(kSandbox, scope).text(number.number).view(), bytes);
}

void SmsStore::erase_sandbox_number(store::Batch& batch, const Scope& scope,
                                    std::string_view number) const {
  batch.erase(keyspace_, key_of(kSandbox, scope).text(number).view());
}

Result<Page<SandboxNumber>> SmsStore::sandbox_numbers(const Scope& scope, const std::string& from,
                                                      size_t max) const {
  Page<SandboxNumber> page;
  const std::string prefix = key_of(kSandbox, scope).take();
  const auto cursor = store_->cursor(keyspace_, Range::prefix(prefix));
  for (bool more = PAWL_TRY(from.empty() ? cursor->first() : cursor->seek(from)); more;
       more = PAWL_TRY(cursor->next())) {
    if (page.items.size() == max) {
      page.next = cursor->key();
      break;
    }
    page.items.push_back(PAWL_TRY(read_number(last_part(cursor->key(), prefix), cursor->value())));
  }
  return page;
}

}  // namespace pawl::sns
