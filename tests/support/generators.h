// RapidCheck generators of the shared language: all values that a record or row may hold, with odd
// ones more often: NUL, quotes, the edges of UTF-8, empty texts, deep metadata.
#pragma once

#include <rapidcheck.h>

#include <string>
#include <utility>
#include <vector>

#include "events/contact.h"
#include "events/json/json.h"
#include "events/record.h"
#include "events/seal/leaf.h"

namespace contacts::gen {

inline void AppendUtf8(uint32_t code, std::string* out) {
  const auto tail = [&](int shift) {
    out->push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3F)));
  };
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (code >> 6)));
    tail(0);
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (code >> 12)));
    tail(6);
    tail(0);
  } else {
    out->push_back(static_cast<char>(0xF0 | (code >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

// Any Unicode scalar value.
inline rc::Gen<uint32_t> CodePoint() {
  return rc::gen::weightedOneOf<uint32_t>(
      {{6, rc::gen::inRange<uint32_t>(0x20, 0x7F)},
       {2, rc::gen::element<uint32_t>(0, '"', '\\', '/', '\b', '\f', '\n', '\r', '\t', 0x1F, 0x7F,
                                      0x80, 0x7FF, 0x800, 0x2028, 0xD7FF, 0xE000, 0xFEFF, 0xFFFF,
                                      0x10000, 0x1F600, 0x10FFFF)},
       {1, rc::gen::inRange<uint32_t>(0x80, 0xD800)},
       {1, rc::gen::inRange<uint32_t>(0xE000, 0x110000)}});
}

// Valid UTF-8, NUL included.
inline rc::Gen<std::string> Text() {
  return rc::gen::map(rc::gen::container<std::vector<uint32_t>>(CodePoint()),
                      [](const std::vector<uint32_t>& codes) {
                        std::string text;
                        for (const uint32_t code : codes) AppendUtf8(code, &text);
                        return text;
                      });
}

// A JSON text without insignificant white space, nested at most `depth` deep. Call it inside
// rc::gen::exec or a property.
inline std::string PickJson(int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 7 : 5);
  std::string out;
  if (kind == 0) return *rc::gen::element<std::string>("null", "true", "false");
  if (kind <= 2) {
    return *rc::gen::element<std::string>("0", "-0", "1", "-17", "0.10", "1e5", "1E-300", "1.5e+3",
                                          "18446744073709551616", "9007199254740993");
  }
  if (kind <= 4) {
    json::AppendString(*Text(), &out);
    if (*rc::gen::arbitrary<bool>()) out.insert(1, "\\u0041\\ud83d\\ude00\\/");
    return out;
  }
  const int count = *rc::gen::inRange(0, 4);
  out = kind == 5 ? "[" : "{";
  for (int i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    if (kind == 6) {
      json::AppendString(std::to_string(i) + *Text(), &out);  // the number keeps names unique
      out += ':';
    }
    out += PickJson(depth - 1);
  }
  return out + (kind == 5 ? "]" : "}");
}

inline rc::Gen<std::string> Json(int depth) {
  return rc::gen::exec([depth] { return PickJson(depth); });
}

inline rc::Gen<RawJson> JsonObject() {
  return rc::gen::exec([] { return RawJson{"{\"a\":" + PickJson(3) + "}"}; });
}

inline rc::Gen<Timestamp> Time() {
  return rc::gen::map(rc::gen::inRange<int64_t>(-62'167'219'200'000, 253'402'300'800'000),
                      [](int64_t ms) { return Timestamp{ms}; });
}

inline rc::Gen<Hash> AnyHash() {
  return rc::gen::map(rc::gen::container<std::string>(8, rc::gen::arbitrary<char>()),
                      [](const std::string& seed) { return Sha256(seed); });
}

inline rc::Gen<TenantId> Tenant() {
  return rc::gen::exec([] {
    static constexpr std::string_view kFirst =
        "ABCXYZabcxyz0189";  // edges of each range, so that a wrong bound shows
    std::string id(1, *rc::gen::elementOf(std::string(kFirst)));
    id += *rc::gen::container<std::string>(rc::gen::elementOf(std::string(kFirst) + "._-"));
    return TenantId{id.substr(0, 64)};
  });
}

template <class T>
std::optional<T> Perhaps(const rc::Gen<T>& some) {
  if (*rc::gen::arbitrary<bool>()) return *some;
  return std::nullopt;
}

inline Maybe<std::string> PerhapsText() {
  Maybe<std::string> text;
  if (*rc::gen::arbitrary<bool>()) text.emplace(*Text());
  return text;
}

inline rc::Gen<int64_t> Integer() {
  return rc::gen::weightedOneOf<int64_t>(
      {{3, rc::gen::arbitrary<int64_t>()},
       {1, rc::gen::element<int64_t>(0, 1, -1, 63, 64, INT64_MAX, INT64_MIN)}});
}

// The values of an enum that have names.
template <class E>
rc::Gen<E> AnyOf() {
  std::vector<E> values;
  for (const auto& [value, name] : EnumNames<E>::names) values.push_back(value);
  return rc::gen::elementOf(std::move(values));
}

inline rc::Gen<ContactFields> Fields() {
  return rc::gen::exec([] {
    ContactFields fields;
    fields.full_name = *Text();
    fields.mention_name = Perhaps(Text());
    fields.email = *Text();
    fields.phone = Perhaps(Text());
    fields.company = Perhaps(Text());
    fields.title = Perhaps(Text());
    fields.department = Perhaps(Text());
    fields.type = *AnyOf<ContactType>();
    fields.is_active = *rc::gen::arbitrary<bool>();
    fields.metadata = Perhaps(JsonObject());
    return fields;
  });
}

// One that has a key.
inline rc::Gen<ContactId> Id() {
  return rc::gen::map(
      rc::gen::weightedOneOf<int64_t>({{3, rc::gen::inRange<int64_t>(1, seal::kMaxContact)},
                                       {1, rc::gen::element<int64_t>(1, 2, seal::kMaxContact)}}),
      [](int64_t id) { return ContactId{id}; });
}

inline rc::Gen<UserId> User() {
  return rc::gen::map(Text(), [](std::string id) { return UserId{std::move(id)}; });
}

inline Account PickAccount() { return Account{*User(), *Text(), *Text()}; }
inline UserState PickState() { return UserState{*Text(), *rc::gen::arbitrary<bool>()}; }

inline void Pick(ContactCreated* e) {
  *e = ContactCreated{*Id(), *Fields(), Perhaps(rc::gen::exec(&PickAccount))};
}
// Each field is in neither part, in one, or in both.
inline ContactPart PickPart() {
  ContactFields fields = *Fields();
  ContactPart part;
  VisitFields(part, fields, [](auto& kept, auto& field) {
    if (*rc::gen::arbitrary<bool>()) kept.value.emplace(std::move(field.value));
  });
  return part;
}
inline void Pick(ContactChanged* e) {
  *e = ContactChanged{*Id(), PickPart(), PickPart(),
                      *rc::gen::container<std::vector<UserId>>(User())};
}
inline void Pick(UserAdded* e) { *e = UserAdded{*User(), *Text(), *Text(), Perhaps(Id())}; }
inline void Pick(UserChanged* e) { *e = UserChanged{*User(), PickState(), PickState()}; }
inline void Pick(PasswordSet* e) { *e = PasswordSet{*User(), *Text()}; }
inline void Pick(SessionsEnded* e) { *e = SessionsEnded{*User()}; }
inline void Pick(InvitationIssued* e) { *e = InvitationIssued{*User(), *AnyHash(), *Time()}; }
inline void Pick(TokenIssued* e) {
  *e = TokenIssued{*Text(), *Text(), *AnyOf<TokenScope>(), Perhaps(Time()), *AnyHash()};
}
inline void Pick(TokenRevoked* e) { *e = TokenRevoked{*Text(), *Text()}; }
inline void Pick(TenantLimited* e) { *e = TenantLimited{Perhaps(Integer())}; }
inline void Pick(PersonErased* e) {
  *e = PersonErased{Perhaps(Id()), *rc::gen::container<std::vector<std::string>>(Text()),
                    *AnyOf<Ground>()};
}
inline void Pick(PastErased* e) {
  const int64_t generation = *rc::gen::inRange(0, seal::kMaxGeneration + 1);
  *e = PastErased{*Id(), generation, *Fields(), *Time(), Perhaps(rc::gen::exec(&PickAccount))};
}
inline void Pick(MonthErased* e) { *e = MonthErased{*Text()}; }
inline void Pick(HoldPlaced* e) { *e = HoldPlaced{*Id()}; }
inline void Pick(HoldLifted* e) { *e = HoldLifted{*Id()}; }
inline void Pick(Disclosed* e) {
  *e = Disclosed{Perhaps(Id()), *Text(), Sequence{*Integer()}, Sequence{*Integer()}};
}
inline void Pick(CommandRefused* e) {
  *e = CommandRefused{*Text(),
                      *AnyOf<ErrorCode>(),
                      *Text(),
                      *Integer(),
                      Perhaps(Id()),
                      Perhaps(User()),
                      Perhaps(rc::gen::arbitrary<bool>())};
}
inline void Pick(ChainDisowned* e) {
  *e = ChainDisowned{*AnyHash(), Sequence{*Integer()}, Sequence{*Integer()}, *Integer()};
}
inline void Pick(NothingChanged* e) {
  *e = NothingChanged{*Text(), Perhaps(Id()), Perhaps(User())};
}

// Any alternative of Event.
template <size_t I = 0>
Event PickEvent(size_t index) {
  if constexpr (I < std::variant_size_v<Event>) {
    if (index != I) return PickEvent<I + 1>(index);
    Event event{std::in_place_index<I>};
    Pick(&std::get<I>(event));
    return event;
  } else {
    return {};
  }
}

inline rc::Gen<Event> AnyEvent() {
  return rc::gen::exec(
      [] { return PickEvent(*rc::gen::inRange<size_t>(0, std::variant_size_v<Event>)); });
}

// Leaves out the members that EncodeRecord sets: type, subject, dataschema.
inline rc::Gen<Record> AnyRecord() {
  return rc::gen::exec([] {
    Record record;
    Envelope& envelope = record.envelope;
    envelope.id = *Text();
    envelope.time = *Time();
    envelope.tenant = *Tenant();
    envelope.sequence = Sequence{*rc::gen::inRange<int64_t>(1, 1'000'000'000'000'000)};
    envelope.previous = *AnyHash();
    envelope.actor = *Text();
    envelope.actorname = *Text();
    if (*rc::gen::arbitrary<bool>()) envelope.actorcontact.emplace(*Id());
    if (*rc::gen::arbitrary<bool>()) envelope.subjectprevious.emplace(envelope.sequence);
    for (auto* some : {&envelope.clientip, &envelope.traceparent, &envelope.reason,
                       &envelope.idempotencykey, &envelope.requesthash, &record.requestkey}) {
      *some = PerhapsText();
    }
    record.event = *AnyEvent();
    return record;
  });
}

}  // namespace contacts::gen
