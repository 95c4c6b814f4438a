// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/page_reader.h"

#include <utility>

#include "services/dynamodb/errors.h"
#include "services/dynamodb/item_key.h"
#include "services/dynamodb/item_record.h"

namespace pawl::dynamodb {

aws::ApiResult<Page> read_page(Database& database, const PageRequest& request) {
  Page page;
  if (!request.range.end.empty() && request.range.begin >= request.range.end) return page;
  const auto snapshot = database.store().snapshot();
  const auto cursor = snapshot->cursor(database.items(), request.range);
  auto more = request.forward ? cursor->first() : cursor->last();
  for (; more && *more; more = request.forward ? cursor->next() : cursor->prev()) {
    base::Result<Item> decoded = decode_item(cursor->value());
    if (!decoded) return storage_failure(decoded.error());
    Item entry = *std::move(decoded);
    page.bytes += recorded_size(cursor->value());
    ++page.scanned;
    const bool is_full =
        (request.limit && page.scanned >= *request.limit) || page.bytes >= kPageBytesMax;
    if (is_full) page.last = entry;
    if (request.fetch_from != nullptr) {
      const auto record = snapshot->get(database.items(), item_key(*request.fetch_from, entry));
      if (!record) return storage_failure(record.error());
      if (*record) {
        base::Result<Item> whole = decode_item(**record);
        if (!whole) return storage_failure(whole.error());
        entry = *std::move(whole);
        page.fetched.push_back(recorded_size(**record));
      }
    }
    if (request.filter == nullptr || matches(*request.filter, entry)) {
      ++page.count;
      if (request.keeps_items) page.items.push_back(std::move(entry));
    }
    if (is_full) return page;
  }
  if (!more) return storage_failure(more.error());
  return page;
}

bool continue_behind(store::Range& range, const std::string& key, bool forward) {
  if (key < range.begin || (!range.end.empty() && key >= range.end)) return false;
  if (forward) {
    range.begin = key + '\0';
  } else {
    range.end = key;
  }
  return true;
}

}  // namespace pawl::dynamodb
