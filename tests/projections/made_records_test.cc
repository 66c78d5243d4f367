// Records that this process made are applied as they were made, and leave the rows that any other
// reader's have.
#include "events/made_records.h"

#include <map>

#include "events/sealed_record.h"
#include "tests/projections/projected.h"

namespace contacts::testing {
namespace {

class MadeHere : public MadeRecords {
 public:
  void Add(const LogEntry& entry, Record record) {
    records_[{entry.key, Sha256(entry.value)}] = std::move(record);
  }
  const Record* Made(std::string_view key, const Hash& hash) const override {
    const auto found = records_.find({std::string(key), hash});
    return found == records_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::pair<std::string, Hash>, Record> records_;
};

Record Opened(const LogEntry& entry) {
  Record record = DecodeRecord(entry.value).value();
  EXPECT_EQ(OpenData(&record, TestKeys()), contacts::Opened::kOpen);
  EXPECT_EQ(OpenActor(&record, TestKeys()), contacts::Opened::kOpen);
  return record;
}

std::vector<Judged> Apply(ViewStore& views, const std::vector<LogEntry>& entries,
                          const MadeRecords& made) {
  Projector projector(views, TestKeys(), 0, 1);
  projector.UseMade(&made);
  return projector.Apply(entries);
}

TEST(MadeRecords, AreNotDecodedAgain) {
  const LogScript log = LogScript().Opens().Then("acme", Created(1, "Written", "w@example.org"));
  MadeHere made;
  Record record = Opened(log.entries().back());
  std::get<ContactCreated>(record.event).fields.full_name = "Known";
  made.Add(log.entries().back(), record);
  MemoryViewStore views;
  Apply(views, log.entries(), made);
  EXPECT_NE(Rows(views, "contacts").find("Known"), std::string::npos);
  EXPECT_EQ(Rows(views, "contacts").find("Written"), std::string::npos);
}

// Each second record of a long log; also those that lost, and in batches that another thread
// decodes.
TEST(MadeRecords, LeaveTheRowsAndVerdictsOfAnyReader) {
  LogScript log;
  log.Opens();
  for (int64_t id = 1; id <= 400; ++id) {
    const std::string number = std::to_string(id);
    log.Then("acme", Created(id, "C" + number, number + "@example.org"), {"7", "k" + number});
    if (id % 5 == 0) log.Then("acme", Created(id, "L" + number, "l@example.org")).Again(0);
    if (id % 7 == 0) log.Loser("acme", Added("1", "bob", "member"));
  }
  MadeHere made;
  int known = 0;
  for (const LogEntry& entry : log.entries()) {
    if (entry.key == "acme" && entry.offset.value % 2 == 0) {
      made.Add(entry, Opened(entry));
      ++known;
    }
  }
  ASSERT_GT(known, 100);
  MemoryViewStore expected;
  const std::vector<Judged> judged = ApplyAll(expected, log.entries());
  MemoryViewStore views;
  EXPECT_TRUE(Apply(views, log.entries(), made) == judged);
  EXPECT_EQ(Describe(views), Describe(expected));
  MemoryViewStore one_by_one;
  for (const LogEntry& entry : log.entries()) Apply(one_by_one, {entry}, made);
  EXPECT_EQ(Describe(one_by_one), Describe(expected));
}

}  // namespace
}  // namespace contacts::testing
