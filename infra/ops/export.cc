#include "infra/ops/export.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "command/validation.h"
#include "events/json/json_archive.h"
#include "events/sealed_record.h"
#include "infra/ops/submit.h"
#include "projections/view_lookup.h"
#include "query/records.h"

namespace contacts::ops {
namespace {

constexpr size_t kPageBytes = 4 << 20;

// A line after its record.
struct DisclosedBlock {
  Sequence sequence;
  std::string part;
  std::string plain;
  Hash opening;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("sequence", sequence), Field("part", part), Field("plain", plain),
       Field("opening", opening));
  }
};
struct DisclosedLine {
  DisclosedBlock disclosed;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("disclosed", disclosed));
  }
};

struct Range {
  Sequence first;
  Sequence last;
  bool none() const { return last < first; }
};

Result<Range> RangeOf(const OpsRequest& request, Sequence head) {
  const Range range{Sequence{request.from.value_or(1)},
                    Sequence{std::min(request.to.value_or(head.value), head.value)}};
  if (!request.to || range.first.value <= *request.to) return range;
  return Error{ErrorCode::kBadRequest, "The first record, " + std::to_string(range.first.value) +
                                           ", comes after the last one, " +
                                           std::to_string(*request.to) + "."};
}

std::optional<ContactId> ContactOf(const OpsRequest& request) {
  return request.contact ? std::optional(ContactId{*request.contact}) : std::nullopt;
}

// Which blocks of a record an open export shows.
class Shown {
 public:
  Shown(const OpsContext& context, const TenantId& tenant, std::optional<ContactId> contact)
      : contact_(contact) {
    if (!contact) return;
    const ViewLookup lookup(context.views);
    for (const std::string& actor : lookup.ActorsOf(tenant, *contact)) {
      const auto user = lookup.UserById(tenant, UserId{actor});
      if (user && user->contact_id == contact) accounts_.insert(actor);
    }
  }

  // Removes the blocks that are not shown.
  void Narrow(Record* record) const {
    if (!contact_) return;
    const DataOwner owner = DataOwnerOf(record->event);
    const bool about_it =
        owner.contact == contact_ || (owner.user && accounts_.contains(owner.user->value));
    if (!about_it) record->sealed_data.reset();
    const Envelope& envelope = record->envelope;
    const bool spoke_for_it = envelope.actorcontact && *envelope.actorcontact == *contact_;
    if (!spoke_for_it && !accounts_.contains(envelope.actor)) record->sealed_actor.reset();
  }

 private:
  const std::optional<ContactId> contact_;
  std::set<std::string> accounts_;
};

// A key that is neither at hand nor erased would leave out what the reader must see.
bool LacksAKey(const Record& record, seal::Keyring& keyring) {
  Record opened = record;
  return OpenData(&opened, keyring) == Opened::kLost ||
         OpenActor(&opened, keyring) == Opened::kLost;
}

// Appends the disclosed blocks of a record.
Result<bool> AddBlocks(std::string_view bytes, const Shown& shown, seal::Keyring& keyring,
                       std::string* text) {
  auto record = DecodeRecord(bytes);
  if (!record.ok()) return record.error();
  shown.Narrow(&*record);
  const size_t blocks = (record->sealed_data ? 1 : 0) + (record->sealed_actor ? 1 : 0);
  const Sequence sequence = record->envelope.sequence;
  const std::vector<Disclosure> parts = Disclose(*record, keyring);
  if (parts.size() < blocks && LacksAKey(*record, keyring)) {
    return Error{ErrorCode::kUnavailable,
                 "The keys of record " + std::to_string(sequence.value) +
                     " are not at hand, so the export would be incomplete."};
  }
  for (const Disclosure& part : parts) {
    const DisclosedLine line{{sequence, part.part, part.padded, part.opening}};
    text->append(ToJson(line)).append("\n");
  }
  return true;
}

Result<std::string> RecipientOf(const OpsRequest& request) {
  std::string recipient = request.recipient.value_or("");
  if (const auto fault = FaultOfReason(&recipient)) {
    return Error{ErrorCode::kBadRequest, "The recipient " + *fault + "."};
  }
  if (!recipient.empty()) return recipient;
  return MissingArgument(
      "--recipient with --open: who gets the plain text, a company or an office and no person, "
      "because the name stays for ever");
}

