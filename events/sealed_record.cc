#include "events/sealed_record.h"

#include <optional>
#include <utility>
#include <vector>

#include "events/actor.h"
#include "events/json/json_archive.h"
#include "events/record_fields.h"
#include "events/seal/leaf.h"

namespace contacts {
namespace {

constexpr std::string_view kData = "data";
constexpr std::string_view kActor = "actor";
constexpr std::string_view kEmpty = "{}";

template <class E>
DataOwner OwnerOf(const E& event) {
  if constexpr (E::kSealedFor == SealedFor::kUser) {
    return {{}, event.user_id};
  } else if constexpr (E::kSealedFor == SealedFor::kActor) {
    return {};
  } else if constexpr (requires { event.id; }) {
    return {event.id, {}};
  } else {
    return {event.contact_id, {}};
  }
}

seal::BlockPlace PlaceOf(const Envelope& envelope, std::string_view part) {
  return {envelope.tenant.value, envelope.id, part, envelope.type, envelope.subject};
}

seal::FoundKey FindDataKey(const Record& record, const DataOwner& owner, int generation,
                           const seal::TreeId& tree, seal::Keyring& keyring) {
  const TenantId& tenant = record.envelope.tenant;
  if (owner.user) return keyring.Find(tenant, tree, seal::LeafOfActor(owner.user->value));
  const auto leaf = seal::LeafOfContact(*owner.contact, generation);
  return leaf ? keyring.Find(tenant, tree, *leaf) : seal::FoundKey{};
}

std::optional<seal::TreeId> TreeOf(const Record& record) {
  return record.envelope.keys ? seal::TreeIdFrom(*record.envelope.keys) : std::nullopt;
}

Error NoKey(const seal::FoundKey& key) {
  if (key.erased) return {ErrorCode::kGone, "the person that this record is about was erased"};
  constexpr int kRetrySeconds = 5;
  return {ErrorCode::kUnavailable, "the keys of this tenant are not at hand", {}, kRetrySeconds};
}

// A key to open a block with, and what it opened.
struct Plain {
  Opened opened = Opened::kLost;
  std::string text;
  std::optional<seal::Seed> key;
  int generation = 0;
};

Plain OpenWith(const seal::FoundKey& key, const seal::BlockPlace& place,
               const seal::SealedBlock& block) {
  if (key.erased) return {Opened::kErased, {}, {}};
  if (!key.key) return {Opened::kLost, {}, {}};
  auto text = seal::Unseal(*key.key, place, block);
  if (!text) return {Opened::kDamaged, {}, {}};
  return {Opened::kOpen, *std::move(text), key.key};
}

// Keys of one contact that are tried: of generations whose erasure has not come through yet, and of
// the newest.
constexpr int kMostTries = 8;

// A record does not say in which generation of its contact it was made, but for PastErased, which
// begins one. Generations are erased in order, so those that can be open follow each other.
Plain OpenInGenerations(const Record& record, const DataOwner& owner, const seal::TreeId& tree,
                        seal::Keyring& keyring) {
  const seal::BlockPlace place = PlaceOf(record.envelope, kData);
  Plain plain{Opened::kErased, {}, {}};
  bool erased = false;
  int tries = 0;
  for (int generation = 0; generation <= seal::kMaxGeneration && tries < kMostTries; ++generation) {
    Plain one =
        OpenWith(FindDataKey(record, owner, generation, tree, keyring), place, *record.sealed_data);
    one.generation = generation;
    if (one.opened == Opened::kOpen || one.opened == Opened::kLost) return one;
    erased = erased || one.opened == Opened::kErased;
    if (one.opened != Opened::kDamaged) continue;
    plain.opened = Opened::kDamaged;
    ++tries;
  }
  // What no living generation opens was sealed in one that is erased.
  if (erased) plain.opened = Opened::kErased;
  return plain;
}

// The generation of the contact's keys in which the record is sealed, if it says so.
std::optional<int> GenerationIn(const Event& event) {
  const auto* past = std::get_if<PastErased>(&event);
  if (past == nullptr) return std::nullopt;
  const bool fits = past->generation >= 0 && past->generation <= seal::kMaxGeneration;
  return fits ? static_cast<int>(past->generation) : -1;  // -1 has no key
}

Plain OpenDataText(const Record& record, seal::Keyring& keyring) {
  const DataOwner owner = DataOwnerOf(record.event);
  const auto tree = TreeOf(record);
  if (owner.none() || !tree) return {Opened::kDamaged, {}, {}};
  const auto generation = GenerationIn(record.event);
  if (owner.contact && !generation) return OpenInGenerations(record, owner, *tree, keyring);
  const int known = generation.value_or(0);
  Plain plain = OpenWith(FindDataKey(record, owner, known, *tree, keyring),
                         PlaceOf(record.envelope, kData), *record.sealed_data);
  plain.generation = known;
  return plain;
}

Plain OpenActorText(const Record& record, seal::Keyring& keyring) {
  const Envelope& envelope = record.envelope;
  const auto tree = TreeOf(record);
  if (!tree) return {Opened::kDamaged, {}, {}};
  return OpenWith(keyring.FindActor(envelope.tenant, *tree, envelope.actor, envelope.time),
                  PlaceOf(envelope, kActor), *record.sealed_actor);
}

// Reads a block's plain text into the personal members of `members`.
template <class T>
bool ReadMembers(const std::string& text, T* members) {
  const Result<json::Document> document = json::Document::Parse(text);
  if (!document) return false;
  Faults faults;
  return FromJson(*document, document->root(), Reading::kRecord, members, &faults, "",
                  Members::kPersonal);
}

bool ReadData(const std::string& text, Record* record) {
  return std::visit(
      [&]<class E>(E& event) {
        DataMembers<E> members{event, {}, {}};
        if (!ReadMembers(text, &members)) return false;
        event = std::move(members.event);
        record->envelope.reason = std::move(members.reason);
        record->requestkey = std::move(members.requestkey);
        return true;
      },
      record->event);
}

bool ReadActor(const std::string& text, Record* record) {
  ActorMembers members;
  if (!ReadMembers(text, &members)) return false;
  record->envelope.actorname = std::move(members.actorname);
  record->envelope.clientip = std::move(members.clientip);
  record->envelope.idempotencykey = std::move(members.idempotencykey);
  if (members.reason) record->envelope.reason = std::move(members.reason);
  if (members.requestkey) record->requestkey = std::move(members.requestkey);
  return true;
}

// Encodes one record: its members in the clear, and both blocks.
template <class E>
class Encoder {
 public:
  Encoder(const Record& record, const E& event, seal::Keyring& keyring)
      : record_(record), keyring_(keyring), owner_(OwnerOf(event)) {
    all_.envelope = record.envelope;
    all_.envelope.type = E::kType;
    all_.envelope.subject = SubjectOf(record.event);
    all_.envelope.dataschema = DataSchemaOf(E::kType, E::kVersion);
    all_.data.event = event;
  }

