// SPDX-License-Identifier: Apache-2.0
// The only file that knows CLI11.
#include "app/command_line.h"

#include <unistd.h>

#include <cctype>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "app/admin_command.h"
#include "app/command_help.h"
#include "app/completion.h"
#include "app/deploy_command.h"
#include "app/env_command.h"
#include "app/exit_code.h"
#include "app/graph_command.h"
#include "app/image_command.h"
#include "app/mailbox_command.h"
#include "app/query_command.h"
#include "app/replay_command.h"
#include "app/run_command.h"
#include "app/serve_command.h"
#include "app/stacks_command.h"
#include "app/text_file.h"
#include "app/top_command.h"
#include "app/validate_command.h"
#include "jobs/step_run.h"

namespace pawl::app {
namespace {

/// One of `choices`, in any case.
CLI::Validator one_of(std::vector<std::string> choices) {
  return CLI::Validator(
      [choices = std::move(choices)](std::string& text) {
        std::string all;
        for (const std::string& choice : choices) {
          if (CLI::detail::to_lower(choice) == CLI::detail::to_lower(text)) {
            text = choice;
            return std::string();
          }
          all += (all.empty() ? "" : " or ") + choice;
        }
        return "'" + text + "' is not " + all;
      },
      "");
}

/// The parser and where it puts what it reads. What each option's value is, is noted for tab
/// completion.
class CommandLine {
 public:
  explicit CommandLine(std::span<const console::SiteFile> console_site)
      : app_("pawl runs AWS Step Functions state machines on this machine.", "pawl") {
    app_.set_version_flag("--version", std::string("pawl ") + PAWL_VERSION);
    app_.footer(kOverview);
    app_.require_subcommand(1);
    app_.get_formatter()->column_width(34);
    app_.get_formatter()->label("SUBCOMMAND", "COMMAND");
    app_.get_formatter()->label("Subcommands", "Commands");
    serve_.console_site = console_site;
    define_run();
    define_validate();
    define_graph();
    define_query();
    define_serve();
    define_env();
    define_admin();
    define_top();
    define_replay();
    define_mailbox();
    define_image();
    define_deploy();
    define_stacks();
    define_completion();
  }

  int execute(int argc, char** argv) {
    argc = take_container_command(argc, argv);
    std::vector<std::string> arguments;
    // CLI11 takes them from the back. "--history" alone must not take the next word for its value.
    for (int index = argc - 1; index > 0; --index) {
      arguments.emplace_back(std::string_view(argv[index]) == "--history" ? "--history=json"
                                                                          : argv[index]);
    }
    if (arguments.empty()) {
      write_fully(STDERR_FILENO, app_.help());
      return kExitRefused;
    }
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
      write_fully(STDOUT_FILENO, help());
      return kExitOk;
    } catch (const CLI::CallForVersion& version) {
      write_fully(STDOUT_FILENO, std::string(version.what()) + "\n");
      return kExitOk;
    } catch (const CLI::ParseError& error) {
      return refuse(error.what());
    }
    return dispatch();
  }

 private:
  /// What stands behind "--" of `image run` is the container's, whatever it looks like. How many
  /// arguments are left.
  int take_container_command(int argc, char** argv) {
    if (argc < 3 || std::string_view(argv[1]) != "image" || std::string_view(argv[2]) != "run") {
      return argc;
    }
    for (int index = 3; index < argc; ++index) {
      if (std::string_view(argv[index]) != "--") continue;
      image_.command.assign(argv + index + 1, argv + argc);
      return index;
    }
    return argc;
  }

  int refuse(const std::string& message) {
    const std::vector<CLI::App*> chosen = app_.get_subcommands();
    const std::string command = chosen.empty() ? "pawl" : "pawl " + chosen.front()->get_name();
    write_fully(STDERR_FILENO, command + ": " + message + "\nSee " + command + " --help\n");
    return kExitRefused;
  }

  std::string help() {
    const std::vector<CLI::App*> chosen = app_.get_subcommands();
    return chosen.empty() ? app_.help() : chosen.front()->help("pawl");
  }

