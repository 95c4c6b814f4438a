// SPDX-License-Identifier: Apache-2.0
#include "app/completion.h"

#include <array>
#include <utility>

namespace pawl::app {
namespace {

constexpr std::array<std::pair<std::string_view, Shell>, 3> kShells{
    {{"bash", Shell::Bash}, {"zsh", Shell::Zsh}, {"fish", Shell::Fish}}};

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += separator;
    out += word;
  }
  return out;
}

/// Text inside single quotes of a shell; brackets and colons mean something to zsh's _arguments.
std::string quoted(std::string_view text, bool zsh = false) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else if (zsh && (c == '[' || c == ']' || c == ':')) {
      out += std::string("\\") + c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string all_names(const CompletionCommand& command) {
  std::vector<std::string> names;
  for (const CompletionOption& option : command.options)
    names.insert(names.end(), option.names.begin(), option.names.end());
  return joined(names, " ");
}

std::string bash_value(const CompletionOption& option) {
  switch (option.value) {
    case CompletionValue::Choice: return "_pawl_words '" + joined(option.choices, " ") + "'";
    case CompletionValue::InputFile: return "_pawl_input";
    case CompletionValue::FunctionFile: return "_pawl_function";
    case CompletionValue::File:
    case CompletionValue::OutputFile: return "_pawl_files";
    case CompletionValue::None:
    case CompletionValue::Text: break;
  }
  return ":";
}

constexpr std::string_view kBashFunctions =
    R"(_pawl_words() { COMPREPLY=($(compgen -W "$1" -- "$current")); }
_pawl_files() { compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); }
_pawl_definitions() {
  local word
  compopt -o filenames
  COMPREPLY=($(compgen -d -- "$current"))
  for word in $(compgen -f -- "$current"); do
    case $word in *.json|*.yaml|*.yml) COMPREPLY+=("$word") ;; esac
  done
}
_pawl_input() {
  case $current in
    @*) compopt -o nospace; COMPREPLY=($(compgen -f -P @ -- "${current#@}")) ;;
    *) _pawl_words '@ -' ;;
  esac
}
_pawl_function() {
  compopt -o nospace
  case $current in
    *=*) COMPREPLY=($(compgen -f -- "${current#*=}")) ;;
    '=') COMPREPLY=($(compgen -f)) ;;
    *) [ "${COMP_WORDS[COMP_CWORD-1]}" = '=' ] && COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
)";

std::string bash_script(const std::vector<CompletionCommand>& commands) {
  std::string out = "# bash completion for pawl: source <(pawl completion bash)\n";
  out += kBashFunctions;
  std::vector<std::string> names;
  std::string cases;
  for (const CompletionCommand& command : commands) {
    names.push_back(command.name);
    cases += "    " + command.name + ")\n      case $before in\n";
    for (const CompletionOption& option : command.options) {
      if (option.value == CompletionValue::None) continue;
      cases += "        " + joined(option.names, "|") + ") " + bash_value(option) + "; return ;;\n";
    }
    cases += "      esac\n      case $current in\n        -*) _pawl_words '" + all_names(command) +
             "' ;;\n        *) " +
             (command.arguments.empty() ? std::string("_pawl_definitions")
                                        : "_pawl_words '" + joined(command.arguments, " ") + "'") +
             " ;;\n      esac ;;\n";
  }
  out +=
      "_pawl() {\n  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n  "
      "COMPREPLY=()\n";
  // Words are also split at "=": "--type=STANDARD" and NAME=PATH arrive in pieces.
  out += "  if [ \"$before\" = '=' ]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n";
  out +=
      "  case $before in --*) ;; *) if [ \"$COMP_CWORD\" -ge 3 ] && [ "
      "\"${COMP_WORDS[COMP_CWORD-1]}\" = '=' ]; then "
      "before=${COMP_WORDS[COMP_CWORD-3]}; fi ;; esac\n";
  out += "  if [ \"$COMP_CWORD\" -eq 1 ]; then _pawl_words '" + joined(names, " ") +
         " --help --version'; return; fi\n";
  out += "  case ${COMP_WORDS[1]} in\n" + cases + "  esac\n}\ncomplete -F _pawl pawl\n";
  return out;
}

