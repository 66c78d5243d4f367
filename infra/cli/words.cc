#include "infra/cli/words.h"

#include <CLI/CLI.hpp>

#include "infra/base/nearest.h"

namespace contacts::cli {
namespace {

std::vector<const CLI::App*> VerbsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App* FindVerb(const CLI::App& app, const std::string& word) {
  for (const CLI::App* verb : VerbsOf(app)) {
    if (verb->get_name() == word) return verb;
  }
  return nullptr;
}

const CLI::App& Deepest(const CLI::App& app) {
  const CLI::App* shown = &app;
  while (!shown->get_subcommands().empty()) shown = shown->get_subcommands().front();
  return *shown;
}

// "contacts user add"
std::string FullName(const CLI::App& app) {
  if (app.get_parent() == nullptr) return app.get_name();
  return FullName(*app.get_parent()) + " " + app.get_name();
}

// "user add"; empty for the program itself.
std::string VerbOf(const CLI::App& app) {
  const std::string name = FullName(app);
  const size_t space = name.find(' ');
  return space == std::string::npos ? "" : name.substr(space + 1);
}

std::string TryHelp(const CLI::App& app) { return "\nTry: " + FullName(app) + " --help"; }

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

// The option as it is typed: "username", "--role TEXT".
std::string Typed(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  const std::string type = option.get_type_name();  // with its check: "TEXT:TENANT"
  return "--" + option.get_lnames().front() + " " + type.substr(type.find(':') + 1);
}

std::string UsageOf(const CLI::App& app) {
  std::string places;
  std::string flags;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_required()) continue;
    if (option->get_positional()) {
      places += " " + Upper(Typed(*option));
    } else {
      flags += " " + Typed(*option);
    }
  }
  return "\nUsage: " + FullName(app) + places + flags + " [OPTIONS]";
}

// The options that were not typed: "username and --role TEXT are missing".
std::string Missing(const CLI::App& app) {
  std::vector<std::string> missing;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_required() && option->count() == 0) missing.push_back(Typed(*option));
  }
  std::string text;
  for (size_t i = 0; i < missing.size(); ++i) {
    text += (i == 0 ? "" : i + 1 < missing.size() ? ", " : " and ") + missing[i];
  }
  if (missing.empty()) return text;
  return text + (missing.size() == 1 ? " is missing." : " are missing.");
}

std::string NoFlag(const CLI::App& app, const std::string& typed) {
  const std::string flag = typed.substr(0, typed.find('='));
  Nearest nearest(flag);
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) nearest.Offer("--" + name);
  }
  const std::string text = VerbOf(app) + " has no flag '" + flag + "'";
  return text + (nearest.found().empty() ? "." : nearest.Question());
}

}  // namespace

std::string FirstSteps() {
  return "Contacts: a directory that can say who changed which contact, when and why.\n"
         "Begin with one of these:\n"
         "  contacts serve --demo                    the API with a demonstration to try\n"
         "  contacts user add NAME --tenant TENANT --role admin --create\n"
         "                                           a tenant of your own and its first user\n"
         "  contacts serve --data DIR                the API on your own data\n"
         "  contacts help                            all verbs; contacts help user add: one verb\n";
}

TypedWords WithHelpFlag(TypedWords words, const CLI::App& app) {
  const auto asks = [](const std::string& word) { return word == "help"; };
  if (words.empty()) return words;
  if (asks(words[0])) {
    words.erase(words.begin());
    if (words.empty() || words.back() != "--help") words.emplace_back("--help");
    return words;
  }
  const CLI::App* group = FindVerb(app, words[0]);
  if (words.size() < 2 || !asks(words[1]) || group == nullptr || VerbsOf(*group).empty()) {
    return words;
  }
  words.erase(words.begin() + 1);
  words.emplace_back("--help");
  return words;
}

std::optional<std::string> FaultOfVerb(const CLI::App& app, const TypedWords& words) {
  const CLI::App* shown = &app;
  std::string before;  // the words that are right, each followed by a space
  for (const std::string& word : words) {
    const auto verbs = VerbsOf(*shown);
    if (verbs.empty()) return std::nullopt;
    if (word.starts_with('-')) {
      if (shown->get_option_no_throw(word) != nullptr) return std::nullopt;
      return "'" + word + "' stands where a verb is expected; flags come after the verb." +
             TryHelp(*shown);
    }
    const CLI::App* verb = FindVerb(*shown, word);
    if (verb == nullptr) {
      Nearest nearest(before + word);
      for (const CLI::App* known : verbs) nearest.Offer(before + known->get_name());
      const std::string text = "there is no verb '" + before + word + "'";
      return text + (nearest.found().empty() ? "." : nearest.Question()) + TryHelp(*shown);
    }
    shown = verb;
    before += word + " ";
  }
  if (VerbsOf(*shown).empty()) return std::nullopt;
  std::string known;
  for (const CLI::App* verb : VerbsOf(*shown)) {
    known += (known.empty() ? "" : ", ") + verb->get_name();
  }
  return before + "needs one more word: " + known + "." + TryHelp(*shown);
}

std::optional<std::string> FaultOfValues(const CLI::App& app, const TypedWords& words) {
  const CLI::App* verb = &app;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    const std::string& next = words[i + 1];
    if (const CLI::App* inner = FindVerb(*verb, word); inner != nullptr) {
      verb = inner;
      continue;
    }
    if (word == "--") return std::nullopt;  // words after it are not flags
    if (!word.starts_with("--")) continue;
    const CLI::Option* option = verb->get_option_no_throw(word);
    if (option == nullptr || option->get_items_expected_min() == 0) continue;
    if (next.starts_with("--")) {
      return word + " has no value, because the flag " + next + " comes next. Write " + word + "=" +
             next + " if that is the value." + TryHelp(*verb);
    }
    ++i;  // the value
  }
  return std::nullopt;
}

std::string HelpOf(const CLI::App& app) {
  const CLI::App& verb = Deepest(app);
  return verb.help(verb.get_parent() == nullptr ? "" : FullName(*verb.get_parent()));
}

std::string Explained(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& verb = Deepest(app);
  const bool of_words = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr ||
                        dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if (!of_words) return error.what() + TryHelp(verb);
  const std::vector<std::string> left_over = app.remaining(true);
  for (const std::string& word : left_over) {
    if (word.size() > 1 && word.front() == '-') return NoFlag(verb, word) + TryHelp(verb);
  }
  std::string said = Missing(verb);
  if (said.empty() && !left_over.empty()) {
    said = "'" + left_over.front() + "' is one word too many.";
  }
  if (said.empty()) said = error.what();
  return VerbOf(verb) + ": " + said + UsageOf(verb) + TryHelp(verb);
}

}  // namespace contacts::cli
