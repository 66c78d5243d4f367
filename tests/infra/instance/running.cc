#include "tests/infra/instance/running.h"

#include "infra/rocksdb_views/rocksdb_view_store.h"
#include "projections/store/describe.h"
#include "tests/support/keyed_options.h"

namespace contacts::testing {
namespace {

EmbeddedLogOptions LogOptions(const Parts& parts) {
  EmbeddedLogOptions options;
  options.directory = parts.log_directory;
  options.partitions = parts.partitions;
  return options;
}

}  // namespace

class HeldLog::Partition : public LogPartition {
 public:
  Partition(HeldLog& log, std::unique_ptr<LogPartition> inner)
      : log_(log), inner_(std::move(inner)) {}

  void SetWake(std::function<void()> wake) override {
    {
      const std::lock_guard lock(log_.mutex_);
      log_.wakes_.push_back(wake);
    }
    inner_->SetWake(std::move(wake));
  }
  void Seek(Offset from) override { inner_->Seek(from); }
  void Append(std::vector<Outgoing> entries) override {
    const std::lock_guard lock(log_.mutex_);
    if (!log_.held_) return inner_->Append(std::move(entries));
    log_.has_append_ = true;
    log_.appended_.notify_all();
    for (Outgoing& entry : entries) kept_.push_back(std::move(entry));
  }
  void QueryEnd(uint64_t query) override { inner_->QueryEnd(query); }
  Polled Poll(size_t max_entries) override {
    const std::lock_guard lock(log_.mutex_);
    if (log_.held_) return {};
    if (!kept_.empty()) inner_->Append(std::exchange(kept_, {}));
    return inner_->Poll(max_entries);
  }

 private:
  HeldLog& log_;
  std::vector<Outgoing> kept_;
  std::unique_ptr<LogPartition> inner_;
};

std::unique_ptr<LogPartition> HeldLog::Open(int partition) {
  return std::make_unique<Partition>(*this, log_.Open(partition));
}

void HeldLog::Hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void HeldLog::Release() {
  std::vector<std::function<void()>> wakes;
  {
    const std::lock_guard lock(mutex_);
    held_ = false;
    wakes = wakes_;
  }
  for (const auto& wake : wakes) wake();
}

void HeldLog::WaitForAppend() {
  std::unique_lock lock(mutex_);
  appended_.wait_for(lock, kLong, [this] { return has_append_; });
}

Running::Running(const Parts& parts, Start start)
    : embedded(LogOptions(parts)),
      log(embedded),
      views(std::make_shared<RocksDbViewStore>(
          RocksDbViewStoreOptions{.directory = parts.views_directory})),
      positions(views),
      instance((start == Start::kHeld ? log.Hold() : void(), log), views, TestKeys(), positions,
               KeyedOptions()) {}

std::future<Answer> Running::Submit(Command command) {
  auto answer = std::make_shared<std::promise<Answer>>();
  instance.Submit(std::move(command), [answer](Answer given) { answer->set_value(given); });
  return answer->get_future();
}

Answer Running::Do(Command command) { return Submit(std::move(command)).get(); }

std::string Running::DigestOfViews() const { return ToHex(Digest(*views.Snapshot())); }

Command Create(const std::string& email, const std::string& tenant) {
  CreateContact create;
  create.fields.full_name = "Jane Doe";
  create.fields.email = email;
  Command command;
  command.tenant = TenantId{tenant};
  command.actor = "7";
  command.actor_name = "Jane Doe";
  command.intent = create;
  return command;
}

}  // namespace contacts::testing
