// Signed event frames per second of CPU time, of the built program. Pin it to one core:
//   npm run build && taskset -c 1 node bench/signer.mjs
import { createEventFrameWriter } from '../dist/corpus/event-frames.js';

const ROUNDS = 5;
const EVENTS = 300_000;
const FRAME_BYTES = 500;

/** CPU microseconds that `work` takes. */
function cpuTime_us(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const spec = { seed: 1, authors: 100, kind: 1, topics: 10, runTag: '0badcafe' };
const overhead = createEventFrameWriter({ ...spec, contentBytes: 0 }).maxFrameBytes;
let writer;
const setup_us = cpuTime_us(() => {
  writer = createEventFrameWriter({ ...spec, contentBytes: Math.max(0, FRAME_BYTES - overhead) });
});
const target = Buffer.alloc(64 * 1024);

function writeEvents(count) {
  let offset = 0;
  for (let n = 0; n < count; n++) {
    if (offset + writer.maxFrameBytes > target.length) offset = 0;
    offset += writer.write(target, offset, n, 1_700_000_000, n * 1_000);
  }
}

writeEvents(50_000);
const rounds_us = Array.from({ length: ROUNDS }, () => cpuTime_us(() => writeEvents(EVENTS)) / EVENTS);
const median_us = rounds_us.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
console.log(
  JSON.stringify({
    frameBytes: writer.maxFrameBytes,
    perFrame_us: Number(median_us.toFixed(3)),
    framesPerCpuSecond: Math.round(1e6 / median_us),
    setup_ms: Number((setup_us / 1_000).toFixed(1)),
    rounds: ROUNDS,
    node: process.version,
  }),
);
