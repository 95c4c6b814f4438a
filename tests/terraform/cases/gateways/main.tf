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

data "aws_region" "here" {}

variable "code" {
  description = "A zip file with index.py"
  type        = string
}

resource "aws_iam_role" "gateway" {
  name = "terraform-gateway"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
  Effect = "Allow", Principal = { Service = ["apigateway.amazonaws.com", "lambda.amazonaws.com"] }, Action = "sts:AssumeRole" }] })
}

resource "aws_sfn_state_machine" "machine" {
  name       = "behind-the-gateway"
  role_arn   = aws_iam_role.gateway.arn
  definition = jsonencode({ StartAt = "S", States = { S = { Type = "Succeed" } } })
}

resource "aws_lambda_function" "function" {
  function_name = "behind-the-gateway"
  role          = aws_iam_role.gateway.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = var.code
}

resource "aws_apigatewayv2_api" "http" {
  name          = "http"
  protocol_type = "HTTP"
  description   = "The ${local.word}"
  version       = local.word
  tags          = local.tags
  cors_configuration {
    allow_origins = ["https://${local.word}.example.com"]
    allow_methods = ["GET", "POST"]
    allow_headers = ["content-type"]
    max_age       = 60 * local.size
  }
}

resource "aws_apigatewayv2_integration" "machine" {
  api_id                 = aws_apigatewayv2_api.http.id
  integration_type       = "AWS_PROXY"
  integration_subtype    = "StepFunctions-StartExecution"
  credentials_arn        = aws_iam_role.gateway.arn
  payload_format_version = "1.0"
  timeout_milliseconds   = 10000 * local.size
  request_parameters = {
    Input           = "$request.body"
    StateMachineArn = aws_sfn_state_machine.machine.arn
  }
}

resource "aws_apigatewayv2_integration" "function" {
  api_id                 = aws_apigatewayv2_api.http.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.function.invoke_arn
  payload_format_version = "2.0"
  description            = local.word
}

resource "aws_apigatewayv2_authorizer" "token" {
  api_id           = aws_apigatewayv2_api.http.id
  name             = "token"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  jwt_configuration {
    audience = [local.word]
    issuer   = "https://example.com"
  }
}

resource "aws_apigatewayv2_route" "default" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "$default"
  target    = "integrations/${aws_apigatewayv2_integration.machine.id}"
}

resource "aws_apigatewayv2_route" "function" {
  api_id             = aws_apigatewayv2_api.http.id
  route_key          = "GET /${local.word}/{proxy+}"
  target             = "integrations/${aws_apigatewayv2_integration.function.id}"
  authorization_type = var.changed ? "NONE" : "JWT"
  authorizer_id      = var.changed ? null : aws_apigatewayv2_authorizer.token.id
}

resource "aws_cloudwatch_log_group" "access" {
  name = "access"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.http.id
  name        = "$default"
  auto_deploy = true
  tags        = local.tags
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = "$context.requestId ${local.word}"
  }
  default_route_settings {
    throttling_burst_limit = 100 * local.size
    throttling_rate_limit  = 50
  }
}

resource "aws_apigatewayv2_deployment" "deployment" {
  api_id      = aws_apigatewayv2_api.http.id
  description = local.word
  depends_on  = [aws_apigatewayv2_route.default]
}

resource "aws_apigatewayv2_stage" "manual" {
  api_id          = aws_apigatewayv2_api.http.id
  name            = "manual"
  deployment_id   = aws_apigatewayv2_deployment.deployment.id
  stage_variables = { word = local.word }
}

