#include "infra/kafka/asyncapi.h"

#include "events/published_schemas.h"
#include "infra/kafka/client.h"
#include "infra/kafka/topic.h"

namespace contacts::kafka {
namespace {

constexpr const char* kInfo = R"(
  description: >-
    The history of every tenant, one event a message. Not every message is history: which of them
    are, and in what order, each reader decides by one rule, without which it would apply changes
    that were never made. Read events.md before this document.
defaultContentType: application/cloudevents+json
channels:
  history:
    address: contacts.events
    title: The log
    description: >-
      Named by --kafka-topic. A tenant's records share the partition (murmur2(tenant) & 0x7fffffff)
      mod partitions, in order. The number of partitions never changes.
)";

constexpr const char* kBindings = R"(
          cleanup.policy: [delete]
          retention.ms: -1
          retention.bytes: -1
)";

constexpr const char* kOperations = R"(
operations:
  append:
    action: send
    title: Contacts appends what was decided
    channel:
      $ref: '#/channels/history'
  follow:
    action: receive
    title: Contacts reads its own topic, as every consumer does
    description: >-
      From the beginning, or from a place that was kept, with isolation level read_uncommitted, and
      by the rule of history.
    channel:
      $ref: '#/channels/history'
components:
  messageTraits:
    entry:
      contentType: application/cloudevents+json
      headers:
        type: object
        properties:
          content-type:
            type: string
            const: application/cloudevents+json; charset=UTF-8
  messages:
    LogOpened:
      name: LogOpened
      title: Opens a partition, or shows that an instance started; no history
      traits:
        - $ref: '#/components/messageTraits/entry'
      bindings:
        kafka:
          key:
            type: string
            const: $log
          bindingVersion: 0.5.0
      payload:
        $ref: schemas/LogOpened.json
)";

std::string NameOf(const EventVersion& event) {
  return event.type + '.' + std::to_string(event.version);
}

std::string Reference(const std::string& name) {
  return "      " + name + ":\n        $ref: '#/components/messages/" + name + "'\n";
}

std::string MessageOf(const EventVersion& event) {
  const std::string version = std::to_string(event.version);
  return "    " + NameOf(event) + ":\n      name: " + event.type + "\n      title: " + event.type +
         ", version " + version + R"(
      traits:
        - $ref: '#/components/messageTraits/entry'
      bindings:
        kafka:
          key:
            type: string
            description: the tenant
          bindingVersion: 0.5.0
      payload:
        allOf:
          - $ref: schemas/Record.json
          - properties:
              type:
                const: )" +
         event.type +
         "\n              dataschema:\n                const: urn:contacts:" + event.type + ':' +
         version + "\n              data:\n                $ref: schemas/" + NameOf(event) +
         ".json\n";
}

// The literal without the line break that it begins with.
std::string_view Lines(const char* literal) { return literal + 1; }

}  // namespace

std::string AsyncApiDocument() {
  std::string out = "# Made by `make schemas`.\nasyncapi: 3.0.0\ninfo:\n  title: Contacts\n";
  out += std::string("  version: ") + CONTACTS_VERSION + '\n';
  out += Lines(kInfo);
  out += "    messages:\n";
  for (const EventVersion& event : EventVersions()) out += Reference(NameOf(event));
  out += Reference("LogOpened");
  out += "    bindings:\n      kafka:\n        topic: contacts.events\n";
  out += "        partitions: " + std::to_string(TopicOptions().partitions) + '\n';
  out += "        topicConfiguration:\n";
  out += Lines(kBindings);
  out += "          max.message.bytes: " + std::to_string(kTopicMessageBytes) + '\n';
  out += "        bindingVersion: 0.5.0\n";
  out += Lines(kOperations);
  for (const EventVersion& event : EventVersions()) out += MessageOf(event);
  return out;
}

}  // namespace contacts::kafka
