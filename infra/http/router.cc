#include "infra/http/router.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "events/values/unicode.h"
#include "infra/http/text.h"

namespace contacts::http {
namespace {

// An answer quotes at most this much of a request's text.
constexpr size_t kShownBytes = 200;

// Takes the first segment off a path that begins with a slash.
std::string_view TakeSegment(std::string_view* path) {
  path->remove_prefix(1);
  const size_t end = std::min(path->find('/'), path->size());
  const std::string_view segment = path->substr(0, end);
  path->remove_prefix(end);
  return segment;
}

bool IsParameter(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}');
}

// The segments of a pattern, "" for a part in braces.
std::vector<std::string> SegmentsOf(std::string_view pattern) {
  std::vector<std::string> segments;
  while (pattern.starts_with('/')) {
    const std::string_view segment = TakeSegment(&pattern);
    segments.emplace_back(IsParameter(segment) ? std::string_view() : segment);
  }
  return segments;
}

bool Fits(const std::vector<std::string>& segments, std::string_view path) {
  for (const std::string& wanted : segments) {
    if (!path.starts_with('/')) return false;
    const std::string_view given = TakeSegment(&path);
    if (wanted.empty() ? given.empty() : wanted != given) return false;
  }
  return path.empty();
}

// Names the first character of a shown text that cannot be seen; "": all can.
std::string UnseenIn(std::string_view text) {
  const auto unseen = unicode::FirstUnseen(text);
  return unseen ? ", which holds " + unseen->Shown() : "";
}

// Names a query parameter that the route does not take, or that stands there twice; empty: none.
std::string QueryFault(const Route& route, const Request& request) {
  for (size_t i = 0; i < request.query.size(); ++i) {
    const std::string& name = request.query[i].first;
    if (std::find(route.query.begin(), route.query.end(), name) == route.query.end()) {
      return "unknown query parameter \"" + Shortened(name, kShownBytes) + "\"" + UnseenIn(name);
    }
    for (size_t j = 0; j < i; ++j) {
      if (request.query[j].first == name) return "query parameter \"" + name + "\" is given twice";
    }
  }
  return {};
}

}  // namespace

Router::Router(std::vector<Route> routes, const std::vector<std::string>& bases,
               AllowedOrigins origins)
    : routes_(std::move(routes)), origins_(std::move(origins)) {
  for (const std::string& base : bases) {
    for (size_t i = 0; i < routes_.size(); ++i) {
      Resource& resource = ResourceAt(base + routes_[i].pattern);
      if (resource.routes.empty()) resource.pattern = routes_[i].pattern;
      resource.routes.push_back(i);
    }
  }
}

// The resource of that path or pattern; an empty one if the path is new.
Router::Resource& Router::ResourceAt(const std::string& path) {
  if (path.find('{') == std::string::npos) return literal_[path];
  std::vector<std::string> segments = SegmentsOf(path);
  for (Pattern& known : patterns_) {
    if (known.segments == segments) return known.resource;
  }
  return patterns_.emplace_back(Pattern{std::move(segments), {}}).resource;
}

const Router::Resource* Router::Find(Request* request) const {
  if (const auto found = literal_.find(std::string_view(request->path)); found != literal_.end()) {
    return &found->second;
  }
  for (const Pattern& pattern : patterns_) {
    if (!Fits(pattern.segments, request->path)) continue;
    std::string_view path = request->path;
    for (const std::string& wanted : pattern.segments) {
      const std::string_view given = TakeSegment(&path);
      if (wanted.empty()) request->parameters.emplace_back(given);
    }
    return &pattern.resource;
  }
  return nullptr;
}

const Route* Router::Choose(const Resource& resource, std::string_view method) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const size_t i : resource.routes) {
    if (routes_[i].method == wanted) return &routes_[i];
  }
  return nullptr;
}

bool Router::Streams(const Resource* found, std::string_view method) const {
  const Route* route = found == nullptr ? nullptr : Choose(*found, method);
  return route != nullptr && route->streams;
}

std::string Router::Allow(const Resource& resource) const {
  std::string allow;
  for (const size_t i : resource.routes) {
    allow += routes_[i].method + ", ";
    if (routes_[i].method == "GET") allow += "HEAD, ";
  }
  return allow + "OPTIONS";
}

void Router::Dispatch(const Resource* found, Request request, Responder responder) const {
  if (request.method == "OPTIONS" && (found != nullptr || request.path == "*")) {
    std::string allow = found == nullptr ? "GET, HEAD, POST, PATCH, OPTIONS" : Allow(*found);
    Response response{204, origins_.PreflightHeaders(request, allow), {}};
    response.headers.push_back({"Allow", std::move(allow)});
    responder.Send(std::move(response));
    return;
  }
  if (found == nullptr) {
    responder.Send(ErrorResponse(
        404,
        "there is nothing at " + Shortened(request.path, kShownBytes) + UnseenIn(request.path)));
    return;
  }
  const Route* route = Choose(*found, request.method);
  if (route == nullptr) {
    Response response = ErrorResponse(
        405, Shortened(request.path, kShownBytes) + " does not take " + request.method);
    response.headers.push_back({"Allow", Allow(*found)});
    responder.Send(std::move(response));
    return;
  }
  if (const std::string fault = QueryFault(*route, request); !fault.empty()) {
    responder.Send(ErrorResponse(400, fault));
    return;
  }
  route->handler(std::move(request), std::move(responder));
}

}  // namespace contacts::http
