// Pages show the list as it was at one position, whatever happened since.
#include "query/list/pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>

#include "query/list/render_list.h"
#include "tests/query/list/random_past.h"

namespace contacts::query {
namespace {

using testing::Created;
using testing::FieldsOf;

// All pages of a walk, as a client reads them.
struct Walk {
  std::string body;
  int64_t erased = 0;
  int pages = 0;
};

std::string Inner(const List& list) {
  const std::string text = Text(list);
  return text.substr(1, text.size() - 2);
}

class PagesTest : public ::testing::Test {
 protected:
  Page Read(const Asker& asker, PageWanted wanted) {
    return PageReader(views_, TestKeys(), asker, wanted).Read(nullptr).value();
  }
  std::string TextAsOf(const Asker& asker, Sequence at) {
    return Text(*Read(asker, {.as_of = at}).list);
  }
  // Without a position the first page fixes it. `between` is called after each page.
  Walk WalkThrough(
      const Asker& asker, int64_t limit, std::optional<Sequence> at,
      const std::function<void()>& between = [] {}) {
    Walk walk;
    std::string inner;
    PageWanted wanted{.limit = limit, .as_of = at};
    for (;;) {
      const PageReader reader(views_, TestKeys(), asker, wanted);
      const Page page = reader.Read(nullptr).value();
      ++walk.pages;
      walk.erased += page.erased;
      const std::string more = Inner(*page.list);
      EXPECT_LE(page.list->parts.empty() ? 0 : ContactsIn(more), limit);
      if (!more.empty()) inner += (inner.empty() ? "" : ",") + more;
      if (!page.next) break;
      EXPECT_GT(*page.next, wanted.after);
      wanted.as_of = reader.position().sequence;
      wanted.after = *page.next;
      between();
    }
    walk.body = "[" + inner + "]";
    return walk;
  }
  static int64_t ContactsIn(const std::string& json) {
    int64_t count = 0;
    for (size_t at = json.find("\"fullName\""); at != json.npos;
         at = json.find("\"fullName\"", at + 1))
      ++count;
    return count;
  }

