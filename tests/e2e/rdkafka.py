"""An administrator's, or a stranger's, work on a topic, by librdkafka, which the product links."""
import contextlib
import ctypes

_lib = ctypes.CDLL("librdkafka.so.1")
for _name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_topic_new", "rd_kafka_queue_new",
              "rd_kafka_queue_poll", "rd_kafka_AclBinding_new", "rd_kafka_event_CreateAcls_result",
              "rd_kafka_CreateAcls_result_acls", "rd_kafka_acl_result_error",
              "rd_kafka_DeleteTopic_new", "rd_kafka_ConfigResource_new"):
    getattr(_lib, _name).restype = ctypes.c_void_p
for _name in ("rd_kafka_err2str", "rd_kafka_event_error_string", "rd_kafka_error_string"):
    getattr(_lib, _name).restype = ctypes.c_char_p

_PRODUCER, _TOPIC, _LITERAL, _ALLOW, _COPY = 0, 2, 3, 3, 2
OPERATIONS = {"READ": 3, "WRITE": 4, "CREATE": 5, "DESCRIBE": 8, "DESCRIBE_CONFIGS": 10}


class _Broker(ctypes.Structure):
    _fields_ = [("id", ctypes.c_int32), ("host", ctypes.c_char_p), ("port", ctypes.c_int)]


class _Partition(ctypes.Structure):
    _fields_ = [("id", ctypes.c_int32), ("error", ctypes.c_int), ("leader", ctypes.c_int32),
                ("replica_count", ctypes.c_int), ("replicas", ctypes.POINTER(ctypes.c_int32)),
                ("in_sync_count", ctypes.c_int), ("in_sync", ctypes.POINTER(ctypes.c_int32))]


class _Topic(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("partition_count", ctypes.c_int),
                ("partitions", ctypes.POINTER(_Partition)), ("error", ctypes.c_int)]


class _Metadata(ctypes.Structure):
    _fields_ = [("broker_count", ctypes.c_int), ("brokers", ctypes.POINTER(_Broker)),
                ("topic_count", ctypes.c_int), ("topics", ctypes.POINTER(_Topic))]


class Client:
    """A client of a broker that lets anybody do everything."""

    def __init__(self, address):
        self.error = ctypes.create_string_buffer(512)
        conf = ctypes.c_void_p(_lib.rd_kafka_conf_new())
        for key, value in (("bootstrap.servers", address), ("message.max.bytes", "2000000")):
            assert _lib.rd_kafka_conf_set(conf, key.encode(), value.encode(), self.error, 512) == 0
        self.handle = ctypes.c_void_p(_lib.rd_kafka_new(_PRODUCER, conf, self.error, 512))
        assert self.handle, self.error.value

    def __enter__(self):
        return self

    def __exit__(self, *_):
        _lib.rd_kafka_destroy(self.handle)

    def produce(self, topic, partition, key, value):
        """Waits until it is stored."""
        self.produce_all(topic, partition, key, [value])

    def produce_all(self, topic, partition, key, values):
        """In this order; waits until all are stored."""
        handle = ctypes.c_void_p(_lib.rd_kafka_topic_new(self.handle, topic.encode(), None))
        for value in values:
            failed = _lib.rd_kafka_produce(
                handle, ctypes.c_int32(partition), _COPY, value, ctypes.c_size_t(len(value)), key,
                ctypes.c_size_t(len(key)), None)
            assert failed == 0
        assert _lib.rd_kafka_flush(self.handle, 20000) == 0
        _lib.rd_kafka_topic_destroy(handle)

    def leader(self, topic, partition):
        """The broker that leads the partition, and the brokers that have all of it."""
        handle = ctypes.c_void_p(_lib.rd_kafka_topic_new(self.handle, topic.encode(), None))
        metadata = ctypes.POINTER(_Metadata)()
        assert _lib.rd_kafka_metadata(self.handle, 0, handle, ctypes.byref(metadata), 20000) == 0
        found = metadata.contents.topics[0].partitions[partition]
        answer = found.leader, {found.in_sync[i] for i in range(found.in_sync_count)}
        _lib.rd_kafka_metadata_destroy(metadata)
        _lib.rd_kafka_topic_destroy(handle)
        return answer

    @contextlib.contextmanager
    def asked(self, request, things, count):
        """An administrator's request for `count` things, and the answer to it."""
        queue = ctypes.c_void_p(_lib.rd_kafka_queue_new(self.handle))
        request(self.handle, things, ctypes.c_size_t(count), None, queue)
        event = ctypes.c_void_p(_lib.rd_kafka_queue_poll(queue, 20000))
        assert event, "no answer"
        assert _lib.rd_kafka_event_error(event) == 0, _lib.rd_kafka_event_error_string(event)
        yield event
        _lib.rd_kafka_event_destroy(event)
        _lib.rd_kafka_queue_destroy(queue)

    def delete(self, topic):
        deleted = ctypes.c_void_p(_lib.rd_kafka_DeleteTopic_new(topic.encode()))
        with self.asked(_lib.rd_kafka_DeleteTopics, ctypes.byref(deleted), 1):
            _lib.rd_kafka_DeleteTopic_destroy(deleted)

    def configure(self, topic, settings):
        """Settings of a topic; settings that are not given become the broker's own."""
        resource = ctypes.c_void_p(_lib.rd_kafka_ConfigResource_new(_TOPIC, topic.encode()))
        for name, value in settings.items():
            assert _lib.rd_kafka_ConfigResource_set_config(resource, name.encode(), value.encode()) == 0
        with self.asked(_lib.rd_kafka_AlterConfigs, ctypes.byref(resource), 1):
            _lib.rd_kafka_ConfigResource_destroy(resource)

    def allow(self, user, topic, *operations):
        """Rights on one topic, for a user of SCRAM."""
        rights = (ctypes.c_void_p * len(operations))(*[
            _lib.rd_kafka_AclBinding_new(
                _TOPIC, topic.encode(), _LITERAL, b"User:" + user.encode(), b"*",
                OPERATIONS[operation], _ALLOW, self.error, ctypes.c_size_t(512))
            for operation in operations])
        with self.asked(_lib.rd_kafka_CreateAcls, rights, len(operations)) as event:
            count = ctypes.c_size_t()
            results = ctypes.cast(_lib.rd_kafka_CreateAcls_result_acls(
                ctypes.c_void_p(_lib.rd_kafka_event_CreateAcls_result(event)), ctypes.byref(count)),
                ctypes.POINTER(ctypes.c_void_p))
            for i in range(count.value):
                error = _lib.rd_kafka_acl_result_error(ctypes.c_void_p(results[i]))
                assert not error, _lib.rd_kafka_error_string(ctypes.c_void_p(error))
            assert count.value == len(operations)
        _lib.rd_kafka_AclBinding_destroy_array(rights, ctypes.c_size_t(len(operations)))
