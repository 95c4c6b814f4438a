// SPDX-License-Identifier: Apache-2.0
// A resource of CloudFormation that the serverless transform makes, its logical id, ARNs, and the
// policies that several kinds of resources share.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formation/serverless/failure.h"
#include "formation/serverless/intrinsics.h"
#include "formation/serverless/node.h"

namespace pawl::formation::serverless {

/// Shared between who makes it and who adds to it later (a role's policies, a stage's deployment).
struct Generated {
  std::string id;
  std::string type;
  Node depends_on = {};
  Node attributes = Node::map();  ///< Condition, DeletionPolicy, …
  Node properties = Node::map();
  bool marked_id = false;  ///< the id prints as Python 2.7's u'' (Node)

  /// Sets a property unless the value is null.
  Generated& set(std::string_view name, Node value);
  /// Condition, DeletionPolicy and UpdateReplacePolicy, as a new map.
  Node passed_attributes() const;
  Node id_node() const { return Node(id).with_mark(marked_id); }
  Node ref() const { return make_ref(id_node()); }
  Node arn() const { return get_att(id_node(), "Arn"); }
  Node to_node() const;
};

using Made = std::shared_ptr<Generated>;
using Resources = std::vector<Made>;

Made make(std::string id, std::string type, const Node& attributes = {}, Node depends_on = {});

/// Of the attributes of a resource those that go on to what is generated for it.
Node passed_attributes(const Node& attributes);

/// The first ten hexadecimal digits of the SHA-1 of a text, or of a value as sorted JSON; "" of
/// what is empty.
std::string id_hash(const Node& data, size_t length = 10);

bool is_alphanumeric(std::string_view text);

/// "arn:PARTITION:SERVICE:${AWS::Region}:${AWS::AccountId}:RESOURCE"
std::string arn_of(std::string_view partition, std::string_view service, std::string_view resource);
/// The same without account.
std::string arn_without_account(std::string_view partition, std::string_view service,
                                std::string_view resource);

/// [{Key, Value}] of a map; [] of null.
Node tag_list(const Node& tags);
/// Gives `tags` to all resources that have tags, if `propagate` is true.
void propagate_tags(const Resources& resources, const Node& tags, bool propagate);

/// {Version, Statement: [sts:AssumeRole by the service]}
Node assume_role_policy(std::string_view service_principal);
/// {PolicyName, PolicyDocument} that allows one action on one resource.
Node one_statement_policy(const std::string& name, std::string_view action, const Node& resource);
Node s3_payload_policy(const Node& bucket_arn, const std::string& logical_id);
/// {Version, Statement: [sqs:SendMessage …]} for messages from `source_arn`.
Node queue_document(const Node& principal, const Node& source_arn, const Node& queue_arn);

/// The bucket and key of "s3://bucket/key?versionId=v"; null of other texts.
Node parse_s3_uri(const Node& uri);
/// {S3Bucket, S3Key[, S3ObjectVersion]} of a location: a text or {Bucket, Key, Version}.
Outcome<Node> code_location(const Node& location, const std::string& id,
                            const std::string& property);
/// {Bucket, Key[, Version]} of a DefinitionUri.
Outcome<Node> definition_location(const Node& location, const std::string& id);

/// The dead letter queue of a rule or schedule: its ARN, and the resources made for it.
struct DeadLetterQueue {
  Node arn = {};
  Resources made = {};
};
Outcome<DeadLetterQueue> dead_letter_queue(const std::string& event_id, const Node& config,
                                           const Node& source_arn, const Node& attributes,
                                           bool with_policy);
/// The id of a rule's target: at most 64 characters.
std::string target_id(const std::string& logical_id, std::string_view suffix);

}  // namespace pawl::formation::serverless
