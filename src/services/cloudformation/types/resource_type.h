// SPDX-License-Identifier: Apache-2.0
// ResourceType: how resources of one CloudFormation type are made, changed and deleted by calls to
// the service they live in. What a type's properties are says its schema (resource_schema.h); when
// something is done, in which order, and what happens after a failure is the stack operation's.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/api_error.h"
#include "formation/environment.h"
#include "json/value.h"

namespace pawl::cloudformation {

/// Calls as the stack's principal or role, in its region. Of one operation on one resource; used
/// by one thread, a stack thread, which may block.
class StackCalls {
 public:
  virtual ~StackCalls() = default;
  /// Blocks until the answer. `service` is a model's name: "stepfunctions". Members and errors as
  /// aws::Caller's.
  virtual aws::ApiResult<json::Value> call(std::string_view service, std::string_view operation,
                                           json::Value input) = 0;
  /// The same in another region: for what one resource has in two. Of a stack's own region unless
  /// an implementation can do more.
  virtual aws::ApiResult<json::Value> call_in(std::string_view region, std::string_view service,
                                              std::string_view operation, json::Value input) = 0;
  /// `properties` of a resource as the input of an operation (shape_input.h): members are matched
  /// ignoring case, scalars become what the model wants; what the operation does not know is left
  /// out.
  virtual json::Value shape(std::string_view service, std::string_view operation,
                            const json::Value& properties) = 0;
};

/// One operation on one resource.
struct ResourceRequest {
  const formation::Environment& environment;
  std::string logical_id;
  std::string physical_id = {};                    ///< what create() answered; "" while creating
  json::Value properties = json::Value::object();  ///< resolved
  /// Update: the properties of the resource as it is.
  json::Value previous = json::Value::object();
  json::Value attributes = json::Value::object();  ///< what create() answered; update and remove
  /// The stack's own tags and "aws:cloudformation:…", key and value; the resource's own tags, in
  /// its properties, win over them.
  std::vector<std::pair<std::string, std::string>> stack_tags = {};
  /// Update: the stack's own tags that the resource was made or last changed with.
  std::vector<std::pair<std::string, std::string>> previous_stack_tags = {};
  /// The same whenever this operation is repeated after a crash or by Progress::again; another for
  /// each operation: for ClientRequestToken and the like, and the random part of names.
  std::string token = {};
  /// Set when the operation may have been done, in part or whole, by an earlier call that the
  /// process did not outlive: "already exists" may be one's own.
  bool is_repeated = false;
  json::Value memory = json::Value();  ///< what Progress::again kept; null at first

  /// "stack-LogicalId-1ABCDEF23456": the name of a resource whose template gives none. At most
  /// `length_max` characters: the stack's name and the logical id are shortened.
  std::string generated_name(size_t length_max) const;
};

/// What has become of an operation.
struct Progress {
  bool is_done = true;
  std::string physical_id = {};                    ///< what Ref yields; create and update
  json::Value attributes = json::Value::object();  ///< what Fn::GetAtt yields, by name ("Arn")
  uint64_t again_ms = 0;                           ///< not done: when to call again
  json::Value memory = json::Value();

  static Progress done(std::string id, json::Value attributes = json::Value::object()) {
    return {.physical_id = std::move(id), .attributes = std::move(attributes)};
  }
  /// The resource is there, but not ready: the same function is called again after `ms`, with
  /// `memory` and, if it is not empty, this id.
  static Progress again(uint64_t ms, std::string id = {}, json::Value memory = json::Value()) {
    return {.is_done = false,
            .physical_id = std::move(id),
            .again_ms = ms,
            .memory = std::move(memory)};
  }
};

using ResourceFunction = aws::ApiResult<Progress> (*)(StackCalls&, const ResourceRequest&);
/// The attributes as they are now.
using AttributeReader = aws::ApiResult<json::Value> (*)(StackCalls&,
                                                        const std::string& physical_id);
using ReplacementRule = bool (*)(const json::Value& previous, const json::Value& next);

/// A row of a table; see type_tables.h. Errors of the functions are the called service's: the
/// operation says in the stack's event what a user must see. `remove` succeeds if nothing is there.
struct ResourceType {
  std::string_view name;              ///< "AWS::SQS::Queue"
  ResourceFunction create = nullptr;  ///< answers the physical id and all attributes
  /// null: every change replaces. Answers the same physical id, or another: a replacement that the
  /// schema did not announce; all attributes again.
  ResourceFunction update = nullptr;
  ResourceFunction remove = nullptr;
  /// Besides the schema's create-only properties; may be null.
  ReplacementRule replaces = nullptr;
  /// For what other resources change after create() has answered; null: nothing is.
  AttributeReader read = nullptr;
};

/// nullptr: no such type here. Thread-safe; lives as long as the program.
const ResourceType* find_type(std::string_view name);
/// Of all types, in alphabetical order.
std::vector<std::string_view> type_names();

}  // namespace pawl::cloudformation
