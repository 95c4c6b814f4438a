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

resource "aws_dynamodb_table" "plain" {
  name         = "plain"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  tags         = local.tags
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_dynamodb_table" "full" {
  name                        = "full"
  billing_mode                = "PROVISIONED"
  read_capacity               = 5 * local.size
  write_capacity              = 5
  hash_key                    = "id"
  range_key                   = "at"
  stream_enabled              = true
  stream_view_type            = "NEW_AND_OLD_IMAGES"
  deletion_protection_enabled = false
  table_class                 = var.changed ? "STANDARD_INFREQUENT_ACCESS" : "STANDARD"
  attribute {
    name = "id"
    type = "S"
  }
  attribute {
    name = "at"
    type = "N"
  }
  attribute {
    name = "kind"
    type = "S"
  }
  local_secondary_index {
    name            = "local"
    range_key       = "kind"
    projection_type = "KEYS_ONLY"
  }
  global_secondary_index {
    name               = "kinds"
    hash_key           = "kind"
    range_key          = "at"
    projection_type    = "INCLUDE"
    non_key_attributes = ["title"]
    read_capacity      = 5 * local.size
    write_capacity     = 5
  }
  dynamic "global_secondary_index" {
    for_each = var.changed ? ["times"] : []
    content {
      name            = global_secondary_index.value
      hash_key        = "at"
      projection_type = "ALL"
      read_capacity   = 5
      write_capacity  = 5
    }
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
  point_in_time_recovery {
    enabled = !var.changed
  }
  server_side_encryption {
    enabled = var.changed
  }
}

resource "aws_dynamodb_table" "replaced" {
  name         = "replaced"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = local.word
  attribute {
    name = local.word
    type = "S"
  }
}

resource "aws_dynamodb_table_item" "item" {
  table_name = aws_dynamodb_table.plain.name
  hash_key   = "id"
  item       = jsonencode({ id = { S = "one" }, word = { S = local.word }, size = { N = tostring(local.size) } })
}

resource "aws_dynamodb_resource_policy" "plain" {
  resource_arn = aws_dynamodb_table.plain.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
  Sid = local.word, Effect = "Allow", Principal = { AWS = "arn:aws:iam::000000000000:root" }, Action = "dynamodb:GetItem", Resource = aws_dynamodb_table.plain.arn }] })
}

data "aws_dynamodb_table" "full" {
  name       = "full"
  depends_on = [aws_dynamodb_table.full]
}

output "seen" {
  value = data.aws_dynamodb_table.full.arn
}
