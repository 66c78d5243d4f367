// Routes that answer with the front's reading of the request.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "infra/http/router.h"
#include "infra/http/server_shared.h"

namespace contacts::http {

// path|query|body, the query as `name=value` joined with '&'.
inline std::string Understood(const Request& request) {
  std::string text = request.path + "|";
  for (const auto& [name, value] : request.query) {
    if (text.back() != '|') text += '&';
    text += name + "=" + value;
  }
  return text + "|" + request.body;
}

inline Response Text(std::string text) {
  return {200,
          {{"Content-Type", "text/plain"}},
          {std::make_shared<const std::string>(std::move(text))}};
}

// /echo and /items/{id} for five methods, with the query parameters a, b and c.
inline Router EchoRouter() {
  const Handler echo = [](const Request& request, const Responder& responder) {
    responder.Send(Text(Understood(request)));
  };
  const Handler host = [](const Request& request, const Responder& responder) {
    responder.Send(Text(request.host));
  };
  const Handler cookies = [](const Request& request, const Responder& responder) {
    std::string all;
    for (const std::string_view cookie : request.FindAll("cookie")) {
      all += "[" + std::string(cookie) + "]";
    }
    responder.Send(Text(all));
  };
  std::vector<Route> routes;
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
    routes.push_back({method, "/echo", echo, {"a", "b", "c"}});
  }
  routes.push_back({"GET", "/items/{id}", echo, {}});
  routes.push_back({"GET", "/host", host, {}});
  routes.push_back({"GET", "/cookies", cookies, {}});
  return Router(std::move(routes), {"", "/api"});
}

// Small limits, so that a short text exceeds them.
inline ServerOptions SmallLimits() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.max_head_bytes = 1024;
  options.max_body_bytes = 600;
  options.max_pipelined = 4;
  options.access_log = false;
  return options;
}

}  // namespace contacts::http
