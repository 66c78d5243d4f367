// What refusals tell the history, which keeps them for ever.
#include <gtest/gtest.h>

#include <vector>

#include "command/rules/decide.h"
#include "events/json/json_archive.h"
#include "tests/command/given.h"
#include "tests/command/rules/decided.h"

namespace contacts::testing {
namespace {

// A refusal stays in history when the person has been erased, so it must name no value of a person.
TEST(Refusals, NoRefusalNamesAPersonsValue) {
  Given given;
  given.Done(By(Contact("jane@x.org", /*can_login=*/true))).Done(By(AddUser{"zebedee", "admin"}));
  CreateContact taken_name = Contact("Zebedee@x.org", /*can_login=*/true);
  given.Done(By(AddUser{"zebedee@x.org", "member"}));
  const std::vector<Command> refused = {
      By(Contact("Jane@x.org"), "k"),        By(taken_name, "k"),
      By(AddUser{"Zebedee", "member"}, "k"), By(ChangeUser{"magnolia", "admin", false}, "k"),
      By(SetPassword{"magnolia", "c"}, "k"), By(EndSessions{"magnolia"}, "k"),
      By(RevokeToken{"magnolia"}, "k")};
  for (const Command& command : refused) {
    const auto event = RecordedEvent(given.When(command), command);
    ASSERT_TRUE(event) << NameOf(command.intent);
    const std::string text = FoldEmail(ToJson(std::get<CommandRefused>(*event)));
    for (const char* value : {"jane", "x.org", "zebedee", "magnolia"}) {
      EXPECT_EQ(text.find(value), std::string::npos) << text;
    }
  }
}

}  // namespace
}  // namespace contacts::testing
