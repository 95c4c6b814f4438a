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

data "aws_region" "here" {}

resource "aws_sqs_queue" "plain" {
  name                       = "plain"
  visibility_timeout_seconds = 30 * local.size
  tags                       = local.tags
}

resource "aws_sqs_queue" "dead" {
  name_prefix = "dead-"
}

resource "aws_sqs_queue" "full" {
  name                              = "full"
  delay_seconds                     = local.size
  max_message_size                  = 2048 * local.size
  message_retention_seconds         = 86400 * local.size
  receive_wait_time_seconds         = 5
  kms_master_key_id                 = "alias/aws/sqs"
  kms_data_key_reuse_period_seconds = 300
  redrive_policy                    = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 + local.size })
}

resource "aws_sqs_queue" "ordered" {
  name                        = "ordered-${local.word}.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
  deduplication_scope         = "messageGroup"
  fifo_throughput_limit       = "perMessageGroupId"
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url            = aws_sqs_queue.dead.id
  redrive_allow_policy = jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.full.arn] })
}

data "aws_iam_policy_document" "queue" {
  statement {
    sid       = local.word
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.plain.arn]
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com", "events.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.me.account_id]
    }
  }
}

resource "aws_sqs_queue_policy" "plain" {
  queue_url = aws_sqs_queue.plain.id
  policy    = data.aws_iam_policy_document.queue.json
}

resource "aws_sns_topic" "plain" {
  name         = "plain"
  display_name = "The ${local.word}"
  tags         = local.tags
}

resource "aws_sns_topic" "ordered" {
  name                        = "ordered.fifo"
  fifo_topic                  = true
  content_based_deduplication = var.changed
  kms_master_key_id           = "alias/aws/sns"
}

resource "aws_sns_topic" "full" {
  name = "full"
  delivery_policy = jsonencode({ http = { defaultHealthyRetryPolicy = {
    minDelayTarget = 20, maxDelayTarget = 20 + local.size, numRetries = 3, numMaxDelayRetries = 0, numNoDelayRetries = 0,
  numMinDelayRetries = 0, backoffFunction = "linear" }, disableSubscriptionOverrides = false } })
  sqs_success_feedback_sample_rate = 10 * local.size
  sqs_success_feedback_role_arn    = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/feedback"
}

resource "aws_sns_topic_policy" "plain" {
  arn = aws_sns_topic.plain.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
  Sid = local.word, Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.plain.arn }] })
}

resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.plain.arn
  protocol  = "email"
  endpoint  = "${local.word}@example.com"
}

resource "aws_sns_topic_subscription" "queue" {
  topic_arn            = aws_sns_topic.plain.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.plain.arn
  raw_message_delivery = var.changed
  filter_policy        = jsonencode({ kind = [local.word] })
  filter_policy_scope  = "MessageBody"
  redrive_policy       = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn })
}

resource "aws_cloudwatch_event_bus" "bus" {
  name = "bus"
  tags = local.tags
}

resource "aws_cloudwatch_event_bus_policy" "bus" {
  event_bus_name = aws_cloudwatch_event_bus.bus.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
  Sid = local.word, Effect = "Allow", Principal = { AWS = data.aws_caller_identity.me.account_id }, Action = "events:PutEvents", Resource = aws_cloudwatch_event_bus.bus.arn }] })
}

resource "aws_cloudwatch_event_permission" "other" {
  principal    = "111122223333"
  statement_id = "other-${local.word}"
}

resource "aws_cloudwatch_event_rule" "schedule" {
  name                = "schedule"
  description         = "The ${local.word}"
  schedule_expression = "rate(${30 * local.size} minutes)"
  tags                = local.tags
}

resource "aws_cloudwatch_event_rule" "pattern" {
  name           = "pattern"
  event_bus_name = aws_cloudwatch_event_bus.bus.name
  event_pattern  = jsonencode({ source = [local.word], detail = { size = [{ numeric = [">", 5] }] } })
  state          = var.changed ? "DISABLED" : "ENABLED"
}

resource "aws_cloudwatch_event_target" "queue" {
  rule = aws_cloudwatch_event_rule.schedule.name
  arn  = aws_sqs_queue.plain.arn
  input_transformer {
    input_paths    = { at = "$.time" }
    input_template = "{\"${local.word}\": <at>}"
  }
  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }
  retry_policy {
    maximum_event_age_in_seconds = 60 * local.size
    maximum_retry_attempts       = 5
  }
}

