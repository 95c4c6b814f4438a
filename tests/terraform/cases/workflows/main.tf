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

resource "aws_iam_role" "machine" {
  name_prefix = "machine-"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
  Effect = "Allow", Principal = { Service = "states.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_cloudwatch_log_group" "machine" {
  name_prefix = "/aws/vendedlogs/states/"
}

resource "aws_sfn_state_machine" "plain" {
  name       = "plain"
  role_arn   = aws_iam_role.machine.arn
  tags       = local.tags
  definition = jsonencode({ StartAt = "S", States = { S = { Type = "Pass", Result = local.word, End = true } } })
}

resource "aws_sfn_state_machine" "express" {
  name_prefix = "express-"
  type        = "EXPRESS"
  role_arn    = aws_iam_role.machine.arn
  publish     = true
  definition  = jsonencode({ QueryLanguage = "JSONata", StartAt = "S", States = { S = { Type = "Pass", Output = "{% '${local.word}' %}", End = true } } })
  logging_configuration {
    log_destination        = "${aws_cloudwatch_log_group.machine.arn}:*"
    include_execution_data = var.changed
    level                  = var.changed ? "ALL" : "ERROR"
  }
  tracing_configuration {
    enabled = var.changed
  }
}

resource "aws_sfn_state_machine" "replaced" {
  name       = "replaced-${local.word}"
  role_arn   = aws_iam_role.machine.arn
  definition = jsonencode({ StartAt = "S", States = { S = { Type = "Succeed" } } })
}

resource "aws_sfn_alias" "live" {
  name        = "live"
  description = local.word
  routing_configuration {
    state_machine_version_arn = aws_sfn_state_machine.express.state_machine_version_arn
    weight                    = 100
  }
}

resource "aws_sfn_activity" "work" {
  name = "work"
  tags = local.tags
}

data "aws_sfn_state_machine" "plain" {
  name       = "plain"
  depends_on = [aws_sfn_state_machine.plain]
}

data "aws_sfn_activity" "work" {
  name       = "work"
  depends_on = [aws_sfn_activity.work]
}

data "aws_sfn_state_machine_versions" "express" {
  statemachine_arn = aws_sfn_state_machine.express.arn
}

resource "aws_cloudwatch_log_group" "plain" {
  name              = "plain"
  retention_in_days = 7 * local.size
  tags              = local.tags
}

resource "aws_cloudwatch_log_stream" "stream" {
  name           = local.word
  log_group_name = aws_cloudwatch_log_group.plain.name
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "errors"
  pattern        = "ERROR ${local.word}"
  log_group_name = aws_cloudwatch_log_group.plain.name
  metric_transformation {
    name          = "Errors"
    namespace     = "Terraform"
    value         = tostring(local.size)
    default_value = "0"
  }
}

resource "aws_sqs_queue" "alarms" {
  name = "alarms"
}

resource "aws_sns_topic" "alarms" {
  name = "alarms"
}

resource "aws_cloudwatch_log_resource_policy" "route53" {
  policy_name = "route53"
  policy_document = jsonencode({ Version = "2012-10-17", Statement = [{
  Sid = local.word, Effect = "Allow", Principal = { Service = "route53.amazonaws.com" }, Action = ["logs:PutLogEvents"], Resource = "arn:aws:logs:*:*:log-group:/aws/route53/*" }] })
}

resource "aws_cloudwatch_query_definition" "recent" {
  name            = "recent"
  log_group_names = [aws_cloudwatch_log_group.plain.name]
  query_string    = "fields @timestamp, @message | limit ${20 * local.size}"
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "errors"
  alarm_description   = local.word
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = local.size
  metric_name         = "Errors"
  namespace           = "Terraform"
  period              = 60
  statistic           = "Sum"
  threshold           = 5 * local.size
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  dimensions          = { Word = local.word }
  tags                = local.tags
}

resource "aws_cloudwatch_metric_alarm" "maths" {
  alarm_name          = "maths"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = 1
  threshold           = 1
  metric_query {
    id          = "e1"
    expression  = "m1 * ${local.size}"
    label       = "Times"
    return_data = true
  }
  metric_query {
    id = "m1"
    metric {
      metric_name = "Errors"
      namespace   = "Terraform"
      period      = 60
      stat        = "Sum"
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "both" {
  alarm_name        = "both"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.errors.alarm_name}) ${var.changed ? "AND" : "OR"} ALARM(${aws_cloudwatch_metric_alarm.maths.alarm_name})"
  alarm_description = local.word
  alarm_actions     = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_dashboard" "board" {
  dashboard_name = "board"
  dashboard_body = jsonencode({ widgets = [{ type = "text", x = 0, y = 0, width = 6, height = 3, properties = { markdown = local.word } }] })
}

output "seen" {
  value = [data.aws_sfn_state_machine.plain.status, data.aws_sfn_activity.work.creation_date, data.aws_sfn_state_machine_versions.express.statemachine_versions]
}
