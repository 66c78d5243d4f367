// Reads corpus.txt; its first lines say the grammar.
#pragma once

#include <string>
#include <vector>

namespace contacts::http {

struct ExpectedAnswer {
  int status;
  std::string body;  // compared after 200 only
};

struct CorpusEntry {
  int line;
  std::string request;
  std::vector<ExpectedAnswer> answers;
  bool keeps;  // the connection stays open
  bool head_only() const { return request.starts_with("HEAD "); }
};

// Throws std::runtime_error that names the malformed line.
std::vector<CorpusEntry> ReadCorpus(const std::string& file);

}  // namespace contacts::http
