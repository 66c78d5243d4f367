// A page costs no more than a bound, however little of a large tenant it shows.
#include <gtest/gtest.h>

#include "query/list/pages.h"
#include "tests/query/list/sized_lists.h"

namespace contacts::query {
namespace {

std::string InBrackets(const List& list) {
  const std::string text = Text(list.plain());
  return text.substr(1, text.size() - 2);
}

// Rows of contacts that a client does not see.
class LargeTenant : public SizedLists {
 protected:
  void PutHidden(int64_t from, int64_t to) {
    TenantRow row = ViewLookup(views_).Tenant(kLarge);
    ViewBatch batch;
    for (int64_t id = from; id <= to; ++id) {
      batch.Put(View::kContacts, keys::Contact(kLarge, ContactId{id}),
                ToRow(ContactRow{{ContactType::kVendor, true, std::nullopt, Sequence{1},
                                  std::string(4000, 'x')}}));
    }
    row.last_contact_id = ContactId{to};
    row.contacts = to;
    batch.Put(View::kTenants, keys::Tenant(kLarge), ToRow(row));
    views_.Write(batch);
  }
  Page Read(PageWanted wanted) {
    return PageReader(views_, TestKeys(), {kLarge, "client", std::nullopt}, wanted)
        .Read(nullptr)
        .value();
  }
};

TEST_F(LargeTenant, APageOfSomeoneWhoSeesLittleIsShortAndTheNextOneGoesOn) {
  constexpr int64_t kHidden = 15'000;
  Put(kLarge, 1, 10);
  PutHidden(2, kHidden);
  Put(kLarge, kHidden + 1, 10);
  Page page = Read({.limit = 5});
  EXPECT_EQ(InBrackets(*page.list).find("\"id\":1,"), 1u);
  ASSERT_TRUE(page.next);
  EXPECT_GT(page.next->value, 5'000);
  EXPECT_LT(views_.bytes_read, kMostOfAPage);
  int pages = 1;
  ContactId after = *page.next;
  for (; page.next; ++pages) {
    EXPECT_LT(pages, 20);
    after = *page.next;
    page = Read({.limit = 5, .after = after});
  }
  EXPECT_NE(InBrackets(*page.list).find("\"id\":15001"), std::string::npos);
  EXPECT_EQ(Read({.limit = 5, .count = true}).total, 2);
  EXPECT_EQ(pages, 3);
  PutHidden(kHidden + 2, 2 * kHidden);
  EXPECT_EQ(Read({.limit = 5, .count = true}).total, std::nullopt) << "counting takes too long";
}

TEST_F(LargeTenant, ManyErasedContactsMakeAPageShort) {
  constexpr int64_t kErased = 50'000;
  Put(kLarge, 1, 10);
  Put(kLarge, kErased + 2, 10);
  TenantRow row = ViewLookup(views_).Tenant(kLarge);
  ViewBatch batch;
  row.last_contact_id = ContactId{kErased + 2};
  batch.Put(View::kTenants, keys::Tenant(kLarge), ToRow(row));
  for (int64_t id = 2; id <= kErased + 1; ++id) {
    batch.Put(
        View::kTombstones, keys::Contact(kLarge, ContactId{id}),
        ToRow(TombstoneRow{
            .changed = Sequence{9}, .first = Sequence{1}, .last = {}, .erased = Sequence{9}}));
  }
  views_.Write(batch);
  int64_t erased = 0, contacts = 0, pages = 1;
  PageWanted wanted{.limit = 5};
  for (;; ++pages) {
    const Page page = PageReader(views_, TestKeys(), Admin(kLarge), wanted).Read(nullptr).value();
    erased += page.erased;
    contacts += !InBrackets(*page.list).empty();
    if (!page.next) break;
    wanted.after = *page.next;
  }
  EXPECT_EQ(erased, kErased);
  EXPECT_EQ(contacts, 2);
  EXPECT_EQ(pages, 3);
}

}  // namespace
}  // namespace contacts::query
