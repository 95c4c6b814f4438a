// SPDX-License-Identifier: Apache-2.0
// Random writes and reads against a model of a few lines: what a table, its index, its counts and
// its stream hold is what the model says, also across restarts.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/random.h"
#include "services/dynamodb/service_for_test.h"

namespace pawl::dynamodb {
namespace {

using Key = std::pair<std::string, int>;  ///< p, s
struct Row {
  std::optional<std::string> g;
  std::optional<int> n;
  friend bool operator==(const Row&, const Row&) = default;
};
using Rows = std::map<Key, Row>;

std::string number(int value) { return R"({"N":")" + std::to_string(value) + "\"}"; }
std::string text(const std::string& value) { return R"({"S":")" + value + "\"}"; }
std::string key_json(const Key& key) {
  return R"("p":)" + text(key.first) + R"(,"s":)" + number(key.second);
}

/// "p/s/g/n", with "-" for what is not there.
std::string printed(const Key& key, const Row& row) {
  return key.first + "/" + std::to_string(key.second) + "/" + row.g.value_or("-") + "/" +
         (row.n ? std::to_string(*row.n) : "-") + " ";
}

std::string printed(const json::Value& item) {
  const auto member = [&](const char* name, const char* type) {
    const json::Value* found = item.find(name);
    return found == nullptr ? std::string("-") : std::string(found->find(type)->as_string());
  };
  return member("p", "S") + "/" + member("s", "N") + "/" + member("g", "S") + "/" +
         member("n", "N") + " ";
}

/// One write: its request and what it does to a row.
struct Change {
  std::string kind;  ///< "Put", "Update", "Delete"
  Key key;
  std::string members;                      ///< of the request, without the table
  std::function<bool(const Row*)> allowed;  ///< the condition
  std::function<std::optional<Row>(const Row*)> apply;
};

