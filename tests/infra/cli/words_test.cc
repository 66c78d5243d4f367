// Words of people who are new here, or in a hurry.
#include "infra/cli/words.h"

#include <gtest/gtest.h>

#include <map>
#include <variant>

#include "infra/cli/command_line.h"
#include "infra/ops/operation.h"

namespace contacts::cli {
namespace {

using Typed = std::vector<std::string>;

std::variant<CommandLine, Usage> Read(const Typed& words,
                                      const std::map<std::string, std::string>& variables = {}) {
  return ParseCommandLine(words, [&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  });
}

std::string TextOf(const Typed& words, int exit_code) {
  const auto read = Read(words);
  const auto* usage = std::get_if<Usage>(&read);
  if (usage == nullptr) return "was accepted";
  EXPECT_EQ(usage->exit_code, exit_code);
  return usage->text;
}

TEST(Words, EachVerbHasItsHelpInEachSpelling) {
  for (const Operation& operation : AllOperations()) {
    Typed words;
    std::string verb = operation.verb;
    for (size_t space; (space = verb.find(' ')) != std::string::npos; verb.erase(0, space + 1)) {
      words.push_back(verb.substr(0, space));
    }
    words.push_back(verb);
    Typed help = words;
    help.insert(help.begin(), "help");
    Typed flag = words;
    flag.emplace_back("--help");
    const std::string text = TextOf(flag, 0);
    EXPECT_NE(text.find(std::string("Usage: contacts ") + operation.verb + " "), std::string::npos)
        << text;
    EXPECT_NE(text.find("--json"), std::string::npos) << text;
    EXPECT_EQ(TextOf(help, 0), text);
    const bool makes_records = text.find("--reason") != std::string::npos;
    EXPECT_EQ(makes_records, operation.MakesRecords()) << operation.verb;
    EXPECT_EQ(text.find("--as ") != std::string::npos, makes_records);
  }
}

TEST(Words, AllMissingWordsAreNamedTogetherWithTheUsage) {
  const std::string text = TextOf({"token", "add"}, 2);
  EXPECT_EQ(text,
            "contacts: token add: --scope {read,write,audit}, --tenant TENANT and name are "
            "missing.\n"
            "Usage: contacts token add NAME --scope {read,write,audit} --tenant TENANT [OPTIONS]\n"
            "Try: contacts token add --help\n");
}

TEST(Words, AMistypedFlagIsNamedBeforeMissingWords) {
  const std::string text = TextOf({"user", "list", "--tennant=acme"}, 2);
  EXPECT_EQ(text,
            "contacts: user list has no flag '--tennant'; did you mean '--tenant'?\n"
            "Try: contacts user list --help\n");
}

// `--as --reason ticket` wrote a record by an operator named "--reason".
TEST(Words, AFlagIsNotTakenAsTheValueOfTheOneBeforeIt) {
  const Typed logout{"user", "logout", "jane", "--tenant", "acme"};
  const auto with = [&](const Typed& more) {
    Typed words = logout;
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  EXPECT_EQ(TextOf(with({"--as", "--reason", "ticket"}), 2),
            "contacts: --as has no value, because the flag --reason comes next. Write "
            "--as=--reason if that is the value.\nTry: contacts user logout --help\n");
  EXPECT_NE(TextOf({"serve", "--data", "--listen", "a:1"}, 2).find("--data has no value"),
            std::string::npos);
  const auto read = Read(with({"--as=--reason", "--reason", "-"}));
  ASSERT_TRUE(std::holds_alternative<CommandLine>(read));
  EXPECT_EQ(std::get<CommandLine>(read).request.as, "--reason");
  EXPECT_EQ(std::get<CommandLine>(read).request.reason, "-");
}

TEST(Words, MistypedWordsDoNotSteerTheTerminal) {
  EXPECT_EQ(TextOf({"us\x1b[2Jer"}, 2),
            "contacts: there is no verb 'usU+001B[2Jer'.\nTry: contacts --help\n");
  EXPECT_EQ(TextOf({"us\xff"}, 2).find('\xff'), std::string::npos);
}

TEST(Words, AUserMayBeCalledHelp) {
  const auto read = Read({"user", "logout", "help", "--tenant", "acme"});
  ASSERT_TRUE(std::holds_alternative<CommandLine>(read));
  EXPECT_EQ(std::get<CommandLine>(read).request.username, "help");
}

TEST(Words, TheOperatorIsTheUserWhoCalledSudoUnlessAnotherNameIsGiven) {
  const auto name = [](const Typed& more, const std::map<std::string, std::string>& variables) {
    Typed words{"user", "logout", "jane", "--tenant", "acme"};
    words.insert(words.end(), more.begin(), more.end());
    return std::get<CommandLine>(Read(words, variables)).request.as;
  };
  EXPECT_EQ(name({}, {{"SUDO_USER", "sam"}}), "sam");
  EXPECT_EQ(name({"--as", "Olga"}, {{"SUDO_USER", "sam"}}), "Olga");
  EXPECT_NE(name({}, {}).value_or(""), "");
  const auto list = Read({"user", "list", "--tenant", "acme"}, {{"SUDO_USER", "sam"}});
  EXPECT_EQ(std::get<CommandLine>(list).request.as, std::nullopt);
}

}  // namespace
}  // namespace contacts::cli
