// SPDX-License-Identifier: Apache-2.0
#include "items/item_source.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "items/memory_store_for_test.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::items {
namespace {

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, 0);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), 0);
  const size_t size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3);
  EXPECT_EQ(ZSTD_isError(size), 0U);
  out.resize(size);
  return out;
}

json::Value parsed(std::string_view text) { return json::parse(text).value(); }

/// The items as one JSON array, or the cause of the failure.
class ItemSourceTest : public ::testing::Test {
 protected:
  std::string read(std::string_view config, std::optional<int64_t> max_items = std::nullopt,
                   size_t batch = 2) {
    return run("getObject", R"({"Bucket":"b","Key":"k"})", config, max_items, batch);
  }

  std::string read_text(std::string text, std::string_view config,
                        std::optional<int64_t> max_items = std::nullopt) {
    store_.objects["b/k"] = std::move(text);
    const std::string whole = read(config, max_items);
    store_.piece_bytes = 1;
    EXPECT_EQ(read(config, max_items, 1), whole) << "in pieces";
    store_.piece_bytes = SIZE_MAX;
    return whole;
  }

  std::string run(std::string_view action, std::string_view arguments, std::string_view config,
                  std::optional<int64_t> max_items = std::nullopt, size_t batch_items = 2) {
    const json::Value argument_value = parsed(arguments);
    const json::Value config_value = parsed(config);
    auto source = open_item_source(store_,
                                   {.resource_action = action,
                                    .arguments = argument_value,
                                    .reader_config = config_value,
                                    .max_items = max_items},
                                   limits_);
    std::vector<json::Value> items;
    for (bool end = false; source && !end;) {
      auto batch = (*source)->next(batch_items);
      if (!batch) return failure(batch.error());
      EXPECT_LE(batch->items.size(), batch_items);
      EXPECT_TRUE(batch->end || batch->items.size() == batch_items);
      items.insert(items.end(), batch->items.begin(), batch->items.end());
      end = batch->end;
    }
    if (!source) return failure(source.error());
    return json::write(json::Value::array(std::move(items)));
  }

  static std::string failure(const asl::ExecutionError& error) {
    EXPECT_EQ(error.error, "States.ItemReaderFailed");
    return error.cause.value_or("");
  }

  MemoryStore store_;
  ReaderLimits limits_;
};

constexpr std::string_view kFirstRow = R"({"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW"})";
constexpr std::string_view kJson = R"({"InputType":"JSON"})";
constexpr std::string_view kJsonLines = R"({"InputType":"JSONL"})";
constexpr std::string_view kFourRows =
    "Col1,Col2\nValue1,Value2\nValue3,Value4\nValue5,Value6\nValue7,Value8\n";

// What AWS answered (tests/conformance, test_base_scenarios: test_map_item_reader_*).

TEST_F(ItemSourceTest, RecordedHeadersInFirstRow) {
  EXPECT_EQ(
      read_text("Col1,Col2,Col3\nValue1,Value2,Value3\nValue4,Value5,Value6\n,,,\n"
                "true,1,'HelloWorld'\nNull,None,\n   \n",
                kFirstRow),
      R"([{"Col1":"Value1","Col2":"Value2","Col3":"Value3"},)"
      R"({"Col1":"Value4","Col2":"Value5","Col3":"Value6"},{"Col1":"","Col2":"","Col3":""},)"
      R"({"Col1":"true","Col2":"1","Col3":"'HelloWorld'"},{"Col1":"Null","Col2":"None","Col3":""},)"
      R"({"Col1":"   ","Col2":"","Col3":""}])");
}

TEST_F(ItemSourceTest, RecordedHeadersGiven) {
  EXPECT_EQ(
      read_text("Value1,Value2,Value3\n,,,\n   \n",
                R"({"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["H1","H2","H3"]})"),
      R"([{"H1":"Value1","H2":"Value2","H3":"Value3"},{"H1":"","H2":"","H3":""},)"
      R"({"H1":"   ","H2":"","H3":""}])");
  EXPECT_EQ(read_text("Value1,Value2,Value3\nValue4,Value5\n",
                      R"({"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["H1"]})"),
            R"([{"H1":"Value1"},{"H1":"Value4"}])");
  EXPECT_EQ(
      read_text("Value1,Value2,Value3\n",
                R"({"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["H1","H1","H3"]})"),
      "CSV headers cannot contain duplicates.");
}

