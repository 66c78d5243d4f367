#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "infra/cli/command_line.h"
#include "infra/cli/layers.h"
#include "infra/cli/settings_file.h"

namespace contacts::cli {
namespace {

using Words = std::vector<std::string>;

class ConfigurationTest : public ::testing::Test {
 protected:
  ConfigurationTest()
      : path_((std::filesystem::temp_directory_path() /
               ("contacts-settings-" + std::to_string(getpid())))
                  .string()) {}
  ~ConfigurationTest() override { std::filesystem::remove_all(path_); }

  // FILE stands for the path of the file.
  std::string Named(std::string text) const {
    for (size_t at; (at = text.find("FILE")) != std::string::npos;) text.replace(at, 4, path_);
    return text;
  }
  Words FaultsOf(const std::string& text) const {
    std::ofstream(path_) << text;
    Words faults;
    for (const Finding& finding : ReadSettingsFile(path_).faults) {
      EXPECT_EQ(finding.part, "configuration");
      EXPECT_FALSE(finding.todo.empty()) << finding.what;
      faults.push_back(finding.what + " | " + finding.todo);
    }
    return faults;
  }
  std::string Usage(const Words& words, const std::map<std::string, std::string>& variables = {}) {
    const auto parsed = Parse(words, variables);
    const auto* usage = std::get_if<cli::Usage>(&parsed);
    if (usage == nullptr) return "was accepted";
    EXPECT_EQ(usage->exit_code, 2);
    return usage->text;
  }
  static std::variant<CommandLine, cli::Usage> Parse(
      const Words& words, const std::map<std::string, std::string>& variables = {}) {
    Words names;
    for (const auto& [name, value] : variables) names.push_back(name);
    return ParseCommandLine(
        words,
        [&](const std::string& name) {
          const auto found = variables.find(name);
          return found == variables.end() ? std::string() : found->second;
        },
        names);
  }

  const std::string path_;
};

// Values of a key that was given twice were joined by a comma: two addresses became one wrong one.
TEST_F(ConfigurationTest, EachFaultOfTheFileNamesItsLineAndItsKey) {
  const std::pair<std::string, Words> cases[] = {
      {"# a comment\n\nlisten = \"x:1\"\n; another\n", {}},
      {"lisen = \"x:1\"\n", {"FILE:1: there is no setting 'lisen' | Did you mean 'listen'?"}},
      {"\n\ncolour = 1\n",
       {"FILE:3: there is no setting 'colour' | Remove the line; contacts serve --help lists the "
        "settings."}},
      {"config = \"x\"\n",
       {"FILE:1: there is no setting 'config' | Remove the line; contacts serve --help lists the "
        "settings."}},
      {"listen = \"a:1\"\ndata = \"/d\"\nlisten = \"b:2\"\n",
       {"FILE:3: listen is given a second time, after line 1 | Remove one of the two lines; a list "
        "is one value, with commas."}},
      {"listen = \"a:1\"\nlisten = \"b:2\"\n",
       {"FILE:2: listen is given a second time, after line 1 | Remove one of the two lines; a list "
        "is one value, with commas."}},
      {"[serve]\nlisten = \"a:1\"\n",
       {"FILE:1: [serve] begins a section | Remove the line: settings stand without sections."}},
      {"serve.listen = \"a:1\"\n",
       {"FILE:1: there is no setting 'serve.listen' | Remove the line; contacts serve --help lists "
        "the settings."}},
      {"[default]\nlisten = \"a:1\"\n", {}},
      {"data = \"/srv/a#b\"\n",
       {"FILE:1: data has quotes that are not closed | '#' begins a comment, also between "
        "quotes."}},
      {"data = /srv/my files\n", {"FILE:1: data has several words | Put them into quotes."}},
      {"data = \"/srv/my files\"\nsession-prefix = a,b\ntrusted-proxies = ::1 ::2\n", {}},
      // The password went into the log and the answer of readiness.
      {"sessions redis://app:HUNTER2@redis.local\n",
       {"FILE:1: the line is not KEY = VALUE | Write for example listen = \"127.0.0.1:8080\"."}},
      {"sessions redis://app:HUN=TER2@redis.local\n",
       {"FILE:1: the line is not KEY = VALUE | Write for example listen = \"127.0.0.1:8080\"."}},
      {"listen\n", {"FILE:1: listen has no value | Write listen = \"…\"."}},
      {"a\n",
       {"FILE:1: there is no setting 'a' | Remove the line; contacts serve --help lists the "
        "settings."}}};
  for (const auto& [text, expected] : cases) {
    Words named;
    for (const std::string& fault : expected) named.push_back(Named(fault));
    EXPECT_EQ(FaultsOf(text), named) << text;
  }
}

TEST_F(ConfigurationTest, AListMayHaveLinesOfItsOwn) {
  const Words faults =
      FaultsOf("trusted-proxies = [\n  \"1.2.3.4\",\n  \"::1\"\n]\nlisen = \"x\"\n");
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].find(path_ + ":5: there is no setting 'lisen'"), 0u) << faults[0];
  const SettingsFile file = ReadSettingsFile(path_);
  ASSERT_EQ(file.values.size(), 1u);
  EXPECT_EQ(file.values[0].text, "1.2.3.4,::1");
  EXPECT_EQ(file.values[0].where, path_ + ":1");
}

