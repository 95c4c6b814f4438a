// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/partiql/partiql_run.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "json/members.h"
#include "services/dynamodb/actions/read_request.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/item_key.h"
#include "services/dynamodb/item_record.h"
#include "services/dynamodb/key_condition.h"
#include "services/dynamodb/page_reader.h"
#include "store/key.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using json::Value;
using Kind = Condition::Kind;

/// The parts of a condition that are joined by AND.
void collect(const Condition& node, std::vector<const Condition*>& out) {
  if (node.kind != Kind::And) {
    out.push_back(&node);
    return;
  }
  for (const Condition& arg : node.args) collect(arg, out);
}

std::vector<const Condition*> parts_of(const std::optional<Condition>& where) {
  std::vector<const Condition*> out;
  if (where) collect(*where, out);
  return out;
}

bool is_about(const Condition& node, const std::string& attribute) {
  return !node.args.empty() && node.args[0].kind == Kind::Path && node.args[0].path.size() == 1 &&
         node.args[0].path[0].name == attribute;
}

/// The value that `node` says the attribute equals.
const AttributeValue* equal_value(const Condition& node, const std::string& attribute) {
  if (node.kind != Kind::Compare || node.comparator != Condition::Comparator::Equal) return nullptr;
  if (is_about(node, attribute) && node.args[1].kind == Kind::Value) return &node.args[1].value;
  if (node.args[0].kind == Kind::Value && node.args[1].kind == Kind::Path &&
      node.args[1].path.size() == 1 && node.args[1].path[0].name == attribute) {
    return &node.args[0].value;
  }
  return nullptr;
}

/// The hash key values to look under; nothing if the condition names none.
std::vector<AttributeValue> hash_values(const std::vector<const Condition*>& parts,
                                        const KeyAttribute& hash) {
  for (const Condition* part : parts) {
    if (const AttributeValue* value = equal_value(*part, hash.name)) return {*value};
    if (part->kind != Kind::In || !is_about(*part, hash.name)) continue;
    std::vector<AttributeValue> out;
    for (size_t i = 1; i < part->args.size(); ++i) {
      if (part->args[i].kind != Kind::Value) return {};
      out.push_back(part->args[i].value);
    }
    return out;
  }
  return {};
}

/// A condition on the range key that a range of keys can express.
std::optional<KeyCondition> range_condition(const std::vector<const Condition*>& parts,
                                            const KeyAttribute& range) {
  for (const Condition* part : parts) {
    if (!is_about(*part, range.name)) continue;
    const bool is_known =
        part->kind == Kind::Between ||
        (part->kind == Kind::Compare && part->comparator != Condition::Comparator::NotEqual) ||
        (part->kind == Kind::Function && part->function == Condition::Function::BeginsWith);
    if (!is_known) continue;
    auto found = key_conditions(*part);
    if (found && std::all_of((*found)[0].values.begin(), (*found)[0].values.end(),
                             [&](const AttributeValue& v) { return v.type == range.type; })) {
      return std::move((*found)[0]);
    }
  }
  return std::nullopt;
}

ApiResult<std::vector<store::Range>> ranges_of(const ReadRequest& read,
                                               const std::vector<const Condition*>& parts) {
  const KeySchema& keys = read.keys();
  std::vector<store::Range> out;
  for (AttributeValue& hash : hash_values(parts, keys.hash)) {
    std::vector<KeyCondition> conditions;
    conditions.push_back({keys.hash.name, KeyCondition::Operator::Equal, {std::move(hash)}});
    if (keys.range) {
      if (auto range = range_condition(parts, *keys.range)) conditions.push_back(*std::move(range));
    }
    out.push_back(PAWL_TRY(key_range(*read.schema, read.index_id(), keys, conditions)));
  }
  if (out.empty())
    out.push_back(store::Range::prefix(index_prefix(read.schema->number, read.index_id())));
  return out;
}