  Result<std::string> Bytes() {
    const auto tree = TreeOf(record_);
    if (auto fault = SealData(tree)) return *std::move(fault);
    if (auto fault = SealActor(tree)) return *std::move(fault);
    if (!all_.data.sealed && !all_.actor.actorsealed) all_.envelope.keys.reset();
    return ToJson(all_, Members::kClear);
  }

 private:
  std::optional<Error> SealData(const std::optional<seal::TreeId>& tree) {
    if (owner_.none()) return std::nullopt;
    const DataMembers<E> members{all_.data.event, record_.envelope.reason, record_.requestkey};
    const std::string plain = ToJson(members, Members::kPersonal);
    if (plain == kEmpty) return std::nullopt;
    if (!tree) return NoKey({});
    const int generation = GenerationIn(record_.event).value_or(record_.generation);
    const auto key = FindDataKey(record_, owner_, generation, *tree, keyring_);
    if (!key.key) return NoKey(key);
    seal::SealedBlock block = seal::Seal(*key.key, PlaceOf(all_.envelope, kData), plain);
    all_.data.sealed.emplace(std::move(block.sealed));
    all_.data.commitment.emplace(block.commitment);
    return std::nullopt;
  }

  std::optional<Error> SealActor(const std::optional<seal::TreeId>& tree) {
    const Envelope& envelope = record_.envelope;
    if (!HasActorBlock(record_)) {
      if (!envelope.actorname.empty()) all_.actorname.emplace(envelope.actorname);
      if (owner_.none()) all_.data.requestkey = record_.requestkey;
      return std::nullopt;
    }
    all_.envelope.idempotencykey.reset();
    ActorMembers members{envelope.actorname, envelope.clientip, envelope.idempotencykey, {}, {}};
    if (owner_.none()) {
      members.reason = envelope.reason;
      members.requestkey = record_.requestkey;
    }
    if (!tree) return NoKey({});
    const auto key = keyring_.FindActor(envelope.tenant, *tree, envelope.actor, envelope.time);
    if (!key.key) return NoKey(key);
    seal::SealedBlock block =
        seal::Seal(*key.key, PlaceOf(all_.envelope, kActor), ToJson(members, Members::kPersonal));
    all_.actor.actorsealed.emplace(std::move(block.sealed));
    all_.actor.actorcommitment.emplace(block.commitment);
    return std::nullopt;
  }

  const Record& record_;
  seal::Keyring& keyring_;
  const DataOwner owner_;
  Envelopment<EventFields<E>> all_;
};

}  // namespace

DataOwner DataOwnerOf(const Event& event) {
  return std::visit([](const auto& e) { return OwnerOf(e); }, event);
}

bool HasActorBlock(const Record& record) { return !actors::IsToken(record.envelope.actor); }

Result<std::string> EncodeRecord(const Record& record, seal::Keyring& keyring) {
  return std::visit(
      [&]<class E>(const E& event) { return Encoder<E>(record, event, keyring).Bytes(); },
      record.event);
}

Opened OpenData(Record* record, seal::Keyring& keyring) {
  if (!record->sealed_data) return Opened::kOpen;
  const Plain plain = OpenDataText(*record, keyring);
  if (plain.opened == Opened::kErased) record->data_withheld = true;
  if (plain.opened != Opened::kOpen) return plain.opened;
  if (!ReadData(plain.text, record)) return Opened::kDamaged;
  if (!GenerationIn(record->event)) record->generation = plain.generation;
  record->sealed_data.reset();
  return Opened::kOpen;
}

Opened OpenActor(Record* record, seal::Keyring& keyring) {
  if (!record->sealed_actor) return Opened::kOpen;
  const Plain plain = OpenActorText(*record, keyring);
  if (plain.opened != Opened::kOpen) return plain.opened;
  if (!ReadActor(plain.text, record)) return Opened::kDamaged;
  record->sealed_actor.reset();
  return Opened::kOpen;
}

std::vector<Disclosure> Disclose(const Record& record, seal::Keyring& keyring) {
  std::vector<Disclosure> parts;
  const auto add = [&](std::string_view part, const Plain& plain) {
    if (plain.opened != Opened::kOpen) return;
    parts.push_back({std::string(part), seal::Padded(plain.text),
                     seal::OpeningOf(*plain.key, PlaceOf(record.envelope, part))});
  };
  if (record.sealed_data) add(kData, OpenDataText(record, keyring));
  if (record.sealed_actor) add(kActor, OpenActorText(record, keyring));
  return parts;
}

}  // namespace contacts
