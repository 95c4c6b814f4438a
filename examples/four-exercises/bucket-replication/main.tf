# SPDX-License-Identifier: Apache-2.0
# Bucket replication: a DataSync task from one bucket to another, and a machine that starts it and waits for its end.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

data "aws_caller_identity" "me" {}

resource "aws_s3_bucket" "source" {
  bucket        = "replication-source-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket" "destination" {
  bucket        = "replication-destination-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}

resource "aws_datasync_location_s3" "source" {
  s3_bucket_arn = aws_s3_bucket.source.arn
  subdirectory  = "/"
  s3_config {
    bucket_access_role_arn = aws_iam_role.copier.arn
  }
  depends_on = [aws_iam_role_policy.copier]
}

resource "aws_datasync_location_s3" "destination" {
  s3_bucket_arn = aws_s3_bucket.destination.arn
  subdirectory  = "/"
  s3_config {
    bucket_access_role_arn = aws_iam_role.copier.arn
  }
  depends_on = [aws_iam_role_policy.copier]
}

resource "aws_datasync_task" "copy" {
  name                     = "bucket-replication"
  source_location_arn      = aws_datasync_location_s3.source.arn
  destination_location_arn = aws_datasync_location_s3.destination.arn
}

data "aws_iam_policy_document" "datasync" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["datasync.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "copier" {
  statement {
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [aws_s3_bucket.source.arn, aws_s3_bucket.destination.arn]
  }
  statement {
    actions = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:GetObjectTagging", "s3:ListMultipartUploadParts",
    "s3:PutObject", "s3:PutObjectTagging"]
    resources = ["${aws_s3_bucket.source.arn}/*", "${aws_s3_bucket.destination.arn}/*"]
  }
}

resource "aws_iam_role" "copier" {
  name               = "bucket-replication-copier"
  assume_role_policy = data.aws_iam_policy_document.datasync.json
}

resource "aws_iam_role_policy" "copier" {
  name   = "copy"
  role   = aws_iam_role.copier.id
  policy = data.aws_iam_policy_document.copier.json
}

resource "aws_sfn_state_machine" "machine" {
  name       = "bucket-replication"
  role_arn   = aws_iam_role.machine.arn
  definition = templatefile("${path.module}/state-machine.json", { task_arn = aws_datasync_task.copy.arn })
  depends_on = [aws_iam_role_policy.machine]
}

data "aws_iam_policy_document" "states" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["states.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "machine" {
  statement {
    actions   = ["datasync:StartTaskExecution", "datasync:DescribeTaskExecution"]
    resources = [aws_datasync_task.copy.arn, "${aws_datasync_task.copy.arn}/*"]
  }
  # What DataSync asks of whoever starts a task.
  statement {
    actions   = ["ec2:DescribeNetworkInterfaces", "s3:GetBucketLocation", "s3:ListBucket"]
    resources = ["*"]
  }
}

resource "aws_iam_role" "machine" {
  name               = "bucket-replication-machine"
  assume_role_policy = data.aws_iam_policy_document.states.json
}

resource "aws_iam_role_policy" "machine" {
  name   = "what-it-does"
  role   = aws_iam_role.machine.id
  policy = data.aws_iam_policy_document.machine.json
}

output "state_machine_arn" {
  value = aws_sfn_state_machine.machine.arn
}

output "source_bucket" {
  value = aws_s3_bucket.source.bucket
}

output "destination_bucket" {
  value = aws_s3_bucket.destination.bucket
}
