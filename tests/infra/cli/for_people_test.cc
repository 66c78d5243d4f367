#include "infra/cli/for_people.h"

#include <gtest/gtest.h>

#include "infra/cli/text_table.h"
#include "infra/ops/operation.h"

namespace contacts::cli {
namespace {

OpsRequest Of(const std::string& tenant) {
  OpsRequest request;
  request.tenant = tenant;
  request.name = "feed";
  return request;
}

TEST(ForPeople, ATableIsAsWideAsItsWidestCellAndCutsNothing) {
  TextTable table({"A", "B"});
  table.Add({"\xC3\xA4\xC3\xA4\xC3\xA4", "x"});  // three characters, six bytes
  table.Add({"long enough", ""});
  EXPECT_EQ(table.Text(),
            "A            B\n"
            "\xC3\xA4\xC3\xA4\xC3\xA4          x\n"
            "long enough\n");
}

TEST(ForPeople, AnEmptyListSaysSo) {
  EXPECT_EQ(ForPeople("user-list", Of("acme"), "").out, "no users in tenant acme\n");
  EXPECT_EQ(ForPeople("token-list", Of("acme"), "").out, "no tokens in tenant acme\n");
  EXPECT_EQ(ForPeople("tenant-list", {}, "").out, "no tenants\n");
  EXPECT_EQ(ForPeople("address-list", {}, "").out, "no address is locked\n");
}

TEST(ForPeople, AUsersLocksNameAddressAndEnd) {
  const std::string json =
      R"({"username":"jane","role":"admin","contactId":7,"state":"active","locks":[)"
      R"({"until":"2026-11-29T10:00:00.123Z"},)"
      R"({"address":"192.0.2.1","until":"2026-11-29T09:00:00.000Z"}]})";
  EXPECT_EQ(ForPeople("user-list", Of("acme"), json + "\n").out,
            "USER  ROLE   CONTACT  STATE\n"
            "jane  admin  7        active; locked until 2026-11-29T10:00:00Z at all addresses; "
            "locked until 2026-11-29T09:00:00Z at 192.0.2.1\n");
}

TEST(ForPeople, ATypedNameDoesNotSteerTheTerminal) {
  const std::string json =
      R"({"username":"ja\u001b[2Jne\u202e\nroot","role":"x\u0007","state":"active"})";
  const std::string out = ForPeople("user-list", Of("acme"), json).out;
  EXPECT_NE(out.find("jaU+001B[2JneU+202EU+000Aroot  xU+0007"), std::string::npos) << out;
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
}

TEST(ForPeople, ATokenStandsAloneForScripts) {
  const Printed token = ForPeople(
      "token-add", Of("acme"),
      R"({"id":"1","name":"feed","scope":"write","expires":null,"revoked":false,"token":"ctk_1"})");
  EXPECT_EQ(token.out, "ctk_1\n");
  EXPECT_EQ(token.err, "This token, feed, may read and change acme. It is shown this once.\n");
}

TEST(ForPeople, AnErasureNamesItsRecordAndWhomToTell) {
  const std::string json = R"({"sequence":7,"recipients":["Example Law"]})";
  EXPECT_EQ(ForPeople("erase", Of("acme"), json).out,
            "Erased, by the record 7 of acme.\n"
            "Tell Example Law, to whom the data was disclosed.\n");
}

// A bug once: months that were erased before were "erased by" the tenant's newest record.
TEST(ForPeople, AnErasureWithoutARecordChangedNothing) {
  EXPECT_EQ(ForPeople("erase", Of("acme"), R"({"recipients":[]})").out,
            "Nothing was changed: that was erased before.\n");
}

TEST(ForPeople, EachVerbThatChangesSomethingSaysSoInASentence) {
  const std::string json =
      R"({"username":"jane","tenant":"acme","address":"192.0.2.1","disowned":"00","digest":"11",)"
      R"("token":"t","expires":"2026-11-29T10:00:00.000Z","name":"feed","scope":"read","role":"r",)"
      R"("tenants":[],"contacts":0,"contactLimit":1,"hasPassword":false,"wasCounted":true})";
  for (const Operation& operation : AllOperations()) {
    const std::string verb = NameOf(operation);
    if (!HasFormForPeople(verb)) continue;
    const Printed printed = ForPeople(verb, Of("acme"), json + "\n");
    EXPECT_EQ(printed.out.find('{'), std::string::npos) << verb << ": " << printed.out;
    EXPECT_FALSE(printed.out.empty()) << verb;
    if (verb.ends_with("list") || verb == "holds") continue;
    EXPECT_TRUE((printed.err.empty() ? printed.out : printed.err).ends_with(".\n")) << verb;
  }
}

}  // namespace
}  // namespace contacts::cli
