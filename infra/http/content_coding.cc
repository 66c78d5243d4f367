#include "infra/http/content_coding.h"

#include <zlib.h>

#include <new>
#include <optional>

#include "infra/http/answer.h"
#include "infra/http/text.h"

namespace contacts::http {
namespace {

constexpr size_t kWorthIt = 1400;
constexpr int kLevel = 5;
constexpr int kGzipWindow = 15 + 16;  // zlib's way to say: largest window, gzip wrapper

// qvalue = "0" [ "." 0*3DIGIT ] / "1" [ "." 0*3("0") ], in thousandths; nullopt: malformed.
std::optional<int> ReadWeight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int weight = (text[0] - '0') * 1000;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int place = 100;
  for (const char c : text.substr(text.size() > 1 ? 2 : 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    weight += (c - '0') * place;
    place /= 10;
  }
  return weight <= 1000 ? std::optional<int>(weight) : std::nullopt;
}

struct Member {
  std::string_view coding;
  int weight;
};

Member ReadMember(std::string_view element) {
  const size_t semicolon = element.find(';');
  Member member{TrimSpace(element.substr(0, semicolon)), 1000};
  if (semicolon == std::string_view::npos) return member;
  const std::string_view parameter = TrimSpace(element.substr(semicolon + 1));
  member.weight = 0;
  if (parameter.size() > 2 && EqualsIgnoringCase(parameter.substr(0, 2), "q=")) {
    member.weight = ReadWeight(parameter.substr(2)).value_or(0);
  }
  return member;
}

bool HasHeader(const Response& response, std::string_view name) {
  for (const Header& header : response.headers) {
    if (EqualsIgnoringCase(header.name, name)) return true;
  }
  return false;
}

}  // namespace

Coding ChooseCoding(const std::vector<std::string_view>& accept_encoding) {
  std::optional<int> gzip, identity, any;
  for (const std::string_view value : accept_encoding) {
    for (const std::string_view element : ListElements(value)) {
      const Member member = ReadMember(element);
      if (EqualsIgnoringCase(member.coding, "gzip") ||
          EqualsIgnoringCase(member.coding, "x-gzip")) {
        gzip = member.weight;
      } else if (EqualsIgnoringCase(member.coding, "identity")) {
        identity = member.weight;
      } else if (member.coding == "*") {
        any = member.weight;
      }
    }
  }
  const int liking = gzip.value_or(any.value_or(0));
  return liking > 0 && liking >= identity.value_or(0) ? Coding::kGzip : Coding::kIdentity;
}

std::string Gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

void CompressFor(const Request& request, Response* response) {
  if (response->status != 200 || HasHeader(*response, "Content-Encoding")) return;
  if (!HasHeader(*response, "Vary")) response->headers.push_back({"Vary", "Accept-Encoding"});
  if (BodySize(*response) < kWorthIt ||
      ChooseCoding(request.FindAll("Accept-Encoding")) != Coding::kGzip) {
    return;
  }
  std::string whole;
  whole.reserve(BodySize(*response));
  for (const Chunk& chunk : response->body) whole += *chunk;
  response->body = {std::make_shared<const std::string>(Gzip(whole))};
  response->headers.push_back({"Content-Encoding", "gzip"});
}

}  // namespace contacts::http