TEST_F(ItemSourceTest, RecordedOrderOfMembers) {
  EXPECT_EQ(read_text("0,True,{}\nValue4,Value5,Value6\n", kFirstRow),
            R"([{"0":"Value4","{}":"Value6","True":"Value5"}])");
  EXPECT_EQ(read_text("H1,\nValue4,Value5,Value6\n", kFirstRow),
            R"([{"":"Value5","H1":"Value4"}])");
}

TEST_F(ItemSourceTest, RecordedMaxItems) {
  const std::string all = R"([{"Col1":"Value1","Col2":"Value2"},{"Col1":"Value3","Col2":"Value4"},)"
                          R"({"Col1":"Value5","Col2":"Value6"},{"Col1":"Value7","Col2":"Value8"}])";
  const std::string csv(kFourRows);
  EXPECT_EQ(read_text(csv, kFirstRow, 0), all);
  EXPECT_EQ(read_text(csv, kFirstRow, 2),
            R"([{"Col1":"Value1","Col2":"Value2"},{"Col1":"Value3","Col2":"Value4"}])");
  EXPECT_EQ(read_text(csv, kFirstRow, 100'000'000), all);
  EXPECT_EQ(read_text(csv, kFirstRow, 100'000'001), all);
  EXPECT_EQ(read_text(csv, kFirstRow, -1), "field MaxItems must be positive");
  limits_.items_max = 3;
  EXPECT_EQ(read_text("[1,2,3,4]", kJson, 100), "[1,2,3]");
}

TEST_F(ItemSourceTest, RecordedJson) {
  EXPECT_EQ(read_text(R"([{"verdict": "true", "statement_date": "6/11/2008"}, {"verdict": 1.10}])",
                      kJson),
            R"([{"verdict":"true","statement_date":"6/11/2008"},{"verdict":1.10}])");
  EXPECT_EQ(read_text(R"([["from-bucket-item-0"]])", kJson), R"([["from-bucket-item-0"]])");
  EXPECT_EQ(read_text(R"({"Hello": "world"})", kJson), "Attempting to map over non-iterable node.");
  EXPECT_EQ(read_text(R"([{"a":1}, {"a":2}, {"a":3}])", kJson, 2), R"([{"a":1},{"a":2}])");
}

// Formats.

TEST_F(ItemSourceTest, CsvDelimitersAndBadSettings) {
  for (const auto& [name, delimiter] : std::vector<std::pair<std::string, char>>{
           {"COMMA", ','}, {"PIPE", '|'}, {"SEMICOLON", ';'}, {"SPACE", ' '}, {"TAB", '\t'}}) {
    const std::string d(1, delimiter);
    EXPECT_EQ(read_text("a" + d + "b\n1" + d + "2\n",
                        R"({"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW","CSVDelimiter":")" +
                            name + "\"}"),
              R"([{"a":"1","b":"2"}])")
        << name;
  }
  EXPECT_EQ(read(R"({"InputType":"CSV","CSVDelimiter":"COLON"})"),
            "'COLON' is not a value of CSVDelimiter.");
  EXPECT_EQ(read(R"({"InputType":"XML"})"), "'XML' is not a value of InputType.");
  EXPECT_EQ(read(R"({"InputType":"CSV","CSVHeaderLocation":"GIVEN"})"),
            "CSVHeaderLocation GIVEN needs CSVHeaders.");
  EXPECT_EQ(run("getObject", R"({"Key":"k"})", kJson), "The ItemReader has no Bucket.");
  EXPECT_EQ(run("getObject", R"({"Bucket":"b"})", kJson), "The ItemReader has no Key.");
  EXPECT_EQ(run("putObject", R"({"Bucket":"b"})", kJson),
            "'s3:putObject' is not a value of Resource.");
}

TEST_F(ItemSourceTest, CsvHeaders) {
  EXPECT_EQ(read_text("", kFirstRow), "[]");
  EXPECT_EQ(read_text("a,b\n", kFirstRow), "[]");
  EXPECT_EQ(read_text("a,a\n", kFirstRow), "CSV headers cannot contain duplicates.");
  EXPECT_EQ(read_text("\xef\xbb\xbf\"a\nb\"\n1", kFirstRow), R"([{"a\nb":"1"}])");
  EXPECT_EQ(read_text(std::string(10 * 1024, 'h') + "\n1\n", kFirstRow).substr(0, 5), "[{\"hh");
  EXPECT_EQ(read_text(std::string(10 * 1024 + 1, 'h') + "\n1\n", kFirstRow),
            "CSV headers cannot be longer than 10240 bytes.");
}