ApiResult<bool> read_order(const PartiQlStatement& statement, const ReadRequest& read,
                           const std::vector<const Condition*>& parts) {
  if (statement.order.empty()) return true;
  if (!statement.where) {
    return invalid("Must have WHERE clause in the statement when using ORDER BY clause.");
  }
  const KeySchema& keys = read.keys();
  if (hash_values(parts, keys.hash).empty()) {
    return invalid(
        "Must have at least one non-optional hash key condition in WHERE clause when using ORDER "
        "BY clause.");
  }
  bool forward = true;
  for (const PartiQlStatement::Order& order : statement.order) {
    if (!keys.contains(order.attribute)) {
      return invalid("Variable reference " + order.attribute +
                     " in ORDER BY clause must be part of the primary key");
    }
    if (keys.range && order.attribute == keys.range->name) forward = !order.descending;
  }
  return forward;
}

std::string page_token(size_t ordinal, const std::string& key) {
  return base::base64_encode(
      store::KeyBuilder().u32(static_cast<uint32_t>(ordinal)).raw(key).take());
}

ApiResult<ReadRequest> locate_select(const Database& database, const aws::Request& request,
                                     const PartiQlStatement& statement, bool is_consistent) {
  ReadRequest out;
  out.table_name = statement.table;
  out.index_name = statement.index;
  out.is_consistent = is_consistent;
  out.paths = statement.paths;
  PAWL_TRY_VOID(locate_read(database, request, out));
  return out;
}

ApiResult<Item> whole_key(const PartiQlStatement& statement, const KeySchema& keys,
                          const std::string& complaint) {
  const std::vector<const Condition*> parts = parts_of(statement.where);
  Item out;
  for (const KeyAttribute* key : {&keys.hash, keys.range ? &*keys.range : nullptr}) {
    if (key == nullptr) continue;
    const AttributeValue* value = nullptr;
    for (const Condition* part : parts) {
      if (value == nullptr) value = equal_value(*part, key->name);
    }
    if (value == nullptr) return invalid(complaint);
    out.push_back({key->name, *value});
  }
  return out;
}

/// The condition without what names the key; nothing if nothing is left.
std::optional<Condition> beyond_key(const PartiQlStatement& statement, const KeySchema& keys) {
  Condition out;
  out.kind = Kind::And;
  for (const Condition* part : parts_of(statement.where)) {
    const bool is_key = equal_value(*part, keys.hash.name) != nullptr ||
                        (keys.range && equal_value(*part, keys.range->name) != nullptr);
    if (!is_key) out.args.push_back(*part);
  }
  if (out.args.empty()) return std::nullopt;
  return out;
}

Condition existence(Condition::Function function, const std::string& attribute) {
  Condition path;
  path.kind = Kind::Path;
  path.path.push_back({attribute});
  Condition out;
  out.kind = Kind::Function;
  out.function = function;
  out.args.push_back(std::move(path));
  return out;
}

}  // namespace

ApiResult<PartiQlStatement> read_statement(const Value& input) {
  std::vector<AttributeValue> parameters;
  if (const Value* list = member_of(input, "Parameters")) {
    for (const Value& parameter : list->items())
      parameters.push_back(PAWL_TRY(read_attribute(parameter)));
  }
  return parse_partiql(text_member(input, "Statement"), parameters);
}

