#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "events/json/json.h"
#include "tests/support/generators.h"

namespace contacts::json {
namespace {

using namespace std::string_literals;

// Prints the tree with its scalars as they are written, so that two texts can be compared.
std::string Describe(const Document& document, const Node& node) {
  if (node.kind != Kind::kArray && node.kind != Kind::kObject) {
    return std::to_string(static_cast<int>(node.kind)) + std::string(document.Raw(node));
  }
  std::string out = node.kind == Kind::kArray ? "array(" : "object(";
  uint32_t count = 0;
  for (uint32_t i = node.first; i != 0; i = document.at(i).next, ++count) {
    if (node.kind == Kind::kObject) out += std::string(document.RawName(document.at(i))) + "=";
    out += Describe(document, document.at(i)) + ";";
  }
  EXPECT_EQ(count, node.count);
  return out + ")";
}

TEST(JsonTree, FindsMembersByTheirDecodedName) {
  const std::string text = R"({"b":1,"\u0061":[2,3],"":4,"c":{"d":5}})";
  const auto document = Document::Parse(text);
  ASSERT_TRUE(document);
  const Node& root = document->root();
  ASSERT_EQ(root.count, 4u);
  const Node* a = document->Find(root, "a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(document->Raw(*a), "[2,3]");
  EXPECT_EQ(document->RawName(*a), "\\u0061");
  EXPECT_EQ(document->Name(*a), "a");
  EXPECT_EQ(document->Raw(*document->Find(root, "")), "4");
  EXPECT_EQ(document->Find(root, "d"), nullptr);
  EXPECT_EQ(document->Find(document->at(a->first), "a"), nullptr);
}

// A bug once: Find compared a name that holds a backslash with the source. Asked for the member
// named \u0061 (six characters), it returned the member "a".
TEST(JsonTree, ANameWithABackslashIsNotAnEscape) {
  const std::string text = R"({"\u0061":1,"\\u0061":2})";
  const auto document = Document::Parse(text);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->Raw(*document->Find(document->root(), "\\u0061")), "2");
  EXPECT_EQ(document->Raw(*document->Find(document->root(), "a")), "1");
  EXPECT_EQ(document->Find(document->root(), "\\\\u0061"), nullptr);
}

TEST(JsonTree, DecodesTexts) {
  const struct {
    const char* source;
    std::string text;
    bool whole;
  } table[] = {
      {R"("")", "", true},
      {R"("a\"\\\/\b\f\n\r\tz")", "a\"\\/\b\f\n\r\tz", true},
      {R"("\u0041\u00e4\u20AC\ud83d\uDE00")", "A\u00E4\u20AC\U0001F600", true},
      {R"("a\u0000b")", "a\0b"s, true},
      {R"("\u007f\u0080\u07ff\u0800\uffff")", "\x7f\u0080\u07FF\u0800\uFFFF", true},
      {R"("\ud800\udc00\udbff\udfff")", "\U00010000\U0010FFFF", true},
      {R"("\\u0041")", "\\u0041", true},
      {R"("\ud83d")", "\uFFFD", false},
      {R"("\ud83dx\ude00")", "\uFFFDx\uFFFD", false},
      {R"("\ud83d\ud83d\ude00")", "\uFFFD\U0001F600", false},
      {R"("\ud83d\u0041")",
       "\uFFFD"
       "A",
       false},
      {R"("\ude00\ud83d")", "\uFFFD\uFFFD", false},
  };
  for (const auto& [source, text, whole] : table) {
    const auto document = Document::Parse(source);
    ASSERT_TRUE(document) << source;
    std::string out = "left from before";
    EXPECT_EQ(document->Text(document->root(), &out), whole) << source;
    EXPECT_EQ(out, text) << source;
  }
}

TEST(JsonTree, MinifiesNothingInsideOfStrings) {
  EXPECT_EQ(Minify(" { \"a b\" : [ 1 ,\t\"c \\\" d\\\\\" ,\r\n null ] } "),
            "{\"a b\":[1,\"c \\\" d\\\\\",null]}");
  EXPECT_EQ(Minify("[1.50, 1E5, \"\\u0041\"]"), "[1.50,1E5,\"\\u0041\"]");
}

TEST(JsonTree, EscapesOnlyWhatMustBe) {
  std::string out = "x";
  AppendString("\"\\/\b\f\n\r\t\x01\x1f\x7f\u00E4\u2028\0"s, &out);
  EXPECT_EQ(out, "x\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\u00E4\u2028\\u0000\"");
}

RC_GTEST_PROP(JsonTreeProperty, AnyTextComesBackAsItWas, ()) {
  const std::string text = *gen::Text();
  std::string source;
  AppendString(text, &source);
  const auto document = Document::Parse(source);
  RC_ASSERT(document.ok());
  std::string read;
  RC_ASSERT(document->Text(document->root(), &read));
  RC_ASSERT(read == text);
}

// Inserts white space next to each token of one character.
std::string Loosened(std::string_view tight) {
  std::string loose;
  bool in_string = false;
  for (size_t i = 0; i < tight.size(); ++i) {
    const char c = tight[i];
    const bool token = !in_string && std::string_view("[]{},:").find(c) != std::string_view::npos;
    if (token) loose += *rc::gen::element<std::string>("", " ", "\n\t", "\r\n");
    loose += c;
    if (token) loose += *rc::gen::element<std::string>("", " ", "\n\t", "\r\n");
    if (in_string && c == '\\') loose += tight[++i];
    if (c == '"') in_string = !in_string;
  }
  return loose;
}

RC_GTEST_PROP(JsonTreeProperty, MinifyingKeepsTheTree, ()) {
  const std::string tight = *gen::Json(4);
  const std::string loose = Loosened(tight);
  const auto before = Document::Parse(loose);
  RC_ASSERT(before.ok());
  const std::string minified = Minify(loose);
  RC_ASSERT(minified == tight);
  const auto after = Document::Parse(minified);
  RC_ASSERT(after.ok());
  // The source of a container may differ, so Describe compares its children.
  RC_ASSERT(Describe(*before, before->root()) == Describe(*after, after->root()));
}

}  // namespace
}  // namespace contacts::json