TEST_F(ItemSourceTest, JsonArraysOfEveryShape) {
  EXPECT_EQ(read_text("[]", kJson), "[]");
  EXPECT_EQ(read_text(" \n[ ] \n", kJson), "[]");
  EXPECT_EQ(read_text("\xef\xbb\xbf[1]", kJson), "[1]");
  EXPECT_EQ(read_text(R"([1,"a\"]\\",null , {"k":[{"]":"}"}]},[],-1.5e3,true])", kJson),
            R"([1,"a\"]\\",null,{"k":[{"]":"}"}]},[],-1.5e3,true])");
  EXPECT_EQ(read_text("[1]", "{}"), "[1]");
}

TEST_F(ItemSourceTest, BrokenJsonFails) {
  for (const std::string_view text : {"", "  ", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]]",
                                      "[1]x", "[{]", "[{\"a\":}]", "nonsense", "[\"a", "[nul]"}) {
    EXPECT_TRUE(read_text(std::string(text), kJson).starts_with("The object is not valid JSON: "))
        << text << " gave " << read_text(std::string(text), kJson);
  }
  EXPECT_EQ(read_text("12", kJson), "Attempting to map over non-iterable node.");
  EXPECT_EQ(read_text("\"text\"", kJson), "Attempting to map over non-iterable node.");
}

TEST_F(ItemSourceTest, ItemsPointerFindsAnArray) {
  const std::string text =
      R"({"skip":[{"a":"]}"}],"n":1.5,"a/b":{"~":[[0],[1,2,3]]},"list":["x"],"list2":{}} )";
  const auto at = [&](std::string_view pointer) {
    return read_text(text,
                     R"({"InputType":"JSON","ItemsPointer":")" + std::string(pointer) + "\"}");
  };
  EXPECT_EQ(at("/list"), R"(["x"])");
  EXPECT_EQ(at("/a~1b/~0/1"), "[1,2,3]");
  EXPECT_EQ(at("/skip"), R"([{"a":"]}"}])");
  for (const std::string_view pointer : {"/none", "/n", "/n/0", "/list2", "/list/0", "/list/1",
                                         "/a~1b/~0/01", "/a~1b/~0/-", "/a~1b/~0/2", "/list2/x"})
    EXPECT_EQ(at(pointer), "Attempting to map over non-iterable node.") << pointer;
  EXPECT_EQ(at("list"), "ItemsPointer 'list' is not a JSON Pointer.");
  EXPECT_EQ(at(""), "Attempting to map over non-iterable node.");
}

TEST_F(ItemSourceTest, JsonLines) {
  EXPECT_EQ(read_text("{\"a\": 1}\n\n  \r\n[2]\r\n3", kJsonLines), R"([{"a":1},[2],3])");
  EXPECT_EQ(read_text("", kJsonLines), "[]");
  EXPECT_TRUE(
      read_text("1\n{\n", kJsonLines).starts_with("Line 2 of the object is not valid JSON: "));
  EXPECT_EQ(read_text("1\n{\n", kJsonLines, 1), "[1]");
}

TEST_F(ItemSourceTest, ItemsBeyondTheLimitFail) {
  limits_.item_bytes_max = 10;
  EXPECT_EQ(read_text("[\"12345678\"]", kJson), R"(["12345678"])");
  EXPECT_EQ(read_text("[\"123456789\"]", kJson), "An item is longer than 10 bytes.");
  EXPECT_EQ(read_text("\"12345678\"\n", kJsonLines), R"(["12345678"])");
  EXPECT_EQ(read_text("\"123456789\"\n", kJsonLines),
            "Line 1 of the object is longer than 10 bytes.");
  EXPECT_EQ(read_text("a\n" + std::string(11, 'x'), kFirstRow),
            "A record of the CSV file is longer than 10 bytes.");
}

TEST_F(ItemSourceTest, ParquetIsRefusedByName) {
  EXPECT_EQ(read(R"({"InputType":"PARQUET"})"),
            "InputType PARQUET is not supported by this server: it was built without a library for "
            "Apache Parquet.");
}

