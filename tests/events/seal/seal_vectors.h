// The test vectors of the sealed format (vectors.json): whoever implements it in another language
// checks against the same.
#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "events/json/json.h"
#include "events/seal/key_tree.h"

namespace contacts::testing {

class SealVectors {
 public:
  const json::Node& Find(const std::string& name) const { return Find(document_.root(), name); }
  const json::Node& Find(const json::Node& in, const std::string& name) const {
    const json::Node* const found = document_.Find(in, name);
    if (found == nullptr) throw std::runtime_error("no vector " + name);
    return *found;
  }
  std::string Text(const json::Node& node) const {
    std::string text;
    if (!document_.Text(node, &text)) throw std::runtime_error("no text");
    return text;
  }
  std::string Text(const std::string& name) const { return Text(Find(name)); }
  seal::Seed Seed(const json::Node& node) const {
    return seal::Seed(HashFromHex(Text(node)).value().bytes);
  }
  seal::Leaf LeafNamed(const std::string& name) const {
    return seal::Leaf{std::stoull(Text(Find(Find("leaves"), name)))};
  }
  const json::Document& document() const { return document_; }

 private:
  static std::string Read() {
    std::ifstream file(SEAL_VECTORS);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::string text_ = Read();
  const json::Document document_ = json::Document::Parse(text_).value();
};

}  // namespace contacts::testing
