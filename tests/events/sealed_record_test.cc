#include "events/sealed_record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "events/json/json_schema.h"
#include "events/record_fields.h"
#include "events/seal/leaf.h"
#include "tests/support/acme.h"
#include "tests/support/keys.h"

namespace contacts {
namespace {

using seal::TreeChange;

const UserId kAccountOfJane{"8"};

void Erase(const TenantId& tenant, seal::Leaf leaf, seal::Keyring* keyring) {
  for (const seal::TreeId& tree : keyring->TreesOf(tenant)) {
    for (const TreeChange& change : keyring->ChangesToErase(tenant, tree, leaf)) {
      keyring->Apply(tenant, tree, change);
    }
  }
}

Record Made(Event event, const std::string& actor = "7") {
  Record record;
  record.envelope.id = "019ab0c1-0000-7000-8000-000000000001";
  record.envelope.time = Timestamp{1'795'428'000'123};
  record.envelope.tenant = kAcme;
  record.envelope.sequence = Sequence{1};
  record.envelope.actor = actor;
  record.envelope.actorname = "Name-of-Actor";
  record.envelope.clientip.emplace("192.0.2.77");
  record.envelope.reason.emplace("Reason-Text");
  record.envelope.idempotencykey.emplace("Key-Text");
  record.envelope.requesthash.emplace(ToHex(Sha256("request")));
  record.requestkey.emplace("00112233445566778899aabbccddeeff");
  record.event = std::move(event);
  return record;
}

ContactCreated WholeJane() {
  ContactCreated created;
  created.id = ContactId{42};
  ContactFields& fields = created.fields;
  fields.full_name = "Full-Name";
  fields.mention_name = "Mention-Name";
  fields.email = "E-Mail@example.com";
  fields.phone = "Phone-Number";
  fields.company = "Company-Name";
  fields.title = "Title-Text";
  fields.department = "Department-Text";
  fields.metadata = RawJson{R"({"word":"Metadata-Word"})"};
  created.account = Account{kAccountOfJane, "User-Name", "client"};
  return created;
}

class SealedRecord : public ::testing::Test {
 protected:
  SealedRecord() { TestTree(kAcme, keys_); }

  std::string Bytes(Record record) {
    record.envelope.keys.emplace(ToHex(TestTree(kAcme, keys_)));
    const auto bytes = EncodeRecord(record, keys_);
    EXPECT_TRUE(bytes) << bytes.error().message;
    return bytes ? *bytes : "";
  }
  static Record Read(const std::string& bytes) { return DecodeRecord(bytes).value(); }
  Opened Data(const std::string& bytes) {
    Record record = Read(bytes);
    return OpenData(&record, keys_);
  }
  Opened Actor(const std::string& bytes) {
    Record record = Read(bytes);
    return OpenActor(&record, keys_);
  }
  void EraseContact(int64_t id, int generation = 0) {
    Erase(kAcme, *seal::LeafOfContact(ContactId{id}, generation), &keys_);
  }

  seal::Keyring keys_;
};

TEST_F(SealedRecord, NothingPersonalStandsOutsideOfItsBlocks) {
  const std::string bytes = Bytes(Made(WholeJane()));
  for (const char* value :
       {"Full-Name", "Mention-Name", "E-Mail", "Phone-Number", "Company-Name", "Title-Text",
        "Department-Text", "Metadata-Word", "User-Name", "Name-of-Actor", "192.0.2.77",
        "Reason-Text", "Key-Text", "00112233445566778899aabbccddeeff"}) {
    EXPECT_EQ(bytes.find(value), std::string::npos) << value;
  }
  for (const char* clear : {R"("id":42)", R"("type":"internal")", R"("isActive":true)",
                            R"("account":{"userId":"8","role":"client"})"}) {
    EXPECT_NE(bytes.find(clear), std::string::npos) << clear;
  }
}

TEST_F(SealedRecord, ABlockHasItsMembersInTheOrderOfTheFieldList) {
  ContactCreated created;
  created.id = ContactId{42};
  created.fields.full_name = "Jane Smith";
  created.fields.mention_name = "jsmith";
  created.fields.email = "jane@example.com";
  Record record = Made(created);
  record.envelope.reason.emplace("asked by phone");
  record.requestkey.reset();
  const auto parts = Disclose(Read(Bytes(record)), keys_);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].part, "data");
  EXPECT_EQ(parts[0].padded.substr(0, parts[0].padded.find_last_not_of(' ') + 1),
            R"({"fullName":"Jane Smith","mentionName":"jsmith","email":"jane@example.com",)"
            R"("phone":null,"company":null,"title":null,"department":null,"metadata":null,)"
            R"("reason":"asked by phone"})");
  EXPECT_EQ(parts[1].padded.substr(0, parts[1].padded.find_last_not_of(' ') + 1),
            R"({"actorname":"Name-of-Actor","clientip":"192.0.2.77","idempotencykey":"Key-Text"})");
}

