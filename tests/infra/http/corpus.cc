#include "tests/infra/http/corpus.h"

#include <cstdlib>
#include <fstream>
#include <regex>
#include <stdexcept>
#include <string_view>

namespace contacts::http {
namespace {

std::string Repeat(const std::string& text) {
  static const std::regex kRepeat(R"(\{([^{}]+)\*(\d+)\})");
  std::string out;
  std::string rest = text;
  for (std::smatch match; std::regex_search(rest, match, kRepeat); rest = match.suffix()) {
    out += match.prefix();
    for (int i = 0; i < std::stoi(match[2]); ++i) out += match[1];
  }
  return out + rest;
}

std::string Unescape(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~') {
      out += "\r\n";
    } else if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
    } else {
      const char c = text[++i];
      if (c == 'x') {
        out += static_cast<char>(std::strtol(text.substr(i + 1, 2).c_str(), nullptr, 16));
        i += 2;
      } else {
        out += c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c == 's' ? ' ' : '\0';
      }
    }
  }
  return out;
}

ExpectedAnswer ReadExpected(const std::string& text) {
  const size_t space = text.find(' ');
  return {std::stoi(text), space == std::string::npos ? "" : Unescape(text.substr(space + 1))};
}

}  // namespace

std::vector<CorpusEntry> ReadCorpus(const std::string& file) {
  std::ifstream in(file);
  std::vector<CorpusEntry> entries;
  std::string text;
  for (int line = 1; std::getline(in, text); ++line) {
    if (text.empty() || text[0] == '#') continue;
    text = Repeat(text);
    const size_t arrow = text.rfind(" => ");
    const size_t last = text.rfind(' ');
    const std::string end = text.substr(last + 1);
    if (arrow == std::string::npos || (end != "keep" && end != "close")) {
      throw std::runtime_error(file + ": line " + std::to_string(line));
    }
    CorpusEntry entry{line, Unescape(text.substr(0, arrow)), {}, end == "keep"};
    std::string answers = text.substr(arrow + 4, last - arrow - 4);
    for (size_t semicolon; (semicolon = answers.find(" ; ")) != std::string::npos;) {
      entry.answers.push_back(ReadExpected(answers.substr(0, semicolon)));
      answers.erase(0, semicolon + 3);
    }
    entry.answers.push_back(ReadExpected(answers));
    entries.push_back(std::move(entry));
  }
  if (entries.empty()) throw std::runtime_error(file + ": nothing to read");
  return entries;
}

}  // namespace contacts::http
