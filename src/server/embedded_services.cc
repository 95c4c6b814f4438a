// SPDX-License-Identifier: Apache-2.0
// The one place where services are put together.
#include "server/embedded_services.h"

#include <map>
#include <random>
#include <utility>

#include "services/apigateway/api_gateway.h"
#include "services/autoscaling/service.h"
#include "services/cloudformation/service.h"
#include "services/cloudwatch/service.h"
#include "services/datasync/service.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/streams/streams_service.h"
#include "net/smtp_relay.h"
#include "services/ecr/service.h"
#include "services/kms/service.h"
#include "services/iam/iam_authorizer.h"
#include "services/iam/iam_identities.h"
#include "services/ec2/service.h"
#include "services/lambda/service.h"
#include "services/logs/logs_service.h"
#include "services/s3/service.h"
#include "services/s3/site.h"
#include "services/secretsmanager/service.h"
#include "services/sns/service.h"
#include "services/sqs/sqs_service.h"
#include "services/ssm/service.h"
#include "store/sealing/master_key.h"
#include "services/sts/service.h"
#include "items/local_folder/local_folder.h"
#include "server/embedded_event_services.h"
#include "server/lambda_invoker.h"
#include "server/s3_object_store.h"

namespace pawl::server {
namespace {

/// A function works as a session of its role, by its own name.
std::map<std::string, std::string> function_credentials(aws::Identities& identities,
                                                        const lambda::FunctionConfig& function) {
  const auto key = identities.standing_session(function.role_arn, function.name);
  if (!key) return {};
  return {{"AWS_ACCESS_KEY_ID", key->id},
          {"AWS_SECRET_ACCESS_KEY", key->secret},
          {"AWS_SESSION_TOKEN", key->session_token}};
}

base::Result<std::unique_ptr<lambda::LambdaService>> open_lambda(
    const ServiceEnvironment& environment, aws::Identities& identities,
    container::ContainerHost& containers) {
  lambda::LambdaService::Options options;
  options.runtime.credentials = [&identities](const lambda::FunctionConfig& function) {
    return function_credentials(identities, function);
  };
  options.images = [&containers] { return containers.images(); };
  options.data_folder = environment.data_folder;
  options.loop = &environment.service_loop;
  options.caller = &environment.caller;
  options.syncs = &environment.syncs;
  options.endpoint_url = environment.endpoint_url;
  if (environment.is_signed) {
    options.is_signed = [is_signed = environment.is_signed](const aws::HttpRequest& request) {
      return is_signed(request, "lambda");
    };
  }
  const Log* log = environment.log;
  options.letter_lost = [log](const std::string& target_arn, const aws::ApiError& error) {
    if (log == nullptr) return;
    log->write(LogLevel::Warning, "the record of an invocation is lost",
               {{"destination", target_arn}, {"code", error.code}});
  };
  auto service = PAWL_TRY(lambda::LambdaService::open(environment.store, std::move(options)));
  const std::string failure = service->sandbox_failure();
  if (!failure.empty() && log != nullptr) {
    log->write(LogLevel::Warning, "functions run without a sandbox", {{"reason", failure}});
  }
  return service;
}

base::Result<std::unique_ptr<sqs::SqsService>> open_sqs(const ServiceEnvironment& environment) {
  std::random_device device;
  sqs::SqsService::Options options;
  options.endpoint_url = environment.endpoint_url;
  options.seed = (uint64_t{device()} << 32) | device();
  options.caller = &environment.caller;
  return sqs::SqsService::open(environment.store, environment.service_loop, std::move(options));
}

/// Nothing if no mail server is named. It blocks for as long as that one takes, on a worker thread.
base::Result<sns::Courier::MailRelay> mail_relay(const ServiceEnvironment& environment) {
  if (environment.smtp_relay.empty()) return nullptr;
  const net::SmtpRelay relay = PAWL_TRY(net::SmtpRelay::parse(environment.smtp_relay));
  return [relay, from = environment.mail_from, &loop = environment.service_loop](
             const sns::Mail& mail, std::function<void(base::Result<void>)> done) {
    const net::OutgoingMail sent{.from = from,
                                 .to = mail.to,
                                 .subject = mail.subject,
                                 .text = mail.text,
                                 .id = mail.message_id,
                                 .date = mail.sent_at};
    loop.work([relay, sent, done = std::move(done)] { done(relay.send(sent)); });
  };
}

base::Result<std::unique_ptr<sns::SnsService>> open_sns(const ServiceEnvironment& environment) {
  return sns::SnsService::open(
      {.store = environment.store,
       .loop = environment.service_loop,
       .caller = environment.caller,
       .transport = &environment.transport,
       .endpoint_url = environment.endpoint_url,
       .after_sync = [&syncs = environment.syncs](
                         std::function<void()> task) { syncs.after_sync(std::move(task)); },
       .mail_relay = PAWL_TRY(mail_relay(environment)),
       .shows_mailbox = environment.is_open_to_callers});
}

base::Result<std::unique_ptr<s3::Storage>> open_s3(const ServiceEnvironment& environment) {
  const std::string& folder = environment.data_folder;
  return s3::Storage::open({.store = environment.store,
                            .syncs = environment.syncs,
                            .loop = environment.service_loop,
                            .caller = environment.caller,
                            .folder = folder.empty() ? "" : folder + "/s3"});
}

/// KMS, Secrets Manager, Parameter Store: what they keep is sealed under one master key.
base::Result<void> add_key_services(const ServiceEnvironment& environment,
                                    std::vector<EmbeddedService>& list) {
  const auto master_key =
      std::make_shared<store::MasterKey>(environment.store, environment.data_folder);
  auto kms = PAWL_TRY(kms::KmsService::open(
      {.store = environment.store, .master_key = master_key, .loop = environment.service_loop}));
  kms::KmsService* const keys = kms.get();
  list.push_back({"kms", std::move(kms), nullptr, [keys] { keys->run(); }});
  auto secretsmanager =
      PAWL_TRY(secretsmanager::SecretsManagerService::open({.store = environment.store,
                                                            .master_key = master_key,
                                                            .loop = environment.service_loop,
                                                            .caller = environment.caller}));
  secretsmanager::SecretsManagerService* const secrets = secretsmanager.get();
  list.push_back(
      {"secretsmanager", std::move(secretsmanager), nullptr, [secrets] { secrets->run(); }});
  list.push_back({"ssm", PAWL_TRY(ssm::SsmService::open({.store = environment.store,
                                                         .loop = environment.service_loop,
                                                         .caller = environment.caller}))});
  return {};
}

base::Result<void> add_cloudformation(const ServiceEnvironment& environment,
                                      std::vector<EmbeddedService>& list) {
  std::random_device device;
  const Log* log = environment.log;
  auto service = PAWL_TRY(cloudformation::CloudFormationService::open(
      {.store = environment.store,
       .models = environment.models,
       .loop = environment.service_loop,
       .caller = environment.caller,
       .endpoint_url = environment.endpoint_url,
       .after_sync = [&syncs = environment.syncs](
                         std::function<void()> task) { syncs.after_sync(std::move(task)); },
       .seed = (uint64_t{device()} << 32) | device(),
       .stuck =
           [log](const std::string& stack_id, const aws::ApiError& error) {
             if (log == nullptr) return;
             log->write(LogLevel::Error, "the operation of a stack cannot go on",
                        {{"stack", stack_id}, {"reason", error.message.value_or(error.code)}});
           }}));
  cloudformation::CloudFormationService* const stacks = service.get();
  list.push_back({.model_name = "cloudformation",
                  .service = std::move(service),
                  .site = &stacks->site(),
                  .run = [stacks] { stacks->run(); },
                  .stop = [stacks] { stacks->stop(); }});
  return {};
}

/// What ItemReaders and ResultWriters see as S3: a folder, if one is given, else the embedded S3.
std::unique_ptr<items::ObjectStore> open_objects(const ServiceEnvironment& environment,
                                                 s3::Storage& storage) {
  if (environment.s3_folder.empty()) return std::make_unique<S3ObjectStore>(storage);
  return std::make_unique<items::LocalFolder>(environment.s3_folder);
}

base::Result<std::shared_ptr<apigateway::ApiGateway>> open_api_gateway(
    const ServiceEnvironment& environment) {
  return apigateway::ApiGateway::open(environment.store, {.loop = environment.service_loop,
                                                          .caller = environment.caller,
                                                          .transport = environment.transport,
                                                          .endpoint_url = environment.endpoint_url,
                                                          .is_signed = environment.is_signed});
}

base::Result<std::unique_ptr<ecr::EcrService>> open_ecr(const ServiceEnvironment& environment) {
  return ecr::EcrService::open(
      {.store = environment.store,
       .loop = environment.service_loop,
       .caller = &environment.caller,
       .after_sync = [&syncs = environment.syncs](
                         std::function<void()> task) { syncs.after_sync(std::move(task)); },
       .data_folder = environment.data_folder,
       .endpoint_url = environment.endpoint_url,
       .is_open_to_callers = environment.is_open_to_callers});
}

/// What runs images, ECR's without HTTP.
std::unique_ptr<container::ContainerHost> open_containers(const ServiceEnvironment& environment,
                                                          container::ImageSource& ecr) {
  const std::string& folder = environment.data_folder;
  return std::make_unique<container::ContainerHost>(container::ContainerHost::Options{
      .folder = folder.empty() ? "" : folder + "/containers",
      .sources = {&ecr},
      .work = [&loop = environment.service_loop](std::function<void()> task) {
        loop.work(std::move(task));
      }});
}

/// Those that need nothing of the others.
base::Result<void> add_independent(const ServiceEnvironment& environment,
                                   EmbeddedServices& services) {
  services.list.push_back({"sqs", PAWL_TRY(open_sqs(environment))});
  auto logs_service = PAWL_TRY(logs::LogsService::open(
      environment.store, *services.logs, environment.service_loop, environment.caller));
  logs::LogsService* logs_run = logs_service.get();
  services.list.push_back(
      {"logs", std::move(logs_service), nullptr, [logs_run] { logs_run->run(); }});
  const std::string& folder = environment.data_folder;
  auto datasync = PAWL_TRY(
      datasync::DataSyncService::open({.store = environment.store,
                                       .loop = environment.service_loop,
                                       .caller = environment.caller,
                                       .folder = folder.empty() ? "" : folder + "/datasync"}));
  datasync::DataSyncService* datasync_runs = datasync.get();
  services.list.push_back(
      {"datasync", std::move(datasync), nullptr, [datasync_runs] { datasync_runs->run(); }});
  auto cloudwatch = PAWL_TRY(cloudwatch::CloudWatchService::open(
      {environment.store, environment.service_loop, environment.caller}));
  cloudwatch::CloudWatchService* cloudwatch_runs = cloudwatch.get();
  services.list.push_back({"cloudwatch", std::move(cloudwatch), nullptr,
                           [cloudwatch_runs] { cloudwatch_runs->run(); }});
  services.list.push_back({"application-autoscaling",
                           PAWL_TRY(autoscaling::AutoScalingService::open(environment.store))});
  services.list.push_back({"ec2", PAWL_TRY(ec2::Ec2Service::open(environment.store))});
  auto s3 = std::make_unique<s3::S3Service>(*services.s3);
  s3::S3Service* s3_runs = s3.get();
  services.s3_site = std::make_unique<s3::S3Site>(*services.s3, environment.is_open_to_callers);
  services.list.push_back(
      {"s3", std::move(s3), services.s3_site.get(), [s3_runs] { s3_runs->run(); }});
  std::unique_ptr<sns::SnsService> sns = PAWL_TRY(open_sns(environment));
  aws::HttpSite* sns_site = &sns->site();
  sns::SnsService* sns_runs = sns.get();
  services.list.push_back({"sns", std::move(sns), sns_site, [sns_runs] { sns_runs->run(); }});
  const std::shared_ptr<dynamodb::Database> database =
      PAWL_TRY(dynamodb::Database::open(environment.store, environment.service_loop));
  auto dynamodb = std::make_unique<dynamodb::DynamoDbService>(database, &environment.caller);
  dynamodb::DynamoDbService* dynamodb_runs = dynamodb.get();
  services.list.push_back(
      {"dynamodb", std::move(dynamodb), nullptr, [dynamodb_runs] { dynamodb_runs->run(); }});
  services.list.push_back(
      {"dynamodbstreams", std::make_unique<dynamodb::StreamsService>(database)});
  const auto apis = PAWL_TRY(open_api_gateway(environment));
  services.list.push_back({.model_name = "apigatewayv2",
                           .service = apis->make_http_service(),
                           .site = &apis->site(),
                           .claims = [apis = apis.get()](const aws::HttpRequest& request) {
                             return apis->claims(request);
                           }});
  services.list.push_back({"apigateway", apis->make_rest_service()});
  return add_key_services(environment, services.list);
}

}  // namespace

base::Result<EmbeddedServices> make_embedded_services(const ServiceEnvironment& environment) {
  EmbeddedServices services;
  std::unique_ptr<ecr::EcrService> ecr = PAWL_TRY(open_ecr(environment));
  services.ecr_images = ecr->make_image_source();
  services.containers = open_containers(environment, *services.ecr_images);
  services.jobs = PAWL_TRY(JobStack::open(environment, *services.containers, *services.ecr_images));
  const auto directory =
      std::make_shared<iam::Directory>(PAWL_TRY(iam::IamStore::open(environment.store)));
  services.identities = std::make_unique<iam::IamIdentities>(directory);
  if (environment.enforces_policies) {
    services.authorizer = std::make_unique<iam::IamAuthorizer>(directory, *services.identities);
  }
  services.logs = PAWL_TRY(logs::LogStore::open(environment.store));
  std::unique_ptr<lambda::LambdaService> lambda =
      PAWL_TRY(open_lambda(environment, *services.identities, *services.containers));
  services.lambda_invoker = std::make_unique<EmbeddedLambdaInvoker>(
      *lambda, environment.service_loop, services.authorizer.get());
  services.s3 = PAWL_TRY(open_s3(environment));
  services.objects = open_objects(environment, *services.s3);
  PAWL_TRY_VOID(add_event_services(environment, services));
  services.states = PAWL_TRY(StatesStack::open({.store = environment.store,
                                                .loop = environment.loop,
                                                .models = environment.models,
                                                .caller = environment.caller,
                                                .service_loop = environment.service_loop,
                                                .transport = environment.transport,
                                                .lambda = services.lambda_invoker.get(),
                                                .logs = services.logs.get(),
                                                .mock_config_file = environment.mock_config_file,
                                                .objects = services.objects.get(),
                                                .watch = services.status_events.get(),
                                                .feed = environment.feed,
                                                .partitions = environment.partitions,
                                                .start_throttle = environment.start_throttle,
                                                .authorizer = services.authorizer.get(),
                                                .fatal = environment.fatal}));
  services.list.push_back({"stepfunctions", services.states->make_service()});
  lambda::LambdaService* const functions = lambda.get();
  services.list.push_back(
      {.model_name = "lambda", .service = std::move(lambda), .site = functions, .run = [functions] {
         functions->run();
       }});
  services.list.push_back({"iam", std::make_unique<iam::IamService>(directory)});
  services.list.push_back({"sts", std::make_unique<sts::StsService>(sts::StsService::Options{
                                      .identities = *services.identities,
                                      .authorizer = services.authorizer.get(),
                                      .believes_tokens = environment.is_open_to_callers &&
                                                         !environment.enforces_policies})});
  PAWL_TRY_VOID(add_independent(environment, services));
  PAWL_TRY_VOID(add_cloudformation(environment, services.list));
  ecr::EcrService* const images = ecr.get();
  services.list.push_back(
      {.model_name = "ecr", .service = std::move(ecr), .site = &images->site(), .run = [images] {
         images->run();
       }});
  PAWL_TRY_VOID(services.jobs->add_services(environment, *services.identities, services.list));
  return services;
}

}  // namespace pawl::server
