// SPDX-License-Identifier: Apache-2.0
// Shape: one data type of an AWS service model with its traits, compiled: a member points to its
// shape, nothing is looked up by name per request. The format is botocore's service-2.json.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/regex.h"

namespace pawl::aws {

enum class ShapeType {
  Structure,
  List,
  Map,
  String,
  Integer,
  Long,
  Float,
  Double,
  Boolean,
  Blob,
  Timestamp
};

/// Where a member of an input or output stands in the HTTP message.
enum class Location { Body, Uri, QueryString, Header, Headers, StatusCode };

enum class TimestampFormat { Unset, Iso8601, UnixTimestamp, Rfc822 };

struct XmlNamespace {
  std::string prefix;
  std::string uri;
};

struct Shape;

/// A use of a shape: a structure's member, a list's item, a map's key or value. Traits of the use
/// stand before those of the shape.
struct Member {
  std::string name;              ///< as in the API reference; "member", "key", "value" elsewhere
  const Shape* shape = nullptr;  ///< never null after compilation
  Location location = Location::Body;
  std::string location_name;  ///< trait locationName; "" if absent
  std::string query_name;     ///< trait queryName (EC2; our overlays: Query); "" if absent
  std::optional<XmlNamespace> xml_namespace;
  TimestampFormat timestamp_format = TimestampFormat::Unset;
  bool required = false;
  bool flattened = false;
  bool xml_attribute = false;
  bool json_value =
      false;  ///< any JSON; base64 of its text in a header (a body has it as plain text)
  bool streaming = false;  ///< the payload is passed on, not held in the Value
  bool idempotency_token = false;
  bool host_label = false;
  bool event_payload = false;
  bool event_header = false;

  /// locationName or the name.
  const std::string& wire_name() const { return location_name.empty() ? name : location_name; }
};

/// The error trait of a structure.
struct ErrorTraits {
  std::string code;  ///< what stands on the wire: error.code or the shape's name
  int status = 0;    ///< error.httpStatusCode; 0: 400, or 500 for a fault
  bool sender_fault = true;
  std::string query_error;  ///< what awsQueryCompatible services put in x-amzn-query-error
};

/// Immutable after compilation; owned by its ServiceModel; read by any thread.
struct Shape {
  std::string name;
  ShapeType type = ShapeType::Structure;

  std::vector<Member> members;  ///< Structure, in the model's order
  std::unordered_map<std::string_view, size_t> member_index;
  /// Ours (overlays): the members as AWS prints them, in lower camel case; empty: the model's.
  std::vector<std::string> printed_members;
  const Member* payload = nullptr;  ///< trait payload
  Member item;                      ///< List
  Member key;                       ///< Map
  Member value;                     ///< Map

  std::optional<double> min;  ///< length, items or value
  std::optional<double> max;
  std::string pattern;               ///< as printed in messages
  std::optional<text::Regex> regex;  ///< of it; absent if PCRE2 does not take it
  std::vector<std::string> enumeration;
  /// The same in the order in which AWS prints it: recorded (overlays), or a Java HashSet's.
  std::vector<std::string> enumeration_as_printed;

  std::string location_name;  ///< of the root element (S3)
  std::optional<XmlNamespace> xml_namespace;
  TimestampFormat timestamp_format = TimestampFormat::Unset;
  std::optional<ErrorTraits> error;  ///< present: an exception of the API
  bool flattened = false;
  bool sensitive = false;
  bool is_union = false;  ///< exactly one member is set
  bool document = false;  ///< any JSON
  bool event_stream = false;
  bool event = false;
  bool streaming = false;
  bool sparse = false;  ///< null items are kept
  bool box = false;
  bool unwrapped = false;  ///< ours (overlays), s3UnwrappedXmlOutput: no root element

  const Member* find(std::string_view member_name) const {
    const auto found = member_index.find(member_name);
    return found == member_index.end() ? nullptr : &members[found->second];
  }
  bool is_scalar() const {
    return type != ShapeType::Structure && type != ShapeType::List && type != ShapeType::Map;
  }
};

}  // namespace pawl::aws
