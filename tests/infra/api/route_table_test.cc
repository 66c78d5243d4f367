// The table of routes: a row that lacks something does not compile, and the README shows the rows.
#include "infra/api/route_table.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "events/json/json.h"
#include "infra/api/openapi.h"

namespace contacts::api {
namespace {

template <class T, class... Given>
concept MadeOf = requires(Given... given) {
  T{given...};
};

static_assert(MadeOf<Operation, const char*, const char*>);
static_assert(!MadeOf<Operation, const char*>, "an operation without a summary");
static_assert(!MadeOf<Operation>, "an operation without an id");

static_assert(MadeOf<ApiRoute, const char*, const char*, Who, RouteHandler, Operation>);
static_assert(!MadeOf<ApiRoute, const char*, const char*, Who, RouteHandler>,
              "a route without an operation");
static_assert(!MadeOf<ApiRoute, const char*, const char*, Who>, "a route without a handler");
static_assert(!MadeOf<ApiRoute, const char*, const char*>, "a route that anyone may call");

// The README's words for the callers of a route.
std::string InWords(Who who) {
  switch (who) {
    case Who::kAnyoneAtOnce:
      return "anyone, at once";
    case Who::kAnyone:
      return "anyone";
    case Who::kEveryUser:
      return "any session";
    case Who::kChangers:
      return "admin, consultant";
    case Who::kAuditors:
      return "admin, auditor";
    case Who::kAdmins:
      return "admin";
  }
  return "";
}

// The first two columns of the README's table of routes.
std::vector<std::string> RowsOfReadme() {
  std::ifstream readme(API_README);
  std::vector<std::string> rows;
  bool in_table = false;
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with("| route | who |")) {
      in_table = true;
    } else if (in_table && line.starts_with("| `")) {
      rows.push_back(line.substr(0, line.find('|', line.find('|', 1) + 1)));
    } else if (in_table && !line.starts_with("|--")) {
      break;
    }
  }
  return rows;
}

TEST(RouteTable, TheReadmeShowsEachRow) {
  std::vector<std::string> rows;
  for (const ApiRoute& route : RouteTable()) {
    rows.push_back("| `" + std::string(route.method) + ' ' + std::string(route.path) + "` | " +
                   InWords(route.who) + ' ');
  }
  EXPECT_EQ(RowsOfReadme(), rows) << "in " API_README;
}

TEST(RouteTable, ThePublishedContractHasTheRoutesAndSaysWhichNeedNoSession) {
  const std::string text = OpenApiDocument();
  const auto document = json::Document::Parse(text);
  const json::Node* const paths = document->Find(document->root(), "paths");
  size_t published = 0;
  for (uint32_t path = paths->first; path != 0; path = document->at(path).next) {
    for (uint32_t i = document->at(path).first; i != 0; i = document->at(i).next) ++published;
  }
  EXPECT_EQ(published, RouteTable().size());
  for (const ApiRoute& route : RouteTable()) {
    std::string method;
    for (const char c : std::string(route.method)) method += static_cast<char>(c - 'A' + 'a');
    const json::Node* const path = document->Find(*paths, std::string(route.path));
    ASSERT_NE(path, nullptr) << route.path.value;
    const json::Node* const operation = document->Find(*path, method);
    ASSERT_NE(operation, nullptr) << route.path.value;
    const bool open = route.who == Who::kAnyone || route.who == Who::kAnyoneAtOnce;
    EXPECT_EQ(document->Find(*operation, "security") != nullptr, open) << route.path.value;
  }
}

}  // namespace
}  // namespace contacts::api
