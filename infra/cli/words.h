// The words of a command line as people type them: asking for help in several ways, and what they
// meant where they mistyped.
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

// What `contacts` alone says.
std::string FirstSteps();

// `help user add` and `user help add` as `user add --help`; all else as it is.
TypedWords WithHelpFlag(TypedWords words, const CLI::App& app);

// What is wrong with the words of the verb, and which is near; nullopt: it is one of `app`'s.
std::optional<std::string> FaultOfVerb(const CLI::App& app, const TypedWords& words);

// The help of the verb that was parsed.
std::string HelpOf(const CLI::App& app);

// What is wrong, which flag is near or what is missing, and how the verb is used. `app` is that
// which threw.
std::string Explained(const CLI::App& app, const CLI::ParseError& error);

}  // namespace contacts::cli
