// Copies history to DIR/history.ndjson and prints each of its records: history.js BROKERS TOPIC DIR (docs/events.md).
const { createHash, randomUUID } = require('crypto'), fs = require('fs');
const { Kafka, Partitioners, logLevel } = require('kafkajs');
const { need, parse } = require('./strict_json');
const [brokers, topic, dir] = process.argv.slice(2), ZEROS = '0'.repeat(64);
const stop = why => { console.error(why); process.exit(1); };
const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');
const partitionOf = (tenant, count) => Partitioners.DefaultPartitioner()( // murmur2, as Kafka's Java client
  { topic, partitionMetadata: { length: count, filter: () => [] }, message: { key: tenant } });

function judge(partition, key, value) { // true: it is history; otherwise false, or it throws
  const text = (source, grammar) => grammar.exec(source)[1];
  const members = parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value));
  need(value.length <= 1000000 && value[0] === 0x7b && value[value.length - 1] === 0x7d); // { and }
  if (key === '$log' && !opened.has(partition)) {
    const data = members.get('data')[1], integer = name => Number(text(data.get(name)[1], /^(-?[0-9]+)$/));
    need(JSON.parse(members.get('type')[1]) === 'LogOpened' && integer('format') === 2);
    need(!data.has('epoch') || (integer('epoch') >= 1 && integer('epoch') < 2 ** 31));
    need(/^\P{Surrogate}+$/u.test(JSON.parse(text(data.get('logId')[1], /^("[^]*")$/))));
    need(integer('partition') === partition && partition < integer('partitions') && integer('partitions') < 2 ** 31);
    return !opened.set(partition, integer('partitions'));
  }
  const slot = (name, grammar) => need(members.get(name)[0] === `"${name}"`) || text(members.get(name)[1], grammar);
  const tenant = slot('tenant', /^"([A-Za-z0-9][A-Za-z0-9._-]{0,63})"$/), head = heads.get(tenant) || [0, ZEROS];
  const sequence = Number(slot('sequence', /^([1-9][0-9]{0,14})$/)), previous = slot('previous', /^"([0-9a-f]{64})"$/);
  need(tenant === key && partitionOf(tenant, opened.get(partition)) === partition);
  need(sequence === head[0] + 1 && previous === head[1]);
  return Boolean(heads.set(tenant, [sequence, sha256(value)]));
}

function take(partition, message) {
  const value = message.value || Buffer.alloc(0), entry = [Number(message.offset), sha256(value)];
  const last = places.get(partition) || [-1];
  const same = entry[0] === last[0] && entry[1] === last[1]; // after a start, the last one comes again
  if (entry[0] <= last[0] && !same) stop(`${topic} [${partition}]: another log than the one read so far`);
  places.set(partition, entry);
  try { return judge(partition, message.key ? String(message.key) : '', value) ? [value, Buffer.from('\n')] : []; }
  catch { return []; } // superseded, or foreign
}
fs.mkdirSync(dir, { recursive: true });
const output = fs.openSync(`${dir}/history.ndjson`, 'a'), file = `${dir}/place.json`;
const state = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file)) : { bytes: 0, places: [], opened: [], heads: [] };
const [places, opened, heads] = [state.places, state.opened, state.heads].map(pairs => new Map(pairs));
fs.ftruncateSync(output, state.bytes); // what was appended after the place was kept comes again
const consumer = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.ERROR }).consumer(
  { groupId: `history-${randomUUID()}`, readUncommitted: true }); // kafkajs needs a group; it keeps nothing
consumer.on('consumer.group_join', ({ payload }) => (payload.memberAssignment[topic] || []).forEach(partition =>
  consumer.seek({ topic, partition, offset: String((places.get(partition) || [0])[0]) })));
consumer.on('consumer.crash', ({ payload }) => payload.restart || stop(payload.error));
async function eachBatch({ batch }) {
  const lines = Buffer.concat(batch.messages.flatMap(message => take(batch.partition, message)));
  fs.appendFileSync(output, lines), fs.fsyncSync(output);
  const kept = { bytes: state.bytes += lines.length, places: [...places], opened: [...opened], heads: [...heads] };
  const next = fs.openSync(`${file}.new`, 'w');
  fs.writeFileSync(next, JSON.stringify(kept)), fs.fsyncSync(next), fs.closeSync(next);
  fs.renameSync(`${file}.new`, file); // the place changes in one step
  await new Promise(printed => process.stdout.write(lines, printed));
}
consumer.connect().then(() => consumer.subscribe({ topic, fromBeginning: true }))
  .then(() => consumer.run({ autoCommit: false, eachBatch })).catch(stop);
