#include "command/rules/subjects.h"

namespace contacts::rules {

Decision DecideOn(const TenantState& state, const LimitTenant& limit) {
  if (limit.contacts == state.model().contact_limit) {
    return NothingChanged{LimitTenant::kName, std::nullopt, std::nullopt};
  }
  return Event(TenantLimited{limit.contacts});
}

Decision DecideOn(const TenantState&, const NoteRefusal& note) { return Event(note.refusal); }

Decision DecideOn(const TenantState& state, const DisownChain& disown) {
  const auto orphans = state.OrphansOn(disown.parent);
  if (!orphans) {
    return Error{ErrorCode::kNotFound,
                 "there are no orphaned entries chained on " + ToHex(disown.parent)};
  }
  return Event(ChainDisowned{disown.parent, orphans->first, orphans->last, orphans->entries});
}

}  // namespace contacts::rules
