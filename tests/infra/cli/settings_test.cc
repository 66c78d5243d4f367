// The table of settings: its documentation, its bounds, and what a running server reads again.
#include "infra/cli/settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "infra/cli/command_line.h"
#include "infra/node/reload.h"
#include "tests/infra/cli/parsed.h"

namespace contacts::cli {
namespace {

Result<Config> ReadServe(std::vector<std::string> words) {
  words.insert(words.begin(), "serve");
  return ReadSettingsAgain(words, [](const std::string&) { return ""; });
}

Config Served(std::vector<std::string> words) {
  auto config = ReadServe(std::move(words));
  if (!config.ok()) throw std::runtime_error(config.error().message);
  return *std::move(config);
}

std::string FaultOfServe(std::vector<std::string> words) {
  const auto config = ReadServe(std::move(words));
  return config.ok() ? "none" : config.error().message;
}

// `make settings` writes the tables.
TEST(Settings, TheDocumentationHasTheTablesOfSettings) {
  const std::string begin = "<!-- the tables, by make settings -->\n\n";
  const std::string end = "\n<!-- their end -->\n";
  std::ifstream file(CONTACTS_SETTINGS);
  std::string page{std::istreambuf_iterator<char>(file), {}};
  const size_t from = page.find(begin);
  const size_t to = page.find(end);
  ASSERT_TRUE(from != std::string::npos && to != std::string::npos && from < to);
  const size_t first = from + begin.size();
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread sets variables
  if (getenv("CONTACTS_WRITE_SETTINGS") != nullptr) {
    page.replace(first, to - first, SettingsInMarkdown());
    std::ofstream(CONTACTS_SETTINGS) << page;
  } else {
    EXPECT_EQ(page.substr(first, to - first), SettingsInMarkdown()) << "run make settings";
  }
}

TEST(Settings, EachReloadedNameIsASetting) {
  for (const std::string_view name : ReloadedSettings()) {
    EXPECT_EQ(std::count_if(AllSettings().begin(), AllSettings().end(),
                            [&](const Setting& setting) { return name == setting.name; }),
              1)
        << name;
  }
}

TEST(Settings, EachSettingHasATextThatShowsAChange) {
  const FileOf file("threads = 3\nallowed-origins = [\"http://a\", \"http://b\"]\n");
  const auto texts = Served({"--no-access-log", "--config", file.path()}).texts;
  EXPECT_EQ(texts.size(), AllSettings().size());
  EXPECT_EQ(texts.at("threads"), "3");
  EXPECT_EQ(texts.at("allowed-origins"), "http://a,http://b");
  EXPECT_EQ(texts.at("access-log"), "false");
  EXPECT_EQ(texts.at("demo"), "false");
  EXPECT_EQ(texts.at("http-idle-seconds"), "75");
}

TEST(Settings, SettingsOfARunningServerAreReadAgainByTheSameRules) {
  const std::vector<std::string> words = {"serve", "--threads", "4", "--config"};
  const auto read = [&](const std::string& text) {
    const FileOf file(text);
    std::vector<std::string> all = words;
    all.push_back(file.path());
    return ReadSettingsAgain(all, [](const std::string& name) {
      return name == "CONTACTS_HTTP_HEAD_BYTES" ? "5000" : "";
    });
  };
  const auto config = read("threads = 3\nhttp-head-bytes = 6000\nlog-level = \"debug\"\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->threads, 4);
  EXPECT_EQ(config->http_head_bytes, 5000);
  EXPECT_EQ(config->log_level, log::Level::kDebug);
  const auto fault = read("lame-duck-seconds = 4000\n");
  ASSERT_FALSE(fault.ok());
  const std::string& why = fault.error().message;
  EXPECT_NE(why.find(":1: lame-duck-seconds: Value 4000 not in range 0 to 3600"), std::string::npos)
      << why;
  EXPECT_EQ(why.find("contacts: "), std::string::npos) << why;
}

TEST(Settings, LimitsOfTheFrontHaveBounds) {
  for (const auto& [name, wrong] :
       std::vector<std::pair<std::string, std::string>>{{"--http-idle-seconds", "0"},
                                                        {"--http-idle-seconds", "86401"},
                                                        {"--http-head-bytes", "4095"},
                                                        {"--http-head-bytes", "262145"},
                                                        {"--http-connections", "9"},
                                                        {"--http-connections-per-address", "-1"},
                                                        {"--lame-duck-seconds", "3601"},
                                                        {"--log-level", "loud"}}) {
    const std::string fault = FaultOfServe({name, wrong});
    EXPECT_NE(fault.find(name + ": "), std::string::npos) << fault;
    EXPECT_NE(fault.find(wrong), std::string::npos) << fault;
  }
}

}  // namespace
}  // namespace contacts::cli
