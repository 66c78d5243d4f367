// The words of a command line as people type them: several ways to ask for help, and guesses at the
// word that was meant by a mistyped one.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace contacts::cli {

using TypedWords = std::vector<std::string>;

// The text that `contacts` prints when no word follows it.
std::string FirstSteps();

// `help user add` and `user help add` as `user add --help`; other words unchanged.
TypedWords WithHelpFlag(TypedWords words, const CLI::App& app);

// The fault of the verb's words, with the nearest verb; nullopt: it is a verb of `app`.
std::optional<std::string> FaultOfVerb(const CLI::App& app, const TypedWords& words);

// The fault of a flag whose value is missing, so that the next flag would be taken as the value;
// nullopt: none. `words` are those of a verb of `app`.
std::optional<std::string> FaultOfValues(const CLI::App& app, const TypedWords& words);

// The help of the verb that was parsed.
std::string HelpOf(const CLI::App& app);

// Says what is wrong, which flag is near or missing, and how the verb is used. `app` is the one
// that threw.
std::string Explained(const CLI::App& app, const CLI::ParseError& error);

}  // namespace contacts::cli
