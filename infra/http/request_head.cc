// Reads a complete head, and finds what is wrong with it.
#include <http_parser.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "events/values/ascii.h"
#include "infra/http/request_parser.h"
#include "infra/http/target.h"
#include "infra/http/text.h"

namespace contacts::http {
namespace {

// Methods that a resource may refuse with 405; any other token is 501 (RFC 9110, 15.6.2).
// Those of the IANA registry, and QUERY. CONNECT is left out: nothing here can be a tunnel.
// clang-format off
constexpr std::array<std::string_view, 38> kKnownMethods = {
    "ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "DELETE", "GET", "HEAD",
    "LABEL", "LINK", "LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MKREDIRECTREF",
    "MKWORKSPACE", "MOVE", "OPTIONS", "ORDERPATCH", "PATCH", "POST", "PROPFIND", "PROPPATCH",
    "PUT", "QUERY", "REBIND", "REPORT", "SEARCH", "TRACE", "UNBIND", "UNCHECKOUT", "UNLINK",
    "UNLOCK", "UPDATE", "UPDATEREDIRECTREF", "VERSION-CONTROL"};
// clang-format on

// A host's longest name, with its port (RFC 1035, 2.3.4); an idle connection keeps no longer one.
constexpr size_t kLongestName = 255 + 6;

bool IsKnownMethod(std::string_view method) {
  return std::find(kKnownMethods.begin(), kKnownMethods.end(), method) != kKnownMethods.end();
}

}  // namespace

// http-parser's callbacks. It may hand over one name or value in several pieces.
struct RequestParser::FieldReader {
  std::vector<Header>* headers;
  bool in_value = true;
  bool complete = false;
  bool keep_alive = false;
  uint64_t length = 0;
  bool has_length = false;

  static FieldReader& Of(http_parser* parser) { return *static_cast<FieldReader*>(parser->data); }

  static int Name(http_parser* parser, const char* at, size_t size) {
    FieldReader& self = Of(parser);
    if (self.in_value) self.headers->emplace_back();
    self.in_value = false;
    self.headers->back().name.append(at, size);
    return 0;
  }

  static int Value(http_parser* parser, const char* at, size_t size) {
    FieldReader& self = Of(parser);
    self.in_value = true;
    self.headers->back().value.append(at, size);
    return 0;
  }

