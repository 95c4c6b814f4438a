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

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

resource "aws_security_group" "jobs" {
  name        = "jobs"
  description = "Jobs"
  vpc_id      = data.aws_vpc.default.id
  tags        = local.tags
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
  dynamic "ingress" {
    for_each = var.changed ? [443] : []
    content {
      description = "TLS"
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }
}

resource "aws_ecr_repository" "plain" {
  name                 = "plain"
  image_tag_mutability = var.changed ? "IMMUTABLE" : "MUTABLE"
  force_delete         = true
  tags                 = local.tags
  image_scanning_configuration {
    scan_on_push = var.changed
  }
}

resource "aws_ecr_lifecycle_policy" "plain" {
  repository = aws_ecr_repository.plain.name
  policy = jsonencode({ rules = [{ rulePriority = 1, description = local.word, action = { type = "expire" },
  selection = { tagStatus = "untagged", countType = "imageCountMoreThan", countNumber = local.size } }] })
}

resource "aws_ecr_repository_policy" "plain" {
  repository = aws_ecr_repository.plain.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
  Sid = local.word, Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = ["ecr:BatchGetImage"] }] })
}

resource "aws_iam_role" "jobs" {
  name = "terraform-jobs"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
  Effect = "Allow", Principal = { Service = ["batch.amazonaws.com", "ecs-tasks.amazonaws.com", "ec2.amazonaws.com"] }, Action = "sts:AssumeRole" }] })
}

resource "aws_iam_instance_profile" "jobs" {
  name = "terraform-jobs"
  role = aws_iam_role.jobs.name
}

resource "aws_launch_template" "jobs" {
  name        = "jobs"
  description = local.word
  tags        = local.tags
  user_data   = base64encode("echo ${local.word}")
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = 50 * local.size
      volume_type = "gp3"
    }
  }
}

resource "aws_batch_compute_environment" "machines" {
  compute_environment_name = "machines"
  type                     = "MANAGED"
  service_role             = aws_iam_role.jobs.arn
  tags                     = local.tags
  compute_resources {
    type               = "EC2"
    instance_role      = aws_iam_instance_profile.jobs.arn
    instance_type      = ["optimal"]
    min_vcpus          = 0
    max_vcpus          = 16 * local.size
    desired_vcpus      = 0
    security_group_ids = [aws_security_group.jobs.id]
    subnets            = data.aws_subnets.default.ids
    launch_template {
      launch_template_id = aws_launch_template.jobs.id
      version            = "$Latest"
    }
  }
}

resource "aws_batch_compute_environment" "fargate" {
  compute_environment_name_prefix = "fargate-"
  type                            = "MANAGED"
  service_role                    = aws_iam_role.jobs.arn
  state                           = var.changed ? "DISABLED" : "ENABLED"
  compute_resources {
    type               = "FARGATE"
    max_vcpus          = 4
    security_group_ids = [aws_security_group.jobs.id]
    subnets            = data.aws_subnets.default.ids
  }
}

resource "aws_batch_scheduling_policy" "fair" {
  name = "fair"
  fair_share_policy {
    compute_reservation = local.size
    share_decay_seconds = 3600
    share_distribution {
      share_identifier = "A1*"
      weight_factor    = 0.1 * local.size
    }
  }
}

resource "aws_batch_job_queue" "queue" {
  name     = "queue"
  state    = "ENABLED"
  priority = local.size
  tags     = local.tags
  compute_environment_order {
    order               = 1
    compute_environment = aws_batch_compute_environment.machines.arn
  }
}

resource "aws_batch_job_definition" "job" {
  name           = "job"
  type           = "container"
  propagate_tags = true
  tags           = local.tags
  parameters     = { word = local.word }
  retry_strategy {
    attempts = local.size
  }
  timeout {
    attempt_duration_seconds = 60 * local.size
  }
  container_properties = jsonencode({
    image                = "${aws_ecr_repository.plain.repository_url}:latest", command = ["echo", "Ref::word"],
    resourceRequirements = [{ type = "VCPU", value = "1" }, { type = "MEMORY", value = "2000" }],
    environment          = [{ name = "WORD", value = local.word }], jobRoleArn = aws_iam_role.jobs.arn
  })
}

resource "aws_ecs_cluster" "cluster" {
  name = "cluster"
  tags = local.tags
  setting {
    name  = "containerInsights"
    value = var.changed ? "enabled" : "disabled"
  }
}

resource "aws_ecs_task_definition" "task" {
  family                   = "task"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256 * local.size
  memory                   = 512 * local.size
  execution_role_arn       = aws_iam_role.jobs.arn
  tags                     = local.tags
  container_definitions = jsonencode([{ name = "main", image = "${aws_ecr_repository.plain.repository_url}:latest", essential = true, command = ["echo", local.word],
    environment = [{ name = "WORD", value = local.word }], portMappings = [{ containerPort = 80 }],
  logConfiguration = { logDriver = "awslogs", options = { "awslogs-group" = "tasks", "awslogs-region" = "us-east-1", "awslogs-stream-prefix" = "t" } } }])
}

data "aws_ecr_repository" "plain" {
  name = aws_ecr_repository.plain.name
}

data "aws_ecr_authorization_token" "token" {}

data "aws_ecs_cluster" "cluster" {
  cluster_name = aws_ecs_cluster.cluster.name
}

data "aws_batch_job_queue" "queue" {
  name = aws_batch_job_queue.queue.name
}

output "seen" {
  value = [data.aws_ecr_repository.plain.repository_url, data.aws_ecr_authorization_token.token.proxy_endpoint, data.aws_ecs_cluster.cluster.status, data.aws_batch_job_queue.queue.status]
}
