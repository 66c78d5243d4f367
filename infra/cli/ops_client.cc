#include "infra/cli/ops_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

#include "events/json/json_archive.h"
#include "infra/base/secret_file.h"
#include "infra/ops/admin_routes.h"

namespace contacts::cli {
namespace {

constexpr std::chrono::milliseconds kConnect{5000};

size_t AppendBody(char* bytes, size_t size, size_t count, void* to) {
  static_cast<std::string*>(to)->append(bytes, size * count);
  return size * count;
}

// Takes the number of a header with this name, in lower case and with its colon.
void TakeNumber(const std::string& line, std::string_view wanted, int64_t* number) {
  std::string name = line.substr(0, wanted.size());
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  if (name == wanted) *number = std::strtoll(line.c_str() + wanted.size(), nullptr, 10);
}

size_t ReadHeader(char* bytes, size_t size, size_t count, void* to) {
  auto* answer = static_cast<OpsAnswer*>(to);
  const std::string line(bytes, size * count);
  TakeNumber(line, "contacts-next:", &answer->next);
  TakeNumber(line, "contacts-disclosure:", &answer->disclosure);
  return size * count;
}

// The error of an answer: its message, or the whole body when it has none, and the paths of its
// faults.
Error ErrorOf(const std::string& body) {
  Error error{ErrorCode::kBadRequest, body};
  const auto document = json::Document::Parse(body);
  if (!document.ok()) return error;
  const json::Node* message = document->Find(document->root(), "message");
  std::string text;
  if (message != nullptr && document->Text(*message, &text)) error.message = text;
  const json::Node* fields = document->Find(document->root(), "fields");
  for (uint32_t i = fields == nullptr ? 0 : fields->first; i != 0; i = document->at(i).next) {
    const json::Node* path = document->Find(document->at(i), "path");
    if (path != nullptr && document->Text(*path, &text)) error.fields.push_back({text, ""});
  }
  return error;
}

struct Transfer {
  std::unique_ptr<CURL, void (*)(CURL*)> curl{curl_easy_init(), curl_easy_cleanup};
  curl_slist* headers = nullptr;
  ~Transfer() { curl_slist_free_all(headers); }

  // Returns the status; the body and the numbers of its headers stand in `answer`.
  Result<long> Perform(const OpsAddress& server, const std::string& path,
                       std::chrono::milliseconds patience, OpsAnswer* answer) {
    const std::string url = "http://" + server.address + path;
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, AppendBody);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer->text);
    curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, ReadHeader);
    curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, answer);
    curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(std::min(kConnect, patience).count()));
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(patience.count()));
    curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    const CURLcode done = curl_easy_perform(curl.get());
    if (done != CURLE_OK) {
      return Error{ErrorCode::kUnavailable, "The server at " + server.address +
                                                " does not answer: " + curl_easy_strerror(done)};
    }
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
  }
};

}  // namespace

Result<bool> ProveServer(const OpsAddress& server, std::chrono::milliseconds patience) {
  const std::string challenge = NewSecret();
  OpsAnswer answer;
  const auto status =
      Transfer().Perform(server, "/ops/proof?challenge=" + challenge, patience, &answer);
  if (!status.ok()) return status.error();
  if (*status == 200 && answer.text == OpsProof(server.token, challenge)) return true;
  return Error{ErrorCode::kUnavailable,
               "The program at " + server.address +
                   " is not the server that uses the directory; no token or password went there."};
}

Result<OpsAnswer> AskServer(const OpsAddress& server, const OpsRequest& request,
                            std::chrono::milliseconds patience) {
  Transfer transfer;
  const std::string body = ToJson(request);
  for (const std::string& header :
       {std::string("Content-Type: application/json"), "Authorization: Bearer " + server.token}) {
    transfer.headers = curl_slist_append(transfer.headers, header.c_str());
  }
  curl_easy_setopt(transfer.curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(transfer.curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  OpsAnswer answer;
  const auto status = transfer.Perform(server, "/ops", patience, &answer);
  if (!status.ok()) return status.error();
  if (*status != 200) return ErrorOf(answer.text);
  return answer;
}

Result<std::string> AskReadiness(const OpsAddress& server, std::chrono::milliseconds patience) {
  OpsAnswer answer;
  const auto status = Transfer().Perform(server, "/health/ready", patience, &answer);
  if (!status.ok()) return status.error();
  return std::move(answer.text);
}

}  // namespace contacts::cli
