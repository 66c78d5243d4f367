// One table from method and path to handler: 404, 405 with Allow, HEAD and OPTIONS follow from it.
#pragma once

#include <cstddef>
#include <functional>
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
  bool streams = false;  // an answer may have a BodySource: no request behind it is begun before
};

class Router {
 public:
  // Each route answers under each of `bases` ("" and "/api"). A pattern without braces goes before
  // one with braces.
  Router(std::vector<Route> routes, const std::vector<std::string>& bases,
         AllowedOrigins origins = {});

  // All routes of one pattern, one for each method. A path leads to one resource.
  struct Resource {
    std::string pattern;         // without the base, so that it is the same under each
    std::vector<size_t> routes;  // indices into the table
  };

  // The resource whose pattern the request's path fits; sets the request's parameters to the parts
  // at {…}. nullptr: the path fits none. The result lives as long as this router, and does not move
  // with it.
  const Resource* Find(Request* request) const;

  // Calls the handler of a request for which Find returned `found`. Answers through `responder`
  // itself when no route fits: 404, 405 with `Allow`, OPTIONS, 400 for an unknown or repeated query
  // parameter. HEAD goes to the GET route.
  void Dispatch(const Resource* found, Request request, Responder responder) const;

  // Whether the route for that method at the resource (nullptr: none) says `streams`.
  bool Streams(const Resource* found, std::string_view method) const;

  const AllowedOrigins& origins() const { return origins_; }

 private:
  struct Pattern {
    std::vector<std::string> segments;  // "": matches any segment that is not empty
    Resource resource;
  };
  // Looks up a path without copying it.
  struct PathHash {
    using is_transparent = void;
    size_t operator()(std::string_view path) const { return std::hash<std::string_view>()(path); }
  };

  Resource& ResourceAt(const std::string& path);
  const Route* Choose(const Resource& resource, std::string_view method) const;
  std::string Allow(const Resource& resource) const;

  std::vector<Route> routes_;
  AllowedOrigins origins_;
  std::unordered_map<std::string, Resource, PathHash, std::equal_to<>> literal_;  // by path
  std::vector<Pattern> patterns_;
};

}  // namespace contacts::http