TEST_F(ItemSourceTest, ErrorsOfTheStore) {
  EXPECT_EQ(read(kJson),
            "The specified key does not exist. (Service: Amazon S3; Status Code: 404; Error Code: "
            "NoSuchKey; Request ID: ; S3 Extended Request ID: ; Proxy: null)");
  store_.objects["b/k"] = "a\n1\n2";
  store_.fails_after = "b/k";
  EXPECT_TRUE(read(kFirstRow).starts_with("Access Denied (Service: Amazon S3; Status Code: 403; "));
  EXPECT_EQ(read(kFirstRow, 1), R"([{"a":"1"}])");
  for (const std::string_view text : {"[1,2", "[\"a", "[{\"a\":", "", "[1 "}) {
    store_.objects["b/k"] = text;
    EXPECT_TRUE(read(kJson).starts_with("Access Denied")) << text << read(kJson);
    EXPECT_TRUE(read(kJsonLines).starts_with("Access Denied")) << text;
  }
  for (const std::string_view text : {"", "{", "{\"b\"", "{\"b\":[", "{\"a\":", "{\"a\":[1"}) {
    store_.objects["b/k"] = text;
    EXPECT_TRUE(read(R"({"InputType":"JSON","ItemsPointer":"/a"})").starts_with("Access Denied"))
        << text;
  }
}

TEST_F(ItemSourceTest, CompressedObjects) {
  const std::string expected = R"([{"Col1":"Value1","Col2":"Value2"}])";
  const std::string csv(kFourRows);
  EXPECT_EQ(read_text(gzip(csv), kFirstRow, 1), expected);
  EXPECT_EQ(read_text(zstd(csv), kFirstRow, 1), expected);
  // Members and frames follow each other.
  EXPECT_EQ(read_text(gzip("[1,") + gzip("2]"), kJson), "[1,2]");
  EXPECT_EQ(read_text(zstd("[1,") + zstd("2]"), kJson), "[1,2]");
  EXPECT_EQ(read_text(gzip(""), kFirstRow), "[]");

  std::string large = "[";
  for (int i = 0; i < 100'000; ++i) large += std::to_string(i) + ',';
  large += "0]";
  store_.objects["b/k"] = gzip(large);
  EXPECT_EQ(read(kJson, std::nullopt, 1'000), large);
  store_.objects["b/k"] = zstd(large);
  EXPECT_EQ(read(kJson, std::nullopt, 1'000), large);
}

TEST_F(ItemSourceTest, DamagedCompressionFails) {
  const std::string csv(kFourRows);
  const std::string zipped = gzip(csv);
  const std::string framed = zstd(csv);
  EXPECT_EQ(read_text(zipped.substr(0, zipped.size() / 2), kFirstRow),
            "The object is not a complete gzip stream.");
  EXPECT_EQ(read_text(framed.substr(0, framed.size() / 2), kFirstRow),
            "The object is not a complete Zstandard stream.");
  EXPECT_EQ(read_text("\x1f\x8bnonsense", kFirstRow), "The object is not a valid gzip stream.");
  EXPECT_TRUE(read_text("\x28\xb5\x2f\xfdnonsense", kFirstRow)
                  .starts_with("The object is not a valid Zstandard stream: "));
}

// Several objects.

TEST_F(ItemSourceTest, ListingDescribesObjects) {
  store_.page_objects = 2;
  store_.objects = {{"b/p/1", "x"}, {"b/p/2", "xy"}, {"b/p/3", ""}, {"b/q", ""}, {"c/p/1", ""}};
  EXPECT_EQ(
      run("listObjectsV2", R"({"Bucket":"b","Prefix":"p/"})", "{}"),
      R"([{"Etag":"\"e\"","Key":"p/1","LastModified":1668699881,"Size":1,"StorageClass":"STANDARD"},)"
      R"({"Etag":"\"e\"","Key":"p/2","LastModified":1668699881,"Size":2,"StorageClass":"STANDARD"},)"
      R"({"Etag":"\"e\"","Key":"p/3","LastModified":1668699881,"Size":0,"StorageClass":"STANDARD"}])");
  EXPECT_EQ(
      run("listObjectsV2", R"({"Bucket":"b","StartAfter":"p/3"})", "{}"),
      R"([{"Etag":"\"e\"","Key":"q","LastModified":1668699881,"Size":0,"StorageClass":"STANDARD"}])");
  EXPECT_EQ(run("listObjectsV2", R"({"Bucket":"b","Delimiter":"/"})", "{}"),
            run("listObjectsV2", R"({"Bucket":"b","StartAfter":"p/3"})", "{}"));
  EXPECT_EQ(run("listObjectsV2", R"({"Bucket":"b","Prefix":"none"})", "{}"), "[]");
}

