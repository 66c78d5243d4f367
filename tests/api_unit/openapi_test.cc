#include "infra/api/openapi.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "command/command.h"
#include "events/json_archive.h"
#include "events/json_schema.h"
#include "infra/api/bodies.h"

namespace contacts::api {
namespace {

class OpenApiTest : public testing::Test {
 protected:
  OpenApiTest() : text_(OpenApiDocument()), parsed_(json::Document::Parse(text_)) {}

  // The node at a path of member names; nullptr: there is none.
  const json::Node* At(const std::vector<std::string>& names) const {
    const json::Node* node = &parsed_->root();
    for (const std::string& name : names) {
      if (node != nullptr) node = parsed_->Find(*node, name);
    }
    return node;
  }
  std::string TextAt(const std::vector<std::string>& names) const {
    const json::Node* node = At(names);
    return node == nullptr ? "" : std::string(parsed_->Raw(*node));
  }
  std::vector<std::string> NamesAt(const std::vector<std::string>& names) const {
    return MembersOf(*parsed_, *At(names));
  }
  static std::vector<std::string> MembersOf(const json::Document& document,
                                            const json::Node& object) {
    std::vector<std::string> out;
    for (uint32_t i = object.first; i != 0; i = document.at(i).next) {
      out.push_back(document.Name(document.at(i)));
    }
    return out;
  }
  template <class T>
  static std::vector<std::string> FieldsOf(const T& value) {
    const std::string text = ToJson(value);
    const auto document = json::Document::Parse(text);
    return MembersOf(*document, document->root());
  }

  const std::string text_;
  const Result<json::Document> parsed_;
};

TEST_F(OpenApiTest, IsJsonOfThatVersion) {
  ASSERT_TRUE(parsed_) << parsed_.error().message;
  EXPECT_EQ(TextAt({"openapi"}), "\"3.0.3\"");
  EXPECT_EQ(TextAt({"info", "version"}), "\"" CONTACTS_VERSION "\"");
}

TEST_F(OpenApiTest, EachReferenceIsThere) {
  size_t count = 0;
  const std::string mark = "{\"$ref\":\"#/components/";
  for (size_t at = text_.find(mark); at != std::string::npos; at = text_.find(mark, at + 1)) {
    const size_t begin = at + mark.size();
    const std::string path = text_.substr(begin, text_.find('"', begin) - begin);
    const size_t slash = path.find('/');
    EXPECT_NE(At({"components", path.substr(0, slash), path.substr(slash + 1)}), nullptr) << path;
    ++count;
  }
  EXPECT_GT(count, 50u);
}

TEST_F(OpenApiTest, SchemasHaveTheFieldsThatAreWritten) {
  const auto properties = [this](const char* schema) {
    return NamesAt({"components", "schemas", schema, "properties"});
  };
  EXPECT_EQ(properties("Contact"), FieldsOf(Contact{}));
  EXPECT_EQ(properties("NewContact"), FieldsOf(CreateContact{}));
  EXPECT_EQ(properties("Login"), FieldsOf(Login{}));
  EXPECT_EQ(properties("User"), FieldsOf(User{}));
  EXPECT_EQ(properties("Mention"),
            (std::vector<std::string>{"id", "fullName", "mentionName", "email"}));
}

TEST_F(OpenApiTest, RequestsRequireWhatReadingDoes) {
  EXPECT_EQ(TextAt({"components", "schemas", "NewContact", "required"}),
            R"(["fullName","email","type"])");
  EXPECT_EQ(TextAt({"components", "schemas", "NewContact", "additionalProperties"}), "false");
  EXPECT_EQ(TextAt({"components", "schemas", "Login", "required"}), R"(["username","password"])");
  EXPECT_EQ(TextAt({"components", "schemas", "NewContact", "properties", "isActive"}),
            R"({"type":"boolean","default":true})");
}

TEST_F(OpenApiTest, AnswersAlwaysHaveAllThirteenFields) {
  EXPECT_EQ(TextAt({"components", "schemas", "Contact", "required"}),
            R"(["id","fullName","mentionName","email","phone","company","title","department",)"
            R"("type","isActive","metadata","createdAt","updatedAt"])");
}

TEST(JsonSchema, NullableFieldsInBothDialects) {
  const std::string draft = JsonSchema<ContactFields>(SchemaUse::kAnswer, SchemaDialect::kDraft07);
  const std::string open = JsonSchema<ContactFields>(SchemaUse::kAnswer, SchemaDialect::kOpenApi30);
  EXPECT_NE(draft.find(R"("phone":{"type":["string","null"],"maxLength":320})"), draft.npos);
  EXPECT_NE(open.find(R"("phone":{"type":"string","nullable":true,"maxLength":320})"), open.npos);
  EXPECT_NE(draft.find(R"("enum":["internal","external","vendor","client"])"), draft.npos);
}

TEST(JsonSchema, NestedObjectsAndThoseLeftOut) {
  const std::string schema =
      JsonSchema<ContactCreated>(SchemaUse::kAnswer, SchemaDialect::kDraft07);
  EXPECT_NE(schema.find(R"("account":{"type":["object","null"],"required":["userId","username",)"
                        R"("role"],"properties":{"userId":{"type":"string"},)"),
            schema.npos)
      << schema;
}

struct Everything {
  Maybe<std::string> maybe;
  std::vector<int64_t> numbers;
  Hash hash;
  std::optional<ContactType> type;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("maybe", maybe), Field("numbers", numbers), Field("hash", hash), Field("type", type));
  }
};

TEST(JsonSchema, OtherKindsOfFields) {
  EXPECT_EQ(
      JsonSchema<Everything>(SchemaUse::kAnswer, SchemaDialect::kDraft07),
      R"({"type":"object","required":["numbers","hash","type"],"properties":{)"
      R"("maybe":{"type":"string"},)"
      R"("numbers":{"type":"array","items":{"type":"integer","format":"int64"}},)"
      R"("hash":{"type":"string","pattern":"^[0-9a-f]{64}$"},)"
      R"("type":{"type":["string","null"],"enum":["internal","external","vendor","client",null]}}})");
}

}  // namespace
}  // namespace contacts::api
