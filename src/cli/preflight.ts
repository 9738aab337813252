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
): Promise<RelayInformationResult> {
  const failures = await Promise.all(
    targets.map(async ({ url, problem }) =>
      problem === null ? questions.probe(url) : { problem, hint: networkHint(problem) },
    ),
  );
  for (const [index, target] of targets.entries()) {
    const failure = failures[index] ?? null;
    if (failure !== null) throw unreachable(target, failure);
  }
  const first = targets[0];
  return first === undefined
    ? { information: null, reason: 'no target' }
    : await questions.information(first.url);
}

function unreachable(target: ResolvedTarget, { problem, hint }: ProbeFailure): RelayBenchError {
  return new RelayBenchError(`no relay answers at ${maskUrl(target.url)}: ${problem}`, {
    code: 'TARGET_UNREACHABLE',
    hint,
    exitCode: EXIT.unreachable,
  });
}
