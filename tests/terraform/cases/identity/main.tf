# SPDX-License-Identifier: Apache-2.0
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

# false at first; true changes what can be changed in place and replaces what cannot.
variable "changed" {
  type    = bool
  default = false
}

locals {
  size = var.changed ? 2 : 1
  word = var.changed ? "second" : "first"
  tags = var.changed ? { Stage = "second", Added = "yes" } : { Stage = "first", Removed = "yes" }
}

data "aws_caller_identity" "me" {}

data "aws_partition" "here" {}

data "aws_region" "here" {}

data "aws_availability_zones" "all" {
  state = "available"
}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

data "aws_subnet" "first" {
  vpc_id            = data.aws_vpc.default.id
  availability_zone = "us-east-1a"
}

data "aws_security_group" "default" {
  vpc_id = data.aws_vpc.default.id
  name   = "default"
}

data "aws_iam_policy" "managed" {
  name = "AWSDenyAll"
}

data "aws_iam_session_context" "me" {
  arn = data.aws_caller_identity.me.arn
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = concat(["states.amazonaws.com"], var.changed ? ["lambda.amazonaws.com"] : [])
    }
  }
}

resource "aws_iam_role" "plain" {
  name                 = "plain"
  description          = "The ${local.word}"
  max_session_duration = 3600 * local.size
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags                 = local.tags
}

resource "aws_iam_role" "full" {
  name                  = "full"
  path                  = "/${local.word}/"
  assume_role_policy    = data.aws_iam_policy_document.trust.json
  permissions_boundary  = aws_iam_policy.policy.arn
  force_detach_policies = true
  managed_policy_arns   = var.changed ? [aws_iam_policy.policy.arn] : [aws_iam_policy.policy.arn, "arn:aws:iam::aws:policy/ReadOnlyAccess"]
  inline_policy {
    name   = "inline"
    policy = data.aws_iam_policy_document.policy.json
  }
}

data "aws_iam_policy_document" "policy" {
  statement {
    sid       = "Buckets"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = ["arn:${data.aws_partition.here.partition}:s3:::${local.word}", "arn:${data.aws_partition.here.partition}:s3:::${local.word}/*"]
  }
  statement {
    effect        = "Deny"
    not_actions   = ["iam:*"]
    not_resources = ["arn:aws:iam::*:role/x"]
    condition {
      test     = "BoolIfExists"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }
}

resource "aws_iam_role_policy" "inline" {
  name   = "inline"
  role   = aws_iam_role.plain.id
  policy = data.aws_iam_policy_document.policy.json
}

resource "aws_iam_policy" "policy" {
  name        = "policy"
  description = "What may be"
  policy      = data.aws_iam_policy_document.policy.json
  tags        = local.tags
}

resource "aws_iam_role_policy_attachment" "own" {
  role       = aws_iam_role.plain.name
  policy_arn = aws_iam_policy.policy.arn
}

resource "aws_iam_role_policy_attachment" "managed" {
  role       = aws_iam_role.plain.name
  policy_arn = var.changed ? "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" : "arn:aws:iam::aws:policy/AWSLambda_FullAccess"
}

resource "aws_iam_instance_profile" "profile" {
  name = "profile"
  role = aws_iam_role.plain.name
  tags = local.tags
}

resource "aws_iam_user" "user" {
  name          = "user-${local.word}"
  path          = "/people/"
  force_destroy = true
}

# Not renamed: the provider changes the tags of the new name before it renames.
resource "aws_iam_user" "other" {
  name = "other"
  tags = local.tags
}

resource "aws_iam_group" "group" {
  name = "group-${local.word}"
}

resource "aws_iam_user_group_membership" "user" {
  user   = aws_iam_user.user.name
  groups = [aws_iam_group.group.name]
}

resource "aws_iam_group_membership" "group" {
  name  = "members"
  group = aws_iam_group.group.name
  users = var.changed ? [aws_iam_user.other.name, aws_iam_user.user.name] : [aws_iam_user.user.name]
}

resource "aws_iam_group_policy" "group" {
  name   = "inline"
  group  = aws_iam_group.group.name
  policy = data.aws_iam_policy_document.policy.json
}

resource "aws_iam_group_policy_attachment" "group" {
  group      = aws_iam_group.group.name
  policy_arn = aws_iam_policy.policy.arn
}

resource "aws_iam_user_policy" "user" {
  name   = "inline"
  user   = aws_iam_user.other.name
  policy = data.aws_iam_policy_document.policy.json
}

resource "aws_iam_user_policy_attachment" "user" {
  user       = aws_iam_user.other.name
  policy_arn = "arn:aws:iam::aws:policy/AWSDenyAll"
}

resource "aws_iam_access_key" "user" {
  user   = aws_iam_user.other.name
  status = var.changed ? "Inactive" : "Active"
}

resource "aws_iam_account_alias" "alias" {
  account_alias = "pawl-${local.word}"
}

resource "aws_iam_openid_connect_provider" "provider" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = var.changed ? ["sts.amazonaws.com", "other"] : ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length = 8 * local.size
  require_numbers         = true
}

resource "aws_iam_service_linked_role" "batch" {
  aws_service_name = "batch.amazonaws.com"
  description      = local.word
}

data "aws_iam_role" "plain" {
  name = aws_iam_role.plain.name
}

data "aws_iam_user" "user" {
  user_name = aws_iam_user.user.name
}

data "aws_iam_group" "group" {
  group_name = aws_iam_group.group.name
  depends_on = [aws_iam_group_membership.group]
}

output "seen" {
  value = [data.aws_caller_identity.me.account_id, data.aws_availability_zones.all.names, data.aws_vpc.default.cidr_block, data.aws_subnet.first.availability_zone,
  data.aws_security_group.default.name, data.aws_iam_policy.managed.arn, data.aws_iam_session_context.me.issuer_arn, data.aws_iam_role.plain.arn, data.aws_region.here.endpoint]
}
