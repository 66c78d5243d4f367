// Whatever happens to contacts: a client that applies the delta holds what it may see, from any
// position on and in any pieces.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>

#include "tests/query/changing_contacts.h"

namespace contacts::query {
namespace {

class Story {
 public:
  explicit Story(unsigned seed) : random_(seed) {}

  size_t Below(size_t end) { return random_() % end; }
  std::optional<std::string> Company() {
    static const std::array<std::optional<std::string>, 3> kCompanies{"Wey", "Other", std::nullopt};
    return kCompanies[Below(3)];
  }
  ContactType Type() {
    return std::array{ContactType::kInternal, ContactType::kExternal,
                      ContactType::kClient}[Below(3)];
  }
  // One record.
  void Step() {
    const int64_t id = 1 + static_cast<int64_t>(Below(6));
    const bool exists = contacts_.now().contains(id);
    if (!exists && !gone_.contains(id)) return (void)contacts_.Create(id, Type(), Company());
    if (!exists) return (void)contacts_.Then(testing::Idle("CreateContact"));
    switch (Below(14)) {
      case 0:
        gone_.insert(id);
        return (void)contacts_.Erase(id);
      case 1:
        return (void)contacts_.ErasePast(id);
      case 2:
        return (void)contacts_.Then(HoldPlaced{ContactId{id}});
      case 3:
      case 4:
        return (void)contacts_.Set(id, [&](ContactFields* fields) { fields->type = Type(); });
      case 5:
      case 6:
      case 7:
        return (void)contacts_.Set(id, [&](ContactFields* fields) {
          fields->is_active = !fields->is_active;
          if (Below(2) == 0) fields->company = Company();
        });
      case 8:
      case 9:
      case 10:
        return (void)contacts_.Move(id, Company());
      default:
        return (void)contacts_.Rename(id, "Name " + std::to_string(random_()));
    }
  }
  std::vector<Asker> Askers() const {
    return {contacts_.AskerOf("admin"), contacts_.AskerOf("client"), contacts_.AskerOf("client", 1),
            contacts_.AskerOf("client", 2), contacts_.AskerOf("", 9)};
  }

  ChangingContacts contacts_;
  std::set<int64_t> gone_;
  std::mt19937 random_;
};

// Each contact that an entry shows had that very state after that record, and the asker sees it.
void ExpectNothingElseIsShown(const ChangingContacts& contacts, const Asker& asker,
                              const Changes& changes) {
  const Viewer viewer = contacts.ViewerNow(asker);
  for (const Change& change : changes.entries) {
    const std::string contact = Between(change.json, "\"contact\":", ",\"actor\":");
    if (contact.empty()) continue;
    const int64_t id = std::stoll(contact.substr(contact.find(':') + 1));
    const Contact& state = contacts.states().at(id).at(change.at.sequence);
    EXPECT_EQ(contact, ToJson(state));
    const ContactFields& fields = state.fields;
    EXPECT_TRUE(viewer.Sees(ContactId{id},
                            ListedContact{fields.type, fields.is_active, fields.company, {}, {}}));
  }
}

struct Held {
  std::string view;
  Copy copy;
};

TEST(ChangesProperty, ACopyOfAnyPositionBecomesTheListOfNow) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    Story story(seed);
    const ChangingContacts& contacts = story.contacts_;
    std::vector<std::vector<Held>> held(story.Askers().size());  // by asker and position
    for (int step = 0; step < 40; ++step) {
      const auto askers = story.Askers();
      for (size_t i = 0; i < askers.size(); ++i) {
        held[i].push_back({ViewName(contacts.ViewerNow(askers[i])), contacts.ListOf(askers[i])});
        for (int look = 0; look < 3; ++look) {
          const size_t since = story.Below(held[i].size());
          Held then = held[i][since];
          const auto changes = contacts.Read(
              askers[i], {.since = Sequence{static_cast<int64_t>(since)}, .view = then.view});
          if (then.view != held[i].back().view) {
            ASSERT_EQ(changes.error().code_name, "viewChanged");
            continue;
          }
          ASSERT_TRUE(changes);
          ExpectNothingElseIsShown(contacts, askers[i], *changes);
          Apply(*changes, &then.copy);
          ASSERT_EQ(then.copy, held[i].back().copy)
              << "seed " << seed << ", asker " << i << ", from " << since << " to " << step << '\n'
              << JsonOf(*changes);
        }
      }
      const Sequence before = contacts.head();
      story.Step();
      ASSERT_EQ(contacts.head(), Next(before));
    }
  }
}

TEST(ChangesProperty, AClientThatFollowsInPiecesHoldsTheListOfNow) {
  for (unsigned seed = 100; seed <= 130; ++seed) {
    Story story(seed);
    const ChangingContacts& contacts = story.contacts_;
    struct Follower {
      Position next;
      std::string view;
      Copy copy;
    };
    std::vector<Follower> followers(story.Askers().size());
    for (int step = 0; step < 60; ++step) {
      story.Step();
      const auto askers = story.Askers();
      for (size_t i = 0; i < askers.size(); ++i) {
        Follower& follower = followers[i];
        const std::string view = ViewName(contacts.ViewerNow(askers[i]));
        if (follower.view != view) {
          follower = {{contacts.head()}, view, contacts.ListOf(askers[i])};
          continue;
        }
        // Sometimes it reads one piece only, and the next after more has happened.
        for (bool more = story.Below(3) > 0; more;) {
          const auto changes =
              contacts.Read(askers[i], {follower.next.sequence, view, 1 + story.Below(3)},
                            {.looked_at = 1 + story.Below(6)});
          ASSERT_TRUE(changes);
          Apply(*changes, &follower.copy);
          follower.next = changes->next;
          more = changes->more && story.Below(4) > 0;
          if (!changes->more) {
            ASSERT_EQ(follower.next.sequence, contacts.head());
            ASSERT_EQ(follower.copy, contacts.ListOf(askers[i]))
                << "seed " << seed << ", asker " << i << ", step " << step;
          }
        }
      }
    }
  }
}

// Who sees the whole tenant gets one entry for each record whose state is not erased.
TEST(ChangesProperty, NothingIsLeftOutForWhoSeesAll) {
  for (unsigned seed = 200; seed <= 220; ++seed) {
    Story story(seed);
    for (int step = 0; step < 40; ++step) story.Step();
    const ChangingContacts& contacts = story.contacts_;
    std::map<Sequence, std::string> expected;
    for (const auto& [id, states] : contacts.states()) {
      for (const auto& [at, state] : states) expected[at] = ToJson(state);
    }
    const auto changes = contacts.Read(contacts.AskerOf("admin"), {});
    ASSERT_TRUE(changes);
    std::map<Sequence, std::string> shown;
    size_t removed = 0;
    for (const Change& change : changes->entries) {
      const std::string contact = Between(change.json, "\"contact\":", ",\"actor\":");
      if (contact.empty()) ++removed;
      if (!contact.empty()) shown[change.at.sequence] = contact;
    }
    EXPECT_EQ(shown, expected) << "seed " << seed;
    EXPECT_EQ(removed, story.gone_.size());
  }
}

}  // namespace
}  // namespace contacts::query
