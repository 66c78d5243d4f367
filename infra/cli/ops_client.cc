#include "infra/cli/ops_client.h"

#include <curl/curl.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "events/json/json_archive.h"

namespace contacts::cli {
namespace {

constexpr long kConnectSeconds = 5;
constexpr long kAnswerSeconds = 120;

size_t AppendBody(char* bytes, size_t size, size_t count, void* to) {
  static_cast<std::string*>(to)->append(bytes, size * count);
  return size * count;
}

size_t ReadNext(char* bytes, size_t size, size_t count, void* to) {
  static constexpr std::string_view kName = "contacts-next:";
  const std::string line(bytes, size * count);
  std::string name = line.substr(0, kName.size());
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  if (name == kName) {
    *static_cast<int64_t*>(to) = std::strtoll(line.c_str() + kName.size(), nullptr, 10);
  }
  return size * count;
}

// The message of an error answer, or the whole of what is none.
std::string MessageOf(const std::string& body) {
  const auto document = json::Document::Parse(body);
  if (!document.ok()) return body;
  const json::Node* message = document->Find(document->root(), "message");
  std::string text;
  if (message == nullptr || !document->Text(*message, &text)) return body;
  return text;
}

struct Transfer {
  std::unique_ptr<CURL, void (*)(CURL*)> curl{curl_easy_init(), curl_easy_cleanup};
  curl_slist* headers = nullptr;
  ~Transfer() { curl_slist_free_all(headers); }
};

}  // namespace

Result<OpsAnswer> AskServer(const OpsAddress& server, const OpsRequest& request) {
  Transfer transfer;
  CURL* curl = transfer.curl.get();
  const std::string body = ToJson(request);
  const std::string url = "http://" + server.address + "/ops";
  for (const std::string& header :
       {std::string("Content-Type: application/json"), "Authorization: Bearer " + server.token}) {
    transfer.headers = curl_slist_append(transfer.headers, header.c_str());
  }
  OpsAnswer answer;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer.headers);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, AppendBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.text);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, ReadNext);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.next);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kAnswerSeconds);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  const CURLcode done = curl_easy_perform(curl);
  if (done != CURLE_OK) {
    return Error{ErrorCode::kUnavailable, "The server at " + server.address +
                                              " does not answer: " + curl_easy_strerror(done)};
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return Error{ErrorCode::kBadRequest, MessageOf(answer.text)};
  return answer;
}

}  // namespace contacts::cli