TEST_F(ItemSourceTest, ListingLoadedAndFlattened) {
  store_.page_objects = 1;
  store_.objects = {
      {"b/p/", ""}, {"b/p/1", "a\n1\n2\n"}, {"b/p/2", gzip("b\n3\n")}, {"b/p/3", "c\n"}};
  const std::string arguments = R"({"Bucket":"b","Prefix":"p/"})";
  const auto flatten = [&](std::string_view rest) {
    return run("listObjectsV2", arguments,
               R"({"Transformation":"LOAD_AND_FLATTEN")" + std::string(rest) + "}");
  };
  EXPECT_EQ(flatten(R"(,"InputType":"CSV")"), R"([{"a":"1"},{"a":"2"},{"b":"3"}])");
  EXPECT_EQ(flatten(""), "Transformation LOAD_AND_FLATTEN needs an InputType.");
  EXPECT_TRUE(flatten(R"(,"InputType":"PARQUET")").starts_with("InputType PARQUET"));
  EXPECT_EQ(run("listObjectsV2", arguments, R"({"Transformation":"ZIP"})"),
            "'ZIP' is not a value of Transformation.");
}

TEST_F(ItemSourceTest, InventoryManifest) {
  store_.objects["inv/data/1.csv.gz"] = gzip("\"b\",\"k1\",\"10\"\n\"b\",\"k%202\",\"\"\n");
  store_.objects["inv/data/2.csv.gz"] = gzip("\"b\",\"k3\",\"30\"\n");
  const std::string manifest =
      R"({"sourceBucket":"b","destinationBucket":"arn:aws:s3:::inv","version":"2016-11-30",)"
      R"("creationTimestamp":"1514944800000","fileFormat":"CSV","fileSchema":"Bucket, Key, Size",)"
      R"("files":[{"key":"data/1.csv.gz","size":1,"MD5checksum":"x"},{"key":"data/2.csv.gz"}]})";
  const std::string expected =
      read_text("Bucket,Key,Size\nb,k1,10\nb,k%202,\nb,k3,30\n", kFirstRow);
  EXPECT_EQ(read_text(manifest, R"({"InputType":"MANIFEST"})"), expected);
  EXPECT_EQ(read_text(manifest, R"({"ManifestType":"S3_INVENTORY"})"), expected);

  EXPECT_TRUE(read_text("{", R"({"InputType":"MANIFEST"})")
                  .starts_with("The manifest is not valid JSON: "));
  EXPECT_EQ(read_text("[]", R"({"InputType":"MANIFEST"})"),
            "The manifest is not one of an S3 Inventory in CSV: its fileFormat is ''.");
  EXPECT_EQ(
      read_text(R"({"fileFormat":"CSV","files":[]})", R"({"InputType":"MANIFEST"})"),
      "The manifest is not one of an S3 Inventory: destinationBucket, fileSchema or files are "
      "missing.");
  EXPECT_TRUE(read_text(R"({"fileFormat":"CSV","fileSchema":"Key","destinationBucket":"inv",)"
                        R"("files":[{"key":"gone"}]})",
                        R"({"InputType":"MANIFEST"})")
                  .starts_with("The specified key does not exist."));
  limits_.manifest_bytes_max = 10;
  EXPECT_EQ(read_text(manifest, R"({"InputType":"MANIFEST"})"),
            "The manifest is longer than 10 bytes.");
}

TEST_F(ItemSourceTest, AthenaManifest) {
  store_.objects["out/x/1.gz"] = gzip("{\"a\":1}\n{\"a\":2}\n");
  store_.objects["out/x/2"] = "{\"a\":3}\n";
  const std::string manifest = "s3://out/x/1.gz\n\n\"s3://out/x/2\"\n";
  EXPECT_EQ(read_text(manifest, R"({"InputType":"JSONL","ManifestType":"ATHENA_DATA"})"),
            R"([{"a":1},{"a":2},{"a":3}])");
  EXPECT_EQ(read_text(manifest, R"({"InputType":"MANIFEST","ManifestType":"ATHENA_DATA"})"),
            "ManifestType ATHENA_DATA needs the InputType of its files.");
  EXPECT_EQ(read_text("http://out/x\n", R"({"InputType":"JSONL","ManifestType":"ATHENA_DATA"})"),
            "The manifest names 'http://out/x', which is not s3://BUCKET/KEY.");
  EXPECT_EQ(read_text("s3://out/\n", R"({"InputType":"JSONL","ManifestType":"ATHENA_DATA"})"),
            "The manifest names 's3://out/', which is not s3://BUCKET/KEY.");
}

