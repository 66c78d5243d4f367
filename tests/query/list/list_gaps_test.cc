// Lists of a tenant that has lost contacts: ids are not used again. No event removes a contact yet,
// so the test writes the rows that a deletion would leave.
#include <gtest/gtest.h>

#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "query/list/list_cache.h"
#include "tests/query/list/askers.h"
#include "tests/support/acme.h"
#include "tests/support/memory_view_store.h"

namespace contacts::query {
namespace {

class ListGapsTest : public ::testing::Test {
 protected:
  // Contacts are left at both ends of ten parts of ids.
  ListGapsTest() {
    TenantRow tenant;
    tenant.head = tenant.applied = tenant.contacts_changed = Sequence{10 * kIdsInPart};
    tenant.last_contact_id = ContactId{10 * kIdsInPart};
    tenant.contacts = 2;
    ViewBatch batch;
    for (const ContactId id : {ContactId{1}, tenant.last_contact_id}) {
      ContactRow row;
      row.json = std::to_string(id.value);
      batch.Put(View::kContacts, keys::Contact(kAcme, id), ToRow(row));
    }
    batch.Put(View::kTenants, keys::Tenant(kAcme), ToRow(tenant));
    views_.Write(batch);
  }

  MemoryViewStore views_;
  ListCache cache_{views_, 1 << 20};
};

TEST_F(ListGapsTest, AListReachesToTheLastIdHoweverFewContactsThereAre) {
  const auto list = cache_.Read(ListKind::kContacts, kAdmin)->list;
  EXPECT_EQ(list->parts.size(), 10u);
  std::string text;
  for (const Chunk& chunk : list->plain()) text += *chunk;
  EXPECT_EQ(text, "[1,1280]");
}

TEST_F(ListGapsTest, IdsWithoutAContactCostNothing) {
  EXPECT_TRUE(cache_.ReadQuickly(ListKind::kContacts, kAdmin, 1000));
}

}  // namespace
}  // namespace contacts::query