std::string zsh_value(const CompletionOption& option) {
  switch (option.value) {
    case CompletionValue::None: return {};
    case CompletionValue::Text: return ":value:";
    case CompletionValue::Choice: return ":value:(" + joined(option.choices, " ") + ")";
    case CompletionValue::InputFile: return ":input:_pawl_input";
    case CompletionValue::FunctionFile: return ":function:_pawl_function";
    case CompletionValue::File:
    case CompletionValue::OutputFile: break;
  }
  return ":file:_files";
}

std::string zsh_script(const std::vector<CompletionCommand>& commands) {
  std::string out = "#compdef pawl\n# zsh completion for pawl: source <(pawl completion zsh)\n";
  out +=
      "_pawl_input() { if compset -P '@'; then _files; else compadd -S '' -- @; compadd -- -; fi "
      "}\n";
  out +=
      "_pawl_function() { if compset -P '*='; then _files -S ':'; else _message "
      "'NAME=PATH:HANDLER'; fi }\n";
  out += "_pawl() {\n  local -a commands\n  commands=(\n";
  for (const CompletionCommand& command : commands) {
    out += "    '" + command.name + ":" + quoted(command.help, true) + "'\n";
  }
  out +=
      "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    compadd -- --help "
      "--version\n    return\n  fi\n";
  out += "  case $words[2] in\n";
  for (const CompletionCommand& command : commands) {
    out += "    " + command.name + ")\n      shift words; (( CURRENT-- ))\n      _arguments -S";
    for (const CompletionOption& option : command.options) {
      for (const std::string& name : option.names) {
        const bool repeatable =
            option.value == CompletionValue::FunctionFile || option.value == CompletionValue::Text;
        const std::string equals =
            option.value != CompletionValue::None && name.starts_with("--") ? "=" : "";
        out += std::string(" \\\n        '") + (repeatable ? "*" : "") + name + equals + "[" +
               quoted(option.help, true) + "]" + zsh_value(option) + "'";
      }
    }
    out += command.arguments.empty()
               ? " \\\n        '*:definition:_files -g \"*.(json|yaml|yml)(-.)\"' ;;\n"
               : " \\\n        '1:argument:(" + joined(command.arguments, " ") + ")' ;;\n";
  }
  out +=
      "  esac\n}\nif [ \"$funcstack[1]\" = _pawl ]; then _pawl \"$@\"; else compdef _pawl pawl; "
      "fi\n";
  return out;
}

std::string fish_script(const std::vector<CompletionCommand>& commands) {
  std::string out =
      "# fish completion for pawl: pawl completion fish | source\ncomplete -c pawl -f\n";
  out += "complete -c pawl -n __fish_use_subcommand -l help -d 'Show help'\n";
  out += "complete -c pawl -n __fish_use_subcommand -l version -d 'Show the version'\n";
  for (const CompletionCommand& command : commands) {
    out += "complete -c pawl -n __fish_use_subcommand -a " + command.name + " -d '" +
           quoted(command.help) + "'\n";
    const std::string when =
        "complete -c pawl -n '__fish_seen_subcommand_from " + command.name + "'";
    for (const CompletionOption& option : command.options) {
      out += when;
      for (const std::string& name : option.names) {
        out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      switch (option.value) {
        case CompletionValue::None: break;
        case CompletionValue::Text: out += " -x"; break;
        case CompletionValue::Choice: out += " -x -a '" + joined(option.choices, " ") + "'"; break;
        default: out += " -r -F"; break;
      }
      out += " -d '" + quoted(option.help) + "'\n";
    }
    if (command.arguments.empty()) {
      out += when + " -a '(__fish_complete_suffix .json .yaml .yml)'\n";
    } else {
      out += when + " -a '" + joined(command.arguments, " ") + "'\n";
    }
  }
  return out;
}

}  // namespace

std::optional<Shell> parse_shell(std::string_view name) {
  for (const auto& [each, shell] : kShells) {
    if (each == name) return shell;
  }
  return std::nullopt;
}

std::string completion_script(Shell shell, const std::vector<CompletionCommand>& commands) {
  switch (shell) {
    case Shell::Bash: return bash_script(commands);
    case Shell::Zsh: return zsh_script(commands);
    case Shell::Fish: break;
  }
  return fish_script(commands);
}

}  // namespace pawl::app