resource "aws_cloudwatch_event_target" "ordered" {
  rule           = aws_cloudwatch_event_rule.pattern.name
  event_bus_name = aws_cloudwatch_event_bus.bus.name
  target_id      = "ordered"
  arn            = aws_sqs_queue.ordered.arn
  input          = jsonencode({ word = local.word })
  sqs_target {
    message_group_id = local.word
  }
}

resource "aws_cloudwatch_event_connection" "basic" {
  name               = "basic"
  description        = "The ${local.word}"
  authorization_type = "BASIC"
  auth_parameters {
    basic {
      username = "user"
      password = local.word
    }
    invocation_http_parameters {
      header {
        key   = "X-Word"
        value = local.word
      }
    }
  }
}

resource "aws_cloudwatch_event_connection" "key" {
  name               = "key"
  authorization_type = "API_KEY"
  auth_parameters {
    api_key {
      key   = "x-key"
      value = local.word
    }
  }
}

resource "aws_cloudwatch_event_connection" "oauth" {
  name               = "oauth"
  authorization_type = "OAUTH_CLIENT_CREDENTIALS"
  auth_parameters {
    oauth {
      authorization_endpoint = "https://example.com/${local.word}"
      http_method            = "POST"
      client_parameters {
        client_id     = "me"
        client_secret = "secret"
      }
      oauth_http_parameters {
        body {
          key             = "grant_type"
          value           = "client_credentials"
          is_value_secret = false
        }
      }
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "site" {
  name                             = "site"
  invocation_endpoint              = "https://example.com/${local.word}"
  http_method                      = "POST"
  invocation_rate_limit_per_second = 10 * local.size
  connection_arn                   = aws_cloudwatch_event_connection.basic.arn
}

resource "aws_cloudwatch_event_archive" "archive" {
  name             = "archive"
  event_source_arn = aws_cloudwatch_event_bus.bus.arn
  retention_days   = local.size
  event_pattern    = jsonencode({ source = [local.word] })
}

resource "aws_scheduler_schedule_group" "group" {
  name = "group"
  tags = local.tags
}

resource "aws_scheduler_schedule" "daily" {
  name                         = "daily"
  group_name                   = aws_scheduler_schedule_group.group.name
  schedule_expression          = "cron(${local.size} 8 * * ? *)"
  schedule_expression_timezone = "Europe/Berlin"
  description                  = "The ${local.word}"
  state                        = var.changed ? "DISABLED" : "ENABLED"
  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 5 * local.size
  }
  target {
    arn      = aws_sqs_queue.plain.arn
    role_arn = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/scheduler"
    input    = jsonencode({ word = local.word })
    retry_policy {
      maximum_retry_attempts = 3
    }
  }
}

resource "aws_scheduler_schedule" "once" {
  name_prefix         = "once-"
  schedule_expression = "rate(${local.size} hours)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"
    role_arn = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/scheduler"
    input    = jsonencode({ QueueUrl = aws_sqs_queue.plain.url, MessageBody = local.word })
  }
}

resource "aws_pipes_pipe" "pipe" {
  name        = "pipe"
  description = "The ${local.word}"
  role_arn    = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/pipe"
  source      = aws_sqs_queue.full.arn
  target      = aws_sqs_queue.plain.arn
  tags        = local.tags
  source_parameters {
    filter_criteria {
      filter {
        pattern = jsonencode({ body = { word = [local.word] } })
      }
    }
    sqs_queue_parameters {
      batch_size                         = 5 * local.size
      maximum_batching_window_in_seconds = 5
    }
  }
  target_parameters {
    input_template = "{\"word\": <$.body.word>}"
  }
}

data "aws_sqs_queue" "plain" {
  name       = "plain"
  depends_on = [aws_sqs_queue.plain]
}

data "aws_sns_topic" "plain" {
  name       = "plain"
  depends_on = [aws_sns_topic.plain]
}

data "aws_cloudwatch_event_bus" "default" {
  name = "default"
}

output "seen" {
  value = [data.aws_sqs_queue.plain.url, data.aws_sns_topic.plain.arn, data.aws_cloudwatch_event_bus.default.arn, data.aws_region.here.name]
}
