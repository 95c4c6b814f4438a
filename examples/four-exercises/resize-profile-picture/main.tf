# SPDX-License-Identifier: Apache-2.0
# Resize profile picture: an upload to a bucket is announced to a queue; a pipe gathers what is announced within five seconds and starts
# a machine with it; a function, which is a container image, makes two pictures of each upload; a table remembers where they are.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

variable "query_language" {
  description = "Which of the two definitions the pipe starts: JSONata or JSONPath"
  type        = string
  default     = "JSONata"
  validation {
    condition     = contains(["JSONata", "JSONPath"], var.query_language)
    error_message = "There is one definition in JSONata and one in JSONPath."
  }
}

data "aws_caller_identity" "me" {}

locals {
  name        = "resize-profile-picture"
  bucket_name = "profile-pictures-${data.aws_caller_identity.me.account_id}"
  image_files = fileset(path.module, "function/*")
  image_tag   = substr(sha1(join("", [for file in local.image_files : filesha1("${path.module}/${file}")])), 0, 12)
}

# The image. Its tag follows from its files, so that a changed file means a new image, and that a new function.

resource "aws_ecr_repository" "function" {
  name         = local.name
  force_delete = true
}

resource "terraform_data" "image" {
  triggers_replace = [local.image_tag, aws_ecr_repository.function.repository_url]
  input            = "${aws_ecr_repository.function.repository_url}:${local.image_tag}"
  provisioner "local-exec" {
    command = "${path.module}/push-image ${aws_ecr_repository.function.repository_url}:${local.image_tag}"
  }
}

resource "aws_lambda_function" "resize" {
  function_name = local.name
  package_type  = "Image"
  image_uri     = terraform_data.image.output
  role          = aws_iam_role.function.arn
  timeout       = 10
  memory_size   = 512
  depends_on    = [aws_iam_role_policy.function, aws_cloudwatch_log_group.function]
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${local.name}"
  retention_in_days = 7
}

# What comes in: bucket, queue, pipe.

resource "aws_s3_bucket" "pictures" {
  bucket        = local.bucket_name
  force_destroy = true
}

resource "aws_s3_bucket_notification" "uploads" {
  bucket = aws_s3_bucket.pictures.id
  queue {
    queue_arn     = aws_sqs_queue.uploads.arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = "uploaded/"
  }
  depends_on = [aws_sqs_queue_policy.uploads]
}

resource "aws_sqs_queue" "uploads" {
  name = local.name
}

data "aws_iam_policy_document" "queue" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.uploads.arn]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.pictures.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "uploads" {
  queue_url = aws_sqs_queue.uploads.id
  policy    = data.aws_iam_policy_document.queue.json
}

resource "aws_pipes_pipe" "uploads" {
  name     = local.name
  role_arn = aws_iam_role.pipe.arn
  source   = aws_sqs_queue.uploads.arn
  target   = (var.query_language == "JSONata" ? aws_sfn_state_machine.jsonata : aws_sfn_state_machine.jsonpath).arn
  source_parameters {
    sqs_queue_parameters {
      batch_size                         = 5
      maximum_batching_window_in_seconds = 5
    }
    # Not the test event that S3 sends when the notification is set up.
    filter_criteria {
      filter {
        pattern = jsonencode({ body = { Records = { eventSource = ["aws:s3"] } } })
      }
    }
  }
  target_parameters {
    step_function_state_machine_parameters {
      invocation_type = "FIRE_AND_FORGET"
    }
  }
  depends_on = [aws_iam_role_policy.pipe]
}

# What happens with it: the machines and the table.

resource "aws_sfn_state_machine" "jsonata" {
  name       = "${local.name}-jsonata"
  role_arn   = aws_iam_role.machine.arn
  definition = templatefile("${path.module}/jsonata.json", local.names)
  depends_on = [aws_iam_role_policy.machine]
}

resource "aws_sfn_state_machine" "jsonpath" {
  name       = "${local.name}-jsonpath"
  role_arn   = aws_iam_role.machine.arn
  definition = templatefile("${path.module}/jsonpath.json", local.names)
  depends_on = [aws_iam_role_policy.machine]
}

locals {
  names = {
    function_arn = aws_lambda_function.resize.arn
    table_name   = aws_dynamodb_table.users.name
  }
}

resource "aws_dynamodb_table" "users" {
  name         = local.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "user"
  attribute {
    name = "user"
    type = "S"
  }
}

# Who may do what.

data "aws_iam_policy_document" "trust" {
  for_each = toset(["lambda", "pipes", "states"])
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "function" {
  name               = "${local.name}-function"
  assume_role_policy = data.aws_iam_policy_document.trust["lambda"].json
}

data "aws_iam_policy_document" "function" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.pictures.arn}/uploaded/*"]
  }
  statement {
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.pictures.arn}/*.png"]
  }
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.function.arn}:*"]
  }
}

resource "aws_iam_role_policy" "function" {
  name   = "what-it-does"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.function.json
}

resource "aws_iam_role" "pipe" {
  name               = "${local.name}-pipe"
  assume_role_policy = data.aws_iam_policy_document.trust["pipes"].json
}

data "aws_iam_policy_document" "pipe" {
  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.uploads.arn]
  }
  statement {
    actions   = ["states:StartExecution"]
    resources = [aws_sfn_state_machine.jsonata.arn, aws_sfn_state_machine.jsonpath.arn]
  }
}

resource "aws_iam_role_policy" "pipe" {
  name   = "what-it-does"
  role   = aws_iam_role.pipe.id
  policy = data.aws_iam_policy_document.pipe.json
}

resource "aws_iam_role" "machine" {
  name               = "${local.name}-machine"
  assume_role_policy = data.aws_iam_policy_document.trust["states"].json
}

data "aws_iam_policy_document" "machine" {
  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = ["${aws_lambda_function.resize.arn}:*"]
  }
  statement {
    actions   = ["dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.users.arn]
  }
  statement {
    actions   = ["s3:DeleteObject"]
    resources = ["${aws_s3_bucket.pictures.arn}/uploaded/*"]
  }
}

resource "aws_iam_role_policy" "machine" {
  name   = "what-it-does"
  role   = aws_iam_role.machine.id
  policy = data.aws_iam_policy_document.machine.json
}

output "bucket" {
  value = aws_s3_bucket.pictures.bucket
}

output "table" {
  value = aws_dynamodb_table.users.name
}

output "state_machine_arn" {
  description = "The machine that uploads start"
  value       = (var.query_language == "JSONata" ? aws_sfn_state_machine.jsonata : aws_sfn_state_machine.jsonpath).arn
}

output "queue_url" {
  value = aws_sqs_queue.uploads.url
}
