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

resource "aws_s3_bucket" "origin" {
  bucket = "terraform-origin"
}

resource "aws_s3_bucket" "copy" {
  bucket = "terraform-copy"
}

resource "aws_iam_role" "copier" {
  name = "terraform-copier"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
  Effect = "Allow", Principal = { Service = "datasync.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_cloudwatch_log_group" "copies" {
  name = "/aws/datasync/copies"
}

resource "aws_datasync_location_s3" "origin" {
  s3_bucket_arn = aws_s3_bucket.origin.arn
  subdirectory  = "/"
  tags          = local.tags
  s3_config {
    bucket_access_role_arn = aws_iam_role.copier.arn
  }
}

resource "aws_datasync_location_s3" "copy" {
  s3_bucket_arn    = aws_s3_bucket.copy.arn
  subdirectory     = "/${local.word}"
  s3_storage_class = "STANDARD"
  s3_config {
    bucket_access_role_arn = aws_iam_role.copier.arn
  }
}

resource "aws_datasync_task" "plain" {
  source_location_arn      = aws_datasync_location_s3.origin.arn
  destination_location_arn = aws_datasync_location_s3.copy.arn
}

resource "aws_datasync_task" "full" {
  name                     = "full-${local.word}"
  source_location_arn      = aws_datasync_location_s3.origin.arn
  destination_location_arn = aws_datasync_location_s3.copy.arn
  cloudwatch_log_group_arn = aws_cloudwatch_log_group.copies.arn
  tags                     = local.tags
  excludes {
    filter_type = "SIMPLE_PATTERN"
    value       = "/folder1|/folder2"
  }
  options {
    bytes_per_second       = -1
    transfer_mode          = var.changed ? "ALL" : "CHANGED"
    verify_mode            = "ONLY_FILES_TRANSFERRED"
    overwrite_mode         = "ALWAYS"
    preserve_deleted_files = "PRESERVE"
    log_level              = var.changed ? "TRANSFER" : "OFF"
    atime                  = "BEST_EFFORT"
    gid                    = "NONE"
    mtime                  = "PRESERVE"
    posix_permissions      = "NONE"
    uid                    = "NONE"
  }
  schedule {
    schedule_expression = "cron(0 ${local.size} * * ? *)"
  }
}
