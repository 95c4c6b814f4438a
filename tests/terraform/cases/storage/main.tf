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

resource "aws_s3_bucket" "plain" {
  bucket        = "terraform-plain"
  force_destroy = true
  tags          = local.tags
}

resource "aws_s3_bucket" "replaced" {
  bucket_prefix = "terraform-${local.word}-"
}

resource "aws_s3_bucket" "logs" {
  bucket = "terraform-logs"
}

resource "aws_s3_bucket" "locked" {
  bucket              = "terraform-locked"
  object_lock_enabled = true
}

resource "aws_s3_bucket_object_lock_configuration" "locked" {
  bucket = aws_s3_bucket.locked.id
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = local.size
    }
  }
}

resource "aws_s3_bucket_versioning" "plain" {
  bucket = aws_s3_bucket.plain.id
  versioning_configuration {
    status = var.changed ? "Suspended" : "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "plain" {
  bucket = aws_s3_bucket.plain.id
  rule {
    id     = "cold"
    status = "Enabled"
    filter {}
    transition {
      days          = local.size
      storage_class = "GLACIER_IR"
    }
  }
  rule {
    id     = "old"
    status = var.changed ? "Disabled" : "Enabled"
    filter {
      and {
        prefix = "old/"
        tags   = { Kind = local.word }
      }
    }
    expiration {
      days = 30 * local.size
    }
    noncurrent_version_expiration {
      noncurrent_days           = 7
      newer_noncurrent_versions = 2
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 3
    }
  }
  depends_on = [aws_s3_bucket_versioning.plain]
}

resource "aws_s3_bucket_public_access_block" "plain" {
  bucket                  = aws_s3_bucket.plain.id
  block_public_acls       = true
  block_public_policy     = !var.changed
  ignore_public_acls      = true
  restrict_public_buckets = !var.changed
}

resource "aws_s3_bucket_server_side_encryption_configuration" "plain" {
  bucket = aws_s3_bucket.plain.id
  rule {
    bucket_key_enabled = var.changed
    apply_server_side_encryption_by_default {
      sse_algorithm = var.changed ? "aws:kms" : "AES256"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    object_ownership = var.changed ? "ObjectWriter" : "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "logs" {
  bucket     = aws_s3_bucket.logs.id
  acl        = "log-delivery-write"
  depends_on = [aws_s3_bucket_ownership_controls.logs]
}

resource "aws_s3_bucket_logging" "plain" {
  bucket        = aws_s3_bucket.plain.id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = "${local.word}/"
  depends_on    = [aws_s3_bucket_acl.logs]
}

resource "aws_s3_bucket_cors_configuration" "plain" {
  bucket = aws_s3_bucket.plain.id
  cors_rule {
    id              = local.word
    allowed_methods = ["GET", "PUT"]
    allowed_origins = ["https://example.com"]
    allowed_headers = ["*"]
    expose_headers  = ["ETag"]
    max_age_seconds = 100 * local.size
  }
}

resource "aws_s3_bucket_website_configuration" "plain" {
  bucket = aws_s3_bucket.plain.id
  index_document {
    suffix = "${local.word}.html"
  }
  error_document {
    key = "error.html"
  }
}

resource "aws_s3_bucket_policy" "plain" {
  bucket = aws_s3_bucket.plain.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
  Sid = local.word, Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = ["s3:GetObject"], Resource = "${aws_s3_bucket.plain.arn}/*" }] })
  depends_on = [aws_s3_bucket_public_access_block.plain]
}

resource "aws_s3_bucket_request_payment_configuration" "plain" {
  bucket = aws_s3_bucket.plain.id
  payer  = var.changed ? "Requester" : "BucketOwner"
}

resource "aws_s3_bucket_accelerate_configuration" "plain" {
  bucket = aws_s3_bucket.plain.id
  status = var.changed ? "Suspended" : "Enabled"
}

resource "aws_sqs_queue" "uploads" {
  name = "uploads"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sqs:SendMessage", Resource = "arn:aws:sqs:*:*:uploads",
  Condition = { ArnEquals = { "aws:SourceArn" = aws_s3_bucket.plain.arn } } }] })
}

resource "aws_s3_bucket_notification" "plain" {
  bucket      = aws_s3_bucket.plain.id
  eventbridge = var.changed
  queue {
    queue_arn     = aws_sqs_queue.uploads.arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = "uploaded/"
    filter_suffix = var.changed ? ".png" : ""
  }
}

resource "aws_s3_object" "text" {
  bucket       = aws_s3_bucket.plain.id
  key          = "folder/text.txt"
  content      = local.word
  content_type = "text/plain"
  metadata     = { word = local.word }
  tags         = local.tags
  depends_on   = [aws_s3_bucket_versioning.plain]
}

resource "aws_s3_object" "file" {
  bucket = aws_s3_bucket.plain.id
  key    = "${local.word}.tf"
  source = "${path.module}/main.tf"
  # Not its etag: where a bucket encrypts with KMS, that is no MD5.
  source_hash = filemd5("${path.module}/main.tf")
}

resource "aws_s3_object_copy" "copy" {
  bucket = aws_s3_bucket.logs.id
  key    = "copy.txt"
  source = "${aws_s3_bucket.plain.id}/${aws_s3_object.text.key}"
  # Else the copy has the tags of what it is a copy of, and the next plan wants them away.
  tagging_directive = "REPLACE"
}

resource "aws_s3_bucket_intelligent_tiering_configuration" "plain" {
  bucket = aws_s3_bucket.plain.id
  name   = "entire"
  tiering {
    access_tier = "ARCHIVE_ACCESS"
    days        = 90 * local.size
  }
}

resource "aws_s3_bucket_analytics_configuration" "plain" {
  bucket = aws_s3_bucket.plain.id
  name   = "whole"
}

resource "aws_s3_bucket_metric" "plain" {
  bucket = aws_s3_bucket.plain.id
  name   = "all"
  filter {
    prefix = local.word
  }
}

resource "aws_s3_bucket_inventory" "plain" {
  bucket                   = aws_s3_bucket.plain.id
  name                     = "weekly"
  included_object_versions = var.changed ? "Current" : "All"
  schedule {
    frequency = "Weekly"
  }
  destination {
    bucket {
      format     = "CSV"
      bucket_arn = aws_s3_bucket.logs.arn
    }
  }
}

data "aws_s3_bucket" "plain" {
  bucket = aws_s3_bucket.plain.id
}

data "aws_s3_object" "text" {
  bucket = aws_s3_bucket.plain.id
  key    = aws_s3_object.text.key
}

data "aws_s3_objects" "all" {
  bucket     = aws_s3_bucket.plain.id
  depends_on = [aws_s3_object.text, aws_s3_object.file]
}

data "aws_canonical_user_id" "me" {}

output "seen" {
  value = [data.aws_s3_bucket.plain.region, data.aws_s3_object.text.body, data.aws_s3_objects.all.keys, data.aws_canonical_user_id.me.id]
}
