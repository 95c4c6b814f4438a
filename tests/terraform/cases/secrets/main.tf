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

resource "aws_kms_key" "plain" {
  description             = "The ${local.word}"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  rotation_period_in_days = var.changed ? 180 : 365
  is_enabled              = true
  tags                    = local.tags
}

resource "aws_kms_key" "policed" {
  description         = "With a policy"
  is_enabled          = !var.changed
  enable_key_rotation = false
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
  Sid = local.word, Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "kms:*", Resource = "*" }] })
}

resource "aws_kms_key" "signing" {
  description              = "Signs"
  customer_master_key_spec = var.changed ? "RSA_2048" : "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
  deletion_window_in_days  = 10
}

resource "aws_kms_alias" "plain" {
  name          = "alias/plain"
  target_key_id = var.changed ? aws_kms_key.policed.key_id : aws_kms_key.plain.key_id
}

resource "aws_kms_grant" "grant" {
  name              = "grant"
  key_id            = aws_kms_key.plain.key_id
  grantee_principal = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"
  operations        = ["Encrypt", "Decrypt"]
  constraints {
    encryption_context_equals = { Word = local.word }
  }
}

resource "aws_kms_key_policy" "plain" {
  key_id = aws_kms_key.plain.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
  Sid = local.word, Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "kms:*", Resource = "*" }] })
}

resource "aws_kms_ciphertext" "text" {
  key_id    = aws_kms_key.plain.key_id
  plaintext = local.word
}

resource "aws_ssm_parameter" "plain" {
  name        = "/terraform/plain"
  type        = "String"
  value       = local.word
  description = local.word
  tags        = local.tags
}

resource "aws_ssm_parameter" "secret" {
  name   = "/terraform/secret"
  type   = "SecureString"
  key_id = aws_kms_key.plain.key_id
  value  = local.word
}

resource "aws_ssm_parameter" "list" {
  name            = "/terraform/${local.word}"
  type            = "StringList"
  value           = "a,b,${local.word}"
  allowed_pattern = "[a-z,]*"
  tier            = "Standard"
}

resource "aws_secretsmanager_secret" "plain" {
  name                    = "plain"
  description             = local.word
  kms_key_id              = aws_kms_key.plain.arn
  recovery_window_in_days = var.changed ? 0 : 7
  tags                    = local.tags
}

resource "aws_secretsmanager_secret_version" "plain" {
  secret_id     = aws_secretsmanager_secret.plain.id
  secret_string = jsonencode({ word = local.word })
}

resource "aws_secretsmanager_secret_policy" "plain" {
  secret_arn = aws_secretsmanager_secret.plain.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
  Sid = local.word, Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "secretsmanager:GetSecretValue", Resource = "*" }] })
}

data "aws_kms_alias" "plain" {
  name       = "alias/plain"
  depends_on = [aws_kms_alias.plain]
}

data "aws_kms_key" "managed" {
  key_id = "alias/aws/s3"
}

data "aws_ssm_parameter" "secret" {
  name = aws_ssm_parameter.secret.name
}

data "aws_ssm_parameters_by_path" "all" {
  path       = "/terraform"
  depends_on = [aws_ssm_parameter.plain, aws_ssm_parameter.secret, aws_ssm_parameter.list]
}

data "aws_secretsmanager_secret_version" "plain" {
  secret_id  = aws_secretsmanager_secret.plain.id
  depends_on = [aws_secretsmanager_secret_version.plain]
}

data "aws_secretsmanager_random_password" "word" {
  password_length = 20
}

output "seen" {
  value = [data.aws_kms_alias.plain.target_key_arn, data.aws_kms_key.managed.key_manager, data.aws_ssm_parameter.secret.value,
  data.aws_secretsmanager_secret_version.plain.secret_string]
  sensitive = true
}
