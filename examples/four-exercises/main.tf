# SPDX-License-Identifier: Apache-2.0
# The four exercises under one roof. Each folder is also a configuration of its own: terraform -chdir=bucket-replication apply
# Region, credentials and, for Pawl, AWS_ENDPOINT_URL come from the environment: eval $(pawl env)
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

variable "api_endpoint" {
  description = "The page that says whether to deploy"
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

variable "email" {
  description = "Who is asked about new users"
  type        = string
  default     = "boss@example.com"
}

variable "query_language" {
  description = "Which definition resizes pictures: JSONata or JSONPath"
  type        = string
  default     = "JSONata"
}

module "should_i_deploy" {
  source       = "./should-i-deploy"
  api_endpoint = var.api_endpoint
  api_user     = var.api_user
  api_password = var.api_password
}

module "create_new_user" {
  source = "./create-new-user"
  email  = var.email
}

module "bucket_replication" {
  source = "./bucket-replication"
}

module "resize_profile_picture" {
  source         = "./resize-profile-picture"
  query_language = var.query_language
}

output "should_i_deploy" {
  value = module.should_i_deploy
}

output "create_new_user" {
  value = module.create_new_user
}

output "bucket_replication" {
  value = module.bucket_replication
}

output "resize_profile_picture" {
  value = module.resize_profile_picture
}
