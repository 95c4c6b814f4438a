// SPDX-License-Identifier: Apache-2.0
// shape_input: properties of a resource (PascalCase, tags as a list, policies as objects) as the
// input of an API operation, by the operation's model. Names that differ in more than their case
// are the resource type's to change.
#pragma once

#include "aws/model/shape.h"
#include "json/value.h"

namespace pawl::cloudformation {

/// `properties` as a value of `shape`. Members are matched ignoring case; what the shape does not
/// know is left out. Scalars are converted ("5" to 5, true to "true"); an object where the shape
/// has a text becomes its JSON; one item where it has a list, a list; a list of Key and Value where
/// it has a map, that map; a map where it has a list of keys and values, that list. What cannot be
/// converted stays, for the operation to refuse. Blobs are taken as they are. Thread-safe.
json::Value shape_input(const aws::Shape& shape, const json::Value& properties);

}  // namespace pawl::cloudformation