  MemoryViewStore views_;
  testing::History past_{views_};
};

TEST_F(PagesTest, TheListAsOfEachPositionIsTheListOfThenWithoutThoseErasedSince) {
  for (unsigned seed = 1; seed <= 15; ++seed) {
    MemoryViewStore views;
    testing::History history(views);
    const RandomPast past(views, history, seed);
    for (const Asker& asker : {kAdmin, Client(1), Client(99)}) {
      const Viewer viewer = AccessSnapshotOf(views, asker).viewer;
      for (int64_t at = 0; at <= past.head().value; ++at) {
        SCOPED_TRACE(std::to_string(seed) + " at " + std::to_string(at) + " by " + viewer.Key());
        const auto [bodies, erased] = past.Expected(viewer, Sequence{at});
        const PageReader reader(views, TestKeys(), asker, {.as_of = Sequence{at}, .count = true});
        const Page page = reader.Read(nullptr).value();
        EXPECT_EQ(Text(*page.list), Joined(bodies));
        EXPECT_EQ(page.erased, erased);
        EXPECT_EQ(page.total, static_cast<int64_t>(bodies.size()));
        EXPECT_EQ(page.next, std::nullopt);
      }
    }
  }
}

TEST_F(PagesTest, PagesOfAnyLimitAreTheListInPieces) {
  const RandomPast past(views_, past_, 77);
  for (const Asker& asker : {kAdmin, Client(1), Client(99)}) {
    const Viewer viewer = AccessSnapshotOf(views_, asker).viewer;
    for (const int64_t at : {int64_t{0}, int64_t{1}, past.head().value / 2, past.head().value}) {
      for (const int64_t limit : {1, 2, 3, 7, 1000}) {
        SCOPED_TRACE(std::to_string(limit) + " at " + std::to_string(at) + " by " + viewer.Key());
        const auto [bodies, erased] = past.Expected(viewer, Sequence{at});
        const Walk walk = WalkThrough(asker, limit, Sequence{at});
        EXPECT_EQ(walk.body, Joined(bodies));
        EXPECT_EQ(walk.erased, erased);
        const auto count = static_cast<int64_t>(bodies.size());
        EXPECT_EQ(walk.pages, std::max<int64_t>(1, (count + limit - 1) / limit))
            << "the last page has no next one";
      }
    }
  }
}

TEST_F(PagesTest, AWalkShowsTheListOfItsFirstPageWhileOthersWrite) {
  const RandomPast past(views_, past_, 5);
  const auto [bodies, erased] = past.Expected(AccessSnapshotOf(views_, kAdmin).viewer, past.head());
  ASSERT_GT(bodies.size(), 6u);
  int64_t number = 1000;
  const Walk walk = WalkThrough(kAdmin, 2, std::nullopt, [&, all = bodies] {
    past_.Then(kAcme, Created(number, "New", std::to_string(number) + "@new.org"));
    ++number;
    for (const auto& [id, json] : all) {
      const auto [before, after] =
          DifferenceOf(FieldsOf("", ""), FieldsOf("Changed " + std::to_string(number), "c@x.org"));
      past_.Then(kAcme, ContactChanged{ContactId{id}, before, after});
    }
  });
  EXPECT_EQ(walk.body, Joined(bodies));
  EXPECT_EQ(walk.pages, static_cast<int>(bodies.size() + 1) / 2);
}

TEST_F(PagesTest, AnErasureDuringAWalkTakesThePersonOutAndIsCountedForThoseWhoSeeAll) {
  for (int64_t id = 1; id <= 6; ++id)
    past_.Then(kAcme, Created(id, "N", std::to_string(id) + "@x"));
  bool is_erased = false;
  const Walk walk = WalkThrough(kAdmin, 2, std::nullopt, [&] {
    if (std::exchange(is_erased, true)) return;
    past_.Then(kAcme, PersonErased{ContactId{4}, {}, Ground::kObjected});
    past_.Then(kAcme, PersonErased{ContactId{6}, {}, Ground::kObjected});
  });
  EXPECT_EQ(walk.erased, 2);
  EXPECT_EQ(ContactsIn(walk.body), 4);
  EXPECT_EQ(WalkThrough(Client(1), 2, Sequence{6}).erased, 0);
  EXPECT_EQ(WalkThrough(kAdmin, 2, std::nullopt).erased, 0) << "they are not in the list of now";
}

// Between the record that erases the past and the destruction of its key, the key opens it still.
TEST_F(PagesTest, AStateOfThePastThatWasErasedIsLeftOutAlsoWhileItsKeyIsThere) {
  past_.Then(kAcme, Created(1, "Secret", "s@x.org"));
  past_.Then(kAcme, PastErased{ContactId{1}, 1, FieldsOf("Known", "k@x.org"), {}, std::nullopt});
  const Page page = Read(kAdmin, {.as_of = Sequence{1}});
  EXPECT_EQ(Text(*page.list), "[]");
  EXPECT_EQ(page.erased, 1);
  EXPECT_NE(TextAsOf(kAdmin, Sequence{2}).find("Known"), std::string::npos);
}

TEST_F(PagesTest, AStateThatNoKeyOpensIsLeftOutAndCounted) {
  past_.Then(kAcme, Created(1, "Secret", "s@x.org"));
  const auto [before, after] =
      DifferenceOf(FieldsOf("Secret", "s@x.org"), FieldsOf("B", "b@x.org"));
  past_.Then(kAcme, ContactChanged{ContactId{1}, before, after});
  seal::Keyring keys;
  TestTree(kAcme, keys);
  keys.NoteErased(kAcme, *seal::LeafOfContact(ContactId{1}));
  const Page page =
      PageReader(views_, keys, kAdmin, {.limit = 5, .as_of = Sequence{1}}).Read(nullptr).value();
  EXPECT_EQ(Text(*page.list), "[]");
  EXPECT_EQ(page.erased, 1);
}

TEST_F(PagesTest, AListOfWhichTooMuchChangedIsRefusedAndItsPagesAreNot) {
  for (int64_t id = 1; id <= 5; ++id)
    past_.Then(kAcme, Created(id, "N", std::to_string(id) + "@x.org"));
  const auto change = [&](int64_t id, const std::string& name) {
    const auto [before, after] = DifferenceOf(FieldsOf("N", ""), FieldsOf(name, ""));
    past_.Then(kAcme, ContactChanged{ContactId{id}, before, after});
  };
  for (const int64_t id : {1, 2, 3}) change(id, "A");
  const auto read = [&](Sequence at, FoldBounds bounds, std::optional<int64_t> limit) {
    return PageReader(views_, TestKeys(), kAdmin, {.limit = limit, .as_of = at}, bounds)
        .Read(nullptr);
  };
  EXPECT_TRUE(read(Sequence{5}, {.contacts = 3, .records = 3}, {}));
  for (const FoldBounds bounds : {FoldBounds{.contacts = 2}, FoldBounds{.records = 2}}) {
    const auto refused = read(Sequence{5}, bounds, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kBadRequest);
    EXPECT_EQ(refused.error().code_name, "asOfTooFar");
    EXPECT_EQ(refused.error().message,
              "Too many contacts changed since the position 5 to answer with all of them at once; "
              "ask for pages, with limit and asOf");
    const auto page = read(Sequence{5}, bounds, 5);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->next, ContactId{2});
  }
}

TEST_F(PagesTest, APageReadWithinABudgetIsThePageOrNone) {
  for (int64_t id = 1; id <= 50; ++id)
    past_.Then(kAcme, Created(id, "N", std::to_string(id) + "@x.org"));
  const PageReader reader(views_, TestKeys(), kAdmin, {.limit = 20, .after = ContactId{10}});
  const Page whole = reader.Read(nullptr).value();
  EXPECT_EQ(whole.next, ContactId{30});
  EXPECT_FALSE(reader.ReadQuickly(2'000, nullptr));
  const auto quick = reader.ReadQuickly(20'000, nullptr);
  ASSERT_TRUE(quick);
  EXPECT_EQ(Text(*quick->list), Text(*whole.list));
  EXPECT_EQ(quick->next, whole.next);
  EXPECT_FALSE(PageReader(views_, TestKeys(), kAdmin, {}).ReadQuickly(1u << 30, nullptr))
      << "all contacts";
}

TEST_F(PagesTest, TheTagStandsForPositionViewAndQueryAndChangesWithAnErasure) {
  for (int64_t id = 1; id <= 3; ++id)
    past_.Then(kAcme, Created(id, "N", std::to_string(id) + "@x.org"));
  std::set<std::string> tags;
  const auto tag = [&](const Asker& asker, const PageWanted& wanted) {
    return PageReader(views_, TestKeys(), asker, wanted).tag();
  };
  tags.insert(ReadTag(views_, ListKind::kContacts, kAdmin).tag);
  tags.insert(tag(kAdmin, {.limit = 2, .as_of = Sequence{3}}));
  tags.insert(tag(kAdmin, {.limit = 2, .as_of = Sequence{2}}));
  tags.insert(tag(kAdmin, {.limit = 3, .as_of = Sequence{3}}));
  tags.insert(tag(kAdmin, {.as_of = Sequence{3}}));
  tags.insert(tag(kAdmin, {.limit = 2, .after = ContactId{1}, .as_of = Sequence{3}}));
  tags.insert(tag(Client(1), {.limit = 2, .as_of = Sequence{3}}));
  EXPECT_EQ(tags.size(), 7u);
  EXPECT_EQ(tag(kAdmin, {.limit = 2}), tag(kAdmin, {.limit = 2, .as_of = Sequence{3}}));
  past_.Then(kAcme, PersonErased{ContactId{1}, {}, Ground::kObjected});
  tags.insert(tag(kAdmin, {.limit = 2, .as_of = Sequence{3}}));
  EXPECT_EQ(tags.size(), 8u);
}

TEST_F(PagesTest, AnErasureThatAParkedTenantObeysIsCounted) {
  testing::LogScript log;
  log.Opens().Then("acme", Created(1, "A", "a@x.org")).Then("acme", Created(2, "B", "b@x.org"));
  log.Unknown("acme").Then("acme", PersonErased{ContactId{1}, {}, Ground::kObjected});
  MemoryViewStore views;
  Projector(views, TestKeys(), 0, 1).Apply(log.entries());
  const PageReader reader(views, TestKeys(), kAdmin, {.limit = 5, .count = true});
  EXPECT_EQ(reader.parked(), Sequence{3});
  const Page page = reader.Read(nullptr).value();
  EXPECT_EQ(ContactsIn(Inner(*page.list)), 1);
  EXPECT_EQ(page.erased, 1);
  EXPECT_EQ(page.total, 1);
}

}  // namespace
}  // namespace contacts::query
