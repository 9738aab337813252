// What signing costs: complete frames of signed events per second of CPU, beside nostr-tools, which the signatures
// are checked with in the tests.
// node bench/signer.mjs [--rounds 5] [--json]; pinned to one core where that is possible

import { parseArgs } from 'node:util';
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';
import { measureSigning } from '../dist/calibrate/measure.js';
import { ownCpu_us } from '../dist/observe/proc.js';
import { startOfBenchmark } from './machine.mjs';
import { measureInRounds, medianAndRange, perSecond, showResult } from './result.mjs';
import { median, runClient } from './support.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    /** Measure one signer, here, and print a number: what the rounds start as programs of their own. */
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
/** Gives frames of about 500 bytes. */
const CONTENT_BYTES = 48;
const SPEND_US = 500_000;
const LEAST = 400_000;

const SIGNERS = {
  engine: () => measureSigning({ cpu_us: ownCpu_us, contentBytes: CONTENT_BYTES, spend_us: SPEND_US }),
  'nostr-tools': () => {
    const key = generateSecretKey();
    const content = 'x'.repeat(CONTENT_BYTES);
    const sign = (n) =>
      JSON.stringify(['EVENT', finalizeEvent({ kind: 1, created_at: n, tags: [], content }, key)]);
    for (let n = 0; n < 50; n++) sign(n);
    const from_us = ownCpu_us();
    let signed = 0;
    for (; ownCpu_us() - from_us < SPEND_US; signed++) sign(signed);
    return (signed * 1e6) / (ownCpu_us() - from_us);
  },
};

function tableOf(engine, library) {
  const ratio = Math.round(median(engine) / median(library));
  return {
    title: 'Events signed per second of CPU',
    columns: ['signer', '>events per CPU second', '>of nostr-tools'],
    rows: [
      ['nostr-tools, finalizeEvent and JSON', medianAndRange(library, 0), '1×'],
      ['relay-bench, throwaway keys, complete frames', medianAndRange(engine, 0), `${ratio}×`],
    ],
    targets: [{ text: `≥ ${perSecond(LEAST)}`, isMet: median(engine) >= LEAST }],
  };
}

if (values.only === undefined) {
  const start = startOfBenchmark();
  const contestants = Object.keys(SIGNERS).map((name) => ({
    name,
    measure: () => runClient('signer.mjs', ['--only', name]),
  }));
  const results = await measureInRounds(rounds, contestants);
  const [engine, library] = Object.keys(SIGNERS).map((name) => results.get(name));
  const figures = { 'engine: events per CPU second': engine, 'nostr-tools: events per CPU second': library };
  showResult({ name: 'signer', start, rounds, tables: [tableOf(engine, library)], figures }, values.json);
} else {
  console.log(JSON.stringify(SIGNERS[values.only]()));
}
