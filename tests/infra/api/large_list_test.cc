// Requests of a tenant with a large list do not hold up all other requests.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <future>
#include <string>

#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "projections/view_lookup.h"
#include "query/list/render_list.h"
#include "tests/infra/api/scripted_service.h"
#include "tests/support/acme.h"

namespace contacts::api {
namespace {

constexpr size_t kCache = 1u << 20;
const http::Header kGzip{"Accept-Encoding", "gzip"};

// A client that takes the head of an answer and then nothing more.
class SlowReader {
 public:
  explicit SlowReader(uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int room = 4096;
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const std::string request =
        "GET /contacts HTTP/1.1\r\nHost: a.example\r\nCookie: admin\r\n\r\n";
    EXPECT_EQ(send(socket_, request.data(), request.size(), MSG_NOSIGNAL), ssize_t(request.size()));
    char head[12] = "";
    EXPECT_EQ(recv(socket_, head, sizeof head, MSG_WAITALL), ssize_t(sizeof head));
    status_ = std::string(head, sizeof head).substr(9);
  }
  ~SlowReader() { close(socket_); }
  SlowReader(const SlowReader&) = delete;
  SlowReader& operator=(const SlowReader&) = delete;
  const std::string& status() const { return status_; }

 private:
  const int socket_;
  std::string status_;
};

class LargeListTest : public ::testing::Test {
 protected:
  // The tenant gets `count` contacts of so many bytes each, and all of them change.
  void Put(int64_t count, size_t bytes) {
    TenantRow row = ViewLookup(service_.views).Tenant(kAcme);
    row.head = row.applied = row.contacts_changed = Next(row.applied);
    row.contacts = count;
    row.last_contact_id = ContactId{count};
    ViewBatch batch;
    for (int64_t id = 1; id <= count; ++id) {
      const std::string json = "{\"text\":\"" + std::string(bytes, 'x') + "\"}";
      batch.Put(View::kContacts, keys::Contact(kAcme, ContactId{id}),
                ToRow(ContactRow{{{}, true, std::nullopt, row.applied, json}}));
    }
    batch.Put(View::kTenants, keys::Tenant(kAcme), ToRow(row));
    service_.views.Write(batch);
  }

