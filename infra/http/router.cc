#include "infra/http/router.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "infra/http/text.h"

namespace contacts::http {
namespace {

// Of a text of the request that an answer shows.
constexpr size_t kShownBytes = 200;

std::vector<std::string_view> Segments(std::string_view path) {
  std::vector<std::string_view> segments;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const size_t end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool IsParameter(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}');
}

bool Matches(const std::vector<std::string>& pattern,
             const std::vector<std::string_view>& segments) {
  if (pattern.size() != segments.size()) return false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].empty() ? segments[i].empty() : pattern[i] != segments[i]) return false;
  }
  return true;
}

std::string Allow(const std::vector<const Route*>& methods) {
  std::string allow;
  for (const Route* route : methods) {
    allow += route->method + ", ";
    if (route->method == "GET") allow += "HEAD, ";
  }
  return allow + "OPTIONS";
}

// The query parameters that the route does not take, or that stand there twice; empty: none.
std::string QueryFault(const Route& route, const Request& request) {
  for (size_t i = 0; i < request.query.size(); ++i) {
    const std::string& name = request.query[i].first;
    if (std::find(route.query.begin(), route.query.end(), name) == route.query.end()) {
      return "unknown query parameter \"" + Shortened(name, kShownBytes) + "\"";
    }
    for (size_t j = 0; j < i; ++j) {
      if (request.query[j].first == name) return "query parameter \"" + name + "\" given twice";
    }
  }
  return {};
}

const Route* Choose(const std::vector<const Route*>& methods, std::string_view method) {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const Route* route : methods) {
    if (route->method == wanted) return route;
  }
  return nullptr;
}

}  // namespace

Router::Router(std::vector<Route> routes, std::vector<std::string> bases, AllowedOrigins origins)
    : routes_(std::move(routes)), bases_(std::move(bases)), origins_(std::move(origins)) {
  for (const std::string& base : bases_) {
    for (size_t i = 0; i < routes_.size(); ++i) {
      const std::string path = base + routes_[i].pattern;
      if (path.find('{') == std::string::npos) {
        literal_[path].push_back(i);
        continue;
      }
      Pattern pattern;
      for (const std::string_view segment : Segments(path)) {
        pattern.segments.emplace_back(IsParameter(segment) ? std::string_view() : segment);
      }
      const auto same = std::find_if(patterns_.begin(), patterns_.end(), [&](const Pattern& other) {
        return other.segments == pattern.segments;
      });
      if (same != patterns_.end()) {
        same->routes.push_back(i);
      } else {
        pattern.routes.push_back(i);
        patterns_.push_back(std::move(pattern));
      }
    }
  }
}

Router::Methods Router::Match(std::string_view path, std::vector<std::string>* parameters) const {
  Methods methods;
  if (const auto found = literal_.find(std::string(path)); found != literal_.end()) {
    for (const size_t i : found->second) methods.push_back(&routes_[i]);
    return methods;
  }
  const std::vector<std::string_view> segments = Segments(path);
  for (const Pattern& pattern : patterns_) {
    if (!Matches(pattern.segments, segments)) continue;
    for (size_t i = 0; i < segments.size(); ++i) {
      if (pattern.segments[i].empty()) parameters->emplace_back(segments[i]);
    }
    for (const size_t i : pattern.routes) methods.push_back(&routes_[i]);
    break;
  }
  return methods;
}

void Router::Dispatch(Request request, Responder responder) const {
  const Methods methods = Match(request.path, &request.parameters);
  if (!origins_.empty()) responder = responder.Adding(origins_.HeadersFor(request));
  if (request.method == "OPTIONS" && (!methods.empty() || request.path == "*")) {
    std::string allow = methods.empty() ? "GET, HEAD, POST, PATCH, OPTIONS" : Allow(methods);
    Response response{204, origins_.PreflightHeaders(request, allow), {}};
    response.headers.push_back({"Allow", std::move(allow)});
    responder.Send(std::move(response));
    return;
  }
  if (methods.empty()) {
    responder.Send(
        ErrorResponse(404, "there is nothing at " + Shortened(request.path, kShownBytes)));
    return;
  }
  const Route* route = Choose(methods, request.method);
  if (route == nullptr) {
    Response response = ErrorResponse(
        405, Shortened(request.path, kShownBytes) + " does not take " + request.method);
    response.headers.push_back({"Allow", Allow(methods)});
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