  int dispatch() {
    if (run_command_->parsed()) return run_execution(run_);
    if (validate_command_->parsed()) return run_validate(validate_);
    if (graph_command_->parsed()) return run_graph(graph_);
    if (query_command_->parsed()) return run_query(query_);
    if (serve_command_->parsed()) {
      if (!serve_config_file_.empty()) {
        const std::string mistake = read_serve_config();
        if (!mistake.empty()) return refuse(mistake);
      }
      return run_serve(serve_);
    }
    if (env_command_->parsed()) return run_env(env_);
    if (admin_command_->parsed()) return run_admin(admin_);
    if (top_command_->parsed()) return run_top(top_);
    if (replay_command_->parsed()) return run_replay(replay_);
    if (mailbox_command_->parsed()) return run_mailbox(mailbox_);
    if (image_command_->parsed()) return run_image(image_);
    if (deploy_command_->parsed()) return run_deploy(deploy_);
    if (stacks_command_->parsed()) return run_stacks(stacks_);
    const std::optional<Shell> shell = parse_shell(shell_);
    if (!shell) return refuse("the shell must be bash, zsh or fish");
    write_fully(STDOUT_FILENO, completion_script(*shell, describe()));
    return kExitOk;
  }

  CLI::Option* note(CLI::Option* option, CompletionValue value,
                    std::vector<std::string> choices = {}) {
    completions_[option] = {value, std::move(choices)};
    return option;
  }

  /// An option whose value is one of `choices`; the first is the default.
  void define_choice(CLI::App& command, const std::string& name,
                     const std::vector<std::string>& choices, const std::string& help,
                     const std::string& type_name,
                     const std::function<void(const std::string&)>& set) {
    CLI::Option* option = command.add_option_function<std::string>(name, set, help);
    option->transform(one_of(choices))->type_name(type_name);
    note(option, CompletionValue::Choice, choices);
  }

  void define_type(CLI::App& command, asl::StateMachineType& type) {
    define_choice(command, "--type", {"STANDARD", "EXPRESS"},
                  "What the machine is: STANDARD (default) or EXPRESS", "TYPE",
                  [&type](const std::string& name) {
                    type = name == "EXPRESS" ? asl::StateMachineType::Express
                                             : asl::StateMachineType::Standard;
                  });
  }

  void define_output(CLI::App& command, bool& quiet, bool& no_color) {
    command.add_flag("--quiet,-q", quiet, "Errors and the result only");
    command.add_flag("--no-color", no_color, "No colours, also where the terminal has them");
  }

  void define_run() {
    run_command_ = app_.add_subcommand("run", "Run a state machine and show how it goes");
    CLI::App& command = *run_command_;
    command.footer(kRunFooter);
    command.get_formatter()->column_width(34);
    command
        .add_option("definition", run_.definition,
                    "The state machine: JSON or YAML; - is standard input")
        ->required()
        ->type_name("DEFINITION");
    note(command
             .add_option("--input,-i", run_.input,
                         "JSON; @FILE reads a file, - standard input; default {}")
             ->type_name("JSON"),
         CompletionValue::InputFile);
    note(command
             .add_option("--function,-f", run_.functions, "A function that Tasks call (repeatable)")
             ->allow_extra_args(false)
             ->type_name("NAME=PATH:HANDLER"),
         CompletionValue::FunctionFile);
    note(command
             .add_option("--function-timeout", run_.function_timeout_seconds,
                         "For each function; default 3")
             ->type_name("SECONDS"),
         CompletionValue::Text);
    note(
        command.add_option("--env,-e", run_.environment, "Variable for all functions (repeatable)")
            ->allow_extra_args(false)
            ->type_name("KEY=VALUE"),
        CompletionValue::Text);
    note(command
             .add_option("--function-env", run_.function_environment,
                         "Variable for one function (repeatable)")
             ->allow_extra_args(false)
             ->type_name("NAME:KEY=VALUE"),
         CompletionValue::Text);
    note(command.add_option("--name", run_.name, "Name of the execution; default a UUID")
             ->type_name("NAME"),
         CompletionValue::Text);
    define_choice(command, "--history", {"json", "table"},
                  "Print the history: json (default) or table", "[=FORMAT]",
                  [this](const std::string& format) {
                    run_.history = format == "table" ? HistoryFormat::Table : HistoryFormat::Json;
                  });
    command.add_flag("--virtual-time", run_.virtual_time,
                     "Skip waits: the clock jumps to what comes next");
    define_type(command, run_.type);
    define_choice(
        command, "--limits", {"strict", "extended"},
        "strict (default): those of AWS; extended: none on payload and history", "LIMITS",
        [this](const std::string& limits) { run_.extended_limits = limits == "extended"; });
    note(command.add_option("--region", run_.region, "For ARNs; default us-east-1")
             ->type_name("REGION"),
         CompletionValue::Text);
    note(command.add_option("--account", run_.account, "For ARNs; default 000000000000")
             ->type_name("ACCOUNT"),
         CompletionValue::Text);
    define_output(command, run_.quiet, run_.no_color);
  }