// The rest of a list after a comment was taken as part of the comment.
TEST_F(ConfigurationTest, AListMayHaveComments) {
  const Words faults = FaultsOf(
      "allowed-origins = [  # pages\n  \"https://a\",  # one ]\n\n  'https://b#c'\n]  # end\n"
      "lisen = 1\n");
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].find(path_ + ":6: there is no setting 'lisen'"), 0u) << faults[0];
  EXPECT_EQ(FaultsOf("threads = 1\nallowed-origins = [ \"a\",\nlisten = \"x:1\"\n"),
            (Words{Named("FILE:2: the list of allowed-origins has no end | Write allowed-origins = "
                         "[\"…\", \"…\"].")}));
  EXPECT_EQ(FaultsOf("allowed-origins = [\"a\"] \"b\"\n"),
            (Words{Named("FILE:1: the list of allowed-origins has more after its end | Write "
                         "allowed-origins = [\"…\", \"…\"].")}));
}

// The next word on the command line was taken as the value.
TEST_F(ConfigurationTest, AnEmptyValueTakesNothing) {
  std::ofstream(path_) << "cookie-domain = \"\"\nsession-prefix =\nallowed-origins = []\n";
  const auto parsed = Parse({"serve", "--config", path_, "--data", "/d"});
  ASSERT_TRUE(std::holds_alternative<CommandLine>(parsed))
      << std::get<contacts::cli::Usage>(parsed).text;
  const Config& config = std::get<CommandLine>(parsed).config;
  EXPECT_EQ(config.data, "/d");
  EXPECT_EQ(config.cookie.domain, "");
  EXPECT_TRUE(config.allowed_origins.empty());
  for (const Words& words : {Words{"serve", "--cookie-domain=", "--data=/d"},
                             Words{"serve", "--cookie-domain", "", "--data=/d"}}) {
    EXPECT_NE(Usage(words).find("--cookie-domain: has no value"), std::string::npos);
  }
}

TEST_F(ConfigurationTest, AnEndlessFileIsRefused) {
  EXPECT_NE(Usage({"serve", "--config", "/dev/zero"}).find("has more than 1 MB"),
            std::string::npos);
  std::filesystem::remove(path_);
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_NE(Usage({"serve", "--config", path_}).find("is a pipe without content"),
            std::string::npos);
}

// `--config DIR` ran with the defaults.
TEST_F(ConfigurationTest, AFileThatIsNotTextIsNotRead) {
  EXPECT_EQ(FaultsOf(std::string("l\0i\0s\0t\0", 8))[0].find(path_ + " is UTF-16"), 0u);
  EXPECT_EQ(FaultsOf("\xFF\xFEl")[0].find(path_ + " is UTF-16"), 0u);
  EXPECT_EQ(FaultsOf("\uFEFFlisten = \"x\"\n")[0].find(path_ + " begins with a byte order mark"),
            0u);
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  EXPECT_NE(Usage({"serve", "--config", path_}).find(path_ + " is a directory"), std::string::npos);
  EXPECT_NE(Usage({"serve", "--config", path_ + "/none"})
                .find(path_ + "/none cannot be read: No such file or directory"),
            std::string::npos);
}

TEST_F(ConfigurationTest, AWrongValueIsNamedByItsPlace) {
  std::ofstream(path_) << "threads = 0\naccess-log = maybe\n";
  const std::string usage =
      Usage({"serve", "--config", path_, "--log", "paper", "--login-failures=0"},
            {{"CONTACTS_THREADS", "many"}, {"CONTACTS_SESSION_PREFIX", "\xff"}});
  const std::string places[] = {path_ + ":1: threads: ",
                                path_ + ":2: access-log: 'maybe' is neither true nor false",
                                "the variable CONTACTS_THREADS: ",
                                "the variable CONTACTS_SESSION_PREFIX: ",
                                "--log: must be embedded or kafka",
                                "--login-failures: "};
  for (const std::string& place : places) {
    EXPECT_NE(usage.find(place), std::string::npos) << place << "\n" << usage;
  }
}

