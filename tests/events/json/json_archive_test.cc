#include "events/json/json_archive.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "events/record.h"
#include "tests/support/generators.h"

namespace contacts {
namespace {

using Strings = std::vector<std::string>;

constexpr FieldRule kDefaulted{FieldRule::Form::kBoolean, 0, 0, true};

struct Inner {
  int64_t number = 5;
  std::vector<std::string> words;
  bool operator==(const Inner&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("number", number), Field("words", words));
  }
};

struct Sample {
  bool flag = false;
  int64_t count = -1;
  std::string text = "before";
  std::optional<std::string> nick = "nobody";
  Maybe<std::string> note;
  Maybe<std::optional<std::string>> patch;
  ContactType type = ContactType::kVendor;
  Timestamp at;
  Hash hash;
  std::optional<RawJson> extra;
  Inner inner;
  bool on = true;

  bool operator==(const Sample&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("flag", flag), Field("count", count), Field("text", text), Field("nick", nick),
       Field("note", note), Field("patch", patch), Field("type", type), Field("at", at),
       Field("hash", hash), Field("extra", extra), Field("inner", inner),
       Field("on", on, kDefaulted));
  }
};

const char* const kZeros = "0000000000000000000000000000000000000000000000000000000000000000";

std::string Full() {
  return R"({"flag":true,"count":-7,"text":"a\"b","nick":"n","note":"x","patch":null,)"
         R"("type":"client","at":"2026-11-23T10:00:00.123Z","hash":")" +
         std::string(kZeros) +
         R"(","extra":{"k":[1.50]},"inner":{"number":9,"words":["p","q"]},"on":false})";
}

template <class T>
Strings Read(const std::string& text, Reading reading, T* value, const std::string& path = "") {
  const auto document = json::Document::Parse(text);
  EXPECT_TRUE(document) << text;
  Faults faults;
  const bool ok = FromJson(*document, document->root(), reading, value, &faults, path);
  EXPECT_EQ(ok, faults.empty());
  Strings lines;
  for (const FieldFault& fault : faults.kept()) lines.push_back(fault.path + ": " + fault.message);
  return lines;
}

// Full() with one member's source replaced; "" leaves the member out.
std::string With(const std::string& name, const std::string& source) {
  const std::string full = Full();
  const auto document = json::Document::Parse(full);
  std::string out;
  const json::Node& root = document->root();
  for (uint32_t i = root.first; i != 0; i = document->at(i).next) {
    const json::Node& node = document->at(i);
    const bool same = document->RawName(node) == name;
    if (same && source.empty()) continue;
    out += (out.empty() ? "{\"" : ",\"") + std::string(document->RawName(node)) + "\":";
    out += same ? source : std::string(document->Raw(node));
  }
  return out + "}";
}

TEST(JsonArchive, WritesTheFieldsInTheOrderOfTheList) {
  Sample sample;
  EXPECT_EQ(Read(Full(), Reading::kRecord, &sample), Strings());
  EXPECT_EQ(ToJson(sample), Full());
  sample.nick.reset();
  sample.note.reset();
  sample.patch.reset();
  sample.inner.words.clear();
  EXPECT_EQ(ToJson(sample),
            R"({"flag":true,"count":-7,"text":"a\"b","nick":null,"type":"client",)"
            R"("at":"2026-11-23T10:00:00.123Z","hash":")" +
                std::string(kZeros) +
                R"(","extra":{"k":[1.50]},"inner":{"number":9,"words":[]},"on":false})");
}

TEST(JsonArchive, TakesMembersInAnyOrderAndSpelling) {
  Inner inner;
  EXPECT_EQ(Read(R"( {"words" : [ "a" ] , "\u006eumber" : 3} )", Reading::kRecord, &inner),
            Strings());
  EXPECT_EQ(inner, (Inner{3, {"a"}}));
}

TEST(JsonArchive, AbsentAndNullDiffer) {
  Sample sample;
  EXPECT_EQ(Read(With("patch", ""), Reading::kRecord, &sample), Strings());
  EXPECT_FALSE(sample.patch.has_value());
  EXPECT_EQ(Read(With("patch", "null"), Reading::kRecord, &sample), Strings());
  ASSERT_TRUE(sample.patch.has_value());
  EXPECT_FALSE(sample.patch->has_value());
  EXPECT_EQ(Read(With("patch", "\"p\""), Reading::kRecord, &sample), Strings());
  EXPECT_EQ(**sample.patch, "p");
  EXPECT_EQ(Read(With("nick", "null"), Reading::kRecord, &sample), Strings());
  EXPECT_EQ(sample.nick, std::nullopt);
  EXPECT_EQ(Read(With("note", "null"), Reading::kRecord, &sample),
            Strings{"/note: must be a string, not null"});
}

