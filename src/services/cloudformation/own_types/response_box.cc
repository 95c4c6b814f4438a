// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/own_types/response_box.h"

#include <array>
#include <utility>

#include "aws/service/input_members.h"

namespace pawl::cloudformation {
namespace {

constexpr std::string_view kKind = "response";

}  // namespace

aws::ApiResult<std::string> ResponseBox::open(const StackKey& key, const std::string& name,
                                              const std::string& logical_id) const {
  std::optional<ResponseSlot> slot = PAWL_TRY(find(key.owner, name));
  if (!slot) {
    slot.emplace(ResponseSlot{
        .secret = ports_.draw_uuid(), .stack_uuid = key.uuid, .logical_id = logical_id});
    PAWL_TRY_VOID(aws::from_store(
        ports_.store.table().put(key.owner, kKind, name, FieldWriter::write_record(*slot))));
  }
  return ports_.endpoint_url() + std::string(kPath) + key.owner.account + "/" + key.owner.region +
         "/" + name + "/" + slot->secret;
}

aws::ApiResult<std::optional<ResponseSlot>> ResponseBox::find(const records::Owner& owner,
                                                              const std::string& name) const {
  const auto record = PAWL_TRY(aws::from_store(ports_.store.table().get(owner, kKind, name)));
  if (!record) return std::optional<ResponseSlot>();
  return std::optional<ResponseSlot>(FieldReader::read_record<ResponseSlot>(*record));
}

aws::ApiResult<void> ResponseBox::close(const records::Owner& owner,
                                        const std::string& name) const {
  return aws::from_store(ports_.store.table().erase(owner, kKind, name));
}

aws::ApiResult<std::optional<ResponseBox::Address>> ResponseBox::address(
    std::string_view path) const {
  if (!path.starts_with(kPath)) return std::optional<Address>();
  path.remove_prefix(kPath.size());
  std::array<std::string, 4> parts;  // account, region, name, secret
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t slash = path.find('/');
    if ((slash == std::string_view::npos) != (i + 1 == parts.size())) {
      return std::optional<Address>();
    }
    parts[i] = std::string(path.substr(0, slash));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  Address found{{parts[0], parts[1]}, parts[2]};
  const auto slot = PAWL_TRY(find(found.owner, found.name));
  if (!slot || slot->secret != parts[3]) return std::optional<Address>();
  return std::optional<Address>(std::move(found));
}

aws::ApiResult<ResponseSlot> ResponseBox::put(const Address& address,
                                              const std::string& body) const {
  const std::lock_guard lock(ports_.store.mutex());
  auto slot = PAWL_TRY(find(address.owner, address.name));
  if (!slot) return aws::ApiError("NoSuchKey", "nobody waits for this any more", 404);
  if (slot->bodies.size() >= kBodiesMax) {
    return aws::ApiError("LimitExceeded", "too many answers have come here", 400);
  }
  slot->bodies.push_back(body);
  PAWL_TRY_VOID(aws::from_store(ports_.store.table().put(address.owner, kKind, address.name,
                                                         FieldWriter::write_record(*slot))));
  return *std::move(slot);
}

}  // namespace pawl::cloudformation