resource "aws_lambda_permission" "gateway" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.function.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.http.execution_arn}/*/*"
}

resource "aws_api_gateway_rest_api" "rest" {
  name        = "rest"
  description = "The ${local.word}"
  tags        = local.tags
  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_resource" "pets" {
  rest_api_id = aws_api_gateway_rest_api.rest.id
  parent_id   = aws_api_gateway_rest_api.rest.root_resource_id
  path_part   = "pets-${local.word}"
}

resource "aws_api_gateway_model" "pet" {
  rest_api_id  = aws_api_gateway_rest_api.rest.id
  name         = "Pet"
  description  = local.word
  content_type = "application/json"
  schema       = jsonencode({ type = "object", title = local.word })
}

resource "aws_api_gateway_request_validator" "body" {
  rest_api_id                 = aws_api_gateway_rest_api.rest.id
  name                        = "body"
  validate_request_body       = true
  validate_request_parameters = var.changed
}

resource "aws_api_gateway_authorizer" "token" {
  rest_api_id                      = aws_api_gateway_rest_api.rest.id
  name                             = "token"
  authorizer_uri                   = aws_lambda_function.function.invoke_arn
  authorizer_result_ttl_in_seconds = 300 * local.size
}

resource "aws_api_gateway_method" "post" {
  rest_api_id          = aws_api_gateway_rest_api.rest.id
  resource_id          = aws_api_gateway_resource.pets.id
  http_method          = "POST"
  authorization        = var.changed ? "NONE" : "CUSTOM"
  authorizer_id        = var.changed ? null : aws_api_gateway_authorizer.token.id
  api_key_required     = var.changed
  request_validator_id = aws_api_gateway_request_validator.body.id
  request_models       = { "application/json" = aws_api_gateway_model.pet.name }
  request_parameters   = { "method.request.querystring.kind" = var.changed }
}

resource "aws_api_gateway_integration" "post" {
  rest_api_id             = aws_api_gateway_rest_api.rest.id
  resource_id             = aws_api_gateway_resource.pets.id
  http_method             = aws_api_gateway_method.post.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:${data.aws_region.here.name}:states:action/StartExecution"
  credentials             = aws_iam_role.gateway.arn
  passthrough_behavior    = "WHEN_NO_TEMPLATES"
  request_templates = {
    "application/json" = jsonencode({ input = "$util.escapeJavaScript($input.json('$'))", stateMachineArn = aws_sfn_state_machine.machine.arn, name = local.word })
  }
  request_parameters = { "integration.request.header.X-Word" = "'${local.word}'" }
}

resource "aws_api_gateway_method_response" "ok" {
  rest_api_id         = aws_api_gateway_rest_api.rest.id
  resource_id         = aws_api_gateway_resource.pets.id
  http_method         = aws_api_gateway_method.post.http_method
  status_code         = "200"
  response_models     = { "application/json" = "Empty" }
  response_parameters = { "method.response.header.X-Word" = var.changed }
}

resource "aws_api_gateway_integration_response" "ok" {
  rest_api_id         = aws_api_gateway_rest_api.rest.id
  resource_id         = aws_api_gateway_resource.pets.id
  http_method         = aws_api_gateway_method.post.http_method
  status_code         = aws_api_gateway_method_response.ok.status_code
  selection_pattern   = var.changed ? "2\\d{2}" : ""
  response_templates  = { "application/json" = local.word }
  response_parameters = { "method.response.header.X-Word" = "'${local.word}'" }
  depends_on          = [aws_api_gateway_integration.post]
}

resource "aws_api_gateway_gateway_response" "missing" {
  rest_api_id        = aws_api_gateway_rest_api.rest.id
  response_type      = "MISSING_AUTHENTICATION_TOKEN"
  status_code        = var.changed ? "404" : "401"
  response_templates = { "application/json" = jsonencode({ message = local.word }) }
}

resource "aws_api_gateway_deployment" "deployment" {
  rest_api_id = aws_api_gateway_rest_api.rest.id
  triggers    = { word = local.word }
  depends_on  = [aws_api_gateway_integration.post, aws_api_gateway_integration_response.ok]
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id   = aws_api_gateway_rest_api.rest.id
  deployment_id = aws_api_gateway_deployment.deployment.id
  stage_name    = "live"
  description   = local.word
  variables     = { word = local.word }
  tags          = local.tags
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.rest.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  method_path = "*/*"
  settings {
    metrics_enabled        = true
    throttling_burst_limit = 50 * local.size
    throttling_rate_limit  = 100
  }
}

resource "aws_api_gateway_api_key" "key" {
  name        = "key"
  description = local.word
  enabled     = !var.changed
}

resource "aws_api_gateway_usage_plan" "plan" {
  name        = "plan"
  description = local.word
  api_stages {
    api_id = aws_api_gateway_rest_api.rest.id
    stage  = aws_api_gateway_stage.live.stage_name
  }
  quota_settings {
    limit  = 1000 * local.size
    period = "WEEK"
  }
  throttle_settings {
    burst_limit = 5
    rate_limit  = 10 * local.size
  }
}

resource "aws_api_gateway_usage_plan_key" "key" {
  key_id        = aws_api_gateway_api_key.key.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.plan.id
}

resource "aws_api_gateway_account" "account" {
  cloudwatch_role_arn = aws_iam_role.gateway.arn
}

resource "aws_api_gateway_rest_api" "described" {
  name = "described"
  body = jsonencode({ openapi = "3.0.1", info = { title = "described", version = local.word }, paths = { "/${local.word}" = { get = {
    responses = { "200" = { description = "ok" } },
  "x-amazon-apigateway-integration" = { type = "MOCK", requestTemplates = { "application/json" = "{\"statusCode\": 200}" } } } } } })
}

resource "aws_apigatewayv2_api" "quick" {
  name          = "quick"
  protocol_type = "HTTP"
  target        = aws_lambda_function.function.arn
}

data "aws_apigatewayv2_api" "http" {
  api_id = aws_apigatewayv2_api.http.id
}

data "aws_api_gateway_rest_api" "rest" {
  name       = "rest"
  depends_on = [aws_api_gateway_rest_api.rest]
}

output "seen" {
  value = [data.aws_apigatewayv2_api.http.api_endpoint, data.aws_api_gateway_rest_api.rest.root_resource_id, aws_api_gateway_stage.live.invoke_url]
}
