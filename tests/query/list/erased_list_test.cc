// A kept list shows nobody who was erased, also while its tenant is parked.
#include <gtest/gtest.h>

#include "projections/projector.h"
#include "query/list/list_cache.h"
#include "query/list/render_list.h"
#include "tests/query/list/askers.h"
#include "tests/support/keys.h"
#include "tests/support/log_script.h"
#include "tests/support/memory_view_store.h"

namespace contacts::query {
namespace {

using testing::Created;
using testing::LogScript;

class ErasedListTest : public ::testing::Test {
 protected:
  // Applies the entries that were added to the log since.
  void Apply() {
    const auto next = projector_.checkpoint().next.value;
    projector_.Apply({log_.entries().begin() + next, log_.entries().end()});
  }
  std::string Read(ListKind kind) {
    const auto reading = cache_.Read(kind, kAdmin);
    std::string text;
    for (const Chunk& chunk : reading->list->plain()) text += *chunk;
    return text;
  }

  LogScript log_;
  MemoryViewStore views_;
  Projector projector_{views_, TestKeys(), 0, 1};
  ListCache cache_{views_, 1u << 20};
};

TEST_F(ErasedListTest, AnErasedContactIsOut) {
  log_.Opens()
      .Then("acme", Created(1, "Jane", "j@x.org"))
      .Then("acme", Created(2, "Bo", "b@x.org"));
  Apply();
  ASSERT_NE(Read(ListKind::kContacts).find("Jane"), std::string::npos);
  log_.Then("acme", PersonErased{ContactId{1}, {}, Ground::kObjected});
  Apply();
  for (const ListKind kind : {ListKind::kContacts, ListKind::kMentions}) {
    EXPECT_EQ(Read(kind).find("Jane"), std::string::npos);
    EXPECT_NE(Read(kind).find("Bo"), std::string::npos);
  }
}

TEST_F(ErasedListTest, AnErasureThatAParkedTenantObeysChangesListAndTag) {
  log_.Opens().Then("acme", Created(1, "Jane", "j@x.org")).Unknown("acme");
  Apply();
  ASSERT_NE(Read(ListKind::kContacts).find("Jane"), std::string::npos);
  const std::string tag = ReadTag(views_, ListKind::kContacts, kAdmin).tag;
  log_.Then("acme", PersonErased{ContactId{1}, {}, Ground::kObjected});
  Apply();
  EXPECT_EQ(Read(ListKind::kContacts), "[]");
  EXPECT_EQ(Read(ListKind::kMentions), "[]");
  EXPECT_NE(ReadTag(views_, ListKind::kContacts, kAdmin).tag, tag);
}

TEST_F(ErasedListTest, AHoldLeavesTheListAsItIs) {
  log_.Opens().Then("acme", Created(1, "Jane", "j@x.org"));
  Apply();
  const auto before = cache_.Read(ListKind::kContacts, kAdmin)->list;
  log_.Then("acme", HoldPlaced{ContactId{1}});
  Apply();
  EXPECT_EQ(cache_.Read(ListKind::kContacts, kAdmin)->list, before);
}

}  // namespace
}  // namespace contacts::query
