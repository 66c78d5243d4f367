#include "infra/node/erase_again.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "events/actor.h"
#include "events/values/month.h"
#include "infra/base/future_of.h"
#include "infra/base/log.h"
#include "infra/base/secret_file.h"
#include "infra/base/system_clock.h"
#include "infra/node/erasures_file.h"
#include "projections/view_lookup.h"

namespace contacts {
namespace {

constexpr const char* kOperator = "restore";
constexpr const char* kReason = "erased before an older copy of the log was restored";

// What is left to do of one erasure.
class Again {
 public:
  Again(Node& node, const KeptErasure& erasure)
      : node_(node), erasure_(erasure), lookup_(node.views) {}

  // How many records the history got.
  Result<int> Run(ErasedAgain* done) {
    const TenantRow row = lookup_.Tenant(erasure_.tenant);
    if (row.head.value == 0 || IsInHistory(row) || WasLostBefore(row)) return 0;
    if (erasure_.months_before) return Months(row);
    if (erasure_.generation) return Past(done);
    return Person();
  }

 private:
  bool IsInHistory(const TenantRow& row) const {
    return erasure_.sequence <= row.head &&
           EpochOf(row.epochs, erasure_.sequence) == erasure_.epoch;
  }

  // An earlier restore lost the record, and has erased again what it erased. Since then the ids
  // that were lost with it may have been given to others.
  bool WasLostBefore(const TenantRow& row) const {
    const int64_t now = lookup_.Epoch();
    return std::any_of(row.epochs.begin(), row.epochs.end(), [&](const EpochBegun& begun) {
      return begun.epoch > erasure_.epoch && begun.epoch < now &&
             begun.restored < erasure_.sequence;
    });
  }

  // Whether somebody of this history is meant. An id that was given after the copy is free again.
  bool IsKnown(const std::string& actor) const {
    return actor.find(':') != actor.npos || lookup_.UserById(erasure_.tenant, UserId{actor});
  }

  Result<int> Submit(Intent intent) {
    Command command;
    command.tenant = erasure_.tenant;
    command.actor = actors::OfOperator(kOperator);
    command.actor_name = kOperator;
    command.reason.emplace(kReason);
    command.intent = std::move(intent);
    const Answer answer = FutureOf<Answer>([&](auto reply) {
                            node_.commands.Submit(std::move(command), std::move(reply));
                          }).get();
    if (!answer.error) return 1;
    Error error = *answer.error;
    error.message = "What was erased at position " + std::to_string(erasure_.sequence.value) +
                    " of tenant " + erasure_.tenant.value +
                    " cannot be erased again: " + error.message;
    return error;
  }

  // A hold of the copy was lifted before the erasure, and that was lost. The holds on other
  // contacts come back when the erasure is done.
  Result<int> WithoutHolds(const std::set<ContactId>& contacts, Intent intent) {
    int records = 0;
    std::vector<ContactId> others;
    for (const ContactId contact : contacts) {
      const auto model = lookup_.WholeContact(erasure_.tenant, contact);
      if (!model || !model->held) continue;
      const auto lifted = Submit(LiftHold{contact});
      if (!lifted.ok()) return lifted;
      if (!erasure_.contact || contact != *erasure_.contact) others.push_back(contact);
      ++records;
    }
    const auto erased = Submit(std::move(intent));
    for (const ContactId contact : others) {
      const auto placed = Submit(PlaceHold{contact});
      if (!placed.ok()) return placed;
      ++records;
    }
    return erased.ok() ? Result<int>(*erased + records) : erased;
  }