  // 1: there is no body for http-parser to read.
  static int HeadComplete(http_parser* parser) {
    FieldReader& self = Of(parser);
    self.complete = true;
    self.has_length = (parser->flags & F_CONTENTLENGTH) != 0;
    self.length = self.has_length ? parser->content_length : 0;
    self.keep_alive = http_should_keep_alive(parser) != 0;
    return 1;
  }
};

std::optional<Refusal> RequestParser::ReadFields() {
  // http-parser must begin with a request line. The real one has been read already; only its
  // version matters for the meaning of the fields.
  const std::string_view start = line_.minor == 1 ? "GET / HTTP/1.1\r\n" : "GET / HTTP/1.0\r\n";
  const std::string_view fields = std::string_view(guard_.text()).substr(fields_begin_);
  FieldReader reader{&request_.headers};
  request_.headers.reserve(field_count_);
  http_parser parser;
  http_parser_init(&parser, HTTP_REQUEST);
  parser.data = &reader;
  http_parser_settings settings;
  http_parser_settings_init(&settings);
  settings.on_header_field = &FieldReader::Name;
  settings.on_header_value = &FieldReader::Value;
  settings.on_headers_complete = &FieldReader::HeadComplete;
  http_parser_execute(&parser, &settings, start.data(), start.size());
  http_parser_execute(&parser, &settings, fields.data(), fields.size());
  if (auto refusal = CheckTransferCoding()) return refusal;
  const http_errno error = HTTP_PARSER_ERRNO(&parser);
  if (error != HPE_OK || !reader.complete) {
    return Refusal{400, std::string("header fields: ") + http_errno_description(error)};
  }
  has_length_ = reader.has_length;
  left_ = reader.length;
  keep_alive_ = reader.keep_alive;
  for (Header& header : request_.headers) {
    if (header.value.ends_with(' ') || header.value.ends_with('\t')) {
      header.value.resize(TrimSpace(header.value).size());
    }
  }
  return std::nullopt;
}

// Checked here because http-parser reads it differently (it does not take a list that begins with a
// comma for chunked).
std::optional<Refusal> RequestParser::CheckTransferCoding() {
  chunked_ = false;
  const std::vector<std::string_view> values = request_.FindAll("Transfer-Encoding");
  if (values.empty()) return std::nullopt;
  if (line_.minor == 0) return Refusal{400, "Transfer-Encoding does not exist in HTTP/1.0"};
  if (request_.Find("Content-Length")) {
    return Refusal{400, "both Content-Length and Transfer-Encoding"};
  }
  size_t chunked = 0;
  for (const std::string_view value : values) {
    for (const std::string_view coding : ListElements(value)) {
      if (!EqualsIgnoringCase(coding, "chunked")) {
        return Refusal{501, "the only transfer coding that this server takes is chunked"};
      }
      ++chunked;
    }
  }
  if (chunked != 1) return Refusal{400, "Transfer-Encoding must name chunked exactly once"};
  chunked_ = true;
  return std::nullopt;
}

std::optional<Refusal> RequestParser::CheckHost() {
  const std::vector<std::string_view> hosts = request_.FindAll("Host");
  if (hosts.size() > 1) return Refusal{400, "more than one Host"};
  if (hosts.empty() && line_.minor == 1) return Refusal{400, "no Host"};
  if (hosts.empty()) return std::nullopt;
  if (hosts[0] != good_host_) {
    if (!IsHost(hosts[0])) return Refusal{400, "Host: malformed"};
    if (hosts[0].size() <= kLongestName) good_host_ = hosts[0];
  }
  if (request_.host.empty()) request_.host = hosts[0];
  return std::nullopt;
}

std::optional<Refusal> RequestParser::CheckBody() {
  if (has_length_ && left_ > limits_.max_body_bytes) {
    return Refusal{413,
                   "the body is longer than " + std::to_string(limits_.max_body_bytes) + " bytes"};
  }
  for (const std::string_view value : request_.FindAll("Content-Encoding")) {
    for (const std::string_view coding : ListElements(value)) {
      if (!EqualsIgnoringCase(coding, "identity")) {
        return Refusal{415, "Content-Encoding: bodies are read uncompressed only"};
      }
    }
  }
  const std::string& method = line_.method;
  if (line_.minor == 0 && !has_length_ &&
      (method == "POST" || method == "PUT" || method == "PATCH")) {
    return Refusal{411, "an HTTP/1.0 request with a body needs Content-Length"};
  }
  return std::nullopt;
}

std::optional<Refusal> RequestParser::CheckExpectation() {
  for (const std::string_view value : request_.FindAll("Expect")) {
    if (line_.minor == 0) break;  // RFC 9110, 10.1.1: ignored
    if (!EqualsIgnoringCase(value, "100-continue")) {
      return Refusal{417, "the only expectation that this server meets is 100-continue"};
    }
    expects_continue_ = chunked_ || left_ > 0;
  }
  return std::nullopt;
}

// Searches the lines, because a refused head was not read into fields.
std::optional<std::string_view> RequestParser::origin() const {
  constexpr std::string_view kName = "origin:";
  if (fields_begin_ == 0) return std::nullopt;
  std::string_view rest = std::string_view(guard_.text()).substr(fields_begin_);
  for (size_t end; (end = rest.find("\r\n")) != std::string_view::npos;) {
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (EqualsIgnoringCase(line.substr(0, kName.size()), kName)) {
      return TrimSpace(line.substr(kName.size()));
    }
  }
  return std::nullopt;
}

RequestParser::Step RequestParser::FinishHead() {
  request_ = Request{};
  expects_continue_ = false;
  if (auto refusal = ReadFields()) return Refuse(std::move(*refusal));
  if (!IsKnownMethod(line_.method)) {
    return Refuse(
        {501, "the method " + Shortened(line_.method, 100) + " is unknown to this server"});
  }
  Target target;
  if (auto refusal = ReadTarget(line_.method, line_.target, &target)) {
    return Refuse(std::move(*refusal));
  }
  request_.method = line_.method;
  request_.path = std::move(target.path);
  request_.query = std::move(target.query);
  request_.host = target.host.value_or("");
  if (auto refusal = CheckHost()) return Refuse(std::move(*refusal));
  if (auto refusal = CheckExpectation()) return Refuse(std::move(*refusal));
  if (auto refusal = CheckBody()) return Refuse(std::move(*refusal));
  phase_ = Phase::kBody;
  return Step::kHead;
}

}  // namespace contacts::http
