// SPDX-License-Identifier: Apache-2.0
#include "formation/serverless/failure.h"

namespace pawl::formation::serverless {
namespace {

Failed fail_at(const Place& place, std::string_view text) {
  return place.of == Place::Of::Event ? bad_event(place.id, text) : bad_resource(place.id, text);
}

Outcome<void> expect(bool fits, std::string_view kind, const Place& place,
                     std::string_view message) {
  if (fits) return {};
  if (!message.empty()) return fail_at(place, message);
  const char* what = place.of == Place::Of::Attribute ? "Attribute '" : "Property '";
  return fail_at(place, what + place.path + "' should be a " + std::string(kind) + ".");
}

Failed fail(Failure::Scope scope, std::string message) {
  return Failed(Failure{scope, std::move(message)});
}

constexpr std::string_view kBadTemplate = "Structure of the SAM template is invalid. ";

}  // namespace

Failed bad_resource(std::string_view id, std::string_view text) {
  return fail(Failure::Scope::Resource,
              "Resource with id [" + std::string(id) + "] is invalid. " + std::string(text));
}

Failed bad_event(std::string_view id, std::string_view text) {
  return fail(Failure::Scope::Event,
              "Event with id [" + std::string(id) + "] is invalid. " + std::string(text));
}

Failed bad_document(std::string_view text) {
  return fail(Failure::Scope::Document, std::string(kBadTemplate) + std::string(text));
}

Failed bad_template(std::string_view text) {
  return fail(Failure::Scope::Resource, std::string(kBadTemplate) + std::string(text));
}

Outcome<void> expect_map(const Node& value, const Place& place, std::string_view message) {
  return expect(value.is_map(), "map", place, message);
}

Outcome<void> expect_list(const Node& value, const Place& place, std::string_view message) {
  return expect(value.is_list(), "list", place, message);
}

Outcome<void> expect_text(const Node& value, const Place& place, std::string_view message) {
  return expect(value.is_text(), "string", place, message);
}

Outcome<void> expect_boolean(const Node& value, const Place& place) {
  return expect(value.is_boolean(), "boolean", place, "");
}

Outcome<void> expect_texts(const Node& value, const Place& place) {
  if (Outcome<void> list = expect_list(value, place); !list) return list;
  for (size_t index = 0; index < value.size(); ++index) {
    const Place item{place.id, place.path + "[" + std::to_string(index) + "]", place.of};
    if (Outcome<void> text = expect_text(value.items()[index], item); !text) return text;
  }
  return {};
}

Outcome<void> expect_present(const Node& value, const Place& place) {
  if (!value.is_null()) return {};
  return fail_at(place, "Property '" + place.path + "' is required.");
}

}  // namespace pawl::formation::serverless
