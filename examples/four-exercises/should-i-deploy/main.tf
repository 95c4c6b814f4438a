# SPDX-License-Identifier: Apache-2.0
# Should I deploy: every half hour a machine asks a web page, which wants a name and a password, and attaches AWSDenyAll to a user or
# takes it away.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

variable "api_endpoint" {
  description = "Answers GET with JSON that has a member shouldideploy, true or false"
  type        = string
  default     = "https://shouldideploy.today/api"
}

variable "api_user" {
  type    = string
  default = "robot"
}

variable "api_password" {
  type      = string
  sensitive = true
  default   = "not checked by shouldideploy.today"
}

variable "user_name" {
  description = "Who may deploy, or may not"
  type        = string
  default     = "developer"
}

resource "aws_iam_user" "developer" {
  name          = var.user_name
  force_destroy = true # takes the policy off first
}

resource "aws_cloudwatch_event_connection" "page" {
  name               = "should-i-deploy"
  description        = "How the machine presents itself to the page"
  authorization_type = "BASIC"
  auth_parameters {
    basic {
      username = var.api_user
      password = var.api_password
    }
  }
}

resource "aws_sfn_state_machine" "machine" {
  name     = "should-i-deploy"
  role_arn = aws_iam_role.machine.arn
  definition = templatefile("${path.module}/state-machine.json", {
    api_endpoint   = var.api_endpoint
    connection_arn = aws_cloudwatch_event_connection.page.arn
    user_name      = aws_iam_user.developer.name
  })
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
    actions   = ["states:InvokeHTTPEndpoint"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "states:HTTPMethod"
      values   = ["GET"]
    }
  }
  statement {
    actions   = ["events:RetrieveConnectionCredentials"]
    resources = [aws_cloudwatch_event_connection.page.arn]
  }
  statement {
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    resources = [aws_cloudwatch_event_connection.page.secret_arn]
  }
  statement {
    actions   = ["iam:ListAttachedUserPolicies", "iam:AttachUserPolicy", "iam:DetachUserPolicy"]
    resources = [aws_iam_user.developer.arn]
  }
}

resource "aws_iam_role" "machine" {
  name               = "should-i-deploy-machine"
  assume_role_policy = data.aws_iam_policy_document.states.json
}

resource "aws_iam_role_policy" "machine" {
  name   = "what-it-does"
  role   = aws_iam_role.machine.id
  policy = data.aws_iam_policy_document.machine.json
}

resource "aws_cloudwatch_event_rule" "half_hour" {
  name                = "should-i-deploy"
  description         = "Asks twice an hour"
  schedule_expression = "rate(30 minutes)"
}

resource "aws_cloudwatch_event_target" "machine" {
  rule     = aws_cloudwatch_event_rule.half_hour.name
  arn      = aws_sfn_state_machine.machine.arn
  role_arn = aws_iam_role.rule.arn
}

data "aws_iam_policy_document" "events" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "rule" {
  statement {
    actions   = ["states:StartExecution"]
    resources = [aws_sfn_state_machine.machine.arn]
  }
}

resource "aws_iam_role" "rule" {
  name               = "should-i-deploy-rule"
  assume_role_policy = data.aws_iam_policy_document.events.json
}

resource "aws_iam_role_policy" "rule" {
  name   = "start"
  role   = aws_iam_role.rule.id
  policy = data.aws_iam_policy_document.rule.json
}

output "state_machine_arn" {
  value = aws_sfn_state_machine.machine.arn
}

output "user_name" {
  value = aws_iam_user.developer.name
}
