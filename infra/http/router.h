// One table from method and path to handler: 404, 405 with Allow, HEAD and OPTIONS follow from it.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "infra/http/cors.h"
#include "infra/http/message.h"

namespace contacts::http {

struct Route {
  std::string method;   // "GET", "POST", …
  std::string pattern;  // "/contacts/{id}": a part in braces matches one path segment
  Handler handler;
  std::vector<std::string> query = {};  // the query parameters it takes; any other is a 400
};

class Router {
 public:
  // Each route answers under each of `bases` ("" and "/api"). A path written out in full goes
  // before one with braces.
  Router(std::vector<Route> routes, std::vector<std::string> bases, AllowedOrigins origins = {});

  // Answers through `responder` by itself when no route fits: 404, 405 with `Allow`, OPTIONS, 400
  // for an unknown or repeated query parameter. HEAD goes to the GET route.
  void Dispatch(Request request, Responder responder) const;

  // The table, for tests that must not forget a route.
  const std::vector<Route>& routes() const { return routes_; }

 private:
  // The routes of one path, one a method.
  using Methods = std::vector<const Route*>;
  struct Pattern {
    std::vector<std::string> segments;  // "": matches any one that is not empty
    std::vector<size_t> routes;
  };

  Methods Match(std::string_view path, std::vector<std::string>* parameters) const;

  std::vector<Route> routes_;
  std::vector<std::string> bases_;
  AllowedOrigins origins_;
  std::unordered_map<std::string, std::vector<size_t>> literal_;  // path to places in routes_
  std::vector<Pattern> patterns_;
};

}  // namespace contacts::http
