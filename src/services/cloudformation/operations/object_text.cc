// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/object_text.h"

#include <utility>

#include "base/bytes.h"
#include "formation/template_text.h"
#include "json/members.h"

namespace pawl::cloudformation {

aws::ApiResult<std::string> object_text(StackCalls& calls, const ObjectLocation& location) {
  json::ObjectBuilder input;
  input.set("Bucket", json::Value(location.bucket)).set("Key", json::Value(location.key));
  if (!location.version.empty()) input.set("VersionId", json::Value(location.version));
  const auto answer = calls.call("s3", "GetObject", std::move(input).build());
  if (!answer) return answer.error();
  if (json::integer_member(*answer, "ContentLength") >
      static_cast<int64_t>(formation::kTemplateObjectBytesMax)) {
    return aws::ApiError("ValidationError", "Template may not exceed " +
                                                std::to_string(formation::kTemplateObjectBytesMax) +
                                                " bytes in size.");
  }
  auto bytes = base::base64_decode(json::text_member(*answer, "Body"));
  if (!bytes) return aws::internal_failure("an object's body is not base64");
  return *std::move(bytes);
}

}  // namespace pawl::cloudformation
