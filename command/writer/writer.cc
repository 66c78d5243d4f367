#include "command/writer/writer.h"

#include <algorithm>

namespace contacts {

Writer::Writer(const ViewLookup& lookup, seal::Keyring& keyring, WriterOptions options, World world)
    : context_{
          .lookup = lookup, .keyring = keyring, .options = options, .world = std::move(world)} {
  context_.epoch = lookup.Epoch();
}

TenantPipeline& Writer::PipelineOf(const TenantId& tenant) {
  std::unique_ptr<TenantPipeline>& pipeline = pipelines_[tenant];
  if (!pipeline) pipeline = std::make_unique<TenantPipeline>(context_, tenant);
  return *pipeline;
}

void Writer::Submit(Command command, Reply reply, Instant now) {
  if (!context_.fault.empty()) {
    return reply(NotTaken(command, context_.fault, 5));
  }
  TenantPipeline& pipeline = PipelineOf(command.tenant);
  pipeline.Take(std::move(command), {std::move(reply), now + context_.options.deadline});
}

void Writer::OnReports(const std::vector<DeliveryReport>& reports, Instant now) {
  for (const DeliveryReport& report : reports) {
    const auto token = tokens_.find(report.token);
    if (token == tokens_.end()) continue;
    const auto pipeline = pipelines_.find(token->second);
    if (pipeline != pipelines_.end()) pipeline->second->OnReport(report, now);
    tokens_.erase(token);
  }
}

void Writer::OnJudged(const std::vector<Judged>& entries, Offset position, Instant now) {
  context_.position = position;
  for (const Judged& entry : entries) {
    context_.epoch = std::max(context_.epoch, entry.epoch);
    const auto pipeline = pipelines_.find(entry.tenant);
    if (pipeline == pipelines_.end()) continue;
    if (entry.verdict == Judged::Verdict::kHistory) pipeline->second->OnHistory(entry, now);
    if (entry.verdict == Judged::Verdict::kSuperseded) pipeline->second->OnSuperseded(entry, now);
  }
}

void Writer::OnEnd(uint64_t query, Offset end) {
  context_.answered_query = query;
  context_.end = end;
  end_query_in_flight_ = false;
}

uint64_t Writer::WantEnd() {
  context_.wanted_query = context_.started_query + 1;
  return context_.wanted_query;
}

const Record* Writer::Made(std::string_view key, const Hash& hash) const {
  const auto pipeline = pipelines_.find(TenantId{std::string(key)});
  return pipeline == pipelines_.end() ? nullptr : pipeline->second->Made(hash);
}

void Writer::Advance(Instant now) {
  for (auto it = pipelines_.begin(); it != pipelines_.end();) {
    it->second->Advance(now);
    it = it->second->idle(now) ? pipelines_.erase(it) : std::next(it);
  }
  // A rejected record may have won after all, or was given up. Then no record is left to send
  // again, and the next command tries.
  if (!context_.fault.empty() && std::none_of(pipelines_.begin(), pipelines_.end(),
                                              [](const auto& c) { return c.second->rejected(); })) {
    context_.fault.clear();
  }
}

std::vector<Outgoing> Writer::TakeOutgoing() {
  for (const Outgoing& entry : context_.outgoing) {
    tokens_.emplace(entry.token, TenantId{entry.key});
  }
  return std::exchange(context_.outgoing, {});
}

std::optional<uint64_t> Writer::TakeEndQuery() {
  if (end_query_in_flight_ || context_.wanted_query <= context_.answered_query) return std::nullopt;
  end_query_in_flight_ = true;
  return ++context_.started_query;
}

std::optional<Instant> Writer::NextTimer() const {
  std::optional<Instant> next;
  for (const auto& [tenant, pipeline] : pipelines_) {
    if (const auto timer = pipeline->NextTimer()) next = next ? std::min(*next, *timer) : *timer;
  }
  return next;
}

size_t Writer::unanswered() const {
  size_t count = 0;
  for (const auto& [tenant, pipeline] : pipelines_) count += pipeline->unanswered();
  return count;
}

void Writer::Abandon(const std::string& why) {
  for (const auto& [tenant, pipeline] : pipelines_) pipeline->Abandon(why);
  pipelines_.clear();
}

}  // namespace contacts
