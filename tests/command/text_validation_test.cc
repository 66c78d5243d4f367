// Tables of good and bad texts for each field that people read, with the exact faults.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "command/validation.h"
#include "events/values/unicode.h"
#include "tests/command/validated.h"

namespace contacts::testing {
namespace {

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

FaultList FaultsWith(const TextField& field, const std::string& text) {
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

// A bug once: a name of three U+00A0 was taken, and looked empty.
TEST(Text, IsTrimmedOfUnicodesWhiteSpaceToo) {
  for (const TextField& field : TextFields()) {
    CreateContact create = Contact("a@x.org");
    field.set(&create, "\u2003\u00A0\u0085Jane\u00A0Doe\u3000\u2028");
    Faults faults;
    ASSERT_TRUE(Validate(&create, &faults)) << field.path;
    EXPECT_EQ(field.get(create), "Jane\u00A0Doe") << field.path;
  }
}

TEST(Text, HoldsNoControlCharacters) {
  const FaultList none;
  const auto fault = [](const TextField& field, const std::string& code) {
    return FaultList{
        {field.path, "must not hold control characters: U+" + code + " at position 2"}};
  };
  for (const TextField& field : TextFields()) {
    for (const auto& [control, code] :
         {std::pair(std::string(1, '\0'), "0000"), std::pair(std::string("\x01"), "0001"),
          std::pair(std::string("\n"), "000A"), std::pair(std::string("\x1F"), "001F"),
          std::pair(std::string("\x7F"), "007F"), std::pair(std::string("\xC2\x80"), "0080"),
          std::pair(std::string("\xC2\x9F"), "009F")}) {
      EXPECT_EQ(FaultsWith(field, "a" + control + "b"), fault(field, code)) << field.path;
    }
    for (const char* fine :
         {"a b", "a~b", "a\u00A0b", "a\u200Bb", "\u00DF", "a\u2067b\u2069",
          "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", "\U0001F469\u200D\U0001F4BB"}) {
      EXPECT_EQ(FaultsWith(field, fine), none) << field.path << fine;
    }
  }
  EXPECT_EQ(FaultsWith(kFullNameField, "\xC2\x85"),
            (FaultList{{"/fullName", "must not be empty"}}));
}

TEST(Text, HoldsNoNoncharactersAndPairsItsBidirectionalControls) {
  for (const TextField& field : TextFields()) {
    EXPECT_EQ(FaultsWith(field, "ab\uFFFE"),
              (FaultList{{field.path, "must not hold noncharacters: U+FFFE at position 3"}}));
    EXPECT_EQ(
        FaultsWith(field, " a\u202Eb"),
        (FaultList{{field.path,
                    "must not hold bidirectional controls that are not paired: U+202E at position "
                    "3"}}));
  }
}

// A bug once: a name of three U+200B was taken.
TEST(Text, HasAVisibleCharacterInARequiredField) {
  for (const char* unseen : {"\u200B\u200B\u200B", "\u3164", "\u115F", "\uFFA0", "\u2800",
                             "\U000E0041", "\uFE0F", "\u0301", "\u200D"}) {
    const std::string code = unicode::NameOf(unicode::FirstOf(unseen).code);
    const FaultList fault = {{"/fullName", "must have a character that can be seen, not only " +
                                               code + " at position 3"}};
    EXPECT_EQ(FaultsWith(kFullNameField, "\u3000 " + std::string(unseen)), fault);
  }
}

TEST(Text, IsEmptiedWithoutAVisibleCharacterInAnOptionalField) {
  for (const TextField& field : TextFields()) {
    if (field.path == std::string("/fullName")) continue;
    for (const char* unseen : {"", " \u00A0", "\u200B", "\u3164\u2800"}) {
      CreateContact create = Contact("a@x.org");
      field.set(&create, unseen);
      Faults faults;
      EXPECT_TRUE(Validate(&create, &faults)) << field.path;
      EXPECT_EQ(field.get(create), "") << field.path;
    }
  }
}

TEST(Text, HasAtMost320Characters) {
  for (const TextField& field : TextFields()) {
    const FaultList fault = {{field.path, "must have at most 320 characters, not 321"}};
    for (const std::string& character : {std::string("x"), kEnye, kPerson}) {
      EXPECT_EQ(FaultsWith(field, Times(320, character)), FaultList{}) << field.path << character;
      EXPECT_EQ(FaultsWith(field, Times(321, character)), fault) << field.path << character;
    }
    EXPECT_EQ(FaultsWith(field, "  " + Times(320, "x") + "  "), FaultList{}) << field.path;
  }
}

TEST(Text, OnlyTheFullNameMustNotBeEmpty) {
  for (const TextField& field : TextFields()) {
    const bool required = field.path == std::string("/fullName");
    const FaultList expected =
        required ? FaultList{{"/fullName", "must not be empty"}} : FaultList{};
    for (const char* blank : {"", " ", " \t\r\n "}) {
      EXPECT_EQ(FaultsWith(field, blank), expected) << field.path;
    }
  }
}

TEST(Text, NullIsNotAFault) {
  const CreateContact create = Contact("a@x.org");
  ASSERT_FALSE(create.fields.phone || create.fields.company || create.fields.metadata);
  EXPECT_EQ(FaultsOf(create), FaultList{});
}

// An address of `length` bytes, with labels of at most 63.
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
  EXPECT_EQ(FaultsOf(Contact(EmailOf(254))), FaultList{});
  EXPECT_EQ(FaultsOf(Contact(EmailOf(255))),
            (FaultList{{"/email", "must have at most 254 characters"}}));
}

TEST(Email, IsAnEmail) {
  const FaultList fault = {{"/email", "must be an e-mail address, as in jane@example.com"}};
  for (const char* bad : {"", "  ", "jane", "jane@", "@x.org", "a@-x.org", "a@x..org"}) {
    EXPECT_EQ(FaultsOf(Contact(bad)), fault) << bad;
  }
}

// A bug once: the refusal of an address with U+200F at its end showed no fault.
TEST(Email, NamesTheFirstCharacterThatItCannotHold) {
  for (const auto& [bad, shown] :
       {std::pair("jane@example.com\u200F", "U+200F at position 17"),
        std::pair("\uFEFFjane@example.com", "U+FEFF at position 1"),
        std::pair(" j\u00E4ne@\u00E4.org", "U+00E4 at position 3"),
        std::pair("jane@x.org\u00A0", "U+00A0 at position 11"),
        std::pair("a b@x.org", "U+0020 at position 2"), std::pair("a@b@c", "U+0040 at position 4"),
        std::pair("jane@x_y.org", "U+005F at position 7"),
        std::pair("jane\u200B", "U+200B at position 5")}) {
    EXPECT_EQ(
        FaultsOf(Contact(bad)),
        (FaultList{{"/email", std::string("must be an e-mail address, as in jane@example.com; "
                                          "it cannot hold ") +
                                  shown}}))
        << bad;
  }
}

// A bug once: a role `admin` with U+200B looked like `admin` and gave no rights.
TEST(Name, OfARoleOrATokenHoldsNoInvisibleCharacter) {
  const auto faults_of = [](auto command) {
    Faults faults;
    const bool fits = Validate(&command, &faults);
    EXPECT_EQ(fits, faults.empty());
    return faults.kept();
  };
  const std::string unseen = "must not hold characters that cannot be seen: ";
  EXPECT_EQ(faults_of(AddUser{"jo", "admin"}), FaultList{});
  EXPECT_EQ(faults_of(AddUser{"jo", " ad\u200Bmin"}),
            (FaultList{{"/role", unseen + "U+200B at position 4"}}));
  EXPECT_EQ(faults_of(AddUser{"jo", "\u200B"}),
            (FaultList{{"/role",
                        "must have a character that can be seen, not only U+200B at "
                        "position 1"}}));
  EXPECT_EQ(faults_of(ChangeUser{"jo", "admin\u00AD", {}}),
            (FaultList{{"/role", unseen + "U+00AD at position 6"}}));
  EXPECT_EQ(faults_of(ChangeUser{"jo", {}, true}), FaultList{});
  EXPECT_EQ(faults_of(IssueToken{"1", "fe\u00A0ed", {}, {}, {}}),
            (FaultList{{"/name", unseen + "U+00A0 at position 3"}}));
}

// The name is part of the actor, which stays readable in the history for ever.
TEST(OperatorNames, AreBoundedAndWrittenAsUserNamesAre) {
  const auto fault_of = [](std::string name) {
    return FaultOfOperatorName(&name).value_or("none, " + name);
  };
  EXPECT_EQ(fault_of(" Olga Ruiz\u00A0"), "none, Olga Ruiz");
  EXPECT_EQ(fault_of("J\u00FCrgen"), "none, J\u00FCrgen");
  EXPECT_EQ(fault_of("uid 990"), "none, uid 990");
  EXPECT_EQ(fault_of(""), "must have a character that can be seen");
  EXPECT_EQ(fault_of("ol\nga"), "must not hold control characters: U+000A at position 3");
  EXPECT_EQ(fault_of(" ol\u200Bga"),
            "must hold letters, digits and visible ASCII only: U+200B at position 4");
  EXPECT_EQ(fault_of(std::string(254, 'x')), "none, " + std::string(254, 'x'));
  EXPECT_EQ(fault_of(std::string(255, 'x')), "must have at most 254 characters, not 255");
}

TEST(Reason, IsATextLikeOthers) {
  const auto fault_of = [](std::string reason) { return FaultOfReason(&reason).value_or("none"); };
  EXPECT_EQ(fault_of("asked by \u00FC"), "none");
  EXPECT_EQ(fault_of("a\u202E"),
            "must not hold bidirectional controls that are not paired: U+202E at position 2");
  EXPECT_EQ(fault_of("why\n"), "must not hold control characters: U+000A at position 4");
  EXPECT_EQ(fault_of(Times(500, kEnye)), "none");
  EXPECT_EQ(fault_of(Times(501, kEnye)), "must have at most 500 characters, not 501");
  for (const auto& [given, kept] : {std::pair("\u3000why\u00A0", "why"), std::pair("\u200B", "")}) {
    std::string reason = given;
    EXPECT_EQ(FaultOfReason(&reason), std::nullopt);
    EXPECT_EQ(reason, kept);
  }
}

}  // namespace
}  // namespace contacts::testing