struct Noted {
  Sequence at;  // the record
  Disclosed disclosed;
};

Result<Noted> Note(const OpsContext& context, const OpsRequest& request, const TenantId& tenant,
                   const Range& range) {
  const auto recipient = RecipientOf(request);
  if (!recipient.ok()) return recipient.error();
  const NoteDisclosure note{ContactOf(request), *recipient, range.first, range.last};
  const auto answer = AnswerToOperator(context, request, tenant, note);
  if (!answer.ok()) {
    Error error = answer.error();
    error.message = "Nothing was disclosed, because it cannot be recorded: " + error.message;
    return error;
  }
  return Noted{answer->position, {note.contact_id, *recipient, range.first, range.last}};
}

// The record that the page before named. A made-up one discloses nothing.
Result<Noted> NotedBefore(const OpsContext& context, const OpsRequest& request,
                          const TenantId& tenant) {
  const Sequence at{*request.disclosure};
  const auto bytes = ViewLookup(context.views).RecordAt(tenant, at);
  const Result<Record> record = bytes ? DecodeRecord(*bytes) : Result<Record>(Error{});
  const auto* disclosed = record.ok() ? std::get_if<Disclosed>(&record->event) : nullptr;
  const auto recipient = RecipientOf(request);
  if (!recipient.ok()) return recipient.error();
  if (disclosed != nullptr && disclosed->contact_id == ContactOf(request) &&
      disclosed->recipient == *recipient && disclosed->from.value <= request.from.value_or(1)) {
    return Noted{at, *disclosed};
  }
  return Error{ErrorCode::kBadRequest,
               "Record " + std::to_string(at.value) + " is not the record of this disclosure."};
}

Result<OpsAnswer> ExportOpen(const OpsContext& context, const OpsRequest& request,
                             const TenantId& tenant, Range range) {
  const auto noted = request.disclosure ? NotedBefore(context, request, tenant)
                                        : Note(context, request, tenant, range);
  if (!noted.ok()) return noted.error();
  // The record of the disclosure is the last one of the export: it shows that the contact has no
  // further record before it.
  range.last = request.to ? std::min(range.last, noted->disclosed.to) : noted->at;
  const Shown shown(context, tenant, ContactOf(request));
  OpsAnswer answer;
  answer.disclosure = noted->at.value;
  Result<bool> added = true;
  const Sequence reached = query::ReadRecords(
      context.views, tenant, range.first, range.last, [&](Sequence at, std::string_view record) {
        answer.text.append(record).append("\n");
        if (at <= noted->disclosed.to) {
          added = AddBlocks(record, shown, context.keyring, &answer.text);
        }
        return added.ok() && answer.text.size() < kPageBytes;
      });
  if (!added.ok()) return added.error();
  if (reached < range.last && reached >= range.first) answer.next = Next(reached).value;
  return answer;
}

}  // namespace

Result<OpsAnswer> Export(const OpsContext& context, const OpsRequest& request,
                         const TenantId& tenant) {
  const bool open = request.open.value_or(false);
  if (!open && (request.contact || request.recipient || request.as || request.reason)) {
    return Error{ErrorCode::kBadRequest,
                 "--contact, --recipient, --as and --reason are for an export with --open."};
  }
  const auto range = RangeOf(request, ViewLookup(context.views).Tenant(tenant).head);
  if (!range.ok()) return range.error();
  OpsAnswer answer;
  if (range->none()) return answer;
  if (open) return ExportOpen(context, request, tenant, *range);
  const Sequence reached = query::ReadRecords(context.views, tenant, range->first, range->last,
                                              [&](Sequence, std::string_view record) {
                                                answer.text.append(record);
                                                answer.text += '\n';
                                                return answer.text.size() < kPageBytes;
                                              });
  if (reached < range->last && reached >= range->first) answer.next = Next(reached).value;
  return answer;
}

}  // namespace contacts::ops