TEST_F(SealedRecord, WhatIsDisclosedIsCommittedToInTheRecord) {
  const Record read = Read(Bytes(Made(WholeJane())));
  const auto parts = Disclose(read, keys_);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_TRUE(seal::IsCommittedTo(parts[0].padded, parts[0].opening, read.sealed_data->commitment));
  EXPECT_TRUE(
      seal::IsCommittedTo(parts[1].padded, parts[1].opening, read.sealed_actor->commitment));
  EXPECT_FALSE(
      seal::IsCommittedTo(parts[0].padded, parts[0].opening, read.sealed_actor->commitment));
}

TEST_F(SealedRecord, AnEmptyBlockIsLeftOutAndSoAreTheKeysOfNone) {
  Record record = Made(PasswordSet{kAccountOfJane, "c"}, "token:t1");
  record.envelope.reason.reset();
  record.requestkey.reset();
  const std::string bytes = Bytes(record);
  for (const char* name : {"sealed", "commitment", "\"keys\""}) {
    EXPECT_EQ(bytes.find(name), std::string::npos) << name;
  }
}

TEST_F(SealedRecord, ATokenIsNoPersonAndItsAddressIsNotRecorded) {
  const std::string bytes = Bytes(Made(TokenRevoked{"t1", "feed"}, "token:t1"));
  EXPECT_EQ(bytes.find("actorsealed"), std::string::npos);
  EXPECT_EQ(bytes.find("192.0.2.77"), std::string::npos);
  const Record read = Read(bytes);
  EXPECT_EQ(read.envelope.actorname, "Name-of-Actor");
  EXPECT_EQ(read.envelope.idempotencykey.value_or(""), "Key-Text");
  EXPECT_TRUE(read.requestkey);
  EXPECT_EQ(Actor(bytes), Opened::kOpen);
}

TEST_F(SealedRecord, AnErasedContactsDataIsWithheldAndItsActorIsNot) {
  const std::string bytes = Bytes(Made(WholeJane()));
  EraseContact(42);
  Record record = Read(bytes);
  EXPECT_EQ(OpenData(&record, keys_), Opened::kErased);
  EXPECT_TRUE(record.data_withheld);
  EXPECT_EQ(std::get<ContactCreated>(record.event).fields.email, "");
  EXPECT_EQ(OpenActor(&record, keys_), Opened::kOpen);
  EXPECT_EQ(record.envelope.actorname, "Name-of-Actor");
  EXPECT_EQ(EncodeRecord(Made(WholeJane()), keys_).error().code, ErrorCode::kUnavailable)
      << "no tree";
  Record again = Made(WholeJane());
  again.envelope.keys.emplace(ToHex(TestTree(kAcme, keys_)));
  EXPECT_EQ(EncodeRecord(again, keys_).error().code, ErrorCode::kGone);
}

TEST_F(SealedRecord, AnActorsBlockGoesWithTheActorAndWithTheMonth) {
  const std::string bytes = Bytes(Made(WholeJane()));
  const std::string others = Bytes(Made(WholeJane(), "9"));
  Erase(kAcme, seal::LeafOfActor("7"), &keys_);
  EXPECT_EQ(Actor(bytes), Opened::kErased);
  EXPECT_EQ(Actor(others), Opened::kOpen);
  EXPECT_EQ(Data(bytes), Opened::kOpen);
  Erase(kAcme, seal::LeafOfMonth(Timestamp{1'795'428'000'123}), &keys_);
  EXPECT_EQ(Actor(others), Opened::kErased);
}

TEST_F(SealedRecord, TheRequestKeyOfARefusalGoesWithWhomItCollidedWith) {
  const auto bytes =
      Bytes(Made(CommandRefused{"CreateContact", ErrorCode::kEmailTaken, "", 0, ContactId{42}}));
  EXPECT_FALSE(Read(bytes).requestkey) << "it is sealed";
  EraseContact(42);
  EXPECT_EQ(Data(bytes), Opened::kErased) << "trap 14";
}

// A key that is not there is a fault; only its marker says that it was erased.
TEST_F(SealedRecord, WithoutKeyAndMarkerADataBlockIsLost) {
  const std::string bytes = Bytes(Made(WholeJane()));
  seal::Keyring empty;
  Record record = Read(bytes);
  EXPECT_EQ(OpenData(&record, empty), Opened::kLost);
  EXPECT_FALSE(record.data_withheld);
  EXPECT_EQ(OpenActor(&record, empty), Opened::kLost);
}

