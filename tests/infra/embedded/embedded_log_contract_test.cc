#include "infra/embedded/embedded_log.h"
#include "tests/support/event_log_contract.h"
#include "tests/support/temp_dir.h"

namespace contacts::testing {
namespace {

template <size_t kTailBytes>
class EmbeddedFixture {
 public:
  static constexpr bool kThreads = true;
  EmbeddedFixture() { Reopen(); }
  EventLog& log() { return *log_; }
  void Reopen() {
    log_.reset();  // first: the directory is locked
    EmbeddedLogOptions options;
    options.directory = dir_ / "log";
    options.tail_bytes = kTailBytes;
    log_ = std::make_unique<EmbeddedLog>(options);
  }
  bool Wait(Signal& signal) { return signal.Wait(); }

 private:
  TempDir dir_;
  std::unique_ptr<EmbeddedLog> log_;
};

using FromMemory = EmbeddedFixture<4 << 20>;
using FromDisk = EmbeddedFixture<0>;
INSTANTIATE_TYPED_TEST_SUITE_P(EmbeddedFromMemory, EventLogContract, FromMemory);
INSTANTIATE_TYPED_TEST_SUITE_P(EmbeddedFromDisk, EventLogContract, FromDisk);

}  // namespace
}  // namespace contacts::testing