  Result<int> Person() {
    ErasePerson erase{std::nullopt, {}, erasure_.ground ? *erasure_.ground : Ground{}};
    std::set<ContactId> contacts;
    Erasure keys{erasure_.tenant, {}, {}, 0, {}, {}};
    if (erasure_.contact) {
      const auto model = lookup_.WholeContact(erasure_.tenant, *erasure_.contact);
      if (model && !model->IsErased()) {
        erase.contact_id = keys.contact = *erasure_.contact;
        keys.generations = model->generation + 1;
        contacts.insert(*erasure_.contact);
        keys.actors = lookup_.ActorsOf(erasure_.tenant, *erasure_.contact);
      }
    }
    for (const std::string& actor : erasure_.actors) {
      if (!IsKnown(actor) || lookup_.ErasureOf(erasure_.tenant, actor)) continue;
      erase.actors.push_back(actor);
    }
    if (!erase.contact_id && erase.actors.empty()) return 0;
    keys.actors.insert(keys.actors.end(), erase.actors.begin(), erase.actors.end());
    std::erase_if(keys.actors, actors::IsToken);
    for (const std::string& actor : keys.actors) {
      const auto of_actor = lookup_.ContactsOf(erasure_.tenant, actor);
      contacts.insert(of_actor.begin(), of_actor.end());
    }
    return WithKeys(WithoutHolds(contacts, std::move(erase)), keys);
  }

  Result<int> Past(ErasedAgain* done) {
    const auto model = lookup_.WholeContact(erasure_.tenant, *erasure_.contact);
    if (!model || !model->IsShown() || model->generation >= *erasure_.generation) return 0;
    done->doubtful.push_back("contact " + std::to_string(erasure_.contact->value) + " of " +
                             erasure_.tenant.value);
    const Erasure keys{erasure_.tenant, {}, *erasure_.contact, model->generation + 1, {}, {}};
    return WithKeys(WithoutHolds({*erasure_.contact}, ErasePast{*erasure_.contact}), keys);
  }

  Result<int> Months(const TenantRow& row) {
    const auto before = ParseMonth(*erasure_.months_before);
    if (!before || *before <= row.months_erased) return 0;
    const Erasure keys{erasure_.tenant, {}, {}, 0, {}, *before};
    return WithKeys(Submit(EraseMonths{*erasure_.months_before, SystemTime()}), keys);
  }

  // The record makes this instance destroy the keys soon; here they must be gone on return.
  Result<int> WithKeys(Result<int> recorded, const Erasure& keys) {
    if (!recorded.ok()) return recorded;
    if (const auto gone = node_.key_keeper.Destroy(keys); !gone.ok()) return gone.error();
    return recorded;
  }

  Node& node_;
  const KeptErasure& erasure_;
  const ViewLookup lookup_;
};

}  // namespace

Result<bool> StageErasures(const std::string& file, const std::string& log_id,
                           const std::string& folder) {
  std::string text;
  if (!file.empty()) {
    const auto kept = ReadErasures(file);
    if (!kept.ok()) return kept.error();
    if (!kept->log_id.empty() && kept->log_id != log_id) {
      return Error{ErrorCode::kUnavailable, "The erasures in " + file + " are those of the log " +
                                                kept->log_id + ", and the copy is of the log " +
                                                log_id + "."};
    }
    text = TextOf(*kept);
  }
  return WriteSecretFile(folder + "/" + kEraseAgain, text);
}

bool MustEraseAgain(const DataDirectory& directory) {
  std::error_code fault;
  return std::filesystem::exists(directory.PathOf(kEraseAgain), fault);
}

Result<ErasedAgain> EraseAgain(Node& node) {
  ErasedAgain done;
  if (!MustEraseAgain(*node.directory)) return done;
  const std::string list = node.directory->PathOf(kEraseAgain);
  const auto kept = ReadErasures(list);
  if (!kept.ok()) return kept.error();
  if (const auto applied = node.CatchUp(); !applied.ok()) return applied.error();
  for (const KeptErasure& erasure : kept->all) {
    const auto records = Again(node, erasure).Run(&done);
    if (!records.ok()) return records.error();
    done.records += *records;
  }
  node.passwords.replaced().Finish();
  std::error_code fault;
  if (!std::filesystem::remove(list, fault) && fault) {
    return Error{ErrorCode::kUnavailable, "Cannot remove " + list + ": " + fault.message() + "."};
  }
  log::Info("what was erased after the copy is erased again",
            {{"records", std::to_string(done.records)}});
  return done;
}

}  // namespace contacts
