// Tables of good and bad values for each field, with the very faults.
#include "command/validation.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/command/given.h"

namespace contacts {
void PrintTo(const FieldFault& fault, std::ostream* out) {
  *out << fault.path << ": " << fault.message;
}
}  // namespace contacts

namespace contacts::testing {
namespace {

using List = std::vector<FieldFault>;

const std::string kEnye = "\xC3\xB1";            // one character of two bytes
const std::string kPerson = "\xF0\x9F\x91\xA9";  // one character of four

std::string Times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

template <class T>
List FaultsOf(T command) {
  Faults faults;
  const bool good = Validate(&command, &faults);
  EXPECT_EQ(good, faults.empty());
  return faults.kept();
}

struct TextField {
  const char* path;
  std::function<void(CreateContact*, std::string)> set;
  std::function<std::string(const CreateContact&)> get;
};

template <std::optional<std::string> ContactFields::*member>
TextField Nullable(const char* path) {
  return {path, [](CreateContact* c, std::string text) { c->fields.*member = std::move(text); },
          [](const CreateContact& c) { return *(c.fields.*member); }};
}

const TextField kFullNameField{
    "/fullName", [](CreateContact* c, std::string text) { c->fields.full_name = std::move(text); },
    [](const CreateContact& c) { return c.fields.full_name; }};

std::vector<TextField> TextFields() {
  return {kFullNameField,
          Nullable<&ContactFields::mention_name>("/mentionName"),
          Nullable<&ContactFields::phone>("/phone"),
          Nullable<&ContactFields::company>("/company"),
          Nullable<&ContactFields::title>("/title"),
          Nullable<&ContactFields::department>("/department")};
}

List FaultsWith(const TextField& field, const std::string& text) {
  CreateContact create = Contact("a@x.org");
  field.set(&create, text);
  return FaultsOf(create);
}

TEST(Text, IsTrimmedInPlace) {
  for (const TextField& field : TextFields()) {
    CreateContact create = Contact("a@x.org");
    field.set(&create, " \t\n\v\f\r inner  space \r\f\v\n\t ");
    Faults faults;
    ASSERT_TRUE(Validate(&create, &faults)) << field.path;
    EXPECT_EQ(field.get(create), "inner  space") << field.path;
  }
}

TEST(Text, OtherWhiteSpaceStays) {
  CreateContact create = Contact("a@x.org");
  create.fields.full_name = "\xE2\x80\x83Jane\xC2\xA0";  // em space, no-break space
  EXPECT_TRUE(FaultsOf(create).empty());
  Faults faults;
  Validate(&create, &faults);
  EXPECT_EQ(create.fields.full_name, "\xE2\x80\x83Jane\xC2\xA0");
}

TEST(Text, HoldsNoControlCharacters) {
  const List none;
  for (const TextField& field : TextFields()) {
    const List fault = {{field.path, "must not hold control characters"}};
    for (const std::string& control :
         {std::string(1, '\0'), std::string("\x01"), std::string("\n"), std::string("\x1F"),
          std::string("\x7F"), std::string("\xC2\x80"), std::string("\xC2\x9F")}) {
      EXPECT_EQ(FaultsWith(field, "a" + control + "b"), fault) << field.path;
    }
    for (const char* fine : {"a b", "a~b",
                             "a\xC2\xA0"
                             "b",
                             "a\xE2\x80\x8B"
                             "b",
                             "\xC3\x9F"}) {
      EXPECT_EQ(FaultsWith(field, fine), none) << field.path << fine;
    }
  }
  EXPECT_EQ(FaultsWith(kFullNameField, "\xC2\x85"),
            (List{{"/fullName", "must not hold control characters"}}));
}

TEST(Text, HasAtMost320Characters) {
  for (const TextField& field : TextFields()) {
    const List fault = {{field.path, "must have at most 320 characters, not 321"}};
    for (const std::string& character : {std::string("x"), kEnye, kPerson}) {
      EXPECT_EQ(FaultsWith(field, Times(320, character)), List{}) << field.path << character;
      EXPECT_EQ(FaultsWith(field, Times(321, character)), fault) << field.path << character;
    }
    EXPECT_EQ(FaultsWith(field, "  " + Times(320, "x") + "  "), List{}) << field.path;
  }
}

TEST(Text, OnlyTheFullNameMustNotBeEmpty) {
  for (const TextField& field : TextFields()) {
    const bool required = field.path == std::string("/fullName");
    const List expected = required ? List{{"/fullName", "must not be empty"}} : List{};
    for (const char* blank : {"", " ", " \t\r\n "}) {
      EXPECT_EQ(FaultsWith(field, blank), expected) << field.path;
    }
  }
}

TEST(Text, NullIsNoFault) {
  const CreateContact create = Contact("a@x.org");
  ASSERT_FALSE(create.fields.phone || create.fields.company || create.fields.metadata);
  EXPECT_EQ(FaultsOf(create), List{});
}

// `length` bytes: labels of 63 at most.
std::string EmailOf(size_t length) {
  std::string email = "a@" + Times(3, std::string(63, 'b') + ".");
  return email + std::string(length - email.size(), 'c');
}

TEST(Email, IsTrimmedAndKeepsItsCase) {
  CreateContact create = Contact("\t Jane@X.org\r\n");
  Faults faults;
  ASSERT_TRUE(Validate(&create, &faults));
  EXPECT_EQ(create.fields.email, "Jane@X.org");
}

TEST(Email, HasAtMost254Characters) {
  ASSERT_EQ(EmailOf(254).size(), 254u);
  EXPECT_EQ(FaultsOf(Contact(EmailOf(254))), List{});
  EXPECT_EQ(FaultsOf(Contact(EmailOf(255))),
            (List{{"/email", "must have at most 254 characters"}}));
}

TEST(Email, IsAnEmail) {
  const List fault = {{"/email", "must be an e-mail address, as in jane@example.com"}};
  for (const char* bad : {"", "  ", "jane", "jane@", "j\xC3\xA4ne@x.org", "a b@x.org"}) {
    EXPECT_EQ(FaultsOf(Contact(bad)), fault) << bad;
  }
}

List FaultsOfMetadata(const std::string& json) {
  CreateContact create = Contact("a@x.org");
  create.fields.metadata = RawJson{json};
  return FaultsOf(create);
}

// An object of so many levels, the innermost an array.
std::string Nested(int levels) {
  return Times(levels - 1, "{\"a\":") + "[]" + Times(levels - 1, "}");
}

TEST(Metadata, HasAtMost16KiB) {
  const auto of_size = [](size_t size) { return "{\"a\":\"" + std::string(size - 8, 'x') + "\"}"; };
  ASSERT_EQ(of_size(16384).size(), 16384u);
  EXPECT_EQ(FaultsOfMetadata(of_size(16384)), List{});
  EXPECT_EQ(FaultsOfMetadata(of_size(16385)),
            (List{{"/metadata", "must have at most 16384 bytes without white space"}}));
}

TEST(Metadata, HasAtMost16Levels) {
  EXPECT_EQ(FaultsOfMetadata(Nested(16)), List{});
  EXPECT_EQ(FaultsOfMetadata(Nested(17)),
            (List{{"/metadata" + Times(16, "/a"), "must be nested at most 16 levels"}}));
}

TEST(Metadata, HoldsFiniteNumbersAnywhere) {
  EXPECT_EQ(FaultsOfMetadata(R"({"a":1e308,"b":-1.7976931348623157e308,"c":1e-999})"), List{});
  EXPECT_EQ(
      FaultsOfMetadata(R"({"a":-0,"b":0e999,"c":5e-324,"d":[0.00001e313,-1E-9999999999999]})"),
      List{});
  EXPECT_EQ(FaultsOfMetadata("{\"a\":" + Times(308, "9") + ",\"b\":0." + Times(9999, "0") + "1}"),
            List{});
  EXPECT_EQ(
      FaultsOfMetadata("{\"a\":" + Times(310, "9") + ",\"b\":1.7976931348623159e308,\"c\":1}"),
      (List{{"/metadata/a", "must be a finite number"},
            {"/metadata/b", "must be a finite number"}}));
  EXPECT_EQ(FaultsOfMetadata(R"({"a":1e999})"), (List{{"/metadata/a", "must be a finite number"}}));
  EXPECT_EQ(FaultsOfMetadata(R"({"list":[1,{"deep":[0,-1e400]}],"b":2e308})"),
            (List{{"/metadata/list/1/deep/1", "must be a finite number"},
                  {"/metadata/b", "must be a finite number"}}));
}

TEST(Metadata, HoldsNoSurrogateWithoutItsPair) {
  EXPECT_EQ(FaultsOfMetadata(R"({"a":"\ud83d\udc69"})"), List{});
  EXPECT_EQ(FaultsOfMetadata(R"({"a":["x","\ud83d"]})"),
            (List{{"/metadata/a/1", "holds a surrogate without its pair"}}));
}

// A lone surrogate in a name passed, and stood in the fault's path as bytes that are no UTF-8.
TEST(Metadata, HasNoNameWithASurrogateWithoutItsPair) {
  EXPECT_EQ(FaultsOfMetadata(R"({"\ud83d\udc69":1})"), List{});
  EXPECT_EQ(FaultsOfMetadata(R"({"a":{"\ud83d":1e999}})"),
            (List{{"/metadata/a/\\ud83d", "has a surrogate without its pair in its name"}}));
}

// The name was taken as it is written, not as it is read.
TEST(Metadata, FaultsNameTheMemberByItsDecodedName) {
  EXPECT_EQ(FaultsOfMetadata(R"({"\u0061\"b":1e999,"c/d~e":1e999})"),
            (List{{"/metadata/a\"b", "must be a finite number"},
                  {"/metadata/c~1d~0e", "must be a finite number"}}));
}

// What was too large was walked all the same, and each of its values had a path of its own: one
// body of 256 kB had gigabytes of faults.
TEST(Metadata, ThatIsTooLargeHasThatOneFault) {
  const List too_large = {{"/metadata", "must have at most 16384 bytes without white space"}};
  EXPECT_EQ(FaultsOfMetadata("{\"a\":[1e999" + Times(4000, ",1e999") + "]}"), too_large);
  EXPECT_EQ(FaultsOfMetadata("{\"\\ud800" + Times(17'000, "x") + "\":\"\\ud800\"}"), too_large);
  EXPECT_EQ(FaultsOfMetadata("{\"a\":" + Nested(30) + ",\"b\":\"" + Times(17'000, "x") + "\"}"),
            too_large);
}

TEST(Metadata, NamesInPathsAreShortened) {
  const std::string name = Times(300, "n");
  EXPECT_EQ(FaultsOfMetadata("{\"" + name + "\":[0,1e999]}"),
            (List{{"/metadata/" + Times(64, "n") + "/1", "must be a finite number"}}));
  EXPECT_EQ(FaultsOfMetadata("{\"\\u006e" + name + "\":[0,1e999]}"),
            (List{{"/metadata/" + Times(64, "n") + "/1", "must be a finite number"}}));
}

TEST(Metadata, FaultsThatAreNotKeptAreCounted) {
  CreateContact create = Contact("a@x.org");
  create.fields.metadata = RawJson{"{\"a\":[1e999" + Times(1999, ",1e999") + "]}"};
  Faults faults;
  EXPECT_FALSE(Validate(&create, &faults));
  EXPECT_EQ(faults.count(), 2000u);
  EXPECT_EQ(faults.kept().size(), Faults::kMost);
}

TEST(CreateContactFaults, AllAreToldAtOnce) {
  CreateContact create = Contact("jane");
  create.fields.full_name = " ";
  create.fields.phone =
      "\n1\x7F"
      "2";
  create.fields.title = Times(330, "\x01");
  create.fields.metadata = RawJson{R"({"n":1e999})"};
  EXPECT_EQ(FaultsOf(create), (List{{"/fullName", "must not be empty"},
                                    {"/email", "must be an e-mail address, as in jane@example.com"},
                                    {"/phone", "must not hold control characters"},
                                    {"/title", "must not hold control characters"},
                                    {"/title", "must have at most 320 characters, not 330"},
                                    {"/metadata/n", "must be a finite number"}}));
}

TEST(CreateContactFaults, AreAddedToThoseThatAreThere) {
  CreateContact good = Contact("a@x.org");
  Faults faults;
  faults.Add("/type", "must be given");
  EXPECT_TRUE(Validate(&good, &faults));
  EXPECT_EQ(faults.count(), 1u);
}

TEST(AddUserFaults, NameAndRole) {
  EXPECT_EQ(FaultsOf(AddUser{" root ", " admin "}), List{});
  EXPECT_EQ(FaultsOf(AddUser{Times(254, "x"), Times(64, kEnye)}), List{});
  EXPECT_EQ(FaultsOf(AddUser{" ", ""}),
            (List{{"/username", "must not be empty"}, {"/role", "must not be empty"}}));
  EXPECT_EQ(FaultsOf(AddUser{Times(255, "x"), Times(65, "x")}),
            (List{{"/username", "must have at most 254 characters, not 255"},
                  {"/role", "must have at most 64 characters, not 65"}}));
}

TEST(ChangeUserFaults, NameAndRole) {
  EXPECT_EQ(FaultsOf(ChangeUser{"root", std::nullopt, true}), List{});
  EXPECT_EQ(FaultsOf(ChangeUser{"", " \t", std::nullopt}),
            (List{{"/username", "must not be empty"}, {"/role", "must not be empty"}}));
  ChangeUser change{" root ", " member ", std::nullopt};
  Faults faults;
  ASSERT_TRUE(Validate(&change, &faults));
  EXPECT_EQ(change, (ChangeUser{"root", "member", std::nullopt}));
}

}  // namespace
}  // namespace contacts::testing
