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

variable "code" {
  description = "A zip file with index.py"
  type        = string
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "worker" {
  name               = "terraform-functions"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "basic" {
  role       = aws_iam_role.worker.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_cloudwatch_log_group" "zip" {
  name              = "/aws/lambda/zip"
  retention_in_days = var.changed ? 30 : 7
  tags              = local.tags
}

resource "aws_lambda_layer_version" "layer" {
  layer_name          = "layer"
  filename            = var.code
  description         = local.word
  compatible_runtimes = ["python3.12", "python3.13"]
}

resource "aws_lambda_function" "zip" {
  function_name    = "zip"
  description      = "The ${local.word}"
  role             = aws_iam_role.worker.arn
  runtime          = var.changed ? "python3.13" : "python3.12"
  handler          = "index.handler"
  filename         = var.code
  source_code_hash = filebase64sha256(var.code)
  memory_size      = 128 * local.size
  timeout          = 10 * local.size
  layers           = [aws_lambda_layer_version.layer.arn]
  publish          = true
  tags             = local.tags
  environment {
    variables = { WORD = local.word }
  }
  ephemeral_storage {
    size = 512 * local.size
  }
  dead_letter_config {
    target_arn = aws_sqs_queue.dead.arn
  }
  tracing_config {
    mode = var.changed ? "Active" : "PassThrough"
  }
  depends_on = [aws_cloudwatch_log_group.zip, aws_iam_role_policy_attachment.basic]
}

resource "aws_lambda_function" "plain" {
  function_name = "plain-${local.word}"
  role          = aws_iam_role.worker.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = var.code
  architectures = ["x86_64"]
  logging_config {
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "WARN"
  }
  reserved_concurrent_executions = 5 * local.size
}

resource "aws_s3_bucket" "code" {
  bucket        = "terraform-code"
  force_destroy = true
}

resource "aws_s3_object" "code" {
  bucket = aws_s3_bucket.code.id
  key    = "code-${local.word}.zip"
  source = var.code
}

resource "aws_lambda_function" "from_bucket" {
  function_name = "from-bucket"
  role          = aws_iam_role.worker.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  s3_bucket     = aws_s3_bucket.code.id
  s3_key        = aws_s3_object.code.key
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = local.word
  function_name    = aws_lambda_function.zip.function_name
  function_version = aws_lambda_function.zip.version
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  function_name                     = aws_lambda_function.zip.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = local.size
}

resource "aws_lambda_permission" "bucket" {
  statement_id   = "bucket-${local.word}"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.zip.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.code.arn
  source_account = data.aws_caller_identity.me.account_id
}

resource "aws_lambda_permission" "alias" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.zip.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "events.amazonaws.com"
}

resource "aws_lambda_function_url" "url" {
  function_name      = aws_lambda_function.zip.function_name
  authorization_type = var.changed ? "AWS_IAM" : "NONE"
  cors {
    allow_origins = ["*"]
    allow_methods = ["GET"]
    max_age       = 100 * local.size
  }
}

resource "aws_lambda_function_event_invoke_config" "zip" {
  function_name                = aws_lambda_function.zip.function_name
  maximum_event_age_in_seconds = 60 * local.size
  maximum_retry_attempts       = 0
  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead.arn
    }
  }
}

resource "aws_sqs_queue" "dead" {
  name = "terraform-dead"
}

resource "aws_sqs_queue" "work" {
  name                       = "terraform-work"
  visibility_timeout_seconds = 60
}

resource "aws_lambda_event_source_mapping" "work" {
  event_source_arn                   = aws_sqs_queue.work.arn
  function_name                      = aws_lambda_function.from_bucket.arn
  batch_size                         = 5 * local.size
  maximum_batching_window_in_seconds = 1
  enabled                            = !var.changed
  function_response_types            = ["ReportBatchItemFailures"]
  filter_criteria {
    filter {
      pattern = jsonencode({ body = { word = [local.word] } })
    }
  }
  scaling_config {
    maximum_concurrency = 2 * local.size
  }
}

resource "aws_dynamodb_table" "source" {
  name             = "terraform-source"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_lambda_event_source_mapping" "table" {
  event_source_arn               = aws_dynamodb_table.source.stream_arn
  function_name                  = aws_lambda_function.from_bucket.arn
  starting_position              = "LATEST"
  maximum_retry_attempts         = local.size
  bisect_batch_on_function_error = var.changed
  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.dead.arn
    }
  }
}

resource "aws_lambda_invocation" "now" {
  function_name = aws_lambda_function.zip.function_name
  input         = jsonencode({ word = local.word })
}

data "aws_lambda_function" "zip" {
  function_name = aws_lambda_function.zip.function_name
}

output "seen" {
  value = [aws_lambda_invocation.now.result, data.aws_lambda_function.zip.version]
}