TEST(JsonArchive, NamesEveryFaultAtOnceWithItsPath) {
  Sample sample;
  EXPECT_EQ(
      Read(R"({"flag":1,"count":"1","text":null,"nick":5,"note":[],"patch":{},"type":"Client",)"
           R"("at":"2026-11-23","hash":"00","extra":[],"inner":{"number":true,)"
           R"("words":["a",1,null],"more":0},"on":"yes","~a/b":1})",
           Reading::kRecord, &sample, "/data"),
      (Strings{
          "/data/flag: must be a boolean, not a number",
          "/data/count: must be an integer, not a string",
          "/data/text: must be a string, not null",
          "/data/nick: must be a string, not a number",
          "/data/note: must be a string, not an array",
          "/data/patch: must be a string, not an object",
          "/data/type: must be one of internal, external, vendor, client",
          "/data/at: must be a time like 2026-11-23T10:00:00.123Z",
          "/data/hash: must be 64 lower-case hex digits",
          "/data/extra: must be an object, not an array",
          "/data/inner/number: must be an integer, not a boolean",
          "/data/inner/words/1: must be a string, not a number",
          "/data/inner/words/2: must be a string, not null",
          "/data/inner/more: is not a known field",
          "/data/on: must be a boolean, not a string",
          "/data/~0a~1b: is not a known field",
      }));
  Sample untouched;  // a field with a fault keeps its initial value
  untouched.inner.words = sample.inner.words;
  EXPECT_EQ(sample, untouched);
}

TEST(JsonArchive, WhatMayBeLeftOutDependsOnTheReading) {
  const Strings required = {"/flag: is required", "/count: is required", "/text: is required",
                            "/type: is required", "/at: is required",    "/hash: is required",
                            "/inner: is required"};
  Sample sample;
  EXPECT_EQ(Read("{}", Reading::kRequest, &sample), required);
  EXPECT_EQ(sample, Sample());  // the initial values hold
  for (const Reading reading : {Reading::kRecord, Reading::kEnvelope}) {
    Strings all = required;
    all.insert(all.begin() + 3, "/nick: is required");
    all.insert(all.end() - 1, "/extra: is required");
    all.push_back("/on: is required");
    EXPECT_EQ(Read("{}", reading, &sample), all);
  }
}

TEST(JsonArchive, OnlyAnEnvelopeHasUnknownMembersIgnored) {
  const std::string text = R"({"number":1,"words":[],"new":{"deep":[1]}})";
  Inner inner;
  EXPECT_EQ(Read(text, Reading::kEnvelope, &inner), Strings());
  for (const Reading reading : {Reading::kRecord, Reading::kRequest}) {
    EXPECT_EQ(Read(text, reading, &inner), Strings{"/new: is not a known field"});
  }
}

