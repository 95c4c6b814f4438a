// SPDX-License-Identifier: Apache-2.0
// The parts of a Distributed Map: ASL "ItemReader", "ItemBatcher", "ResultWriter".
#include <algorithm>
#include <utility>

#include "asl/compiler.h"

namespace pawl::asl {
namespace {

constexpr std::string_view kReaderFields[] = {"Resource", "ReaderConfig", "Comment", "Parameters"};
constexpr std::string_view kJsonataReaderFields[] = {"Resource", "ReaderConfig", "Comment",
                                                     "Arguments"};
constexpr std::string_view kReaderConfigFields[] = {
    "InputType",      "CSVHeaderLocation", "CSVHeaders", "CSVDelimiter", "ManifestType",
    "Transformation", "ItemsPointer",      "MaxItems",   "MaxItemsPath"};
constexpr std::string_view kJsonataReaderConfigFields[] = {
    "InputType",    "CSVHeaderLocation", "CSVHeaders",   "CSVDelimiter",
    "ManifestType", "Transformation",    "ItemsPointer", "MaxItems"};
constexpr std::string_view kBatcherFields[] = {"BatchInput",
                                               "MaxItemsPerBatch",
                                               "MaxItemsPerBatchPath",
                                               "MaxInputBytesPerBatch",
                                               "MaxInputBytesPerBatchPath",
                                               "Comment"};
constexpr std::string_view kJsonataBatcherFields[] = {"BatchInput", "MaxItemsPerBatch",
                                                      "MaxInputBytesPerBatch", "Comment"};
constexpr std::string_view kWriterFields[] = {"Resource", "WriterConfig", "Comment", "Parameters"};
constexpr std::string_view kJsonataWriterFields[] = {"Resource", "WriterConfig", "Comment",
                                                     "Arguments"};
constexpr std::string_view kWriterConfigFields[] = {"OutputType", "Transformation"};
constexpr int64_t kAnyCount = INT64_MAX;
constexpr int64_t kItemsMax = 100'000'000;
constexpr int64_t kBatchBytesMax = 262'144;

/// `resource` must be one of the S3 actions `allowed`, which AWS lists as examples.
void check_s3_action(const Fields& from, const TaskResource& resource,
                     std::initializer_list<std::string_view> allowed) {
  const bool is_allowed =
      resource.kind == ResourceKind::Integration && resource.service == "s3" &&
      resource.pattern == IntegrationPattern::RequestResponse &&
      std::find(allowed.begin(), allowed.end(), resource.action) != allowed.end();
  if (is_allowed) return;
  std::string examples;
  for (const std::string_view action : allowed) {
    examples +=
        (examples.empty() ? "arn:<partition>:states:::s3:" : ", arn:<partition>:states:::s3:");
    examples += action;
  }
  from.error("Resource",
             "The field 'Resource' does not match any of the allowed values. Examples: [" +
                 examples + "]");
}

void check_reader_config(const Fields& config) {
  const auto type = config.one_of("InputType", {"CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"});
  config.one_of("ManifestType", {"S3_INVENTORY", "ATHENA_DATA"});
  config.one_of("Transformation", {"NONE", "LOAD_AND_FLATTEN"});
  config.one_of("CSVDelimiter", {"COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"});
  const auto location = config.one_of("CSVHeaderLocation", {"FIRST_ROW", "GIVEN"});
  if (type == "CSV" && !config.has("CSVHeaderLocation")) {
    config.error_here("The field 'CSVHeaderLocation' is required");
  }
  if ((type == "JSON" || type == "JSONL" || type == "PARQUET") && config.has("CSVHeaderLocation")) {
    config.refuse("CSVHeaderLocation");
  }
  if (location == "GIVEN") config.require({"CSVHeaders"});
  config.strings("CSVHeaders");
}

}  // namespace

ItemReader StateCompiler::compile_item_reader(const Fields& reader) {
  ItemReader out;
  reader.check_names({kReaderFields, kJsonataReaderFields}, state.query_language);
  reader.require({"Resource"});
  if (const auto text = reader.string("Resource")) {
    if (auto resource = parse_task_resource(*text)) out.resource = *std::move(resource);
    check_s3_action(reader, out.resource, {"getObject", "listObjectsV2"});
  }
  out.arguments = compile_expressions(reader, "Arguments");
  if (!is_jsonata()) out.parameters = reader.payload_template("Parameters");
  json::Value config = json::Value::object();
  if (const auto source = reader.object("ReaderConfig")) {
    source->check_names({kReaderConfigFields, kJsonataReaderConfigFields}, state.query_language);
    check_reader_config(*source);
    config = source->object();
    out.max_items = compile_integer(*source, "MaxItems", 0, kItemsMax);
  }
  out.reader_config = json::FrozenValue(config);
  return out;
}

ItemBatcher StateCompiler::compile_item_batcher(const Fields& batcher) {
  ItemBatcher out;
  batcher.check_names({kBatcherFields, kJsonataBatcherFields}, state.query_language);
  if (!batcher.has("MaxItemsPerBatch") && !batcher.has("MaxItemsPerBatchPath") &&
      !batcher.has("MaxInputBytesPerBatch") && !batcher.has("MaxInputBytesPerBatchPath")) {
    batcher.error_here(
        "This object should have at least one of the following fields: [MaxItemsPerBatch, "
        "MaxItemsPerBatchPath, MaxInputBytesPerBatch, MaxInputBytesPerBatchPath]");
  }
  out.jsonata_batch_input = compile_expressions(batcher, "BatchInput");
  if (!is_jsonata()) out.batch_input = batcher.payload_template("BatchInput");
  out.max_items_per_batch = compile_integer(batcher, "MaxItemsPerBatch", 0, kAnyCount);
  out.max_input_bytes_per_batch =
      compile_integer(batcher, "MaxInputBytesPerBatch", 0, kBatchBytesMax);
  return out;
}

ResultWriter StateCompiler::compile_result_writer(const Fields& writer) {
  ResultWriter out;
  writer.check_names({kWriterFields, kJsonataWriterFields}, state.query_language);
  if (const auto text = writer.string("Resource")) {
    TaskResource resource;
    if (auto parsed = parse_task_resource(*text)) resource = *std::move(parsed);
    check_s3_action(writer, resource, {"putObject"});
    out.resource = std::move(resource);
    writer.require({is_jsonata() ? "Arguments" : "Parameters"});
  } else if (!writer.has("WriterConfig")) {
    writer.require({"Resource"});
  }
  out.arguments = compile_expressions(writer, "Arguments");
  if (!is_jsonata()) out.parameters = writer.payload_template("Parameters");
  const auto config = writer.object("WriterConfig");
  if (config) {
    config->check_names(kWriterConfigFields);
    config->require({"Transformation", "OutputType"});
    config->one_of("Transformation", {"NONE", "COMPACT", "FLATTEN"});
    config->one_of("OutputType", {"JSON", "JSONL"});
  }
  out.writer_config = json::FrozenValue(config ? config->object() : json::Value::object());
  return out;
}

}  // namespace pawl::asl