TEST_F(ConfigurationTest, CheckGoesOnWithTheValidSettings) {
  std::ofstream(path_) << "threads = 0\nlisen = \"x\"\ndata = \"/d\"\n";
  const auto parsed = Parse({"check", "--config", path_, "--json"});
  ASSERT_TRUE(std::holds_alternative<CommandLine>(parsed));
  const auto& line = std::get<CommandLine>(parsed);
  EXPECT_EQ(line.verb, Verb::kCheck);
  EXPECT_TRUE(line.json);
  EXPECT_EQ(line.findings.size(), 2u);
  EXPECT_EQ(line.unusable, (std::set<std::string>{"listen", "threads"}));
  EXPECT_EQ(line.config.data, "/d");
  EXPECT_FALSE(line.unread);
}

TEST_F(ConfigurationTest, AllFaultsOfValuesThatDoNotGoTogetherAreNamed) {
  const std::string usage = Usage({"serve", "--log", "kafka", "--cookie-path", "x"});
  EXPECT_NE(usage.find("--log: kafka needs --kafka-config"), std::string::npos) << usage;
  EXPECT_NE(usage.find("--cookie-path: the cookie's path"), std::string::npos) << usage;
}

// The message said "--cookie-…" or "--session-…-field", and no line.
TEST_F(ConfigurationTest, FaultsOfCookieAndSessionSettingsNameTheirPlaces) {
  std::ofstream(path_) << "cookie-same-site = \"none\"\ncookie-secure = \"never\"\n"
                          "cookie-path = \"app\"\nsession-role-field = \"/cookie/role\"\n"
                          "session-id-field = \"/user\"\n";
  const std::string usage =
      Usage({"serve", "--config", path_, "--cookie-name", "a b"},
            {{"CONTACTS_SESSION_TENANT_FIELD", "/user/t"}, {"CONTACTS_COOKIE_DOMAIN", "a;b"}});
  for (const char* place :
       {"FILE:1: cookie-same-site and FILE:2: cookie-secure: browsers refuse",
        "FILE:3: cookie-path: the cookie's path", "FILE:4: session-role-field: '/cookie/role'",
        "FILE:5: session-id-field and the variable CONTACTS_SESSION_TENANT_FIELD: /user",
        "the variable CONTACTS_COOKIE_DOMAIN: 'a;b'", "--cookie-name: "}) {
    EXPECT_NE(usage.find(Named(place)), std::string::npos) << place << "\n" << usage;
  }
}

TEST_F(ConfigurationTest, UnknownVariablesMakeWarnings) {
  const auto parsed = Parse({"serve"}, {{"CONTACTS_LISTNE", "x"},
                                        {"CONTACTS_DATA", "/d"},
                                        {"CONTACTSX", "1"},
                                        {"CONTACTS_DEMO_PASSWORD", "x"},
                                        {"CONTACTS_SERVICE_HOST", "10.0.0.1"},
                                        {"CONTACTS_PORT", "tcp://10.0.0.1:8080"},
                                        {"CONTACTS_PORT_8080_TCP_ADDR", "10.0.0.1"},
                                        {"CONTACTS_ZZZZZZ", "1"},
                                        {"CONTACTS_ADMIN_SERVICE_PORT_HTTP", "1"}});
  ASSERT_TRUE(std::holds_alternative<CommandLine>(parsed));
  const Findings& found = std::get<CommandLine>(parsed).findings;
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].what, "the variable CONTACTS_LISTNE is not a setting, and is not read");
  EXPECT_EQ(found[0].todo, "Did you mean CONTACTS_LISTEN?");
  EXPECT_EQ(found[1].todo, "Remove it.");
  EXPECT_NE(found[2].what.find("CONTACTS_ADMIN_SERVICE_PORT_HTTP, CONTACTS_PORT, "
                               "CONTACTS_PORT_8080_TCP_ADDR, CONTACTS_SERVICE_HOST"),
            std::string::npos);
  EXPECT_NE(found[2].todo.find("enableServiceLinks: false"), std::string::npos);
  for (const Finding& finding : found) EXPECT_FALSE(finding.is_fault());
}

}  // namespace
}  // namespace contacts::cli
