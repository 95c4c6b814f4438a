// SPDX-License-Identifier: Apache-2.0
#include "items/result_sink.h"

#include <utility>

#include "base/assert.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::items {
namespace {

constexpr size_t kBufferBytes = 256 * 1024;

std::string_view name_of(ChildOutcome outcome) {
  constexpr std::string_view kNames[] = {"FAILED", "PENDING", "SUCCEEDED"};
  return kNames[static_cast<size_t>(outcome)];
}

/// The string member `name`, "" if it is absent.
Outcome<std::string> text_of(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  if (value == nullptr || value->is_null()) return std::string();
  if (!value->is_string()) {
    return writer_failed("The field '" + std::string(name) +
                         "' of the ResultWriter must be a string.");
  }
  return std::string(value->as_string());
}

asl::ExecutionError bad_value(std::string_view name, std::string_view value) {
  return writer_failed("'" + std::string(value) + "' is not a value of " + std::string(name) + ".");
}

Outcome<Transformation> transformation_of(const json::Value& config) {
  const std::string text = PAWL_TRY(text_of(config, "Transformation"));
  if (text == "" || text == "NONE") return Transformation::None;
  if (text == "COMPACT") return Transformation::Compact;
  if (text == "FLATTEN") return Transformation::Flatten;
  return bad_value("Transformation", text);
}

Outcome<OutputType> output_type_of(const json::Value& config) {
  const std::string text = PAWL_TRY(text_of(config, "OutputType"));
  if (text == "" || text == "JSON") return OutputType::Json;
  if (text == "JSONL") return OutputType::JsonLines;
  return bad_value("OutputType", text);
}

}  // namespace

ResultSink::ResultSink(ObjectStore& store, std::string map_run_arn)
    : store_(&store), map_run_arn_(std::move(map_run_arn)) {}
ResultSink::ResultSink(ResultSink&&) noexcept = default;
ResultSink& ResultSink::operator=(ResultSink&&) noexcept = default;
ResultSink::~ResultSink() = default;

Outcome<ResultSink> ResultSink::open(ObjectStore& store, const ResultWriterRequest& request,
                                     const ResultSinkLimits& limits) {
  ResultSink sink(store, std::string(request.map_run_arn));
  sink.file_bytes_max_ = limits.file_bytes_max;
  sink.transformation_ = PAWL_TRY(transformation_of(request.writer_config));
  sink.output_type_ = PAWL_TRY(output_type_of(request.writer_config));
  sink.bucket_ = PAWL_TRY(text_of(request.arguments, "Bucket"));
  if (sink.bucket_.empty()) return writer_failed("The ResultWriter has no Bucket.");
  sink.expected_bucket_owner_ = PAWL_TRY(text_of(request.arguments, "ExpectedBucketOwner"));
  sink.folder_ = PAWL_TRY(text_of(request.arguments, "Prefix"));
  if (!sink.folder_.empty() && !sink.folder_.ends_with('/')) sink.folder_ += '/';
  sink.folder_ += request.map_run_arn.substr(request.map_run_arn.rfind(':') + 1);
  sink.folder_ += '/';
  return sink;
}

Outcome<void> ResultSink::add(const ChildResult& child) {
  if (child.outcome != ChildOutcome::Succeeded || transformation_ == Transformation::None)
    return write_entry(child.outcome, child.metadata);
  // An output may be spaced as its author wrote it, over lines even; written it is compact.
  const auto output = json::parse(child.output);
  if (!output) return writer_failed("A child's output is not JSON: " + output.error().message);
  if (transformation_ == Transformation::Compact || !output->is_array())
    return write_entry(child.outcome, json::write(*output));
  for (const json::Value& item : output->items())
    PAWL_TRY_VOID(write_entry(child.outcome, json::write(item)));
  return {};
}

Outcome<void> ResultSink::write_entry(ChildOutcome outcome, std::string_view text) {
  File& file = files_[static_cast<size_t>(outcome)];
  // The separator before it and the bracket behind it.
  if (file.writer != nullptr && file.bytes + text.size() + 2 > file_bytes_max_)
    PAWL_TRY_VOID(end_file(file));
  const bool is_first = file.writer == nullptr;
  if (is_first) PAWL_TRY_VOID(begin_file(outcome, file));
  const size_t before = file.buffer.size();
  if (output_type_ == OutputType::Json) file.buffer += is_first ? '[' : ',';
  file.buffer += text;
  if (output_type_ == OutputType::JsonLines) file.buffer += '\n';
  file.bytes += file.buffer.size() - before;
  return file.buffer.size() < kBufferBytes ? Outcome<void>() : flush(file);
}

Outcome<void> ResultSink::begin_file(ChildOutcome outcome, File& file) {
  const std::string key =
      key_of(std::string(name_of(outcome)) + '_' + std::to_string(file.written.size()) +
             (output_type_ == OutputType::Json ? ".json" : ".jsonl"));
  auto writer = store_->create(
      {.bucket = bucket_, .key = key, .expected_bucket_owner = expected_bucket_owner_});
  if (!writer) return writer_failed(cause_of(writer.error()));
  file.writer = *std::move(writer);
  file.bytes = 0;
  file.written.push_back({.key = key});
  return {};
}

Outcome<void> ResultSink::end_file(File& file) {
  if (file.writer == nullptr) return {};
  if (output_type_ == OutputType::Json) {
    file.buffer += ']';
    ++file.bytes;
  }
  PAWL_TRY_VOID(flush(file));
  if (auto committed = file.writer->commit(); !committed)
    return writer_failed(cause_of(committed.error()));
  file.writer = nullptr;
  file.written.back().bytes = file.bytes;
  return {};
}

Outcome<void> ResultSink::flush(File& file) {
  PAWL_ASSERT(file.writer != nullptr);
  auto appended = file.writer->append(file.buffer);
  file.buffer.clear();
  if (!appended) return writer_failed(cause_of(appended.error()));
  return {};
}

Outcome<std::string> ResultSink::finish() {
  for (File& file : files_) PAWL_TRY_VOID(end_file(file));
  const std::string key = key_of("manifest.json");
  const ObjectAddress address{
      .bucket = bucket_, .key = key, .expected_bucket_owner = expected_bucket_owner_};
  if (auto written = store_->put(address, manifest()); !written)
    return writer_failed(cause_of(written.error()));

  json::ObjectBuilder details;
  details.set("Bucket", json::Value(bucket_)).set("Key", json::Value(key));
  json::ObjectBuilder result;
  result.set("MapRunArn", json::Value(map_run_arn_))
      .set("ResultWriterDetails", std::move(details).build());
  return json::write(std::move(result).build());
}

std::string ResultSink::manifest() const {
  json::ObjectBuilder results;
  for (const ChildOutcome outcome :
       {ChildOutcome::Failed, ChildOutcome::Pending, ChildOutcome::Succeeded}) {
    std::vector<json::Value> written;
    for (const File::Written& file : files_[static_cast<size_t>(outcome)].written) {
      json::ObjectBuilder entry;
      entry.set("Key", json::Value(file.key))
          .set("Size", json::Value(static_cast<int64_t>(file.bytes)));
      written.push_back(std::move(entry).build());
    }
    results.set(name_of(outcome), json::Value::array(std::move(written)));
  }
  json::ObjectBuilder object;
  object.set("DestinationBucket", json::Value(bucket_))
      .set("MapRunArn", json::Value(map_run_arn_))
      .set("ResultFiles", std::move(results).build());
  return json::write(std::move(object).build());
}

}  // namespace pawl::items
