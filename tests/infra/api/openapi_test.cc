#include "infra/api/openapi.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>
#include <vector>

#include "command/command.h"
#include "events/json/json_archive.h"
#include "events/json/json_schema.h"
#include "infra/api/account_bodies.h"
#include "infra/api/request_headers.h"

namespace contacts::api {
namespace {

class OpenApiTest : public ::testing::Test {
 protected:
  OpenApiTest() : text_(OpenApiDocument()), parsed_(json::Document::Parse(text_)) {}

  // The node at a path of member names; nullptr: absent.
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
  static http::Request With(const char* header, const std::string& value) {
    http::Request request;
    request.headers = {{header, value}};
    return request;
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

TEST_F(OpenApiTest, EachSchemaAndParameterIsReferredTo) {
  for (const char* kind : {"schemas", "parameters"}) {
    for (const std::string& name : NamesAt({"components", kind})) {
      EXPECT_NE(text_.find(std::string("{\"$ref\":\"#/components/") + kind + "/" + name + "\"}"),
                std::string::npos)
          << kind << " has " << name << ", which no row of the table of routes points to";
    }
  }
}

TEST_F(OpenApiTest, LinksLeadFromANewContactAndFromAListToWhatComesNext) {
  const auto links = [this](const char* path, const char* method) {
    return TextAt({"paths", path, method, "responses", "200", "links"});
  };
  EXPECT_EQ(
      links("/contacts", "post"),
      R"({"contact":{"operationId":"showContact","parameters":{"contactId":"$response.body#/id"}},)"
      R"("change":{"operationId":"changeContact","parameters":{"contactId":"$response.body#/id"}},)"
      R"("history":{"operationId":"showHistory","parameters":{"contactId":"$response.body#/id"}}})");
  EXPECT_EQ(links("/contacts", "get"), R"({"changes":{"operationId":"listChanges","parameters":)"
                                       R"({"since":"$response.header.Contacts-Position"}}})");
  EXPECT_EQ(
      links("/contacts/changes", "get"),
      R"({"next":{"operationId":"listChanges","parameters":{"since":"$response.body#/next"}}})");
  EXPECT_EQ(links("/contacts/{contactId}", "get"), "");
}

TEST_F(OpenApiTest, ARouteThatStreamsHasBothMediaTypes) {
  EXPECT_EQ(TextAt({"paths", "/contacts/changes", "get", "responses", "200", "content"}),
            R"({"application/json":{"schema":{"$ref":"#/components/schemas/Changes"}},)"
            R"("text/event-stream":{"schema":{"$ref":"#/components/schemas/ChangeEvents"}}})");
  EXPECT_EQ(NamesAt({"paths", "/user", "get", "responses", "200", "content"}),
            std::vector<std::string>{"application/json"});
}

TEST_F(OpenApiTest, SchemasHaveTheFieldsOfTheAnswers) {
  const auto properties = [this](const char* schema) {
    return NamesAt({"components", "schemas", schema, "properties"});
  };
  EXPECT_EQ(properties("Contact"), FieldsOf(Contact{}));
  EXPECT_EQ(properties("NewContact"), FieldsOf(CreateContact{}));
  EXPECT_EQ(properties("Login"), FieldsOf(Login{}));
  EXPECT_EQ(properties("User"), FieldsOf(User{}));
  EXPECT_EQ(properties("Activation"), FieldsOf(Activation{}));
  EXPECT_EQ(properties("Invited"), FieldsOf(Invited{}));
  EXPECT_EQ(properties("Mention"),
            (std::vector<std::string>{"id", "fullName", "mentionName", "email"}));
}

TEST_F(OpenApiTest, SchemasRequireTheFieldsThatReadingRequires) {
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

TEST_F(OpenApiTest, PatternsOfHeadersMatchWhatReadingTakes) {
  const auto pattern = [this](const char* parameter) {
    std::string text;
    parsed_->Text(*At({"components", "parameters", parameter, "schema", "pattern"}), &text);
    return std::regex(text);
  };
  const std::regex key = pattern("IdempotencyKey");
  for (const std::string& value : std::vector<std::string>{
           "k", "8e03978e-40d5", "~", "a\"b", "\"quoted\"", R"("a\"b\\c")", "\"", "\"\"", "\"a",
           "\"a\"b", R"("\a")", "a b", "\x7f", "\xc3\xa9", std::string(255, 'k'),
           std::string(256, 'k'), '"' + std::string(255, 'k') + '"',
           '"' + std::string(256, 'k') + '"'}) {
    EXPECT_EQ(std::regex_match(value, key),
              static_cast<bool>(IdempotencyKey(With("Idempotency-Key", value))))
        << value;
  }
  const std::regex reason = pattern("Reason");
  for (const std::string& value : std::vector<std::string>{"",
                                                           "why, exactly?",
                                                           "%41",
                                                           "caf%C3%A9",
                                                           "%e2%82%ac",
                                                           "%F0%9F%98%80",
                                                           "100%",
                                                           "%4",
                                                           "%zz",
                                                           "%00",
                                                           "%1F",
                                                           "%7f",
                                                           "%C2%80",
                                                           "%C2%9f",
                                                           "%C2%A0",
                                                           "%C0%80",
                                                           "%C1%81",
                                                           "%E9",
                                                           "%E0%80%80",
                                                           "%E0%A0%80",
                                                           "%ED%9F%BF",
                                                           "%ED%A0%80",
                                                           "%F0%80%80%80",
                                                           "%F4%8F%BF%BD",
                                                           "%F4%90%80%80",
                                                           "%F5%80%80%80",
                                                           "%80",
                                                           "\xc3\xa9",
                                                           "a\tb",
                                                           std::string(500, 'x'),
                                                           std::string(501, 'x')}) {
    EXPECT_EQ(std::regex_match(value, reason),
              static_cast<bool>(Reason(With("Contacts-Reason", value))))
        << value;
  }
}

TEST_F(OpenApiTest, PatternsOfTextMatchWhatReadingTrimsAndTakes) {
  EXPECT_EQ(TextAt({"components", "schemas", "Login", "properties", "tenant", "pattern"}),
            R"("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")");
  const auto pattern = [this](const char* field) {
    std::string text;
    parsed_->Text(*At({"components", "schemas", "NewContact", "properties", field, "pattern"}),
                  &text);
    // std::regex matches bytes, not characters of several bytes.
    for (size_t at = text.find("\\u007f-\\u009f"); at != text.npos; at = text.find("\\u007f-")) {
      text.replace(at, 13, "\\x7f");
    }
    return std::regex(text);
  };
  for (const char* field : {"fullName", "phone"}) {
    const std::regex allowed = pattern(field);
    EXPECT_TRUE(std::regex_match("\t Jo  Doe \r\n", allowed)) << field;
    EXPECT_FALSE(std::regex_match("Jo\tDoe", allowed)) << field;
    EXPECT_FALSE(std::regex_match("Jo\x7f", allowed)) << field;
    EXPECT_FALSE(std::regex_match("\x1fJo", allowed)) << field;
  }
  EXPECT_TRUE(std::regex_match(" \t", pattern("phone")));
  EXPECT_FALSE(std::regex_match(" \t", pattern("fullName")));
}

TEST(JsonSchema, NullableFieldsInBothDialects) {
  const std::string draft = JsonSchema<ContactFields>(SchemaUse::kAnswer, SchemaDialect::kDraft07);
  const std::string open = JsonSchema<ContactFields>(SchemaUse::kAnswer, SchemaDialect::kOpenApi30);
  EXPECT_NE(draft.find(R"("phone":{"type":["string","null"],"pattern":)"), draft.npos);
  EXPECT_NE(open.find(R"("phone":{"type":"string","nullable":true,"pattern":)"), open.npos);
  EXPECT_NE(draft.find(R"("enum":["internal","external","vendor","client"])"), draft.npos);
}

TEST(JsonSchema, NestedObjectsAndOptionalOnes) {
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
