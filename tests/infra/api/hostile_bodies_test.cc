// An answer was as long as two lengths of its request multiplied: 262 kB in, 2.9 GB of faults. Here
// each shape of a body at the limit goes to the whole service, and the work is counted: each byte
// that any thread of it allocates before the answer is there.
#include "tests/support/hostile_bodies.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <new>
#include <string>

#include "events/json/faults.h"
#include "events/json/json.h"
#include "tests/infra/api/whole_service.h"

namespace {

std::atomic<size_t> allocated{0};

}  // namespace

// Not inlined: the compiler would see that free() gets memory from new.
[[gnu::noinline]] void* operator new(size_t size) {
  allocated.fetch_add(size, std::memory_order_relaxed);
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace contacts::api {
namespace {

// The tree of a parsed text has 32 bytes for each node, of which an array of digits has one for two
// of its bytes; it grows by doubling. Nothing else is near that, and a product of two lengths is
// far beyond.
constexpr size_t kMostAllocatedForEachByte = 100;
constexpr size_t kMostAnswered = 16'000;

double CpuMilliseconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

struct Cost {
  double milliseconds = 0;
  size_t allocated = 0;
  size_t answered = 0;
};

class HostileBodies : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    whole_ = std::make_unique<Whole>();
    whole_->AddUserOf(kAcme, "jane", "admin");
    cookie_ = whole_->LogIn(kAcme, "jane");
  }
  static void TearDownTestSuite() { whole_.reset(); }

  // Posts the body and checks the answer.
  static void Refuse(const std::string& route, const HostileBody& hostile, Cost* most) {
    SCOPED_TRACE(route + ", " + hostile.name);
    ASSERT_LE(hostile.body.size(), kBodyLimit);
    const size_t before = allocated;
    const double begin = CpuMilliseconds();
    const Received received = whole_->Send("POST", route, {cookie_}, hostile.body);
    const size_t cost = allocated - before;
    most->milliseconds = std::max(most->milliseconds, CpuMilliseconds() - begin);
    most->allocated = std::max(most->allocated, cost / hostile.body.size());
    most->answered = std::max(most->answered, received.body.size());
    EXPECT_EQ(received.status, 400);
    EXPECT_LE(received.body.size(), kMostAnswered);
    EXPECT_LE(cost, kMostAllocatedForEachByte * hostile.body.size());
    const auto document = json::Document::Parse(received.body);
    ASSERT_TRUE(document) << document.error().message;
    const json::Node* fields = document->Find(document->root(), "fields");
    ASSERT_NE(fields, nullptr);
    EXPECT_GE(fields->count, 1u);
    EXPECT_LE(fields->count, Faults::kMost);
  }

  static void RefuseAll(const std::string& route) {
    Cost most;
    for (const HostileBody& hostile : contacts::HostileBodies()) Refuse(route, hostile, &most);
    RecordProperty("most_milliseconds_of_cpu", std::to_string(most.milliseconds));
    RecordProperty("most_allocated_for_each_byte", std::to_string(most.allocated));
    RecordProperty("most_answered", std::to_string(most.answered));
  }

  static inline std::unique_ptr<Whole> whole_;
  static inline http::Header cookie_;
};

TEST_F(HostileBodies, OfContactsAreRefusedInBounds) { RefuseAll("/api/contacts"); }

// These need no session.
TEST_F(HostileBodies, OfLogInsAreRefusedInBounds) { RefuseAll("/api/login"); }

TEST_F(HostileBodies, OfActivationsAreRefusedInBounds) { RefuseAll("/api/activate"); }

// A refusal quoted the header unchanged: the answer was not JSON.
TEST_F(HostileBodies, AHeaderThatIsNotUtf8IsQuotedInJson) {
  for (const std::string& bytes : {std::string("\xff"), std::string(15'000, '\xff')}) {
    const Received received =
        whole_->Send("POST", "/api/contacts", {cookie_, {"Origin", "http://" + bytes}}, "{}");
    EXPECT_EQ(received.status, 403);
    EXPECT_LE(received.body.size(), kMostAnswered);
    EXPECT_TRUE(json::Document::Parse(received.body)) << received.body;
  }
}

}  // namespace
}  // namespace contacts::api
