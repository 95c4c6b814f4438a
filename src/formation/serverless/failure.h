// SPDX-License-Identifier: Apache-2.0
// What is wrong with a serverless template, in the translator's words: of one resource (the others
// are still looked at), of one event (its function reports it), or of the whole document (the end).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "formation/serverless/node.h"

namespace pawl::formation::serverless {

struct Failure {
  enum class Scope { Resource, Event, Document };
  Scope scope;
  std::string message;
  std::vector<std::string> further = {};  ///< more mistakes, of the same scope
};

template <typename T>
using Outcome = tl::expected<T, Failure>;

using Failed = tl::unexpected<Failure>;

/// "Resource with id [X] is invalid. TEXT"
Failed bad_resource(std::string_view id, std::string_view text);
/// "Event with id [X] is invalid. TEXT"
Failed bad_event(std::string_view id, std::string_view text);
/// "Structure of the SAM template is invalid. TEXT", which ends the whole.
Failed bad_document(std::string_view text);
/// The same words as a mistake of the resource that is looked at.
Failed bad_template(std::string_view text);

/// Where a value stands, for messages.
struct Place {
  enum class Of { Property, Event, Attribute };
  std::string id;
  std::string path;
  Of of = Of::Property;
};

/// "Property 'PATH' should be a map." unless the value is of that kind; `message` replaces the
/// text.
Outcome<void> expect_map(const Node& value, const Place& place, std::string_view message = "");
Outcome<void> expect_list(const Node& value, const Place& place, std::string_view message = "");
Outcome<void> expect_text(const Node& value, const Place& place, std::string_view message = "");
Outcome<void> expect_boolean(const Node& value, const Place& place);
Outcome<void> expect_texts(const Node& value, const Place& place);
/// "Property 'PATH' is required."
Outcome<void> expect_present(const Node& value, const Place& place);

}  // namespace pawl::formation::serverless
