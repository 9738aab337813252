// Real runs for bench/ab-policy.mjs: how much p95 differs between runs of the same relay on this machine, and whole
// experiments with `relay-bench ab` between relays whose answers take a known time.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, rootPath, strictValidity } from './support.mjs';

register('../test/support/ts-hooks.mjs', import.meta.url);
const { startScriptedRelay } = await import('../test/support/scripted-relay.ts');

/** Between two places a message takes some ten milliseconds: there the noise of this machine weighs less. */
const ANSWER_MS = 20;
const SCENARIO = `
name: noise
description: Short A/A runs whose p95 is compared between runs.
connections: { count: 16 }
workloads: { publish: { rate: 200/s } }
warmup: 2s
phases: [{ name: steady, duration: 6s }]
drain: 1s
`;
/** 1.4826 × the median deviation estimates the standard deviation of a normal distribution. */
const NORMAL_MAD = 1.4826;

const relayThatAnswersIn = (ms) => startScriptedRelay({ events: { delay: { kind: 'exact', ms } } });

function withScenario(use) {
  const directory = mkdtempSync(join(tmpdir(), 'relay-bench-noise-'));
  try {
    const scenario = join(directory, 'noise.yaml');
    writeFileSync(scenario, SCENARIO);
    return use(scenario, directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The CLI as a user calls it. */
function relayBench(args) {
  return spawnSync(process.execPath, [rootPath('bin/relay-bench.js'), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function oneRun(scenario, out, target) {
  relayBench(['run', scenario, ...target, '--out', out, '--progress', 'none', '--format', 'json']);
  const { metrics, validity, generator } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
  const p95_us = metrics.ack_latency?.p95_us;
  process.stderr.write(`run: p95 ${p95_us} µs, ${validity.verdict}\n`);
  return { isValid: strictValidity(validity.reasons, generator.doubts).verdict === 'valid', p95_us };
}

/** A/A runs, one after the other: p95 of the acknowledgements of each. */
function noiseOf(runs, target) {
  const all = withScenario((scenario, directory) =>
    Array.from({ length: runs }, (_, at) => oneRun(scenario, join(directory, `run-${at}`), target)),
  );
  const valid = all.filter(({ isValid }) => isValid);
  const used = valid.length >= 4 ? valid : all;
  const logs = used.map(({ p95_us }) => Math.log(p95_us));
  const center = median(logs);
  const noise = NORMAL_MAD * median(logs.map((value) => Math.abs(value - center)));
  return { runs, valid: valid.length, noise, p95_us: used.map((run) => run.p95_us) };
}

/** The noise of the embedded relay, and that of a relay whose answers take 20 ms. */
export async function measuredNoise(runs) {
  const embedded = noiseOf(runs, []);
  const relay = await relayThatAnswersIn(ANSWER_MS);
  try {
    return [
      { relay: 'the embedded relay', ...embedded },
      { relay: `a relay that answers in ${ANSWER_MS} ms`, ...noiseOf(runs, ['--relay', relay.url]) },
    ];
  } finally {
    await relay.stop();
  }
}

/** One whole `ab`, with its confirmation where it comes to that. */
export async function realExperiment(slowdown) {
  const answers_ms = [ANSWER_MS, ANSWER_MS * slowdown];
  const [base, candidate] = await Promise.all(answers_ms.map(relayThatAnswersIn));
  try {
    const { status, stdout } = withScenario((scenario, directory) => {
      const relays = ['--base', base.url, '--candidate', candidate.url];
      return relayBench(['ab', scenario, ...relays, '--out', join(directory, 'ab'), '--format', 'json']);
    });
    const { quantities, verdict } = JSON.parse(stdout);
    const { change } = quantities.find(({ key }) => key === 'ack_latency p95');
    return { answers_ms, exitCode: status, verdict, change };
  } finally {
    await Promise.all([base.stop(), candidate.stop()]);
  }
}
