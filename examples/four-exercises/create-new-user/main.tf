# SPDX-License-Identifier: Apache-2.0
# Create new user: a machine writes an e-mail with a task token and waits, up to a day, until a person answers.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

variable "email" {
  description = "Who is asked"
  type        = string
  default     = "boss@example.com"
}

resource "aws_iam_group" "admins" {
  name = "admins"
}

resource "aws_iam_group" "users" {
  name = "users"
}

resource "aws_sns_topic" "questions" {
  name = "create-new-user"
}

resource "aws_sns_topic_subscription" "boss" {
  topic_arn = aws_sns_topic.questions.arn
  protocol  = "email"
  endpoint  = var.email
}

resource "aws_sfn_state_machine" "machine" {
  name     = "create-new-user"
  role_arn = aws_iam_role.machine.arn
  definition = templatefile("${path.module}/state-machine.json", {
    topic_arn   = aws_sns_topic.questions.arn
    admin_group = aws_iam_group.admins.name
    user_group  = aws_iam_group.users.name
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
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.questions.arn]
  }
  statement {
    actions   = ["iam:CreateUser"]
    resources = ["*"]
  }
  statement {
    actions   = ["iam:AddUserToGroup"]
    resources = [aws_iam_group.admins.arn, aws_iam_group.users.arn]
  }
}

resource "aws_iam_role" "machine" {
  name               = "create-new-user-machine"
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

output "topic_arn" {
  value = aws_sns_topic.questions.arn
}
