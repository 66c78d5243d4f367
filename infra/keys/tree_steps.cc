#include "infra/keys/tree_steps.h"

#include "events/seal/store_keys.h"

namespace contacts {

TakenChange TakeChange(std::string_view id, const std::optional<std::string_view>& secret,
                       seal::Keyring& keyring, TreeRepairs* repairs) {
  using How = TakenChange::How;
  const auto read = seal::ReadStored(id, secret);
  if (!read) return {};
  const auto& [tenant, tree, change, unmarks] = *read;
  if (unmarks) {
    repairs->NoteUnmarked(tenant, tree, change.leaf);
    return {How::kUnmarked, tenant};
  }
  const bool is_put = change.kind == seal::TreeChange::Kind::kPut;
  if (is_put && keyring.Contradicts(tenant, tree, change)) return {How::kAltered, tenant};
  keyring.Apply(tenant, tree, change);
  repairs->NoteChange(tenant, change);
  return {How::kApplied, tenant};
}

Result<bool> DoRepair(const TreeRepairs::Work& work, SecretStore& store, TreeWriter& writer) {
  if (const auto read = store.CatchUp(); !read.ok()) return read;
  return work.only_marks ? writer.Mark(work.tenant, work.tree, work.leaf)
                         : writer.Erase(work.tenant, work.tree, work.leaf);
}

}  // namespace contacts
