// SPDX-License-Identifier: Apache-2.0
// ResourceSchema: what CloudFormation's registry says of a resource type: its properties and their
// types, which of them may change in place, what Fn::GetAtt yields. How resources of the type are
// made says resource_type.h. The data is tools/cloudformation_types.py's.
// https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/value.h"

namespace pawl::cloudformation {

/// What an update that changes a property does to the resource; DescribeChangeSet's
/// RequiresRecreation and its words.
enum class Replacement { Never, Conditionally, Always };

struct ObjectSchema;

struct TypeSchema {
  enum class Kind { String, Integer, Number, Boolean, Json, List, Map, Object, Union };
  Kind kind = Kind::Json;
  const ObjectSchema* object = nullptr;  ///< Object: never null; lives as long as the program
  std::vector<TypeSchema> inner = {};    ///< List and Map: one; Union: what it may be
};

struct PropertySchema {
  std::string name;
  TypeSchema type;
  bool is_required = false;
  Replacement replacement = Replacement::Never;
};

struct ObjectSchema {
  std::string name;                        ///< "RedrivePolicy"; of a resource: "AWS::SQS::Queue"
  std::vector<PropertySchema> properties;  ///< by name

  const PropertySchema* find(std::string_view property) const;
};

/// Immutable; thread-safe; lives as long as the program.
struct ResourceSchema {
  ObjectSchema object;
  /// What Fn::GetAtt may name, nested as "Endpoint.Address"; by name.
  std::vector<std::pair<std::string, TypeSchema>> attributes = {};
  std::vector<std::string> primary_identifier = {};  ///< properties and attributes: "QueueUrl"
  std::vector<std::string> reference = {};  ///< what Ref yields, where that is not the former
  std::string tag_property = {};            ///< "Tags"; "" if resources have none
  bool tags_are_map = false;                ///< else a list of Key and Value
  /// Resources get CloudFormation's own tags, "aws:cloudformation:stack-name" and the like.
  bool has_system_tags = false;

  /// Also what lies within an attribute that is an object or any JSON, or within a property of such
  /// a name. Custom resources and nested stacks have attributes that no schema knows.
  bool has_attribute(std::string_view name) const;
};

/// nullptr: no type of AWS, or one of which only the name is known. The first question about a
/// service reads its types (a millisecond; EC2 some five).
const ResourceSchema* find_schema(std::string_view type);

/// All that AWS has, whether Pawl has it or not. Not "AWS::Serverless::…", which a transform
/// removes, nor "Custom::…".
bool is_aws_type(std::string_view type);

/// Properties as the type's handlers take them, and why AWS refuses them.
struct CheckedProperties {
  /// With CloudFormation's conversions made: "5" is a number where the schema has one, 5 is a text
  /// where it has a text, "true" and "false" are booleans. Members keep their order.
  json::Value properties;
  /// "#: required key [KeySchema] not found", "#/Code: extraneous key [Foo] is not permitted",
  /// "#/Role: expected type: String, found: JSONObject".
  std::vector<std::string> violations = {};

  /// "" or "Properties validation failed for resource X with message: [#: …]".
  std::string message(std::string_view logical_id) const;
};

/// `properties` are resolved; anything but an object counts as none.
CheckedProperties check_properties(const ResourceSchema& schema, const json::Value& properties);

/// A value that an update changes: the deepest that the schema tells apart; items of lists are
/// compared by their place.
struct PropertyChange {
  std::string name;                        ///< of the resource's property: "RedrivePolicy"
  std::string path;                        ///< "/Properties/Code/S3Key"
  std::optional<json::Value> before = {};  ///< absent: added
  std::optional<json::Value> after = {};   ///< absent: removed
  Replacement replacement = Replacement::Never;
};

/// Of two sets of properties that check_properties() has converted, in the schema's order. What the
/// schema does not know counts as Never.
std::vector<PropertyChange> changed_properties(const ResourceSchema& schema,
                                               const json::Value& previous,
                                               const json::Value& next);

/// The worst of all.
Replacement replacement_of(const std::vector<PropertyChange>& changes);

/// resource_types.bin (tools/cloudformation_types.py says how).
std::string_view resource_types_bytes();

}  // namespace pawl::cloudformation
