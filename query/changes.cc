#include "query/changes.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "events/json/json.h"
#include "events/json/json_archive.h"
#include "query/change_actor.h"

namespace contacts::query {
namespace {

std::string Made(const ContactStep& step) {
  const Envelope& envelope = step.record.envelope;
  return ",\"actor\":" + ToJson(ActorOfChange(envelope)) +
         ",\"reason\":" + (envelope.reason ? json::Quoted(*envelope.reason) : "null");
}

std::string JsonOf(const ContactStep& step, Shown shown, const Position& at, bool sees_all) {
  std::string out = "{\"sequence\":" + std::to_string(at.sequence.value);
  if (at.epoch > kFirstEpoch) out += ",\"epoch\":" + std::to_string(at.epoch);
  // An erasure of what the viewer saw must look like any other end of seeing it.
  const bool is_veiled = shown == Shown::kRemoved && !sees_all;
  out += ",\"type\":" + json::Quoted(is_veiled ? ContactChanged::kType : step.record.envelope.type);
  if (shown == Shown::kContact) {
    out += ",\"contact\":" + step.after->json + Made(step);
  } else {
    out += ",\"removed\":" + std::to_string(step.id.value) +
           (sees_all ? Made(step) : ",\"actor\":null,\"reason\":null");
  }
  return out + "}";
}

}  // namespace

// The client of a viewer who does not see the whole tenant cannot have a contact that was made
// after its position, when all states until now are erased.
Shown ShownSince(Sequence since, const Viewer& viewer, const ContactStep& step) {
  const Shown shown = ShownTo(viewer, step);
  const bool is_unknown = shown == Shown::kRemoved && !step.before && !viewer.sees_all;
  return is_unknown && step.made > since ? Shown::kNothing : shown;
}

Result<Changes> ReadChanges(const ViewStore& views, seal::Keyring& keyring, const Asker& asker,
                            const ChangesWanted& wanted, const ChangesBounds& bounds) {
  const std::unique_ptr<ViewReader> snapshot = views.Snapshot();
  AccessSnapshot access = AccessSnapshotIn(*snapshot, asker);
  Changes changes;
  changes.view = ViewName(access.viewer);
  if (wanted.view && *wanted.view != changes.view) return ViewChanged();
  const TenantRow& tenant = access.tenant;
  const Past past(*snapshot, keyring, asker.tenant);
  ContactSteps steps(past);
  size_t bytes = 0;
  size_t looked_at = 0;
  Sequence at = wanted.since;
  while (at < tenant.applied && changes.entries.size() < wanted.most &&
         looked_at < bounds.looked_at && steps.records() < bounds.records &&
         bytes < bounds.answer_bytes && steps.bytes() < bounds.kept_bytes) {
    at = Next(at);
    ++looked_at;
    auto step = steps.At(at);
    if (!step) continue;
    const Shown shown = ShownSince(wanted.since, access.viewer, *step);
    if (shown == Shown::kNothing) continue;
    past.Open(&step->record);
    past.OpenActorOf(&step->record);
    const Position position = PositionAt(tenant, at);
    changes.entries.push_back({position, JsonOf(*step, shown, position, access.viewer.sees_all)});
    bytes += changes.entries.back().json.size();
  }
  changes.next = PositionAt(tenant, at);
  changes.more = at < tenant.applied;
  changes.at = PositionAt(tenant, tenant.applied);
  changes.parked = ParkedAt(tenant);
  changes.viewer = std::move(access.viewer);
  return changes;
}

std::string JsonOf(const Changes& changes) {
  std::string out = "{\"changes\":[";
  size_t bytes = 100;
  for (const Change& change : changes.entries) bytes += change.json.size() + 1;
  out.reserve(bytes);
  for (const Change& change : changes.entries) {
    if (&change != &changes.entries.front()) out += ',';
    out += change.json;
  }
  return out + "],\"next\":" + json::Quoted(TextOf(changes.next)) +
         ",\"more\":" + (changes.more ? "true" : "false") +
         ",\"view\":" + json::Quoted(changes.view) + "}";
}

}  // namespace contacts::query
