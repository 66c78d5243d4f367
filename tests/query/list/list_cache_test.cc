#include "query/list/list_cache.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "events/json/json_archive.h"
#include "tests/query/list/askers.h"
#include "tests/support/acme.h"
#include "tests/support/gunzip.h"
#include "tests/support/history.h"
#include "tests/support/memory_view_store.h"

namespace contacts::query {
namespace {

const TenantId kOther{"other"};
constexpr size_t kPlenty = 64u << 20;

std::string Text(const std::vector<Chunk>& chunks) {
  std::string out;
  for (const Chunk& chunk : chunks) out += *chunk;
  return out;
}

ContactCreated Created(int64_t id, ContactType type = ContactType::kInternal,
                       std::optional<std::string> company = {}, bool is_active = true) {
  ContactCreated event;
  event.id = ContactId{id};
  event.fields.full_name = "Name " + std::to_string(id);
  event.fields.email = "name" + std::to_string(id) + "@example.com";
  event.fields.type = type;
  event.fields.company = std::move(company);
  event.fields.is_active = is_active;
  return event;
}

Asker Admin(const TenantId& tenant = kAcme) { return {tenant, "admin", std::nullopt}; }

class ListCacheTest : public ::testing::Test {
 protected:
  std::string List(const Asker& asker, ListKind kind = ListKind::kContacts) {
    return Text(cache_.Read(kind, asker)->list->plain());
  }
  // Ids in the order of the list.
  std::vector<int64_t> Ids(const Asker& asker, ListKind kind = ListKind::kContacts) {
    const std::string text = List(asker, kind);
    const auto document = json::Document::Parse(text, {.bytes = 100'000'000});
    EXPECT_TRUE(document) << text;
    std::vector<int64_t> ids;
    for (uint32_t i = document->root().first; i != 0; i = document->at(i).next) {
      ids.push_back(std::stoll(std::string(document->Raw(*document->Find(document->at(i), "id")))));
    }
    return ids;
  }