  void define_validate() {
    validate_command_ = app_.add_subcommand("validate", "Find every mistake in definitions");
    CLI::App& command = *validate_command_;
    command.footer(kValidateFooter);
    command
        .add_option("definitions", validate_.definitions,
                    "Definitions: JSON or YAML; - is standard input")
        ->required()
        ->type_name("DEFINITION");
    define_type(command, validate_.type);
    command.add_flag("--json", validate_.json, "Print what the API answers");
    define_output(command, validate_.quiet, validate_.no_color);
  }

  void define_graph() {
    graph_command_ = app_.add_subcommand("graph", "Draw a state machine");
    CLI::App& command = *graph_command_;
    command.footer(kGraphFooter);
    command
        .add_option("definition", graph_.definition,
                    "The state machine: JSON or YAML; - is standard input")
        ->type_name("DEFINITION");
    note(command
             .add_option("--output,-o", graph_.output,
                         "Where to: FILE.svg, FILE.png, FILE.json or -")
             ->required()
             ->type_name("FILE"),
         CompletionValue::OutputFile);
    note(command
             .add_option("--events", graph_.history,
                         "An execution's, from GetExecutionHistory: colours its states")
             ->type_name("FILE"),
         CompletionValue::File);
    note(command
             .add_option("--execution", graph_.execution_arn,
                         "An execution of a server that runs, instead of a file")
             ->type_name("ARN"),
         CompletionValue::Text);
    define_endpoint(command, graph_.endpoint, "Of the server (AWS_ENDPOINT_URL)");
    define_region(command, graph_.region);
    define_choice(command, "--theme", {"light", "dark"}, "The colours: light (default) or dark",
                  "THEME", [this](const std::string& name) {
                    graph_.theme = name == "dark" ? graph::Theme::Dark : graph::Theme::Light;
                  });
    command.add_flag_callback(
        "--dark", [this] { graph_.theme = graph::Theme::Dark; }, "As --theme dark");
    note(command
             .add_option("--scale", graph_.scale, "Of a PNG: pixels a unit, 0.1 to 16; default 2")
             ->type_name("NUMBER"),
         CompletionValue::Text);
    command.add_flag("--no-color", graph_.no_color, "No colours in messages");
  }

  void define_query() {
    query_command_ = app_.add_subcommand("query", "Evaluate a JSONata expression or a JSONPath");
    CLI::App& command = *query_command_;
    command.footer(kQueryFooter);
    command.add_option("expression", query_.expression, "JSONata, or a JSONPath with --jsonpath")
        ->required()
        ->type_name("EXPR");
    note(command.add_option("--input,-i", query_.input, "A JSON file; - is standard input")
             ->type_name("FILE"),
         CompletionValue::InputFile);
    command.add_flag("--jsonpath", query_.json_path, "EXPR is a JSONPath as in state machines");
    command.add_flag("--explain", query_.explain,
                     "Show how the expression is read and the value of each step");
    command.add_flag("--states", query_.states, "The JSONata of state machines");
  }

