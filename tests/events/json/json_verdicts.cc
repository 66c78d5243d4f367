// Reads texts, each as LENGTH LF BYTES, and answers each with its minified form or a `!` line, so
// that json_differential.py can compare with another reader.
#include <iostream>
#include <string>

#include "events/json/json.h"

int main() {
  std::string length, text;
  while (std::getline(std::cin, length)) {
    text.resize(std::stoul(length));
    std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
    const auto document = contacts::json::Document::Parse(text);
    const std::string answer =
        document ? contacts::json::Minify(text) : "!" + document.error().message;
    std::cout << answer.size() << '\n' << answer;
  }
}