// Batches.

/// A batch goes to another thread whole: its nodes are counted by nobody else.
TEST_F(ItemSourceTest, BatchesShareNoNodes) {
  store_.objects["b/k"] = "a_header_that_is_a_node,b\n1,2\n3,4\n5,6\n";
  const json::Value arguments = parsed(R"({"Bucket":"b","Key":"k"})");
  const json::Value config = parsed(kFirstRow);
  auto source = open_item_source(store_, {"getObject", arguments, config});
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->etag(), "\"e\"");
  const ItemBatch first = (*source)->next(2).value();
  const ItemBatch second = (*source)->next(2).value();
  const auto key_text = [](const json::Value& item) {
    for (const json::Member& member : item.members()) {
      if (member.name().size() > 14) return member.name().data();
    }
    return static_cast<const char*>(nullptr);
  };
  ASSERT_NE(key_text(first.items[0]), nullptr);
  EXPECT_EQ(key_text(first.items[0]), key_text(first.items[1]));
  EXPECT_NE(key_text(first.items[0]), key_text(second.items[0]));
  EXPECT_TRUE(second.end);
}

TEST_F(ItemSourceTest, GoesOnWhereItWas) {
  store_.objects["b/k"] = "[0,1,2,3,4]";
  const json::Value arguments = parsed(R"({"Bucket":"b","Key":"k"})");
  const json::Value config = parsed(kJson);
  auto source = open_item_source(store_, {"getObject", arguments, config}).value();
  ASSERT_TRUE(skip_items(*source, 3));
  EXPECT_EQ(json::write(source->next(1)->items[0]), "3");
  source = open_item_source(store_, {"getObject", arguments, config}).value();
  EXPECT_EQ(skip_items(*source, 6).error().cause,
            "The data set has become shorter while it was read.");
}

TEST_F(ItemSourceTest, TextInPlaceOfAnObject) {
  const json::Value arguments = parsed(R"({"Bucket":"b","Key":"k","Prefix":"p"})");
  const json::Value config = parsed(kJson);
  auto source = open_item_text("[1,2]", {"getObject", arguments, config});
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->next(10)->items.size(), 2U);
  EXPECT_EQ(open_item_text("", {"listObjectsV2", arguments, config}).error().cause,
            "Only the items of one object can be read from a given text.");
}

/// Whatever the document, the elements read one by one are those of the parser.
RC_GTEST_PROP(ItemSource, ArrayElementsAreThoseOfTheParser, ()) {
  const auto scalar = rc::gen::elementOf(
      std::vector<std::string>{"1", "-2.50", "true", "null", R"("")", R"("a]\"},[")", R"("\\")",
                               "[]", "{}", R"({"a":[1,{"b":"]"}]})", R"([[[]],"x"])"});
  const auto space = rc::gen::elementOf(std::vector<std::string>{"", " ", "\n", "\r\n\t"});
  const auto elements = *rc::gen::container<std::vector<std::string>>(scalar);
  std::string text = *space + "[" + *space;
  for (size_t i = 0; i < elements.size(); ++i)
    text += (i > 0 ? "," : "") + *space + elements[i] + *space;
  text += "]" + *space;
  MemoryStore store;
  store.objects["b/k"] = text;
  store.piece_bytes = *rc::gen::inRange<size_t>(1, 9);
  const json::Value arguments = parsed(R"({"Bucket":"b","Key":"k"})");
  const json::Value config = parsed(kJson);
  auto source = open_item_source(store, {"getObject", arguments, config});
  RC_ASSERT(source.has_value());
  auto batch = (*source)->next(1'000'000);
  RC_ASSERT(batch.has_value());
  RC_ASSERT(json::Value::array(std::move(batch->items)) == parsed(text));
}

}  // namespace
}  // namespace pawl::items
