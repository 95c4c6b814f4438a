// SPDX-License-Identifier: Apache-2.0
#include "services/sns/platform_store.h"

#include <vector>

#include "services/sns/record_parts.h"
#include "services/sns/store_keys.h"

namespace pawl::sns {
namespace {

using base::Result;
using store::Range;

constexpr uint8_t kVersion = 1;

store::KeyBuilder platform_key(const PlatformName& name) {
  store::KeyBuilder key = scope_key(name.scope);
  key.text(name.platform).text(name.name);
  return key;
}

std::string write_record(const Attributes& attributes) {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kVersion);
  write_attributes(out, attributes);
  return bytes;
}

Result<Attributes> read_record(std::string_view bytes) {
  base::ByteReader in(bytes);
  if (in.byte() != kVersion) in.fail();
  Attributes attributes = read_attributes(in);
  if (!in.ok() || !in.at_end()) return base::malformed_record("SNS platform record");
  return attributes;
}

std::string arn_of(const Scope& scope, const std::string& resource) {
  return aws::Arn{std::string(aws::partition_of(scope.region)), "sns", scope.region, scope.account,
                  resource}
      .text();
}

}  // namespace

std::string PlatformName::arn() const { return arn_of(scope, "app/" + platform + "/" + name); }

std::string PlatformEndpoint::arn() const {
  return arn_of(application.scope,
                "endpoint/" + application.platform + "/" + application.name + "/" + id);
}

std::optional<PlatformName> platform_application_of(const aws::Arn& arn) {
  const std::vector<std::string_view> parts = arn.resource_parts('/');
  if (arn.service != "sns" || parts.size() != 3 || parts[0] != "app") return std::nullopt;
  return PlatformName{{arn.account_id, arn.region}, std::string(parts[1]), std::string(parts[2])};
}

std::optional<PlatformEndpoint> platform_endpoint_of(const aws::Arn& arn) {
  const std::vector<std::string_view> parts = arn.resource_parts('/');
  if (arn.service != "sns" || parts.size() != 4 || parts[0] != "endpoint") return std::nullopt;
  return PlatformEndpoint{
      {{arn.account_id, arn.region}, std::string(parts[1]), std::string(parts[2])},
      std::string(parts[3]),
      {}};
}

Result<PlatformStore> PlatformStore::open(store::Store& store) {
  PlatformStore opened(store);
  opened.applications_ = PAWL_TRY(store.keyspace("sns/platforms", store::Shape::Records));
  opened.endpoints_ = PAWL_TRY(store.keyspace("sns/platform_endpoints", store::Shape::Records));
  return opened;
}

Result<std::optional<PlatformApplication>> PlatformStore::find(const PlatformName& name) const {
  const auto bytes = PAWL_TRY(store_->get(applications_, platform_key(name).view()));
  if (!bytes) return std::nullopt;
  return PlatformApplication{name, PAWL_TRY(read_record(*bytes))};
}

void PlatformStore::put(store::Batch& batch, const PlatformApplication& application) const {
  batch.put(applications_, platform_key(application.name).view(),
            write_record(application.attributes));
}

void PlatformStore::erase(store::Batch& batch, const PlatformName& name) const {
  const std::string key = platform_key(name).take();
  batch.erase(applications_, key);
  batch.erase_range(endpoints_, Range::prefix(key));
}

Result<Page<PlatformApplication>> PlatformStore::applications(const Scope& scope,
                                                              const std::string& from,
                                                              size_t max) const {
  Page<PlatformApplication> page;
  const auto cursor = store_->cursor(applications_, Range::prefix(scope_key(scope).view()));
  for (bool more = PAWL_TRY(from.empty() ? cursor->first() : cursor->seek(from)); more;
       more = PAWL_TRY(cursor->next())) {
    if (page.items.size() == max) {
      page.next = cursor->key();
      break;
    }
    store::KeyReader key(cursor->key());
    key.text();
    key.text();
    PlatformName name{scope, key.text().value_or(""), ""};
    name.name = key.text().value_or("");
    page.items.push_back({std::move(name), PAWL_TRY(read_record(cursor->value()))});
  }
  return page;
}

Result<std::optional<PlatformEndpoint>> PlatformStore::find(const PlatformEndpoint& named) const {
  const auto bytes =
      PAWL_TRY(store_->get(endpoints_, platform_key(named.application).text(named.id).view()));
  if (!bytes) return std::nullopt;
  return PlatformEndpoint{named.application, named.id, PAWL_TRY(read_record(*bytes))};
}

void PlatformStore::put(store::Batch& batch, const PlatformEndpoint& endpoint) const {
  batch.put(endpoints_, platform_key(endpoint.application).text(endpoint.id).view(),
            write_record(endpoint.attributes));
}

void PlatformStore::erase(store::Batch& batch, const PlatformEndpoint& named) const {
  batch.erase(endpoints_, platform_key(named.application).text(named.id).view());
}

Result<Page<PlatformEndpoint>> PlatformStore::endpoints(const PlatformName& application,
                                                        const std::string& from, size_t max) const {
  Page<PlatformEndpoint> page;
  const std::string prefix = platform_key(application).take();
  const auto cursor = store_->cursor(endpoints_, Range::prefix(prefix));
  for (bool more = PAWL_TRY(from.empty() ? cursor->first() : cursor->seek(from)); more;
       more = PAWL_TRY(cursor->next())) {
    if (page.items.size() == max) {
      page.next = cursor->key();
      break;
    }
    store::KeyReader key(cursor->key().substr(prefix.size()));
    page.items.push_back(
        {application, key.text().value_or(""), PAWL_TRY(read_record(cursor->value()))});
  }
  return page;
}

}  // namespace pawl::sns
