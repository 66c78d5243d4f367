#include "command/writer/record_maker.h"

#include <gtest/gtest.h>

#include "command/idempotency.h"
#include "tests/command/given.h"

namespace contacts::testing {
namespace {

const Event kEvent = PasswordSet{UserId{"1"}, "c-1"};

TEST(MakeRecord, ContinuesTheStateAndNamesTheActor) {
  Given given;
  given.Done(By(Contact("a@x.org")));
  Command command = By(SetPassword{"root", "c-1"});
  command.client_ip.emplace("10.0.0.1");
  command.reason.emplace("why");

  const Record record = MakeRecord(given.State(), command, kEvent, FixedWorld());

  EXPECT_EQ(record.envelope.tenant, TenantId{"acme"});
  EXPECT_EQ(record.envelope.sequence, Sequence{2});
  EXPECT_EQ(record.envelope.previous, Sha256(given.entries().back().value));
  EXPECT_EQ(record.envelope.time, kNow);
  EXPECT_EQ(record.envelope.actor, "7");
  EXPECT_EQ(record.envelope.actorname, "Jane Doe");
  EXPECT_EQ(*record.envelope.clientip, "10.0.0.1");
  EXPECT_EQ(*record.envelope.reason, "why");
  EXPECT_FALSE(record.envelope.traceparent || record.envelope.idempotencykey ||
               record.envelope.requesthash || record.requestkey);
  EXPECT_EQ(record.event, kEvent);
}

TEST(MakeRecord, KeepsTheKeyAndAHashOfTheRequestUnderAKeyOfItsOwn) {
  const World world = FixedWorld();
  const Command command = By(AddUser{"root", "admin"}, "k1", "the request");
  const Record first = MakeRecord(Given().State(), command, kEvent, world);
  const Record second = MakeRecord(Given().State(), command, kEvent, world);
  EXPECT_EQ(*first.envelope.idempotencykey, "k1");
  EXPECT_EQ(first.requestkey->size(), 32u);
  EXPECT_NE(*first.requestkey, *second.requestkey);
  EXPECT_EQ(*first.envelope.requesthash, RequestHash(*first.requestkey, "the request"));
}

TEST(MakeRecord, GivesEachRecordANewId) {
  const World world = FixedWorld();
  const Given given;
  const Command command = By(AddUser{"root", "admin"});
  EXPECT_NE(MakeRecord(given.State(), command, kEvent, world).envelope.id,
            MakeRecord(given.State(), command, kEvent, world).envelope.id);
}

TEST(MakeRecord, IsNeverBeforeTheRecordThatItContinues) {
  Given given;
  given.Done(By(Contact("a@x.org")));
  World late = FixedWorld();
  late.wall_clock = [] { return Timestamp{kNow.milliseconds - 60'000}; };
  EXPECT_EQ(MakeRecord(given.State(), By(AddUser{"r", "a"}), kEvent, late).envelope.time, kNow);
  late.wall_clock = [] { return Timestamp{kNow.milliseconds + 5}; };
  EXPECT_EQ(MakeRecord(given.State(), By(AddUser{"r", "a"}), kEvent, late).envelope.time,
            Timestamp{kNow.milliseconds + 5});
}

}  // namespace
}  // namespace contacts::testing
