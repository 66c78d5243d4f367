// The steps of whoever keeps a keyring equal to the secret store, without a thread or a clock:
// StoredKeys takes them on its thread, the simulation in virtual time.
#pragma once

#include <optional>
#include <string_view>

#include "events/seal/keyring.h"
#include "events/secret_store.h"
#include "events/values/ids.h"
#include "events/values/result.h"
#include "infra/keys/tree_repairs.h"
#include "infra/keys/tree_writer.h"

namespace contacts {

struct TakenChange {
  enum class How {
    kApplied,
    kUnmarked,  // a marker was deleted, which changes no key: an erased leaf stays erased
    kForeign,   // no build of Contacts writes this
    kAltered,   // a node has another seed than before; the first one counts
  };
  How how = How::kForeign;
  TenantId tenant;  // empty: kForeign
};

// Takes one change of the store, in the order in which the changes count.
TakenChange TakeChange(std::string_view id, const std::optional<std::string_view>& secret,
                       seal::Keyring& keyring, TreeRepairs* repairs);

// Does one of the repairs that were found, after it has read what the store holds by now.
Result<bool> DoRepair(const TreeRepairs::Work& work, SecretStore& store, TreeWriter& writer);

}  // namespace contacts
