// SPDX-License-Identifier: Apache-2.0
#include "services/sns/mailbox.h"

#include "base/wire.h"
#include "store/key.h"

namespace pawl::sns {
namespace {

using base::Result;

constexpr uint8_t kMailVersion = 1;

std::string key_of(uint64_t number) { return store::KeyBuilder().u64(number).take(); }

std::string write_mail(const Mail& mail) {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kMailVersion);
  out.sized(mail.protocol);
  out.sized(mail.to);
  out.sized(mail.topic_arn);
  out.sized(mail.message_id);
  out.sized(mail.subject);
  out.sized(mail.text);
  out.signed_varint(mail.sent_at.ms);
  return bytes;
}

Result<Mail> read_mail(std::string_view key, std::string_view bytes) {
  base::ByteReader in(bytes);
  Mail mail;
  mail.number = store::KeyReader(key).u64().value_or(0);
  if (in.byte() != kMailVersion) in.fail();
  mail.protocol = in.sized();
  mail.to = in.sized();
  mail.topic_arn = in.sized();
  mail.message_id = in.sized();
  mail.subject = in.sized();
  mail.text = in.sized();
  mail.sent_at.ms = in.signed_varint();
  if (!in.ok() || !in.at_end()) return base::malformed_record("mail");
  return mail;
}

}  // namespace

Result<std::unique_ptr<Mailbox>> Mailbox::open(store::Store& store) {
  const store::Keyspace mails = PAWL_TRY(store.keyspace("sns/mailbox", store::Shape::Records));
  std::unique_ptr<Mailbox> mailbox(new Mailbox(store, mails));
  const auto cursor = store.cursor(mails, store::Range::all());
  if (PAWL_TRY(cursor->last()))
    mailbox->next_ = store::KeyReader(cursor->key()).u64().value_or(0) + 1;
  return mailbox;
}

void Mailbox::add(store::Batch& batch, const Mail& mail) {
  const uint64_t number = next_.fetch_add(1);
  batch.put(mails_, key_of(number), write_mail(mail));
  if (number > kMailsMax) batch.erase(mails_, key_of(number - kMailsMax));
}

Result<std::vector<Mail>> Mailbox::list(std::string_view to, size_t max) const {
  std::vector<Mail> mails;
  const auto cursor = store_.cursor(mails_, store::Range::all());
  for (bool more = PAWL_TRY(cursor->last()); more && mails.size() < max;
       more = PAWL_TRY(cursor->prev())) {
    Mail mail = PAWL_TRY(read_mail(cursor->key(), cursor->value()));
    if (to.empty() || mail.to == to) mails.push_back(std::move(mail));
  }
  return mails;
}

Result<std::optional<Mail>> Mailbox::find(uint64_t number) const {
  const std::string key = key_of(number);
  const std::optional<std::string> bytes = PAWL_TRY(store_.get(mails_, key));
  if (!bytes) return std::nullopt;
  return PAWL_TRY(read_mail(key, *bytes));
}

Result<void> Mailbox::clear() {
  store::Batch batch;
  batch.erase_range(mails_, store::Range::all());
  return store_.commit(batch, store::Sync::No);
}

}  // namespace pawl::sns
