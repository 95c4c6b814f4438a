// SPDX-License-Identifier: Apache-2.0
// The transform AWS::LanguageExtensions: Fn::ForEach, Fn::Length, Fn::ToJsonString, a DefaultValue
// and functions in Fn::FindInMap, functions as arguments of Ref and Fn::GetAtt, in DeletionPolicy
// and UpdateReplacePolicy. Resolved with the values of parameters, as AWS does.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
#pragma once

#include "base/error.h"
#include "formation/environment.h"
#include "formation/parameters.h"
#include "json/value.h"

namespace pawl::formation {

/// The template without these functions. What depends on resources stays for the Evaluator, which
/// knows Fn::Length and Fn::ToJsonString as well. At most 4 MB and 250,000 values come of loops.
/// Errors in AWS's words.
base::Result<json::Value> expand_language_extensions(const json::Value& template_document,
                                                     const ParameterValues& parameters,
                                                     const Environment& environment);

}  // namespace pawl::formation
