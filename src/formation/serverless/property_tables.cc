// SPDX-License-Identifier: Apache-2.0
// The properties of the serverless language's resources and events, and what each may be: those of
// the AWS SAM translator 1.110.
#include <algorithm>
#include <array>
#include <iterator>

#include "formation/serverless/sam_resource.h"

namespace pawl::formation::serverless {
namespace {

constexpr PropertyRule kFunction[] = {
    {"FunctionName", Fits::TextOrMap},
    {"Handler"},
    {"Runtime"},
    {"CodeUri"},
    {"ImageUri"},
    {"PackageType"},
    {"InlineCode"},
    {"DeadLetterQueue", Fits::Map},
    {"Description"},
    {"MemorySize"},
    {"Timeout"},
    {"VpcConfig"},
    {"Role", Fits::Text},
    {"AssumeRolePolicyDocument", Fits::Map},
    {"Policies", Fits::Policies},
    {"RolePath"},
    {"PermissionsBoundary", Fits::Text},
    {"Environment", Fits::MapOfMaps},
    {"Events", Fits::MapOfMaps},
    {"Tags", Fits::Map},
    {"PropagateTags", Fits::Boolean},
    {"Tracing", Fits::TextOrMap},
    {"KmsKeyArn"},
    {"DeploymentPreference", Fits::Map},
    {"ReservedConcurrentExecutions"},
    {"Layers", Fits::ListOfTextsOrMaps},
    {"EventInvokeConfig", Fits::Map},
    {"EphemeralStorage"},
    {"AutoPublishAlias", Fits::PlainText},
    {"AutoPublishCodeSha256", Fits::PlainText},
    {"AutoPublishAliasAllProperties", Fits::Boolean, false, false},
    {"VersionDescription"},
    {"ProvisionedConcurrencyConfig"},
    {"FileSystemConfigs"},
    {"ImageConfig"},
    {"CodeSigningConfigArn"},
    {"Architectures"},
    {"SnapStart", Fits::Map},
    {"FunctionUrlConfig", Fits::Map},
    {"RuntimeManagementConfig"},
    {"LoggingConfig"},
    {"RecursiveLoop"},
    {"SourceKMSKeyArn"},
    {"CapacityProviderConfig", Fits::Map},
    {"FunctionScalingConfig", Fits::Map},
    {"VersionDeletionPolicy", Fits::DeleteOrRetain},
    {"PublishToLatestPublished"},
    {"TenancyConfig"},
    {"DurableConfig", Fits::Map}};
constexpr PropertyRule kApi[] = {{"__MANAGE_SWAGGER", Fits::Boolean},
                                 {"Name", Fits::TextOrMap},
                                 {"StageName", Fits::TextOrMap, true},
                                 {"Tags", Fits::Map},
                                 {"PropagateTags", Fits::Boolean},
                                 {"DefinitionBody", Fits::Map},
                                 {"DefinitionUri", Fits::TextOrMap},
                                 {"MergeDefinitions", Fits::Boolean, false, false},
                                 {"CacheClusterEnabled", Fits::Boolean},
                                 {"CacheClusterSize", Fits::Text},
                                 {"Variables", Fits::Map},
                                 {"EndpointConfiguration", Fits::TextOrMap},
                                 {"MethodSettings", Fits::List},
                                 {"BinaryMediaTypes", Fits::List},
                                 {"MinimumCompressionSize", Fits::Integer},
                                 {"Cors", Fits::TextOrMap},
                                 {"Auth", Fits::Map},
                                 {"GatewayResponses", Fits::Map},
                                 {"AccessLogSetting", Fits::Map},
                                 {"CanarySetting", Fits::Map},
                                 {"TracingEnabled", Fits::Boolean},
                                 {"OpenApiVersion", Fits::Text},
                                 {"Models", Fits::Map},
                                 {"Domain", Fits::Map},
                                 {"FailOnWarnings", Fits::Boolean},
                                 {"Description", Fits::Text},
                                 {"Mode", Fits::Text},
                                 {"DisableExecuteApiEndpoint", Fits::Boolean},
                                 {"ApiKeySourceType", Fits::Text},
                                 {"AlwaysDeploy", Fits::Boolean, false, false},
                                 {"Policy", Fits::TextOrMap},
                                 {"SecurityPolicy", Fits::Text},
                                 {"EndpointAccessMode", Fits::Text}};
constexpr PropertyRule kHttpApi[] = {{"__MANAGE_SWAGGER", Fits::Boolean},
                                     {"Name"},
                                     {"StageName", Fits::TextOrMap},
                                     {"Tags", Fits::Map},
                                     {"PropagateTags", Fits::Boolean},
                                     {"DefinitionBody", Fits::Map},
                                     {"DefinitionUri", Fits::TextOrMap},
                                     {"StageVariables", Fits::Map},
                                     {"CorsConfiguration", Fits::BooleanOrMap},
                                     {"AccessLogSettings", Fits::Map},
                                     {"DefaultRouteSettings", Fits::Map},
                                     {"Auth", Fits::Map},
                                     {"RouteSettings", Fits::Map},
                                     {"Domain", Fits::Map},
                                     {"FailOnWarnings", Fits::Boolean},
                                     {"Description", Fits::Text},
                                     {"DisableExecuteApiEndpoint", Fits::Boolean}};
constexpr PropertyRule kSimpleTable[] = {{"PointInTimeRecoverySpecification"},
                                         {"PrimaryKey", Fits::MapOfTexts},
                                         {"ProvisionedThroughput", Fits::MapOfIntegersOrMaps},
                                         {"TableName", Fits::TextOrMap},
                                         {"Tags", Fits::Map},
                                         {"SSESpecification", Fits::Map}};
constexpr PropertyRule kApplication[] = {{"Location", Fits::TextOrMap, true},
                                         {"TemplateUrl", Fits::Text},
                                         {"Parameters", Fits::Map},
                                         {"NotificationARNs", Fits::ListOfTextsOrMaps},
                                         {"Tags", Fits::Map},
                                         {"TimeoutInMinutes", Fits::Integer}};
constexpr PropertyRule kLayerVersion[] = {{"LayerName", Fits::TextOrMap},
                                          {"Description", Fits::Text},
                                          {"PublishLambdaVersion", Fits::Boolean},
                                          {"ContentUri", Fits::TextOrMap, true},
                                          {"CompatibleArchitectures", Fits::ListOfTextsOrMaps},
                                          {"CompatibleRuntimes", Fits::ListOfTextsOrMaps},
                                          {"LicenseInfo", Fits::Text},
                                          {"RetentionPolicy", Fits::Text}};
constexpr PropertyRule kStateMachine[] = {{"Definition", Fits::Map},
                                          {"DefinitionUri", Fits::TextOrMap},
                                          {"Logging", Fits::Map},
                                          {"Role", Fits::Text},
                                          {"RolePath"},
                                          {"DefinitionSubstitutions", Fits::Map},
                                          {"Events", Fits::MapOfMaps},
                                          {"Name", Fits::Text},
                                          {"Type", Fits::Text},
                                          {"Tags", Fits::Map},
                                          {"PropagateTags", Fits::Boolean},
                                          {"Policies", Fits::PoliciesNoMap},
                                          {"Tracing", Fits::Map},
                                          {"PermissionsBoundary", Fits::Text},
                                          {"AutoPublishAlias"},
                                          {"DeploymentPreference"},
                                          {"UseAliasAsEventTarget", Fits::Boolean, false, false}};
constexpr PropertyRule kConnector[] = {{"Source", Fits::PlainMap, true},
                                       {"Destination", Fits::MapOrListOfMaps, true},
                                       {"Permissions", Fits::ListOfTexts, true}};
constexpr PropertyRule kOnAlexaSkill[] = {{"SkillId", Fits::Text}};
constexpr PropertyRule kOnApi[] = {{"Path", Fits::Text, true},
                                   {"Method", Fits::Text, true},
                                   {"RestApiId", Fits::Text, true},
                                   {"Stage", Fits::Text},
                                   {"Auth", Fits::Map},
                                   {"RequestModel", Fits::Map},
                                   {"RequestParameters", Fits::List},
                                   {"TimeoutInMillis", Fits::Integer},
                                   {"ResponseTransferMode", Fits::Text}};
constexpr PropertyRule kOnCloudWatchEvent[] = {
    {"EventBusName", Fits::Text},    {"RuleName", Fits::Text},       {"Pattern", Fits::Map},
    {"DeadLetterConfig", Fits::Map}, {"RetryPolicy", Fits::Map},     {"Input", Fits::Text},
    {"InputPath", Fits::Text},       {"Target", Fits::Map},          {"Enabled", Fits::Boolean},
    {"State", Fits::Text},           {"InputTransformer", Fits::Map}};
constexpr PropertyRule kOnCognito[] = {{"UserPool", Fits::Text, true},
                                       {"Trigger", Fits::TextOrListOfTexts, true, false}};
constexpr PropertyRule kOnEventBridgeRule[] = {
    {"EventBusName", Fits::Text},    {"RuleName", Fits::Text},       {"Pattern", Fits::Map},
    {"DeadLetterConfig", Fits::Map}, {"RetryPolicy", Fits::Map},     {"Input", Fits::Text},
    {"InputPath", Fits::Text},       {"Target", Fits::Map},          {"Enabled", Fits::Boolean},
    {"State", Fits::Text},           {"InputTransformer", Fits::Map}};
constexpr PropertyRule kOnHttpApi[] = {
    {"Path", Fits::Text},         {"Method", Fits::Text},
    {"ApiId", Fits::Text},        {"Stage", Fits::Text},
    {"Auth", Fits::Map},          {"TimeoutInMillis", Fits::Integer},
    {"RouteSettings", Fits::Map}, {"PayloadFormatVersion", Fits::Text}};
constexpr PropertyRule kOnIoTRule[] = {{"Sql", Fits::Text, true}, {"AwsIotSqlVersion", Fits::Text}};
constexpr PropertyRule kOnS3[] = {{"Bucket", Fits::Text, true},
                                  {"Events", Fits::TextOrListOfTexts, true, false},
                                  {"Filter", Fits::MapOfTexts}};
constexpr PropertyRule kOnSNS[] = {{"Topic", Fits::Text, true},
                                   {"Region", Fits::Text},
                                   {"FilterPolicy"},
                                   {"FilterPolicyScope"},
                                   {"SqsSubscription", Fits::BooleanOrMap},
                                   {"RedrivePolicy", Fits::Map}};
constexpr PropertyRule kOnSchedule[] = {
    {"Schedule", Fits::Text, true}, {"RuleName", Fits::Text},        {"Input", Fits::Text},
    {"Enabled", Fits::Boolean},     {"State", Fits::Text},           {"Name", Fits::Text},
    {"Description", Fits::Text},    {"DeadLetterConfig", Fits::Map}, {"RetryPolicy", Fits::Map}};
/// What all event source mappings have.
constexpr PropertyRule kMapping[] = {{"BatchSize", Fits::Integer},
                                     {"StartingPosition"},
                                     {"StartingPositionTimestamp"},
                                     {"Enabled", Fits::Boolean},
                                     {"MaximumBatchingWindowInSeconds", Fits::Integer},
                                     {"MaximumRetryAttempts", Fits::Integer},
                                     {"BisectBatchOnFunctionError", Fits::Boolean},
                                     {"MaximumRecordAgeInSeconds", Fits::Integer},
                                     {"DestinationConfig", Fits::Map},
                                     {"ParallelizationFactor", Fits::Integer},
                                     {"Topics", Fits::List},
                                     {"Queues", Fits::List},
                                     {"SourceAccessConfigurations", Fits::List},
                                     {"SecretsManagerKmsKeyId", Fits::Text},
                                     {"TumblingWindowInSeconds", Fits::Integer},
                                     {"FunctionResponseTypes", Fits::List},
                                     {"KafkaBootstrapServers", Fits::List},
                                     {"FilterCriteria", Fits::Map},
                                     {"KmsKeyArn"},
                                     {"ConsumerGroupId", Fits::Text},
                                     {"ScalingConfig", Fits::Map},
                                     {"ProvisionedPollerConfig", Fits::Map},
                                     {"SchemaRegistryConfig", Fits::Map},
                                     {"MetricsConfig", Fits::Map},
                                     {"LoggingConfig", Fits::Map}};
/// Those, and what one source has besides; where reading starts must be said, or may be.
template <typename... Own>
constexpr auto of_mapping(bool must_say_start, Own... own) {
  std::array<PropertyRule, std::size(kMapping) + sizeof...(Own)> rules{};
  auto next = std::copy(std::begin(kMapping), std::end(kMapping), rules.begin());
  for (PropertyRule& rule : rules) {
    if (rule.name == "StartingPosition") rule.required = must_say_start;
  }
  ((*next++ = own), ...);
  return rules;
}
constexpr auto kOnDocumentDB =
    of_mapping(false, PropertyRule{"Cluster", Fits::Anything, true},
               PropertyRule{"DatabaseName", Fits::Anything, true}, PropertyRule{"CollectionName"},
               PropertyRule{"FullDocument"});
constexpr auto kOnDynamoDB = of_mapping(true, PropertyRule{"Stream", Fits::Anything, true});
constexpr auto kOnKinesis = of_mapping(true, PropertyRule{"Stream", Fits::Anything, true});
constexpr auto kOnMQ = of_mapping(false, PropertyRule{"Broker", Fits::Anything, true},
                                  PropertyRule{"DynamicPolicyName", Fits::Boolean, false, false});
constexpr auto kOnMSK = of_mapping(true, PropertyRule{"Stream", Fits::Anything, true});
constexpr auto kOnSQS = of_mapping(false, PropertyRule{"Queue", Fits::Anything, true});
constexpr auto kOnSelfManagedKafka = of_mapping(false);
constexpr PropertyRule kOnCloudWatchLogs[] = {{"LogGroupName", Fits::Text, true},
                                              {"FilterPattern", Fits::Text, true}};
constexpr PropertyRule kOnScheduleV2[] = {{"PermissionsBoundary", Fits::Text},
                                          {"ScheduleExpression", Fits::Text, true},
                                          {"FlexibleTimeWindow", Fits::Map},
                                          {"Name", Fits::Text},
                                          {"State", Fits::Text},
                                          {"Description", Fits::Text},
                                          {"StartDate", Fits::Text},
                                          {"EndDate", Fits::Text},
                                          {"ScheduleExpressionTimezone", Fits::Text},
                                          {"GroupName", Fits::Text},
                                          {"KmsKeyArn", Fits::Text},
                                          {"Input", Fits::Text},
                                          {"RoleArn", Fits::Text},
                                          {"DeadLetterConfig", Fits::Map},
                                          {"RetryPolicy", Fits::Map},
                                          {"OmitName", Fits::Boolean, false, false}};
constexpr PropertyRule kStartApi[] = {{"Path", Fits::Text, true},
                                      {"Method", Fits::Text, true},
                                      {"RestApiId", Fits::Text, true},
                                      {"Stage", Fits::Text},
                                      {"Auth", Fits::Map},
                                      {"UnescapeMappingTemplate", Fits::Boolean, false, false}};
constexpr PropertyRule kStartCloudWatchEvent[] = {
    {"EventBusName", Fits::Text},   {"RuleName", Fits::Text},  {"Pattern", Fits::Map},
    {"Input", Fits::Text},          {"InputPath", Fits::Text}, {"DeadLetterConfig", Fits::Map},
    {"RetryPolicy", Fits::Map},     {"State", Fits::Text},     {"Target", Fits::Map, false, false},
    {"InputTransformer", Fits::Map}};
constexpr PropertyRule kStartEventBridgeRule[] = {
    {"EventBusName", Fits::Text},   {"RuleName", Fits::Text},  {"Pattern", Fits::Map},
    {"Input", Fits::Text},          {"InputPath", Fits::Text}, {"DeadLetterConfig", Fits::Map},
    {"RetryPolicy", Fits::Map},     {"State", Fits::Text},     {"Target", Fits::Map, false, false},
    {"InputTransformer", Fits::Map}};
constexpr PropertyRule kStartSchedule[] = {{"Schedule", Fits::Text, true},
                                           {"Input", Fits::Text},
                                           {"Enabled", Fits::Boolean},
                                           {"State", Fits::Text},
                                           {"Name", Fits::Text},
                                           {"Description", Fits::Text},
                                           {"DeadLetterConfig", Fits::Map},
                                           {"RetryPolicy", Fits::Map},
                                           {"Target", Fits::Map, false, false},
                                           {"RoleArn", Fits::Text, false, false}};
constexpr SamType kSamTypes[] = {{"AWS::Serverless::Function", kFunction},
                                 {"AWS::Serverless::Api", kApi},
                                 {"AWS::Serverless::HttpApi", kHttpApi},
                                 {"AWS::Serverless::SimpleTable", kSimpleTable},
                                 {"AWS::Serverless::Application", kApplication},
                                 {"AWS::Serverless::LayerVersion", kLayerVersion},
                                 {"AWS::Serverless::StateMachine", kStateMachine},
                                 {"AWS::Serverless::Connector", kConnector}};
constexpr SamType kFunctionEvents[] = {{"AlexaSkill", kOnAlexaSkill},
                                       {"Api", kOnApi},
                                       {"CloudWatchEvent", kOnCloudWatchEvent},
                                       {"Cognito", kOnCognito},
                                       {"EventBridgeRule", kOnEventBridgeRule},
                                       {"HttpApi", kOnHttpApi},
                                       {"IoTRule", kOnIoTRule},
                                       {"S3", kOnS3},
                                       {"SNS", kOnSNS},
                                       {"Schedule", kOnSchedule},
                                       {"DocumentDB", kOnDocumentDB},
                                       {"DynamoDB", kOnDynamoDB},
                                       {"Kinesis", kOnKinesis},
                                       {"MQ", kOnMQ},
                                       {"MSK", kOnMSK},
                                       {"SQS", kOnSQS},
                                       {"SelfManagedKafka", kOnSelfManagedKafka},
                                       {"CloudWatchLogs", kOnCloudWatchLogs},
                                       {"ScheduleV2", kOnScheduleV2}};
constexpr SamType kMachineEvents[] = {{"Api", kStartApi},
                                      {"CloudWatchEvent", kStartCloudWatchEvent},
                                      {"EventBridgeRule", kStartEventBridgeRule},
                                      {"Schedule", kStartSchedule},
                                      {"ScheduleV2", kOnScheduleV2}};

const SamType* find_in(std::span<const SamType> types, std::string_view name) {
  const auto found = std::find_if(types.begin(), types.end(),
                                  [&](const SamType& type) { return type.name == name; });
  return found == types.end() ? nullptr : &*found;
}

}  // namespace

const SamType* find_sam_type(std::string_view name) { return find_in(kSamTypes, name); }

const SamType* find_function_event(std::string_view type) { return find_in(kFunctionEvents, type); }

const SamType* find_machine_event(std::string_view type) { return find_in(kMachineEvents, type); }

}  // namespace pawl::formation::serverless
