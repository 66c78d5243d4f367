#include "query/history.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <variant>

#include "events/json/json_archive.h"
#include "events/sealed_record.h"
#include "query/contact.h"
#include "query/past.h"

namespace contacts::query {
namespace {

// The fields that an event set, and what they were.
struct PartsOf {
  using Parts = std::pair<std::optional<ContactPart>, std::optional<ContactPart>>;

  Parts operator()(const ContactCreated& event) const { return {{}, WholePart(event.fields)}; }
  Parts operator()(const PastErased& event) const { return {{}, WholePart(event.fields)}; }
  Parts operator()(const ContactChanged& event) const { return {event.before, event.after}; }
  // An erased contact has no history.
  template <class E>
  requires SaysNothingOfContacts<E> || OneOf<E, PersonErased, HoldPlaced, HoldLifted, Disclosed>
      Parts operator()(const E&) const {
    return {};
  }
};

// In which generation of its contact's keys the record's data is sealed; the greatest: in none.
int64_t GenerationOf(const Record& record) {
  if (const auto* past = std::get_if<PastErased>(&record.event)) return past->generation;
  return DataOwnerOf(record.event).contact ? record.generation : INT64_MAX;
}

class HistoryReader {
 public:
  // `generation`: the contact's, now.
  HistoryReader(const Past& past, const AccessSnapshot& access, ContactId id, int64_t generation)
      : past_(past),
        access_(access),
        id_(id),
        generation_(generation),
        folding_(past, id, generation) {}

  // A History.
  std::string Read(Sequence after, size_t limit) {
    std::string changes;
    Sequence last = after;
    for (size_t count = 0;;) {
      // One more than fit, which tells whether there is a next page.
      const auto records =
          past_.lookup().RecordsOf(past_.tenant(), id_, last, access_.tenant.applied, limit + 1);
      for (const Sequence sequence : records) {
        if (count == limit || changes.size() > kMostOfAHistory) {
          return Page(changes, json::Quoted(TextOf(PositionAt(access_.tenant, last))));
        }
        if (const auto change = Change(sequence)) {
          changes += (count++ > 0 ? "," : "") + ToJson(*change);
          told_ = sequence;
        }
        last = sequence;
      }
      if (records.size() <= limit) return Page(changes, "null");
    }
  }

 private:
  // nullopt: the viewer may not see it.
  std::optional<HistoryChange> Change(Sequence sequence) {
    Record record = past_.RecordAt(sequence);
    past_.OpenActorOf(&record);
    // The keys of an erased past are destroyed soon after the record that says so.
    if (GenerationOf(record) < generation_) {
      record.data_withheld = true;
      record.envelope.reason.reset();
    }
    auto [before, after] = std::visit(PartsOf{}, record.event);
    if (!access_.viewer.sees_all) {
      if (!after) return std::nullopt;
      if (!Saw(folding_.To(Sequence{sequence.value - 1}))) before.reset();
      if (!Saw(folding_.Add(record))) after.reset();
      if (!before && !after) return std::nullopt;
      if (!after) before = Deciding(*before);
    }
    if (record.data_withheld) {
      before.reset();
      after.reset();
    }
    return Told(record, std::move(before), std::move(after));
  }

  static std::string Page(const std::string& changes, const std::string& next) {
    return "{\"changes\":[" + changes + "],\"next\":" + next + "}";
  }
  // The fields by which access decides.
  static ContactPart Deciding(const ContactPart& part) {
    ContactPart deciding;
    deciding.company = part.company;
    deciding.type = part.type;
    deciding.is_active = part.is_active;
    return deciding;
  }

  HistoryChange Told(const Record& record, std::optional<ContactPart> before,
                     std::optional<ContactPart> after) const {
    const Envelope& envelope = record.envelope;
    HistoryChange change{.sequence = envelope.sequence,
                         .epoch = {},
                         .time = envelope.time,
                         .type = envelope.type,
                         .actor = ActorOfChange(envelope),
                         .reason = envelope.reason,
                         .before = std::move(before),
                         .after = std::move(after),
                         .previous = envelope.subjectprevious};
    if (!access_.viewer.sees_all) {
      change.previous = told_;
      const bool leaves_its_sight = !change.after;
      if (leaves_its_sight) change.actor.reset();
      if (leaves_its_sight) change.reason.reset();
    }
    const int64_t epoch = EpochOf(access_.tenant.epochs, envelope.sequence);
    if (epoch > kFirstEpoch) change.epoch.emplace(epoch);
    return change;
  }

  bool Saw(const std::optional<ContactModel>& state) const {
    return state && state->IsShown() && access_.viewer.Sees(id_, ListedOf(*state));
  }

  const Past& past_;
  const AccessSnapshot& access_;
  const ContactId id_;
  const int64_t generation_;
  ContactFolding folding_;
  std::optional<Sequence> told_;  // the newest change of the page
};

}  // namespace

Result<HistoryReading> ReadHistory(const ViewStore& views, seal::Keyring& keyring,
                                   const Asker& asker, ContactId id, Sequence after, size_t limit) {
  const std::unique_ptr<ViewReader> snapshot = views.Snapshot();
  const AccessSnapshot access = AccessSnapshotIn(*snapshot, asker);
  const Past past(*snapshot, keyring, asker.tenant);
  const auto contact = past.lookup().WholeContact(asker.tenant, id);
  if (!contact || !contact->IsShown()) {
    return NotThere(asker, id, past.lookup().ErasureOf(asker.tenant, id));
  }
  if (!access.viewer.Sees(id, ListedOf(*contact))) return NotThere(asker, id, std::nullopt);
  return HistoryReading{HistoryReader(past, access, id, contact->generation).Read(after, limit),
                        PositionAt(access.tenant, access.tenant.applied), ParkedAt(access.tenant)};
}

}  // namespace contacts::query
