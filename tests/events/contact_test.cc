#include "events/contact.h"

#include <gtest/gtest.h>

#include "events/record.h"

namespace contacts {
namespace {

// Frozen: a folding that changes would change what "taken" means in history already written.
TEST(FoldEmail, TrimsSixCharactersAndLowersAsciiOnly) {
  const struct {
    std::string given, folded;
  } table[] = {
      {"jane@example.com", "jane@example.com"},
      {"JANE.Doe@EXAMPLE.Com", "jane.doe@example.com"},
      {"\t\n\v\f\r jane@example.com \r\f\v\n\t", "jane@example.com"},
      {"AZ@[`az{", "az@[`az{"},  // the neighbours of A–Z and a–z
      {"a b@c", "a b@c"},        // a space inside stays
      {"\x08"
       "a@b\x0E",
       "\x08"
       "a@b\x0E"},  // the neighbours of U+0009–000D
      {"\x1F"
       "a@b!",
       "\x1F"
       "a@b!"},  // the neighbours of U+0020
      {std::string("\0A@B\0", 5), std::string("\0a@b\0", 5)},
      {"\u00A0A@B\u00A0", "\u00A0a@b\u00A0"},              // no-break space stays
      {"\u0085A@B\u2003\u3000", "\u0085a@b\u2003\u3000"},  // so do next line, em and wide space
      {"\u0130@B", "\u0130@b"},                            // İ
      {"STRA\u1E9E\u00DF@B", "stra\u1E9E\u00DF@b"},        // ẞ, ß
      {"\u212A@B", "\u212A@b"},                            // the Kelvin sign is not a k
      {"\uFF21@B", "\uFF21@b"},                            // full-width A
      {"\u00C4\u0410\u0391@B", "\u00C4\u0410\u0391@b"},    // Ä, Cyrillic and Greek A
      {"E\u0301@B", "e\u0301@b"},                          // not normalised
      {"", ""},
      {" \t", ""},
  };
  for (const auto& [given, folded] : table) EXPECT_EQ(FoldEmail(given), folded) << given;
}

TEST(FoldEmail, MapsAFoldedTextToItself) {
  EXPECT_EQ(FoldEmail(FoldEmail("  \u0130A@B.C ")), FoldEmail("  \u0130A@B.C "));
}

TEST(ContactOf, IsTheContactAsOfItsRecord) {
  ContactCreated event;
  event.id = ContactId{42};
  event.fields.full_name = "Jane";
  EXPECT_EQ(ContactOf(event, Timestamp{5}),
            (Contact{ContactId{42}, event.fields, Timestamp{5}, Timestamp{5}}));
}

TEST(ContactType, EachNameStandsForOneValue) {
  for (const char* name : {"internal", "external", "vendor", "client"}) {
    const auto type = EnumFrom<ContactType>(name);
    ASSERT_TRUE(type) << name;
    EXPECT_EQ(NameOf(*type), name);
  }
  for (const char* name : {"", "Internal", "internal ", "clients"}) {
    EXPECT_FALSE(EnumFrom<ContactType>(name)) << name;
  }
}

}  // namespace
}  // namespace contacts