class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed) {
    EXPECT_TRUE(dynamo.call("CreateTable", kTable).starts_with(R"({"TableDescription")"));
    stream_arn_ = dynamo.last().find("TableDescription")->find("LatestStreamArn")->as_string();
  }

  void step() {
    switch (random_.next() % 12) {
      case 0: check_query(); break;
      case 1: check_index(); break;
      case 2: transact(); break;
      case 3:
        if (random_.next() % 10 == 0) dynamo.open();
        check_counts();
        break;
      default: write(); break;
    }
  }

  void check_all() {
    check_query();
    check_index();
    check_counts();
    check_stream();
  }

 private:
  static constexpr const char* kTable = R"({"TableName":"table","BillingMode":"PAY_PER_REQUEST",
    "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],
    "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},
      {"AttributeName":"s","AttributeType":"N"},{"AttributeName":"g","AttributeType":"S"},
      {"AttributeName":"n","AttributeType":"N"}],
    "GlobalSecondaryIndexes":[{"IndexName":"by-g","Projection":{"ProjectionType":"ALL"},
      "KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}]}],
    "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}})";

  int below(int limit) { return static_cast<int>(random_.next() % static_cast<uint64_t>(limit)); }
  Key some_key() { return {std::string(1, static_cast<char>('a' + below(3))), below(9) - 4}; }
  std::string some_g() { return std::string(1, static_cast<char>('x' + below(2))); }

  const Row* find(const Key& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second;
  }

  void add_condition(Change& change) {
    const int limit = below(20) - 10;
    change.allowed = [](const Row*) { return true; };
    switch (below(5)) {
      case 0:
        change.members += ",\"ConditionExpression\":\"attribute_not_exists(p)\"";
        change.allowed = [](const Row* row) { return row == nullptr; };
        break;
      case 1:
        change.members += ",\"ConditionExpression\":\"n < :limit OR attribute_not_exists(g)\"";
        values_ += R"(,":limit":)" + number(limit);
        change.allowed = [limit](const Row* row) {
          return row == nullptr || !row->g || (row->n && *row->n < limit);
        };
        break;
      default: break;
    }
  }

  Change some_change() {
    Change change;
    values_.clear();
    change.key = some_key();
    const int kind = below(6);
    if (kind < 2) {
      Row row;
      if (below(3) != 0) row.g = some_g();
      if (below(3) != 0) row.n = below(20) - 10;
      change.kind = "Put";
      change.members = R"("Item":{)" + key_json(change.key) +
                       (row.g ? R"(,"g":)" + text(*row.g) : "") +
                       (row.n ? R"(,"n":)" + number(*row.n) : "") + "}";
      change.apply = [row](const Row*) { return std::optional(row); };
    } else {
      change.members = R"("Key":{)" + key_json(change.key) + "}";
      change.kind = kind == 2 ? "Delete" : "Update";
      change.apply = [](const Row*) { return std::optional<Row>(); };
      if (kind > 2) make_update(change, kind);
    }
    add_condition(change);
    if (!values_.empty())
      change.members += R"(,"ExpressionAttributeValues":{)" + values_.substr(1) + "}";
    return change;
  }

  void make_update(Change& change, int kind) {
    const int step = below(7) - 3;
    const std::string g = some_g();
    if (kind == 3) {
      change.members += R"(,"UpdateExpression":"SET n = if_not_exists(n, :zero) + :step, g = :g")";
      values_ += R"(,":zero":)" + number(0) + R"(,":step":)" + number(step) + R"(,":g":)" + text(g);
      change.apply = [step, g](const Row* row) {
        return std::optional(Row{g, (row != nullptr ? row->n.value_or(0) : 0) + step});
      };
    } else if (kind == 4) {
      change.members += R"(,"UpdateExpression":"ADD n :step REMOVE g")";
      values_ += R"(,":step":)" + number(step);
      change.apply = [step](const Row* row) {
        return std::optional(Row{std::nullopt, (row != nullptr ? row->n.value_or(0) : 0) + step});
      };
    } else {
      change.members += R"(,"UpdateExpression":"REMOVE n, g")";
      // Nothing but removals makes no item.
      change.apply = [](const Row* row) {
        return row == nullptr ? std::optional<Row>() : std::optional(Row());
      };
    }
  }

  void keep(const Change& change) {
    const Row* found = find(change.key);
    const std::optional<Row> before = found != nullptr ? std::optional(*found) : std::nullopt;
    const std::optional<Row> after = change.apply(found);
    if (before == after) return;
    events_ += !before ? "INSERT " : after ? "MODIFY " : "REMOVE ";
    if (before) events_ += printed(change.key, *before);
    if (after) events_ += printed(change.key, *after);
    if (after) {
      rows_[change.key] = *after;
    } else {
      rows_.erase(change.key);
    }
  }

  void write() {
    const Change change = some_change();
    const std::string answer =
        dynamo.call(change.kind + "Item", R"({"TableName":"table",)" + change.members + "}");
    if (change.allowed(find(change.key))) {
      ASSERT_EQ(answer, "{}") << change.members;
      keep(change);
    } else {
      ASSERT_EQ(answer, "ConditionalCheckFailedException: The conditional request failed");
    }
  }

  void transact() {
    std::vector<Change> changes;
    std::string items;
    std::string codes;
    bool allowed = true;
    for (int i = below(3) + 1; i > 0; --i) {
      Change change = some_change();
      if (std::any_of(changes.begin(), changes.end(),
                      [&](const Change& other) { return other.key == change.key; })) {
        continue;
      }
      const bool holds = change.allowed(find(change.key));
      allowed = allowed && holds;
      codes += std::string(codes.empty() ? "" : ", ") + (holds ? "None" : "ConditionalCheckFailed");
      items += std::string(items.empty() ? "" : ",") + "{\"" + change.kind +
               R"(":{"TableName":"table",)" + change.members + "}}";
      changes.push_back(std::move(change));
    }
    const std::string answer =
        dynamo.call("TransactWriteItems", R"({"TransactItems":[)" + items + "]}");
    if (!allowed) {
      ASSERT_NE(answer.find("[" + codes + "]"), std::string::npos) << answer;
      return;
    }
    ASSERT_EQ(answer, "{}");
    for (const Change& change : changes) keep(change);
  }

  /// All pages of a query.
  std::string read(const std::string& members) {
    std::string out;
    std::string start;
    do {
      const std::string answer = dynamo.call(
          "Query", R"({"TableName":"table",)" + members + (below(2) == 0 ? R"(,"Limit":3)" : "") +
                       (start.empty() ? "" : R"(,"ExclusiveStartKey":)" + start) + "}");
      EXPECT_TRUE(answer.starts_with("{")) << answer;
      const json::Value* items = dynamo.last().find("Items");
      if (items == nullptr) return answer;
      for (const json::Value& item : items->items()) out += printed(item);
      const json::Value* last = dynamo.last().find("LastEvaluatedKey");
      start = last == nullptr ? "" : json::write(*last);
    } while (!start.empty());
    return out;
  }

  void check_query() {
    const auto [p, low] = some_key();
    const int high = low + below(6);
    const bool forward = below(2) == 0;
    std::vector<std::string> expected;
    for (const auto& [key, row] : rows_) {
      if (key.first == p && key.second >= low && key.second <= high)
        expected.push_back(printed(key, row));
    }
    if (!forward) std::reverse(expected.begin(), expected.end());
    std::string all;
    for (const std::string& each : expected) all += each;
    EXPECT_EQ(read(R"("KeyConditionExpression":"p = :p AND s BETWEEN :low AND :high",)"
                   R"("ExpressionAttributeValues":{":p":)" +
                   text(p) + R"(,":low":)" + number(low) + R"(,":high":)" + number(high) +
                   R"(},"ScanIndexForward":)" + (forward ? "true" : "false")),
              all);
  }

  void check_index() {
    const std::string g = some_g();
    std::vector<std::tuple<int, Key, Row>> found;
    for (const auto& [key, row] : rows_) {
      if (row.g == g && row.n) found.emplace_back(*row.n, key, row);
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
    });
    std::string expected;
    for (const auto& [n, key, row] : found) expected += printed(key, row);
    EXPECT_EQ(read(R"("IndexName":"by-g","KeyConditionExpression":"g = :g",)"
                   R"("ExpressionAttributeValues":{":g":)" +
                   text(g) + "}"),
              expected);
  }

  void check_counts() {
    dynamo.call("DescribeTable", R"({"TableName":"table"})");
    const auto count = [](const json::Value& of) { return of.find("ItemCount")->number_text(); };
    const json::Value table = *dynamo.last().find("Table");
    EXPECT_EQ(count(table), std::to_string(rows_.size()));
    const auto indexed = std::count_if(
        rows_.begin(), rows_.end(), [](const auto& row) { return row.second.g && row.second.n; });
    EXPECT_EQ(count(table.find("GlobalSecondaryIndexes")->items()[0]), std::to_string(indexed));
  }

  void check_stream() {
    dynamo.call("DescribeStream", R"({"StreamArn":")" + stream_arn_ + "\"}");
    const std::string shard(dynamo.last()
                                .find("StreamDescription")
                                ->find("Shards")
                                ->items()[0]
                                .find("ShardId")
                                ->as_string());
    dynamo.call("GetShardIterator", R"({"ShardIteratorType":"TRIM_HORIZON","StreamArn":")" +
                                        stream_arn_ + R"(","ShardId":")" + shard + "\"}");
    std::string told;
    std::string iterator(dynamo.last().find("ShardIterator")->as_string());
    while (true) {
      dynamo.call("GetRecords", R"({"Limit":37,"ShardIterator":")" + iterator + "\"}");
      const json::Value page = dynamo.last();
      if (page.find("Records")->size() == 0) break;
      for (const json::Value& record : page.find("Records")->items()) {
        told += std::string(record.find("eventName")->as_string()) + " ";
        for (const char* image : {"OldImage", "NewImage"}) {
          const json::Value* found = record.find("dynamodb")->find(image);
          if (found != nullptr) told += printed(*found);
        }
      }
      iterator = page.find("NextShardIterator")->as_string();
    }
    EXPECT_EQ(told, events_);
  }

  DynamoForTest dynamo;
  base::Random random_;
  Rows rows_;
  std::string events_;
  std::string stream_arn_;
  std::string values_;
};

TEST(DynamoModel, TablesIndexesAndStreamsAreWhatTheModelSays) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Model model(seed);
    for (int i = 0; i < 400 && !testing::Test::HasFailure(); ++i) model.step();
    model.check_all();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace pawl::dynamodb
