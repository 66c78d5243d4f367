#include "projections/views/superseded_chains.h"

#include <algorithm>

namespace contacts {
namespace {

using Root = SupersededChain::Root;
using Chains = std::vector<SupersededChain>;

// At least the number of instances that may write to one tenant, and room for entries sent twice.
constexpr size_t kChainsKept = 16;

bool Closes(const SupersededChain& chain) {
  return chain.root == Root::kUnknown &&
         (chain.entries > kOrphansThatClose ||
          chain.grown.milliseconds - chain.begun.milliseconds > kOrphanGrowthThatCloses.count());
}

// Which chain to forget when there are too many: the loser that grew longest ago, else the chain of
// orphans that closes nothing and grew longest ago, else the newest chain.
Chains::iterator Dispensable(Chains& chains) {
  const auto find = [&](const auto& is) { return std::find_if(chains.begin(), chains.end(), is); };
  auto it = find([](const SupersededChain& chain) { return chain.root == Root::kSeen; });
  if (it == chains.end()) {
    it = find([](const auto& chain) { return chain.root == Root::kUnknown && !Closes(chain); });
  }
  return it == chains.end() ? std::prev(it) : it;
}

Root RootOf(const Hash& parent, const std::function<bool()>& parent_is_history,
            const Chains& chains) {
  const bool disowned = std::any_of(chains.begin(), chains.end(), [&](const auto& chain) {
    return chain.root == Root::kDisowned && chain.parent == parent;
  });
  if (disowned) return Root::kDisowned;
  return parent_is_history() ? Root::kSeen : Root::kUnknown;
}

// Orphans whose parent has arrived at the end of another chain continue that chain.
void Join(const SupersededChain& before, Chains& chains) {
  for (SupersededChain& chain : chains) {
    if (chain.root != Root::kUnknown || chain.parent != before.tip) continue;
    chain.root = before.root;
    chain.parent = before.parent;
    chain.first = before.first;
    chain.entries += before.entries;
    chain.begun = std::min(chain.begun, before.begun);
  }
}

}  // namespace

void NoteSuperseded(const Slot& slot, const Hash& hash, Timestamp appended,
                    const std::function<bool()>& parent_is_history, SupersededRow* row) {
  Chains& chains = row->chains;
  const auto ends_with = [&](const Hash& tip) {
    return std::find_if(chains.begin(), chains.end(),
                        [&](const SupersededChain& chain) { return chain.tip == tip; });
  };
  if (ends_with(hash) != chains.end()) return;
  if (const auto grows = ends_with(slot.previous); grows != chains.end()) {
    grows->last = slot.sequence;
    grows->tip = hash;
    ++grows->entries;
    grows->grown = appended;
    std::rotate(grows, std::next(grows), chains.end());
  } else {
    chains.push_back({RootOf(slot.previous, parent_is_history, chains), slot.previous,
                      slot.sequence, slot.sequence, hash, 1, appended, appended});
  }
  Join(SupersededChain(chains.back()), chains);
  if (chains.size() > kChainsKept) chains.erase(Dispensable(chains));
}

void NoteHistory(const Hash& hash, SupersededRow* row) {
  for (SupersededChain& chain : row->chains) {
    if (chain.root == Root::kUnknown && chain.parent == hash) chain.root = Root::kSeen;
  }
}

void Disown(const Hash& parent, SupersededRow* row) {
  for (SupersededChain& chain : row->chains) {
    if (chain.root == Root::kUnknown && chain.parent == parent) chain.root = Root::kDisowned;
  }
}

const SupersededChain* OrphansOn(const Hash& parent, const SupersededRow& row) {
  const SupersededChain* longest = nullptr;
  for (const SupersededChain& chain : row.chains) {
    if (chain.root != Root::kUnknown || chain.parent != parent) continue;
    if (longest == nullptr || chain.entries > longest->entries) longest = &chain;
  }
  return longest;
}

bool HasOrphans(const SupersededRow& row) {
  return std::any_of(row.chains.begin(), row.chains.end(),
                     [](const auto& chain) { return chain.root == Root::kUnknown; });
}

std::string WhyClosed(const SupersededRow& row) {
  const auto chain = std::find_if(row.chains.begin(), row.chains.end(), Closes);
  if (chain == row.chains.end()) return "";
  const std::string parent = ToHex(chain->parent);
  return "the log holds entries " + std::to_string(chain->first.value) + " to " +
         std::to_string(chain->last.value) + " of this tenant, chained on one that is not there (" +
         parent +
         "): it was damaged or lost, and what followed it may have been answered. Bring the log "
         "back as it was; or, if those entries are none of its history, run: contacts disown " +
         parent;
}

}  // namespace contacts