// The sender chooses the names of unknown members, and the faults go back as JSON. So the names in
// them must be UTF-8 and must not grow with the request.
TEST(JsonArchive, UnknownMembersAreNamedInBoundsAndInUtf8) {
  std::string wide;
  for (int i = 0; i < 50; ++i) wide += "\u20AC";
  Inner inner;
  EXPECT_EQ(
      Read(R"({"number":1,"words":[],"a)" + wide + R"(":1,"b\ud800":1})", Reading::kRecord, &inner),
      (Strings{"/a" + wide.substr(0, 63) + ": is not a known field",
               "/b\\ud800: is not a known field"}));
  EXPECT_EQ(Read(R"({"number":1,"words":[],")" + wide + R"(":1})", Reading::kRecord, &inner),
            (Strings{"/" + wide.substr(0, 63) + ": is not a known field"}));
  std::string many = "{\"number\":1,\"words\":[]";
  for (int i = 0; i < 20'000; ++i) many += ",\"u" + std::to_string(i) + "\":0";
  many += "}";
  Faults faults;
  const auto document = json::Document::Parse(many);
  EXPECT_FALSE(FromJson(*document, document->root(), Reading::kRecord, &inner, &faults, "/x"));
  EXPECT_EQ(faults.count(), 20'000u);
  ASSERT_EQ(faults.kept().size(), 50u);
  EXPECT_EQ(faults.kept()[49], (FieldFault{"/x/u49", "is not a known field"}));
}

TEST(JsonArchive, TakesIntegersOf64BitsInTheirOneForm) {
  Inner inner;
  for (const auto& [source, value] :
       std::vector<std::pair<std::string, int64_t>>{{"0", 0},
                                                    {"-0", 0},
                                                    {"9223372036854775807", INT64_MAX},
                                                    {"-9223372036854775808", INT64_MIN}}) {
    EXPECT_EQ(Read("{\"words\":[],\"number\":" + source + "}", Reading::kRecord, &inner),
              Strings());
    EXPECT_EQ(inner.number, value);
  }
  for (const char* source : {"9223372036854775808", "-9223372036854775809", "1.0", "1e0", "1E2",
                             "99999999999999999999999999", "0.0", "1e999"}) {
    EXPECT_EQ(
        Read(std::string("{\"words\":[],\"number\":") + source + "}", Reading::kRecord, &inner),
        Strings{"/number: must be an integer of at most 64 bits, written without fraction or "
                "exponent"})
        << source;
  }
}

TEST(JsonArchive, KeepsTextsWholeAlsoWithNulAndRefusesLoneSurrogates) {
  Sample sample;
  EXPECT_EQ(Read(With("text", R"("a\u0000b")"), Reading::kRecord, &sample), Strings());
  EXPECT_EQ(sample.text, std::string("a\0b", 3));
  EXPECT_EQ(ToJson(sample), With("text", R"("a\u0000b")"));
  for (const char* name : {"text", "nick", "note", "patch"}) {
    EXPECT_EQ(Read(With(name, R"("a\ud800")"), Reading::kRecord, &sample),
              Strings{"/" + std::string(name) + ": holds a surrogate without its pair"});
  }
  for (const char* name : {"type", "at", "hash"}) {
    EXPECT_EQ(Read(With(name, R"("\ud800")"), Reading::kRecord, &sample).size(), 1u) << name;
  }
}

TEST(JsonArchive, KeepsRawJsonAsItCame) {
  Sample sample;
  EXPECT_EQ(
      Read(With("extra", R"({ "z" : 1.50, "a":"\u0041\/" , "n": -0 })"), Reading::kRecord, &sample),
      Strings());
  EXPECT_EQ(sample.extra->text, R"({"z":1.50,"a":"\u0041\/","n":-0})");
  for (const char* source : {"[]", "1", "\"{}\"", "true"}) {
    EXPECT_EQ(Read(With("extra", source), Reading::kRecord, &sample).size(), 1u) << source;
  }
}

TEST(JsonArchive, AnObjectIsAnObject) {
  Sample sample;
  EXPECT_EQ(Read("[]", Reading::kRecord, &sample), Strings{": must be an object, not an array"});
  EXPECT_EQ(Read("null", Reading::kRequest, &sample), Strings{": must be an object, not null"});
  EXPECT_EQ(Read(With("inner", "7"), Reading::kRecord, &sample),
            Strings{"/inner: must be an object, not a number"});
}

TEST(JsonArchive, FaultsAreAddedToThoseAlreadyFound) {
  Faults faults;
  faults.Add("/before", "was wrong");
  const auto document = json::Document::Parse(R"({"number":1,"words":[]})");
  Inner inner;
  EXPECT_TRUE(FromJson(*document, document->root(), Reading::kRecord, &inner, &faults));
  EXPECT_EQ(faults.count(), 1u);
}

TEST(JsonArchive, WritesTheContactWithItsThirteenMembersInOrder) {
  Contact contact{ContactId{42}, {}, Timestamp{0}, Timestamp{1}};
  contact.fields.full_name = "Jane";
  contact.fields.email = "jane@example.com";
  EXPECT_EQ(ToJson(contact),
            R"({"id":42,"fullName":"Jane","mentionName":null,"email":"jane@example.com",)"
            R"("phone":null,"company":null,"title":null,"department":null,"type":"internal",)"
            R"("isActive":true,"metadata":null,"createdAt":"1970-01-01T00:00:00.000Z",)"
            R"("updatedAt":"1970-01-01T00:00:00.001Z"})");
}

RC_GTEST_PROP(JsonArchiveProperty, AnyContactComesBackAsItWas, ()) {
  const Contact contact{*gen::Id(), *gen::Fields(), *gen::Time(), *gen::Time()};
  const std::string text = ToJson(contact);
  const auto document = json::Document::Parse(text);
  RC_ASSERT(document.ok());
  Contact read;
  Faults faults;
  RC_ASSERT(FromJson(*document, document->root(), Reading::kRecord, &read, &faults));
  RC_ASSERT(read == contact);
}

}  // namespace
}  // namespace contacts