ApiResult<PartiQlPage> run_select(Database& database, const aws::Request& request,
                                  const PartiQlStatement& statement, bool is_consistent,
                                  std::optional<size_t> limit, const std::string& token) {
  ReadRequest read = PAWL_TRY(locate_select(database, request, statement, is_consistent));
  const std::vector<const Condition*> parts = parts_of(statement.where);
  std::vector<store::Range> ranges = PAWL_TRY(ranges_of(read, parts));
  read.forward = PAWL_TRY(read_order(statement, read, parts));
  size_t at = 0;
  if (!token.empty()) {
    const auto bytes = base::base64_decode(token);
    store::KeyReader in(bytes ? *bytes : std::string_view());
    at = in.u32().value_or(UINT32_MAX);
    if (at >= ranges.size() || !continue_behind(ranges[at], std::string(in.rest()), read.forward))
      return invalid("Invalid NextToken");
  }
  PartiQlPage out;
  out.consumed.table = read.schema->name;
  size_t bytes = 0;
  size_t scanned = 0;
  for (; at < ranges.size(); ++at) {
    PageRequest wanted;
    wanted.range = ranges[at];
    wanted.forward = read.forward;
    if (limit) wanted.limit = *limit - scanned;
    wanted.filter = statement.where ? &*statement.where : nullptr;
    if (read.fetches_whole_items) wanted.fetch_from = read.schema.get();
    Page page = PAWL_TRY(read_page(database, wanted));
    bytes += page.bytes;
    scanned += page.scanned;
    for (const Item& item : page.items) out.items.push_back(chosen(read.paths, item));
    if (page.last) {
      out.last_key = last_key(read, *page.last);
      out.next_token =
          page_token(at, read.index != nullptr ? index_key(*read.schema, *read.index, *page.last)
                                               : item_key(*read.schema, *page.last));
      break;
    }
    if (bytes >= kPageBytesMax) break;
  }
  const double units = read_units(bytes, is_consistent);
  if (read.index == nullptr) {
    out.consumed.read = units;
  } else {
    (read.index->is_global ? out.consumed.global_indexes
                           : out.consumed.local_indexes)[read.index->name] = units;
  }
  return out;
}

ApiResult<PartiQlKey> single_key(const Database& database, const aws::Request& request,
                                 const PartiQlStatement& statement, const std::string& complaint) {
  PartiQlKey out;
  out.table = PAWL_TRY(find_table(database, request, statement.table));
  const auto schema = out.table->schema();
  out.key = PAWL_TRY(whole_key(statement, schema->keys, complaint));
  PAWL_TRY_VOID(check_key(schema->keys, out.key));
  return out;
}

ApiResult<WriteRequest> make_write(const Database& database, const aws::Request& request,
                                   const PartiQlStatement& statement) {
  using Statement = PartiQlStatement::Kind;
  WriteRequest out;
  out.table_name = statement.table;
  Write& write = out.write;
  write.table = PAWL_TRY(find_table(database, request, statement.table));
  const auto schema = write.table->schema();
  const std::string& hash = schema->keys.hash.name;
  if (statement.kind == Statement::Insert) {
    write.kind = Write::Kind::Put;
    write.item = statement.item;
    write.condition = existence(Condition::Function::NotExists, hash);
    out.insert_only = true;
  } else {
    write.item = PAWL_TRY(
        whole_key(statement, schema->keys,
                  "Where clause does not contain a mandatory equality on all key attributes"));
    write.condition = beyond_key(statement, schema->keys);
    write.kind = statement.kind == Statement::Update   ? Write::Kind::Update
                 : statement.kind == Statement::Delete ? Write::Kind::Delete
                                                       : Write::Kind::Check;
  }
  if (statement.kind == Statement::Update) {
    write.update = statement.update;
    Condition both;
    both.kind = Kind::And;
    both.args.push_back(existence(Condition::Function::Exists, hash));
    if (write.condition) both.args.push_back(*std::move(write.condition));
    write.condition = std::move(both);
  }
  write.wants_items = !statement.returning.empty();
  PAWL_TRY_VOID(check_write_keys(write));
  return out;
}

std::optional<Item> returned_item(const PartiQlStatement& statement, const Written& written) {
  if (statement.returning.empty()) return std::nullopt;
  const std::optional<Item>& item =
      statement.returning.ends_with("OLD") ? written.old_item : written.new_item;
  if (!item || statement.returning.starts_with("ALL")) return item;
  Item part = project(*item, statement.update.paths());
  if (part.empty()) return std::nullopt;
  return part;
}

aws::ApiError partiql_condition_failed(const PartiQlStatement& statement, const WriteRequest& write,
                                       const Written& written) {
  if (statement.kind == PartiQlStatement::Kind::Insert)
    return {"DuplicateItemException", "Duplicate primary key exists in table"};
  return condition_failed(write, written);
}

}  // namespace pawl::dynamodb
