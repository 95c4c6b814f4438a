// SPDX-License-Identifier: Apache-2.0
// Virtual private gateways, and gateways for what only leaves by IPv6.
#include <utility>

#include "json/value.h"
#include "services/ec2/members.h"
#include "services/ec2/service.h"

namespace pawl::ec2 {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kDefaultAsn = 64'512;

Value attachment_of(const std::string& vpc) {
  ObjectBuilder attachment;
  attachment.set("State", Value("attached")).set("VpcId", Value(vpc));
  return std::move(attachment).build();
}

}  // namespace

// API CreateVpnGateway.
ActionResult Ec2Service::create_vpn_gateway(const Request& request) {
  const Value& input = request.input;
  ObjectBuilder gateway;
  gateway.set("State", Value("available"))
      .set("Type", Value(text_member(input, "Type")))
      .set("VpcAttachments", Value::array())
      .set("VpnGatewayId", Value(new_id("vgw")))
      .set("AmazonSideAsn", Value(integer_member(input, "AmazonSideAsn", kDefaultAsn)))
      .set("Tags", tags_for(input, kVpnGateway));
  const Value built = std::move(gateway).build();
  const Value out = Value::object().with_member("VpnGateway", built);
  request.keep_answer(out);
  PAWL_TRY_VOID(store_record(request, kVpnGateway, built));
  return aws::Output(out);
}

// API AttachVpnGateway: to one VPC.
ActionResult Ec2Service::attach_vpn_gateway(const Request& request) {
  const std::string id = text_member(request.input, "VpnGatewayId");
  const std::string vpc = text_member(request.input, "VpcId");
  const Value gateway = PAWL_TRY(find(request, kVpnGateway, id));
  PAWL_TRY(find(request, kVpc, vpc));
  const auto attachments = items_member(gateway, "VpcAttachments");
  if (!attachments.empty() && text_member(attachments.front(), "VpcId") != vpc) {
    return aws::ApiError("VpnGatewayAttachmentLimitExceeded",
                         "The virtual private gateway '" + id + "' is attached to another VPC.");
  }
  const Value attachment = attachment_of(vpc);
  PAWL_TRY_VOID(store_record(request, kVpnGateway,
                             gateway.with_member("VpcAttachments", Value::array({attachment}))));
  return aws::Output(Value::object().with_member("VpcAttachment", attachment));
}

// API DetachVpnGateway.
ActionResult Ec2Service::detach_vpn_gateway(const Request& request) {
  const std::string id = text_member(request.input, "VpnGatewayId");
  const std::string vpc = text_member(request.input, "VpcId");
  const Value gateway = PAWL_TRY(find(request, kVpnGateway, id));
  const auto attachments = items_member(gateway, "VpcAttachments");
  if (attachments.empty() || text_member(attachments.front(), "VpcId") != vpc) {
    return aws::ApiError(
        "InvalidVpnGatewayAttachment.NotFound",
        "The attachment with vpn gateway ID '" + id + "' and vpc ID '" + vpc + "' does not exist");
  }
  PAWL_TRY_VOID(
      store_record(request, kVpnGateway, gateway.with_member("VpcAttachments", Value::array())));
  return aws::Output();
}

// API DeleteVpnGateway.
ActionResult Ec2Service::delete_vpn_gateway(const Request& request) {
  const std::string id = text_member(request.input, "VpnGatewayId");
  const Value gateway = PAWL_TRY(find(request, kVpnGateway, id));
  if (!items_member(gateway, "VpcAttachments").empty()) {
    return aws::ApiError("IncorrectState",
                         "The virtual private gateway '" + id + "' is attached to a VPC.");
  }
  PAWL_TRY_VOID(erase_record(request, kVpnGateway, id));
  return aws::Output();
}

// API CreateEgressOnlyInternetGateway.
ActionResult Ec2Service::create_egress_only_gateway(const Request& request) {
  const std::string vpc = text_member(request.input, "VpcId");
  PAWL_TRY(find(request, kVpc, vpc));
  ObjectBuilder gateway;
  gateway.set("Attachments", Value::array({attachment_of(vpc)}))
      .set("EgressOnlyInternetGatewayId", Value(new_id("eigw")))
      .set("Tags", tags_for(request.input, kEgressOnlyGateway));
  const Value built = std::move(gateway).build();
  ObjectBuilder out;
  copy_members(request.input, {"ClientToken"}, out);
  out.set("EgressOnlyInternetGateway", built);
  const Value output = std::move(out).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(store_record(request, kEgressOnlyGateway, built));
  return aws::Output(output);
}

// API DeleteEgressOnlyInternetGateway.
ActionResult Ec2Service::delete_egress_only_gateway(const Request& request) {
  const std::string id = text_member(request.input, "EgressOnlyInternetGatewayId");
  PAWL_TRY(find(request, kEgressOnlyGateway, id));
  PAWL_TRY_VOID(erase_record(request, kEgressOnlyGateway, id));
  return aws::Output(Value::object().with_member("ReturnCode", Value(true)));
}

}  // namespace pawl::ec2
