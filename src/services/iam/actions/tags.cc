// SPDX-License-Identifier: Apache-2.0
// TagUser, UntagUser, ListUserTags, and the same of everything else that has tags.
#include <algorithm>
#include <array>

#include "services/iam/entity.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::Value;

namespace {

/// What the input names, and in which words it is missed: behind `before`, before `after`.
struct Tagged {
  Kind kind;
  std::string_view member;
  std::string_view before;
  std::string_view after;
};

constexpr Tagged kUser{Kind::User, "UserName", "The user with name ", " cannot be found."};
constexpr Tagged kRole{Kind::Role, "RoleName", "The role with name ", " cannot be found."};
constexpr Tagged kPolicy{Kind::Policy, "PolicyArn", "Policy ", " was not found."};
constexpr Tagged kProfile{Kind::InstanceProfile, "InstanceProfileName", "Instance Profile ",
                          " cannot be found."};
constexpr Tagged kOidc{Kind::OidcProvider, "OpenIDConnectProviderArn",
                       "OpenIDConnect Provider not found for arn ", ""};
constexpr Tagged kSaml{Kind::SamlProvider, "SAMLProviderArn", "Manifest not found for arn ", ""};
constexpr Tagged kCertificate{Kind::ServerCertificate, "ServerCertificateName",
                              "The Server Certificate with name ", " cannot be found."};
constexpr Tagged kDevice{Kind::MfaDevice, "SerialNumber", "VirtualMFADevice with serial number ",
                         " doesn't exist."};

struct Found {
  std::string key;
  Value record;
  std::vector<Value> tags;
};

ApiResult<Found> find(IamService& service, const Request& request, const Tagged& tagged) {
  const std::string named = text_member(request.input, tagged.member);
  // Policies are kept by name.
  const std::string key = tagged.kind == Kind::Policy ? named.substr(named.rfind('/') + 1) : named;
  auto record = PAWL_TRY(service.store().find(request.account_id(), tagged.kind, key));
  if (!record || (tagged.kind == Kind::Policy && text_member(*record, "Arn") != named)) {
    return no_such_entity(std::string(tagged.before) + named + std::string(tagged.after));
  }
  std::vector<Value> tags = copied_items(*record, "Tags");
  return Found{key, *std::move(record), std::move(tags)};
}

ActionResult put_tags(IamService& service, const Request& request, const Tagged& tagged,
                      const Found& found, Value tags) {
  store::Batch batch;
  service.store().put(batch, request.account_id(), tagged.kind, found.key,
                      found.record.with_member("Tags", std::move(tags)));
  return service.commit(request, batch);
}

template <const Tagged& kTagged>
ActionResult tag(IamService& service, const Request& request) {
  const Found found = PAWL_TRY(find(service, request, kTagged));
  Value tags =
      PAWL_TRY(changed_tags(Value::array(found.tags), array_member(request.input, "Tags")));
  return put_tags(service, request, kTagged, found, std::move(tags));
}

template <const Tagged& kTagged>
ActionResult untag(IamService& service, const Request& request) {
  Found found = PAWL_TRY(find(service, request, kTagged));
  std::vector<std::string> keys = texts_member(request.input, "TagKeys");
  for (std::string& key : keys) key = lower_case(key);
  std::vector<Value> tags = found.tags;
  std::erase_if(tags, [&](const Value& each) {
    return std::find(keys.begin(), keys.end(), lower_case(text_member(each, "Key"))) != keys.end();
  });
  return put_tags(service, request, kTagged, found, Value::array(std::move(tags)));
}

template <const Tagged& kTagged>
ActionResult list(IamService& service, const Request& request) {
  const Found found = PAWL_TRY(find(service, request, kTagged));
  Page page = PAWL_TRY(Page::of(request.input));
  std::vector<Value> tags = page.cut(found.tags);
  return aws::Output(page.finish("Tags", std::move(tags)));
}

}  // namespace

std::span<const Operation> tag_operations() {
  static constexpr std::array kOperations = {
      Operation{"TagUser", tag<kUser>, true},
      Operation{"UntagUser", untag<kUser>, true},
      Operation{"ListUserTags", list<kUser>},
      Operation{"TagRole", tag<kRole>, true},
      Operation{"UntagRole", untag<kRole>, true},
      Operation{"ListRoleTags", list<kRole>},
      Operation{"TagPolicy", tag<kPolicy>, true},
      Operation{"UntagPolicy", untag<kPolicy>, true},
      Operation{"ListPolicyTags", list<kPolicy>},
      Operation{"TagInstanceProfile", tag<kProfile>, true},
      Operation{"UntagInstanceProfile", untag<kProfile>, true},
      Operation{"ListInstanceProfileTags", list<kProfile>},
      Operation{"TagOpenIDConnectProvider", tag<kOidc>, true},
      Operation{"UntagOpenIDConnectProvider", untag<kOidc>, true},
      Operation{"ListOpenIDConnectProviderTags", list<kOidc>},
      Operation{"TagSAMLProvider", tag<kSaml>, true},
      Operation{"UntagSAMLProvider", untag<kSaml>, true},
      Operation{"ListSAMLProviderTags", list<kSaml>},
      Operation{"TagServerCertificate", tag<kCertificate>, true},
      Operation{"UntagServerCertificate", untag<kCertificate>, true},
      Operation{"ListServerCertificateTags", list<kCertificate>},
      Operation{"TagMFADevice", tag<kDevice>, true},
      Operation{"UntagMFADevice", untag<kDevice>, true},
      Operation{"ListMFADeviceTags", list<kDevice>},
  };
  return kOperations;
}

}  // namespace pawl::iam
