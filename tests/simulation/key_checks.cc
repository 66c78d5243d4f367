#include "tests/simulation/key_checks.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "events/seal/store_keys.h"
#include "events/sealed_record.h"
#include "events/values/month.h"
#include "projections/view_lookup.h"

namespace contacts::sim {
namespace {

// The leaf of an opened record's data block; nullopt: it has none.
std::optional<seal::Leaf> DataLeaf(const Record& record) {
  const DataOwner owner = DataOwnerOf(record.event);
  if (owner.user) return seal::LeafOfActor(owner.user->value);
  if (!owner.contact) return std::nullopt;
  const auto* past = std::get_if<PastErased>(&record.event);
  return seal::LeafOfContact(
      *owner.contact, past != nullptr ? static_cast<int>(past->generation) : record.generation);
}

class KeyChecks {
 public:
  KeyChecks(const Simulation& simulation, const std::map<TenantId, ErasedBy>& erased)
      : simulation_(simulation), erased_(erased) {}

  std::vector<std::string> Run() {
    for (const auto& [tenant, erased] : erased_) {
      for (SimInstance* instance : simulation_.instances()) {
        CheckErased(tenant, erased, instance->keys().keyring());
      }
      const auto found = simulation_.log().truth().history.find(tenant);
      if (found == simulation_.log().truth().history.end()) continue;
      for (const std::string& bytes : found->second) {
        if (!CheckBlocks(tenant, bytes, erased.leaves())) break;
      }
    }
    return broken_;
  }

 private:
  void CheckErased(const TenantId& tenant, const ErasedBy& erased, const seal::Keyring& keys) {
    for (const seal::TreeId& tree : keys.TreesOf(tenant)) {
      for (const seal::Leaf leaf : erased.leaves()) {
        if (!keys.IsFullyErased(tenant, tree, leaf)) {
          broken_.push_back(tenant.value + ": an erased leaf has a key or no marker");
        }
      }
    }
  }

  // Reads the record's blocks with the keys of each instance. False: no build here understands it.
  bool CheckBlocks(const TenantId& tenant, const std::string& bytes,
                   const std::set<seal::Leaf>& gone) {
    const Result<Record> sealed = DecodeRecord(bytes);
    if (!sealed) return false;
    const Envelope& envelope = sealed->envelope;
    const std::string at = tenant.value + "/" + std::to_string(envelope.sequence.value) + ": ";
    std::optional<seal::Leaf> data;
    if (sealed->sealed_data) data = DataLeaf(*simulation_.secrets().Read(bytes));
    const bool data_is_gone = gone.contains(data.value_or(seal::Leaf{}));
    const bool actor_is_gone =
        sealed->sealed_actor && (gone.contains(seal::LeafOfActor(envelope.actor)) ||
                                 gone.contains(seal::LeafOfMonth(envelope.time)));
    for (SimInstance* instance : simulation_.instances()) {
      Record record = *sealed;
      seal::Keyring& keys = instance->keys().keyring();
      if (data) Check(at + "the data", data_is_gone, OpenData(&record, keys));
      if (record.sealed_actor) Check(at + "the actor", actor_is_gone, OpenActor(&record, keys));
    }
    return true;
  }

  void Check(const std::string& what, bool erased, Opened opened) {
    if (opened == (erased ? Opened::kErased : Opened::kOpen)) return;
    broken_.push_back(what + (erased ? " was erased, and does not say so"
                                     : " does not open, though nobody erased it"));
  }

  const Simulation& simulation_;
  const std::map<TenantId, ErasedBy>& erased_;
  std::vector<std::string> broken_;
};

// Whether a record has data that nobody erased, so that a reader without its key must park.
bool NeedsAKey(const std::string& bytes, const ErasedBy& erased, SimSecrets& secrets) {
  const Result<Record> sealed = DecodeRecord(bytes);
  if (!sealed || !sealed->sealed_data) return false;
  return !erased.leaves().contains(*DataLeaf(*secrets.Read(bytes)));
}

}  // namespace

std::vector<seal::Leaf> ErasedBy::Note(const Record& record) {
  std::vector<seal::Leaf> leaves;
  if (!first_month_) first_month_ = MonthOf(record.envelope.time);
  const auto erase_up_to = [&](ContactId contact, int generation) {
    for (int g = 0; g <= generation; ++g) leaves.push_back(*seal::LeafOfContact(contact, g));
  };
  if (const auto* past = std::get_if<PastErased>(&record.event)) {
    generations_[past->contact_id] = static_cast<int>(past->generation);
    erase_up_to(past->contact_id, static_cast<int>(past->generation) - 1);
  }
  if (const auto* person = std::get_if<PersonErased>(&record.event)) {
    if (person->contact_id) {
      erase_up_to(*person->contact_id, generations_[*person->contact_id]);
      contacts_.emplace(*person->contact_id, record.envelope.sequence);
    }
    for (const std::string& actor : person->actors) {
      leaves.push_back(seal::LeafOfActor(actor));
      actors_.insert(actor);
    }
  }
  if (const auto* months = std::get_if<MonthErased>(&record.event)) {
    months_ = std::max(months_, *ParseMonth(months->before));
    for (int month = *first_month_; month < months_; ++month) {
      leaves.push_back(seal::LeafOfMonth(BeginOfMonth(month)));
    }
  }
  leaves_.insert(leaves.begin(), leaves.end());
  return leaves;
}

std::vector<std::string> BrokenKeys(const Simulation& simulation,
                                    const std::map<TenantId, ErasedBy>& erased) {
  return KeyChecks(simulation, erased).Run();
}

std::vector<std::string> BrokenWithoutNodes(const Simulation& simulation, const StoreFactory& store,
                                            const std::map<TenantId, ErasedBy>& erased) {
  std::vector<std::string> broken;
  seal::Keyring markers;
  for (const SecretChange& change : simulation.secrets().changes()) {
    if (!change.id.starts_with(seal::kMarkers)) continue;
    const auto read = seal::ReadStored(change.id, change.secret);
    if (read) markers.Apply(read->tenant, read->tree, read->change);
  }
  const std::unique_ptr<ViewStore> views = store();
  Projector projector(*views, markers, 0, 1);
  projector.Apply(simulation.log().entries());
  const ViewLookup lookup(*views);
  for (const auto& [tenant, by] : erased) {
    const TenantRow row = lookup.Tenant(tenant);
    const auto found = simulation.log().truth().history.find(tenant);
    if (found == simulation.log().truth().history.end()) continue;
    const auto& history = found->second;
    for (size_t n = 0; n < history.size(); ++n) {
      if (!NeedsAKey(history[n], by, simulation.secrets())) continue;
      if (row.applied.value > static_cast<int64_t>(n) || row.parked.empty()) {
        broken.push_back(tenant.value + " goes on without the keys of a record");
      }
      break;
    }
    for (const auto& [contact, at] : by.contacts()) {
      if (!lookup.ErasureOf(tenant, contact)) {
        broken.push_back(tenant.value + " does not obey an erasure while it is parked");
      }
    }
  }
  return broken;
}

}  // namespace contacts::sim