  MemoryViewStore views_;
  testing::History past_{views_};
  ListCache cache_{views_, kPlenty};
};

TEST_F(ListCacheTest, ATenantWithoutHistoryHasAnEmptyList) {
  const ListReading reading = *cache_.Read(ListKind::kContacts, Admin());
  EXPECT_EQ(Text(reading.list->plain()), "[]");
  EXPECT_EQ(Gunzip(Text(reading.list->gzip())), "[]");
  EXPECT_EQ(reading.position, Sequence{0});
  EXPECT_FALSE(reading.parked);
}

TEST_F(ListCacheTest, AListHasEachContactAsItIsRendered) {
  past_.Then(kAcme, Created(1));
  const Sequence second = past_.Then(kAcme, Created(2, ContactType::kVendor, "Wey", false));
  const ListReading reading = *cache_.Read(ListKind::kContacts, Admin());
  EXPECT_EQ(Text(reading.list->plain()),
            "[" + ToJson(ContactOf(Created(1), testing::TimeOf(Sequence{1}))) + "," +
                ToJson(ContactOf(Created(2, ContactType::kVendor, "Wey", false),
                                 testing::TimeOf(Sequence{2}))) +
                "]");
  EXPECT_EQ(reading.position, second);
}

TEST_F(ListCacheTest, MentionsAreTheActiveOnes) {
  past_.Then(kAcme, Created(1, ContactType::kInternal, {}, false));
  past_.Then(kAcme, Created(2));
  EXPECT_EQ(List(Admin(), ListKind::kMentions),
            R"([{"id":2,"fullName":"Name 2","mentionName":null,"email":"name2@example.com"}])");
}

TEST_F(ListCacheTest, AChangeIsSeenImmediately) {
  for (int64_t id = 1; id <= 300; ++id) {
    const Sequence position = past_.Then(kAcme, Created(id));
    const ListReading reading = *cache_.Read(ListKind::kContacts, Admin());
    EXPECT_EQ(reading.position, position);
    EXPECT_EQ(reading.list->version.changed, position);
  }
  EXPECT_EQ(Ids(Admin()).size(), 300u);
  EXPECT_EQ(Ids(Admin()).back(), 300);
}

TEST_F(ListCacheTest, AnUnchangedListIsTheSameOneAtANewPosition) {
  past_.Then(kAcme, Created(1));
  const ListReading before = *cache_.Read(ListKind::kContacts, Admin());
  const Sequence position =
      past_.Then(kAcme, UserAdded{UserId{"1"}, "jane", "admin", std::nullopt});
  const ListReading after = *cache_.Read(ListKind::kContacts, Admin());
  EXPECT_EQ(after.list, before.list);
  EXPECT_EQ(after.position, position);
}

TEST_F(ListCacheTest, OneChangeRendersOnePartAgain) {
  for (int64_t id = 1; id <= 3 * kIdsInPart - 1; ++id) past_.Then(kAcme, Created(id));
  const auto before = cache_.Read(ListKind::kContacts, Admin())->list;
  past_.Then(kAcme, Created(3 * kIdsInPart));
  const auto after = cache_.Read(ListKind::kContacts, Admin())->list;
  ASSERT_EQ(before->parts.size(), 3u);
  ASSERT_EQ(after->parts.size(), 3u);
  EXPECT_EQ(after->parts[0], before->parts[0]);
  EXPECT_EQ(after->parts[1], before->parts[1]);
  EXPECT_NE(after->parts[2], before->parts[2]);
  EXPECT_EQ(Gunzip(Text(after->gzip())), Text(after->plain()));
}

TEST_F(ListCacheTest, TenantsAreApart) {
  past_.Then(kAcme, Created(1));
  past_.Then(kOther, Created(1, ContactType::kVendor, "Secret"));
  EXPECT_EQ(List(Admin()).find("Secret"), std::string::npos);
  EXPECT_NE(List(Admin(kOther)).find("Secret"), std::string::npos);
}

TEST_F(ListCacheTest, AClientSeesItsPart) {
  past_.Then(kAcme, Created(1, ContactType::kVendor, "Other"));
  past_.Then(kAcme, Created(2, ContactType::kClient, "Wey", false));
  past_.Then(kAcme, Created(3, ContactType::kVendor, "Wey"));
  past_.Then(kAcme, Created(4, ContactType::kVendor, "Wey", false));
  past_.Then(kAcme, Created(5, ContactType::kInternal));
  EXPECT_EQ(Ids(Client(2)), (std::vector<int64_t>{2, 3, 5}));
  EXPECT_EQ(Ids(Client(2), ListKind::kMentions), (std::vector<int64_t>{3, 5}));
  EXPECT_EQ(Ids({kAcme, "client", std::nullopt}), (std::vector<int64_t>{5}));
  EXPECT_EQ(Ids({kAcme, "nobody", std::nullopt}), (std::vector<int64_t>{5}));
}

TEST_F(ListCacheTest, APartWithNothingToSeeLeavesNoComma) {
  for (int64_t id = 1; id <= kIdsInPart; ++id) past_.Then(kAcme, Created(id, ContactType::kVendor));
  EXPECT_EQ(List({kAcme, "client", std::nullopt}), "[]");
  past_.Then(kAcme, Created(kIdsInPart + 1));
  EXPECT_EQ(Ids({kAcme, "client", std::nullopt}), (std::vector<int64_t>{kIdsInPart + 1}));
}

TEST_F(ListCacheTest, ATagTellsContentViewerAndKindApart) {
  past_.Then(kAcme, Created(1));
  const std::string tag = cache_.Read(ListKind::kContacts, Admin())->list->tag;
  EXPECT_EQ(ListCache(views_, kPlenty).Read(ListKind::kContacts, Admin())->list->tag, tag);
  EXPECT_EQ(cache_.Read(ListKind::kContacts, {kAcme, "member", ContactId{1}})->list->tag, tag);
  EXPECT_NE(cache_.Read(ListKind::kMentions, Admin())->list->tag, tag);
  EXPECT_NE(cache_.Read(ListKind::kContacts, Client(1))->list->tag, tag);
  past_.Then(kAcme, Created(2));
  EXPECT_NE(cache_.Read(ListKind::kContacts, Admin())->list->tag, tag);
}

TEST_F(ListCacheTest, EqualPositionsOfOtherHistoriesHaveOtherTags) {
  past_.Then(kAcme, Created(1));
  MemoryViewStore other_views;
  testing::History(other_views).Then(kAcme, Created(1, ContactType::kVendor));
  EXPECT_NE(ListCache(other_views, kPlenty).Read(ListKind::kContacts, Admin())->list->tag,
            cache_.Read(ListKind::kContacts, Admin())->list->tag);
}

TEST_F(ListCacheTest, KeepsNoMoreBytesThanItMay) {
  past_.Then(kAcme, Created(1));
  for (int i = 0; i < 50; ++i) past_.Then(TenantId{"t" + std::to_string(i)}, Created(1));
  constexpr size_t kLimit = 20'000;
  ListCache small(views_, kLimit);
  const auto kept = small.Read(ListKind::kContacts, Admin())->list;
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(small.Read(ListKind::kContacts, Admin(TenantId{"t" + std::to_string(i)})));
    EXPECT_LE(small.counts().bytes, kLimit);
    EXPECT_GT(small.counts().bytes, 0u);
    EXPECT_EQ(small.Read(ListKind::kContacts, Admin())->list, kept);  // used all the time
  }
  const auto first = small.Read(ListKind::kContacts, Admin(TenantId{"t0"}))->list;
  EXPECT_EQ(Text(first->plain()), List(Admin(TenantId{"t0"})));
}

TEST_F(ListCacheTest, AListLargerThanTheCacheIsStillRead) {
  for (int64_t id = 1; id <= 10; ++id) past_.Then(kAcme, Created(id));
  ListCache none(views_, 0);
  EXPECT_EQ(Text(none.Read(ListKind::kContacts, Admin())->list->plain()), List(Admin()));
  EXPECT_EQ(none.counts().bytes, 0u);
}

// Somebody is erased, nobody reads the list again for days, and no other list needs its room.
TEST_F(ListCacheTest, TheListsOfOneTenantCanLeaveTheMemoryAtOnce) {
  past_.Then(kAcme, Created(1));
  past_.Then(kOther, Created(1));
  (void)List(Admin(kOther));
  const size_t of_other = cache_.counts().bytes_alive;
  const std::string list = List(Admin());
  (void)List(Admin(), ListKind::kMentions);
  const uint64_t rendered = cache_.counts().renderings;
  cache_.Forget(kAcme);
  EXPECT_EQ(cache_.counts().bytes_alive, of_other);
  (void)List(Admin(kOther));
  EXPECT_EQ(cache_.counts().renderings, rendered) << "the other tenant's list stays";
  EXPECT_EQ(List(Admin()), list);
  EXPECT_EQ(cache_.counts().renderings, rendered + 1);
}

TEST_F(ListCacheTest, ReadersNeverSeeLessThanWasAppliedWhenTheyAsked) {
  constexpr int64_t kContacts = 400;
  std::atomic<int64_t> applied{0};
  std::atomic<int> faults{0};
  std::vector<std::thread> readers;
  for (const Asker& asker : {Admin(), Admin(), Client(1)}) {
    readers.emplace_back([&, asker] {
      for (int64_t seen = 0; seen < kContacts;) {
        const int64_t before = applied;
        const ListReading reading = *cache_.Read(ListKind::kContacts, asker);
        const std::string text = Text(reading.list->plain());
        const auto document = json::Document::Parse(text);
        seen = document ? document->root().count : -1;
        // Each record makes one contact that both may see: rows and position must agree.
        if (seen < before || seen != reading.position.value) ++faults;
        if (Gunzip(Text(reading.list->gzip())) != text) ++faults;
      }
    });
  }
  for (int64_t id = 1; id <= kContacts; ++id) {
    past_.Then(kAcme, Created(id));
    applied = id;
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(faults, 0);
}

// The list made from all events, without the code under test except for access.
std::string FromScratch(const std::vector<ContactCreated>& contacts, const Asker& asker) {
  std::string text;
  for (size_t i = 0; i < contacts.size(); ++i) {
    const ContactFields& fields = contacts[i].fields;
    const auto own =
        asker.contact_id ? contacts.begin() + (asker.contact_id->value - 1) : contacts.end();
    const bool is_self = asker.contact_id && asker.contact_id->value <= int64_t(contacts.size()) &&
                         contacts[i].id == *asker.contact_id;
    const bool is_colleague = asker.contact_id &&
                              asker.contact_id->value <= int64_t(contacts.size()) &&
                              own->fields.company && own->fields.company == fields.company;
    const bool sees = asker.role != "client" || is_self ||
                      (fields.is_active && (fields.type == ContactType::kInternal || is_colleague));
    if (!sees) continue;
    text += text.empty() ? "[" : ",";
    text += ToJson(ContactOf(contacts[i], testing::TimeOf(Sequence{int64_t(i) + 1})));
  }
  return text.empty() ? "[]" : text + "]";
}

RC_GTEST_PROP(ListCache, EqualsTheListFromScratchForEachAsker, ()) {
  MemoryViewStore views;
  testing::History past(views);
  ListCache cache(views, kPlenty);
  std::vector<ContactCreated> contacts;
  const auto count = *rc::gen::inRange<int64_t>(0, 2 * kIdsInPart + 10);
  const auto company = rc::gen::element<std::optional<std::string>>(std::nullopt, "", "Wey", "wey");
  for (int64_t id = 1; id <= count; ++id) {
    contacts.push_back(Created(id, static_cast<ContactType>(*rc::gen::inRange(0, 4)), *company,
                               *rc::gen::arbitrary<bool>()));
    past.Then(kAcme, contacts.back());
    if (*rc::gen::inRange(0, 8) > 0) continue;
    for (const Asker& asker :
         {Admin(), Client(1), Client(2), Client(1000), Asker{kAcme, "client", std::nullopt}}) {
      const ListReading reading = *cache.Read(ListKind::kContacts, asker);
      RC_ASSERT(Text(reading.list->plain()) == FromScratch(contacts, asker));
      RC_ASSERT(Gunzip(Text(reading.list->gzip())) == Text(reading.list->plain()));
      RC_ASSERT(reading.position.value == id);
    }
  }
}

}  // namespace
}  // namespace contacts::query
