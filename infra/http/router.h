// One table from method and path to handler: 404, 405 with Allow, HEAD and OPTIONS follow from it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

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
  // Each route answers under each of `bases` ("" and "/api").
  Router(std::vector<Route> routes, std::vector<std::string> bases);

  // Answers through `responder` by itself when no route fits: 404, 405 with `Allow`, OPTIONS, 400
  // for an unknown or repeated query parameter. HEAD goes to the GET route.
  void Dispatch(Request request, Responder responder) const;

  // The table, for tests that must not forget a route.
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  std::vector<std::string> bases_;
};

}  // namespace contacts::http