  ScriptedService service_{std::nullopt, Sequence{}, kCache};
};

// A list too large for the cache was rendered again for each GET, HEAD and If-None-Match.
TEST_F(LargeListTest, AnUnchangedLargeListIsRenderedOnce) {
  Put(300, 16 * 1024);
  const Received first = service_.Get("/contacts", {kAdmin, kGzip});
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(service_.Get("/contacts", {kAdmin, kGzip}).body, first.body);
  EXPECT_EQ(service_.Connect()->Send("HEAD", "/contacts", {kAdmin}).status, 200);
  const http::Header known{"If-None-Match", first.Header("etag")};
  EXPECT_EQ(service_.Get("/contacts", {kAdmin, kGzip, known}).status, 304);
  EXPECT_EQ(service_.counts().list_renderings, 1u);
}

TEST_F(LargeListTest, AClientThatHasALargeListCausesNoRendering) {
  Put(300, 16 * 1024);
  const auto now =
      query::ReadTag(service_.views, query::ListKind::kContacts, {kAcme, "admin", std::nullopt});
  const std::string etag = '"' + now.tag + "-gzip\"";
  const Received known = service_.Get("/contacts", {kAdmin, kGzip, {"If-None-Match", etag}});
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.Header("etag"), etag);
  EXPECT_EQ(known.Header("vary"), "Cookie, Accept-Encoding");
  EXPECT_EQ(known.Header("contacts-position"), "1");
  EXPECT_EQ(service_.counts().list_renderings, 0u);
  EXPECT_EQ(service_.Get("/contacts", {kAdmin, kGzip}).Header("etag"), etag);
}

// Contacts with all the metadata that they may have were rendered and compressed on the event loop.
TEST_F(LargeListTest, AFewLargeContactsAreRenderedElsewhere) {
  Put(45, 16 * 1024);
  EXPECT_EQ(service_.Get("/contacts", {kAdmin}).status, 200);
  EXPECT_EQ(service_.views.snapshot_by(), "http");
  Put(51, 16 * 1024);
  EXPECT_EQ(service_.Get("/contacts", {kAdmin}).status, 200);
  EXPECT_EQ(service_.views.snapshot_by(), "api rendering");
}

TEST_F(LargeListTest, FewBytesAreCompressedByTheFrontsThread) {
  Put(20, 4 * 1024);
  EXPECT_EQ(service_.Get("/contacts", {kAdmin, kGzip}).status, 200);
  EXPECT_EQ(service_.counts().long_work_begun, 0u);
  Put(20, 16 * 1024);
  EXPECT_EQ(service_.Get("/contacts", {kAdmin}).status, 200);
  EXPECT_EQ(service_.counts().long_work_begun, 0u);
  EXPECT_EQ(service_.Get("/contacts", {kAdmin, kGzip}).status, 200);
  EXPECT_EQ(service_.counts().long_work_begun, 1u);
  EXPECT_EQ(service_.Get("/contacts", {kAdmin, kGzip}).status, 200);
  EXPECT_EQ(service_.counts().long_work_begun, 1u);
}

// Two renderings occupied the only threads that continued requests after a wait for a position or
// for Redis.
TEST_F(LargeListTest, RequestsContinueAfterAWaitWhileListsAreRendered) {
  Put(300, 16 * 1024);
  std::promise<void> rendering;
  std::promise<void> may_render;
  std::atomic<int> renderings{0};
  service_.views.at_snapshot = [&](const std::string& thread) {
    if (thread != "api rendering" || renderings++ > 0) return;
    rendering.set_value();
    may_render.get_future().wait();
  };
  std::vector<std::future<Received>> large;
  for (const char* list : {"/contacts", "/contacts", "/contacts"}) {
    large.push_back(
        std::async(std::launch::async, [&, list] { return service_.Get(list, {kAdmin}); }));
  }
  rendering.get_future().wait();
  auto waits = std::async(std::launch::async, [&] {
    return service_.Get("/user", {kAdmin, {"Contacts-Min-Position", "9"}});
  });
  service_.positions.Take().then(Positions::Outcome::kReached);
  EXPECT_EQ(waits.get().status, 200);
  EXPECT_EQ(renderings, 1);
  may_render.set_value();
  for (auto& each : large) EXPECT_EQ(each.get().status, 200);
  EXPECT_EQ(service_.counts().list_renderings, 1u);  // the first rendering served them all
  EXPECT_EQ(service_.counts().long_work_waiting, 0u);
}

// Each slow reader kept a copy of a large list in memory, without a bound.
TEST_F(LargeListTest, SlowReadersOfManyVersionsMakeTheirTenantWait) {
  constexpr size_t kList = 8u << 20;  // more than the sockets take
  std::deque<SlowReader> slow;
  for (int version = 1; version <= 8; ++version) {
    Put(1, kList);
    slow.emplace_back(service_.port());
    EXPECT_LT(service_.counts().list_bytes_alive, 4 * (kList + 20'000));
  }
  EXPECT_EQ(slow.front().status(), "200");
  EXPECT_EQ(slow.back().status(), "503");
  const Received refused = service_.Get("/contacts", {kAdmin});
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.Header("retry-after"), "");
  EXPECT_NE(refused.body.find("have not taken earlier answers yet"), std::string::npos);
  EXPECT_EQ(service_.counts().list_refusals, 5u);
  EXPECT_EQ(service_.Get("/contacts/mentions", {kAdmin}).status,
            503);  // this list is of the same tenant
}

}  // namespace
}  // namespace contacts::api
