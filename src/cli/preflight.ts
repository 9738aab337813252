import pLimit from 'p-limit';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { maskUrl } from '../base/mask-url.ts';
import { fetchRelayInformation, type RelayInformationResult } from '../nostr/nip11-fetch.ts';
import { networkHint } from './network-hint.ts';
import { type ProbeFailure, type ProbeResult, probeWebSocket } from './probe.ts';
import type { ResolvedTarget } from './target.ts';

/** The two questions that are asked of a relay before it is loaded; tests answer them themselves. */
export interface Questions {
  readonly probe: (url: string) => Promise<ProbeResult>;
  readonly information: (url: string) => Promise<RelayInformationResult>;
}

/** How long a relay that is busy is waited for, and who is told. */
export interface Patience {
  readonly longestMs: number;
  readonly say: (line: string) => void;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** A relay that works off the backlog of a run needs seconds; one that takes longer has stopped for good. */
export const LONGEST_WAIT_MS = 90_000;
/** Every probe is one more connection that a busy relay has to serve. */
const PAUSE_MS = 2_000;

/** Relays that are asked at the same time; each may keep us waiting for seconds. */
const ASKED_AT_ONCE = 16;

/** @param insecure accept any TLS certificate */
export function networkQuestions(insecure: boolean): Questions {
  return {
    probe: (url) => probeWebSocket(url, { insecure }),
    information: (url) => fetchRelayInformation(url, { insecure }),
  };
}

/**
 * Asks every target whether a WebSocket answers, and the first one for its information document (NIP-11). Many
 * relays have none, so only its reason is kept then.
 * @throws RelayBenchError `TARGET_UNREACHABLE` (exit 3)
 */
export async function preflightTargets(
  targets: readonly ResolvedTarget[],
  questions: Questions,
  patience: Patience,
): Promise<RelayInformationResult> {
  const limit = pLimit(ASKED_AT_ONCE);
  // A question is bounded, not the wait for a relay that is busy: others must not wait with it.
  const probe: Questions['probe'] = (url) => limit(() => questions.probe(url));
  const failures = await Promise.all(
    targets.map(async ({ url, problem }) =>
      problem === null ? probeWhileBusy(url, probe, patience) : { problem, hint: networkHint(problem) },
    ),
  );
  if (patience.signal.aborted) return { information: null, reason: 'interrupted' };
  for (const [index, target] of targets.entries()) {
    const failure = failures[index] ?? null;
    if (failure !== null) throw unreachable(target, failure);
  }
  const first = targets[0];
  return first === undefined
    ? { information: null, reason: 'no target' }
    : await questions.information(first.url);
}

async function probeWhileBusy(
  url: string,
  probe: Questions['probe'],
  { longestMs, say, signal }: Patience,
): Promise<ProbeResult> {
  const deadlineMs = Date.now() + longestMs;
  let failure = await probe(url);
  if (failure?.isBusy === true)
    say(
      `${maskUrl(url)} is busy: ${failure.problem}; waiting up to ${Math.round(longestMs / 1_000)} s for it`,
    );
  while (failure?.isBusy === true && Date.now() < deadlineMs && !signal.aborted) {
    await pause(Math.min(PAUSE_MS, deadlineMs - Date.now()), signal);
    failure = await probe(url);
  }
  return failure;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

function unreachable(target: ResolvedTarget, { problem, hint, isBusy }: ProbeFailure): RelayBenchError {
  const what = isBusy === true ? 'the relay is busy' : 'no relay answers';
  return new RelayBenchError(`${what} at ${maskUrl(target.url)}: ${problem}`, {
    code: 'TARGET_UNREACHABLE',
    hint,
    exitCode: EXIT.unreachable,
  });
}
