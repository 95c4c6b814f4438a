// SPDX-License-Identifier: Apache-2.0
// FormReader: multipart/form-data (RFC 7578, RFC 2046 section 5.1) as it comes, for S3's POST
// Object: fields are kept, the file is handed on piece by piece.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "services/s3/records.h"

namespace pawl::s3 {

class FormReader {
 public:
  using FileSink = std::function<aws::ApiResult<void>(std::string_view)>;

  /// `content_type` of the request: "multipart/form-data; boundary=…"; "" of a boundary is an error
  /// at the first feed(). `sink` gets the bytes of the field "file".
  FormReader(std::string_view content_type, FileSink sink);

  /// Errors: MalformedPOSTRequest, MaxPostPreDataLengthExceeded, those of the sink.
  aws::ApiResult<void> feed(std::string_view bytes);
  /// Errors: MalformedPOSTRequest if the last boundary has not come.
  aws::ApiResult<void> finish() const;

  /// Names in lower case, those before the file; fields behind it are ignored.
  const Pairs& fields() const { return fields_; }
  bool has_file() const { return has_file_; }
  const std::string& file_name() const { return file_name_; }
  const std::string& file_type() const { return file_type_; }

 private:
  enum class State { Preamble, Headers, Field, File, BoundaryEnd, Done };

  /// One step; false if more bytes are needed.
  aws::ApiResult<bool> step();
  aws::ApiResult<void> take_headers(std::string_view headers);
  aws::ApiResult<bool> take_body();

  const std::string delimiter_;  ///< "\r\n--boundary"
  const FileSink sink_;
  State state_ = State::Preamble;
  std::string buffer_;
  size_t kept_bytes_ = 0;  ///< of fields
  std::string name_;
  std::string value_;
  Pairs fields_;
  bool has_file_ = false;
  std::string file_name_;
  std::string file_type_;
};

}  // namespace pawl::s3