  /// An option that the environment gives too: --data is PAWL_DATA.
  CLI::Option* note_setting(CLI::Option* option, CompletionValue value,
                            const std::string& type_name, std::vector<std::string> choices = {}) {
    std::string name = "PAWL_";
    for (const char c : option->get_lnames().front()) {
      name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    if (!type_name.empty()) option->type_name(type_name);
    return note(option->envname(name), value, std::move(choices));
  }

  void define_serve() {
    serve_command_ = app_.add_subcommand("serve", "Answer the AWS API on a port of this machine");
    CLI::App& command = *serve_command_;
    command.footer(kServeFooter);
    command.get_formatter()->column_width(34);
    const auto text = CompletionValue::Text;
    note_setting(command.add_option("--host", serve_.host, "Address to listen on (127.0.0.1)"),
                 text, "ADDRESS");
    note_setting(command.add_option("--port,-p", serve_.port, "4566; 0 chooses a free one"), text,
                 "PORT");
    CLI::Option* data = command.add_option("--data,-d", serve_.data_folder,
                                           "Where everything is kept (~/.local/share/pawl)");
    note_setting(data, CompletionValue::OutputFile, "DIR");
    command.add_flag("--in-memory", serve_.in_memory, "Keep nothing when it ends")->excludes(data);
    note_setting(command.add_option("--credentials", serve_.credentials_file,
                                    "Who may call: profiles as in ~/.aws/credentials"),
                 CompletionValue::InputFile, "FILE");
    command.add_flag("--enforce-iam", serve_.enforces_policies,
                     "Roles and users may do what their policies allow, no more");
    note_setting(command.add_option("--cors-origin", serve_.cors_origins,
                                    "Web pages that may call, besides this machine's (repeatable)"),
                 text, "ORIGIN")
        ->allow_extra_args(false);
    command.add_flag("--no-tls", serve_.no_tls, "Plain HTTP only");
    define_serve_endpoints(command);
    define_serve_bounds(command);
    note_setting(command.add_option("--mock-config", serve_.mock_config_file,
                                    "MockConfigFile.json of Step Functions Local"),
                 CompletionValue::InputFile, "FILE")
        ->envname("SFN_MOCK_CONFIG");
    note_setting(command.add_option("--s3-folder", serve_.s3_folder,
                                    "Map states read and write DIR/BUCKET/KEY instead of S3"),
                 CompletionValue::OutputFile, "DIR");
    note_setting(command.add_option("--log-format", serve_.log_format, "text (default) or json")
                     ->transform(one_of({"text", "json"})),
                 CompletionValue::Choice, "FORMAT", {"text", "json"});
    note_setting(command.add_option("--log-level", serve_.log_level, "info, or what else to tell")
                     ->transform(one_of({"debug", "info", "warning", "error"})),
                 CompletionValue::Choice, "LEVEL", {"debug", "info", "warning", "error"});
    note_setting(command.add_option("--config", serve_config_file_,
                                    "These options without dashes, as name = value (TOML, INI)"),
                 CompletionValue::InputFile, "FILE");
  }

  void define_serve_endpoints(CLI::App& command) {
    const auto text = CompletionValue::Text;
    note_setting(command.add_option("--endpoint", serve_.endpoints,
                                    "Where a service is that workflows call: embedded, aws or a "
                                    "URL; * for all that are not embedded (repeatable)"),
                 text, "SERVICE=WHERE")
        ->allow_extra_args(false)
        ->envname("PAWL_SERVICE_ENDPOINT");
    note_setting(command.add_option("--remote-profile", serve_.remote_profile,
                                    "Of ~/.aws/credentials, to sign calls to other servers (the "
                                    "environment's keys)"),
                 text, "NAME");
    note_setting(command.add_option("--remote-ca", serve_.remote_ca_file,
                                    "Certificates that other servers are trusted by"),
                 CompletionValue::InputFile, "FILE");
    note_setting(command.add_option("--batch-runner", serve_.batch_runner,
                                    "Where jobs of AWS Batch run: local, slurm or slurm=PARTITION "
                                    "(local)"),
                 text, "RUNNER");
    note_setting(
        command.add_option("--smtp-relay", serve_.smtp_relay,
                           "Mail server for SNS's e-mail: smtp://[USER:PASSWORD@]HOST:PORT "
                           "(none: pawl mailbox has it)"),
        text, "URL");
    note_setting(command.add_option("--mail-from", serve_.mail_from,
                                    "Who such e-mail is from (no-reply@sns.amazonaws.com)"),
                 text, "ADDRESS");
  }

  void define_serve_bounds(CLI::App& command) {
    const auto text = CompletionValue::Text;
    const CLI::Range threads(1, 64);
    note_setting(command.add_option("--io-threads", serve_.io_threads, "Read requests (1)"), text,
                 "COUNT")
        ->check(threads);
    note_setting(command.add_option("--partitions", serve_.partitions, "Move executions (1)"), text,
                 "COUNT")
        ->check(threads);
    note_setting(command.add_option("--start-bucket", serve_.start_bucket,
                                    "Throttle StartExecution: so many at once (0: never)"),
                 text, "COUNT")
        ->check(CLI::Range(int64_t{0}, int64_t{1'000'000'000}));
    note_setting(command.add_option("--start-rate", serve_.start_rate,
                                    "and so many a second, with --start-bucket (300)"),
                 text, "COUNT")
        ->check(CLI::Range(int64_t{1}, int64_t{1'000'000'000}));
    note_setting(command.add_option("--max-body", serve_.body_bytes_max, "Of a request (8388608)"),
                 text, "BYTES");
    note_setting(command.add_option("--max-connections", serve_.connections_max, "20000"), text,
                 "COUNT");
    note_setting(command.add_option("--stop-timeout", serve_.stop_timeout_seconds,
                                    "For requests under way when it is to end (10)"),
                 text, "SECONDS");
  }

  void define_env() {
    env_command_ = app_.add_subcommand("env", "Print what makes AWS clients call pawl serve");
    CLI::App& command = *env_command_;
    command.footer(kEnvFooter);
    command.get_formatter()->column_width(34);
    const auto text = CompletionValue::Text;
    note_setting(command.add_option("--host", env_.host, "127.0.0.1"), text, "ADDRESS");
    note_setting(command.add_option("--port,-p", env_.port, "4566"), text, "PORT");
    note_setting(command.add_option("--data,-d", env_.data_folder,
                                    "Of the server, for its certificates (~/.local/share/pawl)"),
                 CompletionValue::OutputFile, "DIR");
    note(command.add_option("--region", env_.region, "us-east-1")->type_name("REGION"), text);
    command.add_flag("--tls", env_.tls, "The endpoint is https");
    command.add_flag("--unset", env_.unset, "Take it all back");
  }

  void define_admin() {
    admin_command_ = app_.add_subcommand("admin", "Check, back up and restore the data");
    CLI::App& command = *admin_command_;
    command.footer(kAdminFooter);
    command.get_formatter()->column_width(34);
    command.add_option("action", admin_.action, "check, backup or restore")
        ->required()
        ->transform(one_of({"check", "backup", "restore"}))
        ->type_name("ACTION");
    command.add_option("folder", admin_.folder, "Where a backup goes or comes from")
        ->type_name("TO|FROM");
    define_data(command, admin_.data_folder);
    define_endpoint(command, admin_.endpoint, "Of the server that uses the data, for backup");
  }

  void define_top() {
    top_command_ = app_.add_subcommand("top", "Watch what a server is doing");
    CLI::App& command = *top_command_;
    command.footer(kTopFooter);
    command.get_formatter()->column_width(34);
    define_endpoint(command, top_.endpoint, "Of the server (http://127.0.0.1:4566)");
    note(command.add_option("--interval", top_.interval_seconds, "Between frames (1)")
             ->check(CLI::Range(0.05, 3'600.0))
             ->type_name("SECONDS"),
         CompletionValue::Text);
    command.add_flag("--once", top_.once, "One frame only");
    command.add_flag("--no-color", top_.no_color, "No colours, also where the terminal has them");
  }

  void define_mailbox() {
    mailbox_command_ = app_.add_subcommand("mailbox", "Read what people were sent");
    CLI::App& command = *mailbox_command_;
    command.footer(kMailboxFooter);
    command.get_formatter()->column_width(34);
    command.add_option("mail", mailbox_.mail, "The number of one, to read it")
        ->check(CLI::PositiveNumber)
        ->type_name("NUMBER");
    define_endpoint(command, mailbox_.endpoint, "Of the server (http://127.0.0.1:4566)");
    note(command.add_option("--to", mailbox_.to, "Only what went to this address or number")
             ->type_name("ADDRESS"),
         CompletionValue::Text);
    note(command.add_option("--max", mailbox_.max, "The newest (20)")
             ->check(CLI::PositiveNumber)
             ->type_name("NUMBER"),
         CompletionValue::Text);
    command.add_flag("--json", mailbox_.json, "JSON");
    command.add_flag("--empty", mailbox_.empties, "Forget all");
  }

  CLI::App& define_image_action(const char* name, ImageOptions::Action action, const char* help) {
    CLI::App& command = *image_command_->add_subcommand(name, help);
    command.get_formatter()->column_width(34);
    command.callback([this, action] { image_.action = action; });
    define_endpoint(command, image_.endpoint, "Of the server (AWS_ENDPOINT_URL)");
    return command;
  }

  void define_image() {
    using Action = ImageOptions::Action;
    image_command_ = app_.add_subcommand("image", "Build, push, list and run container images");
    image_command_->footer(kImageFooter);
    image_command_->require_subcommand(1);
    CLI::App& build = define_image_action("build", Action::Build, "Build from a Dockerfile");
    build.add_option("context", image_.folder, "The folder")->required()->type_name("DIR");
    build.add_option("--tag,-t", image_.name, "The image's name")->type_name("NAME:TAG");
    build.add_option("--file,-f", image_.file, "DIR/Dockerfile if not given")->type_name("FILE");
    build.add_option("--build-arg", image_.build_args, "For ARG")
        ->allow_extra_args(false)
        ->type_name("NAME=VALUE");
    build.add_flag("--push", image_.pushes, "Push it, too");
    CLI::App& push = define_image_action("push", Action::Push, "Push to the server's ECR");
    push.add_option("name", image_.name, "Of an image built here")->required();
    CLI::App& list = define_image_action("list", Action::List, "What the server's ECR has");
    list.add_option("repository", image_.name, "All if not given");
    CLI::App& run = define_image_action("run", Action::Run, "Run an image of the server's ECR");
    run.add_option("name", image_.name, "The image")->required();
    run.add_option("--entrypoint", image_.entry_point, "In place of the image's");
    run.add_option("--env,-e", image_.environment, "NAME=VALUE, or NAME for ours")
        ->allow_extra_args(false);
    run.add_option("--user,-u", image_.user, "In place of the image's");
    run.add_option("--workdir,-w", image_.working_directory, "In place of the image's");
    // What follows the name is the command, with options of its own.
    run.prefix_command();
    run.callback([this, &run] {
      image_.action = Action::Run;
      const std::vector<std::string> words = run.remaining();
      image_.command.insert(image_.command.begin(), words.begin(), words.end());
    });
  }

  void define_deploy() {
    deploy_command_ = app_.add_subcommand("deploy", "Deploy a CloudFormation or SAM template");
    CLI::App& command = *deploy_command_;
    command.footer(kDeployFooter);
    command.get_formatter()->column_width(34);
    const auto text = CompletionValue::Text;
    command.add_option("template", deploy_.template_path, "JSON or YAML")
        ->required()
        ->type_name("TEMPLATE");
    note(command
             .add_option("--stack-name", deploy_.stack_name,
                         "Of the stack; else the template's, or its folder's")
             ->type_name("NAME"),
         text);
    note(command.add_option("--parameter-overrides", deploy_.parameters, "Of the template")
             ->type_name("NAME=VALUE"),
         text);
    note(command.add_option("--capabilities", deploy_.capabilities, "CAPABILITY_IAM and its like")
             ->type_name("CAPABILITY"),
         text);
    note(command.add_option("--tags", deploy_.tags, "Of the stack and what it makes")
             ->type_name("NAME=VALUE"),
         text);
    note(command.add_option("--role-arn", deploy_.role_arn, "Whose permissions the stack has")
             ->type_name("ARN"),
         text);
    note(
        command.add_option("--s3-bucket", deploy_.bucket, "For local files; one is made otherwise")
            ->type_name("BUCKET"),
        text);
    note(command.add_option("--s3-prefix", deploy_.prefix, "Of their keys")->type_name("PREFIX"),
         text);
    command.add_flag("--no-execute-changeset", deploy_.only_change_set, "Show the changes only");
    command.add_flag("--disable-rollback", deploy_.disable_rollback, "Keep what a failure leaves");
    define_region(command, deploy_.region);
    define_endpoint(command, deploy_.endpoint, "Of the server (AWS_ENDPOINT_URL)");
    define_output(command, deploy_.quiet, deploy_.no_color);
  }

  CLI::App& define_stacks_action(const char* name, StacksOptions::Action action, const char* help) {
    CLI::App& command = *stacks_command_->add_subcommand(name, help);
    command.get_formatter()->column_width(34);
    command.callback([this, action] { stacks_.action = action; });
    define_region(command, stacks_.region);
    define_endpoint(command, stacks_.endpoint, "Of the server (AWS_ENDPOINT_URL)");
    if (action != StacksOptions::Action::List)
      command.add_option("stack", stacks_.stack_name, "Its name or ARN")->required();
    return command;
  }

  void define_stacks() {
    using Action = StacksOptions::Action;
    stacks_command_ = app_.add_subcommand("stacks", "List, show and delete stacks");
    stacks_command_->footer(kStacksFooter);
    stacks_command_->require_subcommand(1);
    for (CLI::App* command :
         {&define_stacks_action("list", Action::List, "All stacks"),
          &define_stacks_action("show", Action::Show, "One with its resources")})
      command->add_flag("--json", stacks_.json, "JSON");
    define_output(define_stacks_action("delete", Action::Delete, "Delete one and watch it go"),
                  stacks_.quiet, stacks_.no_color);
  }

  void define_region(CLI::App& command, std::string& region) {
    note(command.add_option("--region", region, "AWS_REGION, or us-east-1")->type_name("REGION"),
         CompletionValue::Text);
  }

  void define_replay() {
    replay_command_ = app_.add_subcommand("replay", "Show a stored execution at any event");
    CLI::App& command = *replay_command_;
    command.footer(kReplayFooter);
    command.get_formatter()->column_width(34);
    command.add_option("execution", replay_.execution_arn, "Of a STANDARD execution")
        ->required()
        ->type_name("EXECUTION_ARN");
    define_data(command, replay_.data_folder);
    define_endpoint(command, replay_.endpoint, "Of the server that uses the data");
    note(command.add_option("--until", replay_.until, "The event's id; default the last")
             ->type_name("EVENT"),
         CompletionValue::Text);
    command.add_flag("--json", replay_.json, "JSON");
  }

  void define_data(CLI::App& command, std::string& folder) {
    note_setting(
        command.add_option("--data,-d", folder, "The data of pawl serve (~/.local/share/pawl)"),
        CompletionValue::OutputFile, "DIR");
  }

  void define_endpoint(CLI::App& command, std::string& url, const std::string& help) {
    note_setting(command.add_option("--endpoint", url, help), CompletionValue::Text, "URL");
  }

  /// Options of the file that neither the command line nor the environment gives. An error text.
  std::string read_serve_config() {
    std::vector<CLI::ConfigItem> items;
    try {
      items = CLI::ConfigTOML().from_file(serve_config_file_);
      for (const CLI::ConfigItem& item : items) {
        if (item.name == "++" || item.name == "--") continue;  // the marks of a section
        CLI::Option* option = serve_command_->get_option_no_throw("--" + item.name);
        const bool is_known =
            option != nullptr && item.name != "config" && item.name != "help" &&
            (item.parents.empty() || item.parents == std::vector<std::string>{"serve"});
        if (!is_known) return serve_config_file_ + ": no such option: " + item.fullname();
        if (option->count() > 0) continue;
        if (option->get_expected_max() == 0) {
          option->add_result(serve_command_->get_config_formatter()->to_flag(item));
        } else {
          option->add_result(item.inputs);
        }
        option->run_callback();
      }
    } catch (const CLI::Error& error) {
      return serve_config_file_ + ": " + error.what();
    }
    return "";
  }

  void define_completion() {
    completion_command_ = app_.add_subcommand("completion", "Print a script for tab completion");
    completion_command_->footer(kCompletionFooter);
    completion_command_->add_option("shell", shell_, "bash, zsh or fish")
        ->required()
        ->type_name("SHELL");
  }

  std::vector<CompletionCommand> describe() {
    std::vector<CompletionCommand> commands;
    for (CLI::App* command : app_.get_subcommands({})) {
      CompletionCommand described;
      described.name = command->get_name();
      described.help = command->get_description();
      if (command == completion_command_) described.arguments = {"bash", "zsh", "fish"};
      if (command == admin_command_) described.arguments = {"check", "backup", "restore"};
      for (const CLI::Option* option : command->get_options()) {
        if (option->nonpositional()) described.options.push_back(describe(*option));
      }
      commands.push_back(std::move(described));
    }
    return commands;
  }

  CompletionOption describe(const CLI::Option& option) const {
    CompletionOption described;
    for (const std::string& name : option.get_lnames()) described.names.push_back("--" + name);
    for (const std::string& name : option.get_snames()) described.names.push_back("-" + name);
    described.help = option.get_description();
    if (const auto found = completions_.find(&option); found != completions_.end()) {
      described.value = found->second.first;
      described.choices = found->second.second;
    }
    return described;
  }

  CLI::App app_;
  CLI::App* run_command_ = nullptr;
  CLI::App* validate_command_ = nullptr;
  CLI::App* graph_command_ = nullptr;
  CLI::App* query_command_ = nullptr;
  CLI::App* serve_command_ = nullptr;
  CLI::App* env_command_ = nullptr;
  CLI::App* admin_command_ = nullptr;
  CLI::App* top_command_ = nullptr;
  CLI::App* replay_command_ = nullptr;
  CLI::App* mailbox_command_ = nullptr;
  CLI::App* image_command_ = nullptr;
  CLI::App* deploy_command_ = nullptr;
  CLI::App* stacks_command_ = nullptr;
  CLI::App* completion_command_ = nullptr;
  RunOptions run_;
  ValidateOptions validate_;
  GraphOptions graph_;
  QueryOptions query_;
  ServeOptions serve_;
  std::string serve_config_file_;
  EnvOptions env_;
  AdminOptions admin_;
  TopOptions top_;
  ReplayOptions replay_;
  MailboxOptions mailbox_;
  ImageOptions image_;
  DeployOptions deploy_;
  StacksOptions stacks_;
  std::string shell_;
  std::map<const CLI::Option*, std::pair<CompletionValue, std::vector<std::string>>> completions_;
};

}  // namespace

int run_command_line(int argc, char** argv, std::span<const console::SiteFile> console_site) {
  // What a node of a cluster calls (jobs/slurm_job_runner.h): not for people, so in no help.
  if (argc == 4 && std::string_view(argv[1]) == "container" && std::string_view(argv[2]) == "run")
    return jobs::run_container_step(argv[3]);
  return CommandLine(console_site).execute(argc, argv);
}

}  // namespace pawl::app
