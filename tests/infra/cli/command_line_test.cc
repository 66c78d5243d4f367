#include "infra/cli/command_line.h"

#include <gtest/gtest.h>

#include "events/json/json_archive.h"
#include "events/values/utf8.h"
#include "infra/ops/operation.h"
#include "tests/infra/cli/parsed.h"

namespace contacts::cli {
namespace {

TEST(CommandLine, AFlagCountsBeforeTheVariableAndTheVariableBeforeTheFile) {
  const FileOf file("listen = \"file:1\"\nthreads = 3\ndata = \"/file\"\ndemo = true\n");
  const Variables variables = {{"CONTACTS_LISTEN", "variable:1"},
                               {"CONTACTS_THREADS", "4"},
                               {"CONTACTS_CONFIG", file.path()}};
  const Config config = Good({"serve", "--listen", "typed:1"}, variables).config;
  EXPECT_EQ(config.listen, "typed:1");
  EXPECT_EQ(config.threads, 4);
  EXPECT_EQ(config.data, "/file");
  EXPECT_TRUE(config.demo);
  EXPECT_EQ(Good({"serve", "--config", file.path()}).config.threads, 3);
  EXPECT_EQ(Good({"serve", "--config=" + file.path()}).config.threads, 3);
}

TEST(CommandLine, AFileOfListsAndFlags) {
  const FileOf file("trusted-proxies = [\"1.2.3.4\", \"::1\"]\naccess-log = false\n");
  const Config config = Good({"serve", "--config", file.path()}).config;
  EXPECT_EQ(config.trusted_proxies, (std::vector<std::string>{"1.2.3.4", "::1"}));
  EXPECT_FALSE(config.access_log);
}

TEST(CommandLine, OtherVerbsTakeOnlyTheirSettingsFromTheFile) {
  const FileOf file("listen = \"file:1\"\ndata = \"/file\"\n");
  EXPECT_EQ(Good({"status", "--config", file.path()}).config.data, "/file");
  EXPECT_EQ(Good({"user", "list", "--tenant", "t", "--config", file.path()}).config.data, "/file");
  EXPECT_EQ(Good({"status"}, {{"CONTACTS_LISTEN", "x"}, {"CONTACTS_DATA", "/v"}}).config.data,
            "/v");
}

TEST(CommandLine, AMistakeInTheFileIsNamed) {
  const FileOf file("lisen = \"x\"\n");
  const Usage usage = Bad({"serve", "--config", file.path()});
  EXPECT_EQ(usage.exit_code, 2);
  EXPECT_NE(usage.text.find(file.path() + ":1: there is no setting 'lisen'"), std::string::npos)
      << usage.text;
  EXPECT_NE(Bad({"serve", "--config", "/no/such/file"}).text.find("/no/such/file"),
            std::string::npos);
}

// The message said only that there is no setting 'listen'.
TEST(CommandLine, InvisibleCharactersInTheFileAreNamed) {
  const FileOf marked("\uFEFFlisten = \"x\"\n");
  EXPECT_NE(Bad({"serve", "--config", marked.path()}).text.find("byte order mark (U+FEFF)"),
            std::string::npos);
  const FileOf hidden("lis\u200Bten = \"x\"\n");
  EXPECT_NE(Bad({"serve", "--config", hidden.path()}).text.find("'lisU+200Bten'"),
            std::string::npos);
  EXPECT_NE(Bad({"serve", "--listen\u202E", "x"}).text.find("--listenU+202E"), std::string::npos);
}

TEST(CommandLine, UserVerbsBecomeOperations) {
  const CommandLine add = Good({"user", "add", "jane", "--tenant", "acme", "--role", "admin"});
  EXPECT_EQ(add.verb, Verb::kOperate);
  EXPECT_EQ(add.request.operation, "user-add");
  EXPECT_EQ(add.request.tenant, "acme");
  EXPECT_EQ(add.request.username, "jane");
  EXPECT_EQ(add.request.role, "admin");
  EXPECT_TRUE(add.wants_password);
  const CommandLine disable = Good({"user", "disable", "jane", "--tenant", "acme"});
  EXPECT_EQ(disable.request.operation, "user-disable");
  EXPECT_FALSE(disable.wants_password);
  EXPECT_EQ(Good({"user", "logout", "jane", "--tenant", "acme"}).request.operation, "user-logout");
  EXPECT_TRUE(Good({"user", "passwd", "jane", "--tenant", "acme"}).wants_password);
}

TEST(CommandLine, TokenAndTenantVerbsBecomeOperations) {
  const OpsRequest add =
      Good({"token", "add", "feed", "--tenant", "acme", "--scope", "read", "--expires", "90d"})
          .request;
  EXPECT_EQ(add.operation, "token-add");
  EXPECT_EQ(add.tenant, "acme");
  EXPECT_EQ(add.name, "feed");
  EXPECT_EQ(add.scope, "read");
  EXPECT_EQ(add.expires, "90d");
  EXPECT_EQ(Bad({"token", "add", "feed", "--tenant", "acme", "--scope", "all"}).exit_code, 2);
  EXPECT_EQ(Bad({"token", "revoke", "--tenant", "acme"}).exit_code, 2);
  EXPECT_EQ(Good({"token", "list", "--tenant", "acme"}, {{"CONTACTS_DATA", "/v"}}).config.data,
            "/v");
  const OpsRequest limit = Good({"tenant", "limit", "acme", "--contacts", "5"}).request;
  EXPECT_EQ(limit.operation, "tenant-limit");
  EXPECT_EQ(limit.tenant, "acme");
  EXPECT_EQ(limit.contacts, 5);
  EXPECT_EQ(Good({"tenant", "limit", "acme", "--contacts", "none"}).request.contacts, std::nullopt);
  for (const char* contacts : {"-1", "x", "1.5", "99999999999999999999"}) {
    EXPECT_EQ(Bad({"tenant", "limit", "acme", "--contacts", contacts}).exit_code, 2) << contacts;
  }
  EXPECT_EQ(Good({"tenant", "list"}).request.operation, "tenant-list");
}

TEST(CommandLine, ExportAndStatus) {
  const OpsRequest all = Good({"export", "--tenant", "acme"}).request;
  EXPECT_EQ(all.from, std::nullopt);
  EXPECT_EQ(all.to, std::nullopt);
  const OpsRequest part = Good({"export", "--tenant", "acme", "--from", "3", "--to", "9"}).request;
  EXPECT_EQ(part.from, 3);
  EXPECT_EQ(part.to, 9);
  EXPECT_EQ(Good({"status"}).request.digest, std::nullopt);
  EXPECT_EQ(Good({"status", "--digest"}).request.digest, true);
}

// A user name that is not UTF-8 became an entry that no reader takes for a record, and was appended
// for ever.
TEST(CommandLine, EachArgumentIsUtf8) {
  const std::pair<Words, std::string> cases[] = {
      {{"user", "add", "jo\xff", "--tenant", "t", "--role", "admin"}, "username"},
      {{"user", "add", "jo", "--tenant", "t", "--role", "ad\xc3"}, "--role"},
      {{"user", "passwd", "\xed\xa0\x80", "--tenant", "t"}, "username"},
      {{"user", "list", "--tenant", "\xff"}, "--tenant"},
      {{"token", "add", "feed\xe2\x82", "--tenant", "t", "--scope", "read"}, "name"},
      {{"token", "add", "a", "--tenant", "t", "--scope", "read", "--expires", "\x80"}, "--expires"},
      {{"token", "revoke", "\xff", "--tenant", "t"}, "name"},
      {{"tenant", "limit", "\xff", "--contacts", "1"}, "tenant"},
      {{"disown", "--tenant", "t", "ab\xff"}, "parent"},
      {{"disown", "--tenant", "t", "ab", "--reason", "why\xff"}, "--reason"},
      {{"serve", "--listen", "\xff:1"}, "--listen"},
      {{"serve", "--kafka-topic", "\xff"}, "--kafka-topic"},
      {{"serve", "--session-prefix", "\xff"}, "--session-prefix"}};
  for (const auto& [words, name] : cases) {
    const Usage usage = Bad(words);
    EXPECT_EQ(usage.exit_code, 2) << name;
    EXPECT_NE(usage.text.find(name), std::string::npos) << usage.text;
    EXPECT_TRUE(IsUtf8(usage.text)) << name;
  }
  EXPECT_NE(Bad({"user", "add", "jo\xff", "--tenant", "t", "--role", "admin"})
                .text.find("username: the value is not valid UTF-8"),
            std::string::npos);
  EXPECT_EQ(Good({"user", "disable", "J\u00f6", "--tenant", "t"}).request.username, "J\u00f6");
}

TEST(CommandLine, VariablesAndTheFileAreUtf8Too) {
  EXPECT_NE(
      Bad({"serve"}, {{"CONTACTS_SESSION_PREFIX", "\xff"}}).text.find("CONTACTS_SESSION_PREFIX"),
      std::string::npos);
  const FileOf file("kafka-topic = \"\xff\"\n");
  EXPECT_NE(Bad({"status", "--config", file.path()}).text.find(":1: kafka-topic"),
            std::string::npos);
}

TEST(CommandLine, NamesOfFilesMayBeAnyBytes) {
  const Config config = Good({"serve", "--data", "/d\xff", "--kafka-config", "/k\xff",
                              "--session-secret-file", "/s\xff", "--redis-ca-file", "/r\xff"})
                            .config;
  EXPECT_EQ(config.data, "/d\xff");
  EXPECT_EQ(config.kafka_config, "/k\xff");
  EXPECT_EQ(config.session_secret_file, "/s\xff");
  EXPECT_EQ(config.redis_ca_file, "/r\xff");
  EXPECT_EQ(Good({"schemas", "/o\xff"}).directory, "/o\xff");
}

TEST(CommandLine, AnArgumentIsNamedAlikeOnTheCommandLineAndInOps) {
  for (const Operation& operation : AllOperations()) {
    for (const Argument& argument : operation.arguments) {
      if (argument.kind == Argument::Kind::kPassword) continue;
      OpsRequest request;
      std::visit([&](auto member) { (request.*member).emplace(); }, argument.member);
      const std::string typed = argument.typed;
      const std::string name = typed.rfind("--", 0) == 0 ? typed.substr(2) : typed;
      EXPECT_EQ(ToJson(request).find("\"" + name + "\":null"), std::string::npos) << typed;
    }
  }
}

TEST(CommandLine, HelpIsNotAMistake) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--help"}, {"serve", "--help"}, {"user", "-h"}}) {
    EXPECT_EQ(Bad(words).exit_code, 0);
  }
  const std::string help = Bad({"serve", "--help"}).text;
  for (const char* flag : {"--listen", "--data", "--demo", "CONTACTS_LISTEN", "127.0.0.1:8080"}) {
    EXPECT_NE(help.find(flag), std::string::npos) << flag;
  }
}

}  // namespace
}  // namespace contacts::cli
