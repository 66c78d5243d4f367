// The examples of RFC 7396, appendix A, and what it leaves to the implementation: order and
// spelling.
#include "events/json/merge_patch.h"

#include <gtest/gtest.h>

#include <string>

namespace contacts::json {
namespace {

std::string Merged(const std::string& target, const std::string& patch) {
  const auto before = Document::Parse(target);
  const auto change = Document::Parse(patch);
  if (!before || !change) return "not JSON";
  return MergePatch(*before, *change);
}

TEST(MergePatch, HoldsTheExamplesOfTheRfc) {
  struct Example {
    const char* target;
    const char* patch;
    const char* result;
  };
  for (const Example& example : {
           Example{R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
           Example{R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
           Example{R"({"a":"b"})", R"({"a":null})", "{}"},
           Example{R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
           Example{R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
           Example{R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
           Example{R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
           Example{R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
           Example{R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
           Example{R"({"a":"b"})", R"(["c"])", R"(["c"])"},
           Example{R"({"a":"foo"})", "null", "null"},
           Example{R"({"a":"foo"})", R"("bar")", R"("bar")"},
           Example{R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
           Example{"[1,2]", R"({"a":"b","c":null})", R"({"a":"b"})"},
           Example{"{}", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
       }) {
    EXPECT_EQ(Merged(example.target, example.patch), example.result)
        << example.target << " with " << example.patch;
  }
}

TEST(MergePatch, KeepsOrderSpellingAndNumbers) {
  EXPECT_EQ(Merged(R"({"z":1.50,"a":{"y":1e2,"x":2},"\u0062":3})", R"({"new":0.10,"a":{"x":3.0}})"),
            R"({"z":1.50,"a":{"y":1e2,"x":3.0},"\u0062":3,"new":0.10})");
  EXPECT_EQ(Merged(R"( { "a" : [ 1 , { "b" : null } ] } )", R"( { "c" : [ null ] } )"),
            R"({"a":[1,{"b":null}],"c":[null]})")
      << "nulls in arrays stay, white space does not";
}

TEST(MergePatch, ComparesDecodedNames) {
  EXPECT_EQ(Merged(R"({"\u0061":1,"b":2})", R"({"a":null,"\u0062":3})"), R"({"b":3})");
}

}  // namespace
}  // namespace contacts::json
