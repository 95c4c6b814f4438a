// SPDX-License-Identifier: Apache-2.0
// The one place where services are put together.
#include "server/embedded_services.h"

#include <random>
#include <utility>

#include "services/apigateway/api_gateway.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/streams/streams_service.h"
#include "net/smtp_relay.h"
#include "services/lambda/service.h"
#include "services/logs/logs_service.h"
#include "services/s3/service.h"
#include "services/s3/site.h"
#include "services/sns/service.h"
#include "services/sqs/sqs_service.h"
#include "items/local_folder/local_folder.h"
#include "server/lambda_invoker.h"
#include "server/s3_object_store.h"

namespace pawl::server {
namespace {

base::Result<std::unique_ptr<lambda::LambdaService>> open_lambda(
    const ServiceEnvironment& environment) {
  lambda::LambdaService::Options options;
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

}  // namespace

base::Result<EmbeddedServices> make_embedded_services(const ServiceEnvironment& environment) {
  EmbeddedServices services;
  services.logs = PAWL_TRY(logs::LogStore::open(environment.store));
  std::unique_ptr<lambda::LambdaService> lambda = PAWL_TRY(open_lambda(environment));
  services.lambda_invoker = std::make_unique<EmbeddedLambdaInvoker>(*lambda);
  services.s3 = PAWL_TRY(open_s3(environment));
  services.objects = open_objects(environment, *services.s3);
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
                                                .partitions = environment.partitions,
                                                .start_throttle = environment.start_throttle,
                                                .fatal = environment.fatal}));
  services.list.push_back({"stepfunctions", services.states->make_service()});
  lambda::LambdaService* const functions = lambda.get();
  services.list.push_back(
      {.model_name = "lambda", .service = std::move(lambda), .site = functions, .run = [functions] {
         functions->run();
       }});
  services.list.push_back({"sqs", PAWL_TRY(open_sqs(environment))});
  services.list.push_back({"logs", std::make_unique<logs::LogsService>(*services.logs)});
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
  auto dynamodb = std::make_unique<dynamodb::DynamoDbService>(database);
  dynamodb::DynamoDbService* dynamodb_runs = dynamodb.get();
  services.list.push_back(
      {"dynamodb", std::move(dynamodb), nullptr, [dynamodb_runs] { dynamodb_runs->run(); }});
  services.list.push_back(
      {"dynamodbstreams", std::make_unique<dynamodb::StreamsService>(database)});
  const auto apis = PAWL_TRY(open_api_gateway(environment));
  services.list.push_back({"apigateway", apis->make_rest_service(), &apis->site()});
  services.list.push_back({"apigatewayv2", apis->make_http_service()});
  return services;
}

}  // namespace pawl::server
