// A command line that was parsed, for tests.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "infra/cli/command_line.h"

namespace contacts::cli {

using Variables = std::map<std::string, std::string>;
using Words = std::vector<std::string>;

inline std::variant<CommandLine, Usage> Parse(const std::vector<std::string>& words,
                                              const Variables& variables = {}) {
  return ParseCommandLine(words, [&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  });
}

inline CommandLine Good(const std::vector<std::string>& words, const Variables& variables = {}) {
  auto parsed = Parse(words, variables);
  if (const auto* usage = std::get_if<Usage>(&parsed)) {
    ADD_FAILURE() << usage->text;
    return {};
  }
  return std::get<CommandLine>(parsed);
}

inline Usage Bad(const std::vector<std::string>& words, const Variables& variables = {}) {
  auto parsed = Parse(words, variables);
  if (const auto* usage = std::get_if<Usage>(&parsed)) return *usage;
  ADD_FAILURE() << "was accepted";
  return {};
}

// A file of settings, removed at the end.
class FileOf {
 public:
  explicit FileOf(const std::string& text)
      : path_((std::filesystem::temp_directory_path() /
               ("contacts-config-" + std::to_string(getpid())))
                  .string()) {
    std::ofstream(path_) << text;
  }
  ~FileOf() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

}  // namespace contacts::cli
