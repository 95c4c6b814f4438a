// SPDX-License-Identifier: Apache-2.0
#include "app/stack_progress.h"

#include <algorithm>
#include <utility>

#include "app/line_builder.h"
#include "json/members.h"

namespace pawl::app {
namespace {

constexpr std::string_view kStackType = "AWS::CloudFormation::Stack";
constexpr size_t kNameColumnsMax = 40;
constexpr size_t kTypeColumnsMax = 36;
constexpr size_t kNestingMax = 16;

base::Timestamp time_of(const json::Value& event) {
  return base::Timestamp{
      static_cast<int64_t>(json::find_number(event, "Timestamp").value_or(0) * 1'000)};
}

ResourceProgress described(const json::Value& event) {
  ResourceProgress progress;
  progress.logical_id = json::text_member(event, "LogicalResourceId");
  progress.type = json::text_member(event, "ResourceType");
  progress.status = json::text_member(event, "ResourceStatus");
  progress.reason = json::text_member(event, "ResourceStatusReason");
  progress.physical_id = json::text_member(event, "PhysicalResourceId");
  return progress;
}

/// Takes the new status; a resource that begins again is timed from then.
void move_to(ResourceProgress& resource, ResourceProgress next, base::Timestamp at) {
  const bool begins =
      is_running(next.status) &&
      (resource.status.empty() || !is_running(resource.status) || resource.status != next.status);
  next.started_at = begins ? at : resource.started_at;
  next.ended_at = at;
  if (next.physical_id.empty()) next.physical_id = resource.physical_id;
  resource = std::move(next);
}

std::string_view mark(const ResourceProgress& resource, size_t spinner) {
  if (is_running(resource.status)) return kSpinner[spinner % kSpinner.size()];
  if (is_failure(resource.status)) return "✗";
  return resource.status.starts_with("DELETE") ? "−" : "✓";
}

std::string_view color(std::string_view status, const Palette& palette) {
  if (is_failure(status) || status.find("ROLLBACK") != std::string_view::npos) return palette.red;
  return is_running(status) ? palette.blue : palette.green;
}

/// Words for a status that the mark does not tell already.
std::string_view note(std::string_view status) {
  if (status.starts_with("DELETE_IN")) return "deleting";
  if (status == "DELETE_SKIPPED") return "kept";
  if (status.find("ROLLBACK") != std::string_view::npos) return "rolling back";
  return {};
}

}  // namespace

bool is_running(std::string_view status) { return status.ends_with("_IN_PROGRESS"); }

bool is_failure(std::string_view status) { return status.ends_with("_FAILED"); }

void StackProgress::apply(const json::Value& event) {
  const std::string stack_id = json::text_member(event, "StackId");
  ResourceProgress next = described(event);
  Stack& stack = stacks_[stack_id];
  if (next.type == kStackType && next.physical_id == stack_id) {
    move_to(stack.own, std::move(next), time_of(event));
    return;
  }
  const bool cancelled = next.reason.ends_with("cancelled") || next.reason.ends_with("cancelled.");
  if (is_failure(next.status) && !cancelled)
    failures_.push_back({path_of(stack_id) + next.logical_id, next.type, next.status, next.reason});
  const auto found = std::find_if(
      stack.resources.begin(), stack.resources.end(),
      [&](const ResourceProgress& known) { return known.logical_id == next.logical_id; });
  ResourceProgress& resource =
      found == stack.resources.end() ? stack.resources.emplace_back() : *found;
  move_to(resource, std::move(next), time_of(event));
}

std::vector<std::string> StackProgress::nested_stacks() const {
  std::vector<std::string> ids;
  for (const auto& [id, stack] : stacks_)
    for (const ResourceProgress& resource : stack.resources)
      if (resource.type == kStackType && resource.physical_id.starts_with("arn:"))
        ids.push_back(resource.physical_id);
  return ids;
}

std::string StackProgress::path_of(const std::string& stack_id) const {
  std::string path;
  std::string id = stack_id;
  for (size_t depth = 0; id != root_ && depth < kNestingMax; ++depth) {
    std::string parent;
    for (const auto& [candidate, stack] : stacks_)
      for (const ResourceProgress& resource : stack.resources)
        if (resource.physical_id == id && candidate != id) {
          parent = candidate;
          path.insert(0, resource.logical_id + "/");
        }
    if (parent.empty()) break;
    id = parent;
  }
  return path;
}

void StackProgress::add_lines(const std::string& stack_id, const std::string& indent,
                              const Style& style, std::vector<std::string>& out) const {
  const auto found = stacks_.find(stack_id);
  if (found == stacks_.end() || indent.size() > kNestingMax * 4) return;
  const std::vector<ResourceProgress>& resources = found->second.resources;
  size_t name_width = 0;
  size_t type_width = 0;
  for (const ResourceProgress& resource : resources) {
    name_width = std::max(name_width, display_width(printable(resource.logical_id)));
    type_width = std::max(type_width, display_width(printable(resource.type)));
  }
  name_width = std::min(name_width, kNameColumnsMax);
  type_width = std::min(type_width, kTypeColumnsMax);
  const Palette& palette = style.palette;
  for (const ResourceProgress& resource : resources) {
    const bool last = &resource == &resources.back();
    LineBuilder line(style.columns);
    line.add(indent + (last ? "└ " : "├ "), palette.dim, palette.reset);
    const size_t name_column = line.used() + 2;
    line.add(mark(resource, style.spinner), color(resource.status, palette), palette.reset)
        .add(" ");
    line.add(cut_to_width(printable(resource.logical_id), kNameColumnsMax),
             is_running(resource.status) ? palette.bold : "", palette.reset);
    line.pad_to(name_column + name_width + 2);
    line.add(cut_to_width(printable(resource.type), kTypeColumnsMax), palette.dim, palette.reset);
    line.pad_to(name_column + name_width + 2 + type_width + 2);
    const base::Timestamp end = is_running(resource.status) ? style.now : resource.ended_at;
    line.add(format_duration(std::max<int64_t>(0, end.ms - resource.started_at.ms)));
    if (const std::string_view words = note(resource.status); !words.empty())
      line.add("  ").add(words, palette.yellow, palette.reset);
    if (is_failure(resource.status))
      line.add("  ").add(printable(resource.reason), palette.red, palette.reset);
    out.push_back(std::move(line).take());
    if (resource.type == kStackType && resource.physical_id != stack_id)
      add_lines(resource.physical_id, indent + (last ? "  " : "│ "), style, out);
  }
}

std::vector<std::string> StackProgress::lines(const Style& style) const {
  std::vector<std::string> out;
  add_lines(root_, "", style, out);
  return out;
}

std::string StackProgress::event_line(const json::Value& event, const Palette& palette) const {
  const ResourceProgress progress = described(event);
  const std::string stack_id = json::text_member(event, "StackId");
  const bool is_stack = progress.type == kStackType && progress.physical_id == stack_id;
  std::string path = path_of(stack_id);
  if (is_stack) {
    if (!path.empty()) path.pop_back();
    if (path.empty()) path = progress.logical_id;
  } else {
    path += progress.logical_id;
  }
  std::string line = printable(path) + "  " + printable(progress.type) + "  ";
  line += std::string(color(progress.status, palette)) + printable(progress.status) +
          std::string(palette.reset);
  const auto stack = stacks_.find(stack_id);
  if (stack != stacks_.end() && !is_running(progress.status)) {
    for (const ResourceProgress& resource : stack->second.resources)
      if (!is_stack && resource.logical_id == progress.logical_id)
        line += "  " + format_duration(
                           std::max<int64_t>(0, resource.ended_at.ms - resource.started_at.ms));
  }
  if (!progress.reason.empty()) line += "  " + printable(progress.reason);
  return line;
}

}  // namespace pawl::app
