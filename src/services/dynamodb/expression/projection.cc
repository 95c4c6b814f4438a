// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/expression/projection.h"

#include "services/dynamodb/expression/condition_parser.h"
#include "services/dynamodb/expression/token.h"

namespace pawl::dynamodb {

std::string path_collision(const std::vector<DocumentPath>& paths) {
  std::string conflict;
  for (size_t later = 1; later < paths.size(); ++later) {
    for (size_t earlier = 0; earlier < later; ++earlier) {
      const PathRelation found = relation(paths[earlier], paths[later]);
      if (found == PathRelation::Distinct) continue;
      const std::string rest =
          " with each other; must remove or rewrite one of these paths; path one: " +
          printed(paths[earlier]) + ", path two: " + printed(paths[later]);
      if (found == PathRelation::Overlap) return "Two document paths overlap" + rest;
      if (conflict.empty()) conflict = "Two document paths conflict" + rest;
    }
  }
  return conflict;
}

aws::ApiResult<std::vector<DocumentPath>> compile_projection(std::string_view text,
                                                             Placeholders& placeholders) {
  constexpr std::string_view kTitle = "ProjectionExpression";
  PAWL_TRY_VOID(check_expression_text(kTitle, text));
  TokenReader reader(kTitle, text);
  std::vector<DocumentPath> out;
  do {
    out.push_back(PAWL_TRY(parse_path(reader)));
  } while (reader.take(","));
  if (reader.peek().kind != Token::Kind::End) return reader.syntax_error();
  std::string reserved;
  std::string undefined;
  for (DocumentPath& path : out) resolve_names(path, placeholders, reserved, undefined);
  if (!reserved.empty()) return reader.error(reserved);
  if (!undefined.empty()) return reader.error(undefined);
  if (const std::string collision = path_collision(out); !collision.empty())
    return reader.error(collision);
  return out;
}

}  // namespace pawl::dynamodb