TEST_F(SealedRecord, ABlockOpensNowhereElse) {
  const Record first = Read(Bytes(Made(WholeJane())));
  const auto moved = [&](auto change) {
    Record other = first;
    change(&other);
    return OpenData(&other, keys_);
  };
  EXPECT_EQ(moved([](Record*) {}), Opened::kOpen);
  EXPECT_EQ(moved([](Record* r) { r->envelope.id.back() = '2'; }), Opened::kDamaged);
  EXPECT_EQ(moved([](Record* r) { r->envelope.type = "PastErased"; }), Opened::kDamaged);
  EXPECT_EQ(moved([](Record* r) { r->envelope.subject = "43"; }), Opened::kDamaged);
  EXPECT_EQ(moved([](Record* r) { std::get<ContactCreated>(r->event).id = ContactId{43}; }),
            Opened::kDamaged);
  EXPECT_EQ(moved([](Record* r) { r->sealed_data = r->sealed_actor; }), Opened::kDamaged);
}

TEST_F(SealedRecord, TheSameLeafOfAnotherTenantIsAnotherKey) {
  const std::string bytes = Bytes(Made(WholeJane()));
  Record other = Read(bytes);
  other.envelope.tenant = TenantId{"other"};
  other.envelope.keys.emplace(ToHex(TestTree(TenantId{"other"}, keys_)));
  EXPECT_NE(OpenData(&other, keys_), Opened::kOpen);
}

PastErased Present(int64_t generation) {
  PastErased past;
  past.contact_id = ContactId{42};
  past.generation = generation;
  past.fields = WholeJane().fields;
  return past;
}

TEST_F(SealedRecord, ThePastIsErasedAndThePresentStays) {
  const std::string past = Bytes(Made(WholeJane()));
  const std::string present = Bytes(Made(Present(1)));
  EXPECT_EQ(Data(present), Opened::kOpen);
  EraseContact(42);
  EXPECT_EQ(Data(past), Opened::kErased);
  EXPECT_EQ(Data(present), Opened::kOpen);
}

// The generations before may still be open, because their erasure has not come through yet.
TEST_F(SealedRecord, ARecordOpensInItsGenerationHoweverManyAreOpen) {
  NothingChanged later{"ChangeContact", ContactId{42}, std::nullopt};
  Record record = Made(later);
  record.generation = 3;
  const std::string bytes = Bytes(record);
  for (int erased = 0; erased < 3; ++erased) {
    Record read = Read(bytes);
    EXPECT_EQ(OpenData(&read, keys_), Opened::kOpen);
    EXPECT_EQ(read.generation, 3);
    EraseContact(42, erased);
  }
  EXPECT_EQ(Data(bytes), Opened::kOpen);
  EraseContact(42, 3);
  EXPECT_EQ(Data(bytes), Opened::kErased);
}

// ---- each field is personal, or is on this list ----

const std::set<std::string> kNotPersonal = {
    "id",        "type",    "isActive",   "account",    "userId",     "role",
    "contactId", "before",  "after",      "disabled",   "hash",       "credentialId",
    "expires",   "tokenId", "name",       "scope",      "contacts",   "command",
    "code",      "message", "leftOut",    "parent",     "first",      "last",
    "entries",   "actors",  "ground",     "generation", "createdAt",  "recipient",
    "from",      "to",      "requestkey", "sealed",     "commitment", "usersEnded",
};

// The names that a schema lists, at any depth.
void AddNames(const json::Document& document, const json::Node& node,
              std::set<std::string>* names) {
  if (node.kind != json::Kind::kObject) return;
  if (const json::Node* properties = document.Find(node, "properties")) {
    for (uint32_t i = properties->first; i != 0; i = document.at(i).next) {
      names->insert(std::string(document.RawName(document.at(i))));
      AddNames(document, document.at(i), names);
    }
  }
}

template <class... E>
std::set<std::string> ClearNames(std::variant<E...>*) {
  std::set<std::string> names;
  const auto add = [&]<class One>(const One&) {
    const std::string schema =
        JsonSchema<EventFields<One>>(SchemaUse::kRecord, SchemaDialect::kDraft07, Members::kClear);
    const auto document = json::Document::Parse(schema);
    AddNames(*document, document->root(), &names);
  };
  (add(E{}), ...);
  return names;
}

TEST(PersonalFields, EachFieldOfAnEventIsDeclaredPersonalOrKnownNotToBe) {
  for (const std::string& name : ClearNames(static_cast<Event*>(nullptr))) {
    EXPECT_TRUE(kNotPersonal.contains(name))
        << name << " stands in the clear for ever: declare it Personal, or list it here";
  }
}

}  // namespace
}  // namespace contacts
