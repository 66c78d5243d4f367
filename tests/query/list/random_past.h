// Given a history of random changes, whose lists are known at each position.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "query/list/render_list.h"
#include "tests/query/list/askers.h"
#include "tests/support/history.h"
#include "tests/support/memory_view_store.h"

namespace contacts::query {

using Bodies = std::map<int64_t, std::string>;  // id → JSON

inline std::string Joined(const Bodies& bodies) {
  std::string out;
  for (const auto& [id, json] : bodies) out += (out.empty() ? "[" : ",") + json;
  return out.empty() ? "[]" : out + "]";
}

inline std::string Text(const List& list) {
  std::string out;
  for (const Chunk& chunk : list.plain()) out += *chunk;
  return out;
}

// A history of random changes, and what each position's list was.
class RandomPast {
 public:
  RandomPast(MemoryViewStore& views, testing::History& past, unsigned seed)
      : views_(views), past_(past), random_(seed) {
    ContactCreated own = testing::Created(1, "Own", "own@x.org");
    own.fields.type = ContactType::kClient;
    own.fields.company = "Wey";
    fields_[1] = own.fields;
    Note(past_.Then(kAcme, own));
    for (int i = 0; i < 60; ++i) Note(Next());
  }

  Sequence head() const { return Sequence{static_cast<int64_t>(lists_.size())}; }
  // What is left of the list of then, and how many were left out.
  std::pair<Bodies, int64_t> Expected(const Viewer& viewer, Sequence at) const {
    Bodies bodies;
    if (at.value == 0) return {bodies, 0};
    int64_t erased = 0;
    for (const auto& [id, contact] : lists_[static_cast<size_t>(at.value - 1)]) {
      const auto found = erased_.find(id);
      const bool is_erased = found != erased_.end() && *found->second.rbegin() > at.value;
      erased += is_erased;
      if (!is_erased && viewer.Sees(ContactId{id}, contact)) bodies[id] = contact.json;
    }
    return {bodies, viewer.sees_all ? erased : 0};
  }

 private:
  int64_t Pick(int64_t below) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(below));
  }
  ContactFields RandomFields(int64_t number) {
    ContactFields fields =
        testing::FieldsOf("N" + std::to_string(number), std::to_string(number) + "@x.org");
    fields.type = ContactType(Pick(4));
    if (Pick(3) > 0) fields.company = Pick(2) > 0 ? "Wey" : "Other";
    fields.is_active = Pick(4) > 0;
    return fields;
  }
  Sequence Next() {
    const int64_t what = Pick(12);
    const int64_t number = 100 * ++numbers_;
    if (what < 4 || fields_.size() == 1) {
      const ContactId id{++last_id_};
      fields_[id.value] = RandomFields(number);
      return past_.Then(kAcme, ContactCreated{id, fields_[id.value], std::nullopt});
    }
    auto some = std::next(fields_.begin(), 1 + Pick(static_cast<int64_t>(fields_.size()) - 1));
    const ContactId id{some->first};
    if (what < 8) {
      const auto [before, after] = DifferenceOf(some->second, RandomFields(number));
      SetPart(after, &some->second);
      return past_.Then(kAcme, ContactChanged{id, before, after});
    }
    if (what == 8) return past_.Then(kAcme, HoldPlaced{id});
    if (what == 9) {
      fields_.erase(some);
      return Erased(id, past_.Then(kAcme, PersonErased{id, {}, Ground::kObjected}));
    }
    if (what == 10) {
      return Erased(id, past_.Then(kAcme, PastErased{id, ++generations_[id.value], some->second,
                                                     testing::kStart, std::nullopt}));
    }
    return past_.Then(kAcme, testing::Idle("Nothing"));
  }
  Sequence Erased(ContactId id, Sequence at) {
    erased_[id.value].insert(at.value);
    return at;
  }
  void Note(Sequence at) {
    ASSERT_EQ(at.value, static_cast<int64_t>(lists_.size()) + 1);
    std::map<int64_t, ListedContact> list;
    Bodies bodies;
    views_.Scan(View::kContacts, keys::Tenant(kAcme), keys::TenantEnd(kAcme),
                [&](std::string_view key, std::string_view row) {
                  ListedContact contact;
                  EXPECT_TRUE(FrontFromRow(row, &contact));
                  bodies[keys::NumberOf(key)] = contact.json;
                  list[keys::NumberOf(key)] = std::move(contact);
                  return true;
                });
    const auto snapshot = views_.Snapshot();
    EXPECT_EQ(Joined(bodies), Text(*RenderList(*snapshot, ListKind::kContacts, kAcme,
                                               AccessSnapshotIn(*snapshot, kAdmin), nullptr)))
        << "what GET /contacts answers";
    lists_.push_back(std::move(list));
  }

  MemoryViewStore& views_;
  testing::History& past_;
  std::minstd_rand random_;
  std::map<int64_t, ContactFields> fields_;  // of those who are there
  std::map<int64_t, int64_t> generations_;
  std::map<int64_t, std::set<int64_t>> erased_;  // at these positions
  std::vector<std::map<int64_t, ListedContact>> lists_;
  int64_t last_id_ = 1;
  int64_t numbers_ = 0;
};

}  // namespace contacts::query
