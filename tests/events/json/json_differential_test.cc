// Compares our parser with RapidJSON in its strict mode: both must take the same texts, but for the
// differences that are named here.
#include <gtest/gtest.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <map>
#include <random>

#include "events/json/json.h"

namespace contacts::json {
namespace {

using namespace std::string_literals;

constexpr unsigned kStrict = rapidjson::kParseIterativeFlag |
                             rapidjson::kParseValidateEncodingFlag |
                             rapidjson::kParseFullPrecisionFlag;

rapidjson::ParseErrorCode RapidJson(const std::string& text) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  rapidjson::BaseReaderHandler<> nothing;
  return reader.Parse<kStrict>(stream, nothing).Code();
}

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Why the verdicts may differ; "": they must agree.
std::string NamedDifference(const std::string& text, const std::string& ours,
                            rapidjson::ParseErrorCode theirs) {
  if (Has(ours, "stands twice")) return "RapidJSON takes a member twice";
  if (Has(ours, "nested deeper")) return "RapidJSON has no bound of depth";
  if (text.find('\0') != text.npos) return "RapidJSON takes a NUL for the end";
  if (ours.empty() && theirs == rapidjson::kParseErrorNumberTooBig) {
    return "RapidJSON wants a finite double; the grammar does not";
  }
  if (ours.empty() && theirs == rapidjson::kParseErrorStringUnicodeSurrogateInvalid) {
    return "RapidJSON refuses an escaped surrogate without its pair; the grammar does not";
  }
  return "";
}

class Corpus {
 public:
  std::string Next() {
    std::string text = Value(5);
    for (unsigned i = Below(4); i > 0; --i) Mutate(&text);
    return text;
  }

 private:
  unsigned Below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  std::string OneOf(const std::vector<std::string>& choices) {
    return choices[Below(static_cast<unsigned>(choices.size()))];
  }
  std::string String() {
    std::string out = "\"";
    for (unsigned i = Below(4); i > 0; --i) {
      out += OneOf({"a", "b", " ", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u0000", "\\ud83d",
                    "\\ude00", "\\ud83d\\ude00", "\u00E4", "\u20AC", "\U0001F600", "\x7f"});
    }
    return out + "\"";
  }
  std::string Value(int depth) {
    const unsigned kind = Below(depth > 0 ? 8 : 5);
    if (kind == 0) return OneOf({"true", "false", "null"});
    if (kind <= 2) {
      return OneOf({"0", "-0", "1", "-12.50", "1e5", "1E+02", "0.1e-7", "1e308", "1e309", "-1e999",
                    "123456789012345678901234567890", "18446744073709551616"});
    }
    if (kind <= 4) return String();
    const bool object = kind >= 6;
    std::string out = object ? "{" : "[";
    for (unsigned i = Below(4), first = 1; i > 0; --i, first = 0) {
      if (!first) out += ",";
      if (object) out += String() + OneOf({":", " :", ": "});
      out += Value(depth - 1) + OneOf({"", "", " ", "\n", "\t"});
    }
    return out + (object ? "}" : "]");
  }
  void Mutate(std::string* text) {
    static const std::string kBytes =
        "\0\x01\t\n \"\\/{}[]:,-+.eE019truefalsn\x7f\x80\xbf\xc3\xed\xf0\xff"s;
    const size_t at = Below(static_cast<unsigned>(text->size()) + 1);
    const unsigned how = Below(5);
    if (how == 0) text->insert(at, 1, kBytes[Below(static_cast<unsigned>(kBytes.size()))]);
    if (how == 1 && at < text->size())
      (*text)[at] = kBytes[Below(static_cast<unsigned>(kBytes.size()))];
    if (how == 2) text->erase(at, 1 + Below(3));
    if (how == 3) text->insert(at, text->substr(Below(static_cast<unsigned>(text->size()) + 1), 5));
    if (how == 4) text->resize(at);
  }

  std::mt19937 random_{20261123};
};

TEST(JsonDifferential, AgreesWithRapidJsonButForNamedDifferences) {
  Corpus corpus;
  int both_take = 0, both_refuse = 0;
  std::map<std::string, int> differences;
  for (int i = 0; i < 200'000; ++i) {
    const std::string text = corpus.Next();
    const auto document = Document::Parse(text);
    const std::string ours = document ? "" : document.error().message;
    const rapidjson::ParseErrorCode theirs = RapidJson(text);
    if (ours.empty() == (theirs == rapidjson::kParseErrorNone)) {
      ++(ours.empty() ? both_take : both_refuse);
      continue;
    }
    const std::string named = NamedDifference(text, ours, theirs);
    ASSERT_NE(named, "") << "of " << text << ": ours says \"" << ours << "\", RapidJSON " << theirs;
    ++differences[named];
  }
  EXPECT_GT(both_take, 20'000);
  EXPECT_GT(both_refuse, 20'000);
  for (const auto& [named, count] : differences) RecordProperty(named, count);
  EXPECT_EQ(differences.size(), 4u) << "a named difference that never comes up hides something";
}

}  // namespace
}  // namespace contacts::json
