import { own } from '../../base/own.ts';
import { ACCOUNTS } from '../../metric/accounts.ts';
import { COUNTER_MAP_NAMES, COUNTER_MAPS } from '../../metric/counter-maps.ts';
import { METRIC_SETS } from '../../metric/sets.ts';
import type { RunRecord } from '../../record/schema.ts';
import { count } from '../quantity.ts';

/** What a relay refused, and why most of it. */
export interface Refusal {
  /** `refused 680 of 1,000 events: rate-limited`. */
  readonly text: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Refused of what was sent, 0..1. */
  readonly share: number;
}

/** Prefixes of OK and CLOSED (NIP-01, NIP-42), and what a tester can do about each. */
const REMEDIES: Readonly<Record<string, string>> = {
  'rate-limited': "lift the relay's rate limit for this machine, or offer less with --rate",
  'auth-required':
    'the load authenticates with throwaway keys (NIP-42): see whom the relay lets in, and --auth-url where it has another address behind a proxy',
  restricted: 'let the relay take events and queries of unknown keys for the test',
  blocked: "take this machine and unknown keys off the relay's block list for the test",
  pow: 'lower the proof of work that the relay asks for, for the test',
  invalid: 'see under Errors what the relay calls invalid; the events are valid by NIP-01',
  error: 'see the log of the relay: it says that it failed itself',
};

const LEAST_SHARE = 0.01;

/** Where each sort of operation counts its refusals by their prefix. */
const REFUSED = METRIC_SETS.flatMap((set) => {
  const maps = COUNTER_MAP_NAMES.filter(
    (name) => Object.hasOwn(set.maps, name) && COUNTER_MAPS[name].label === 'prefix',
  );
  return ACCOUNTS.filter(({ noun }) => set.accounts.some((account) => account.noun === noun)).flatMap(
    ({ noun, sent }) => maps.map((byPrefix) => ({ noun, sent, byPrefix })),
  );
});

/** What was refused most, in a run that refused at least 1 % of it; null otherwise. */
export function refusalOf({ counters }: RunRecord): Refusal | null {
  const found = REFUSED.map(({ byPrefix, sent, noun }) =>
    refusalIn(counters[byPrefix], counters[sent], noun),
  ).filter((one) => one !== null && one.share >= LEAST_SHARE);
  return found.sort((a, b) => (b?.share ?? 0) - (a?.share ?? 0))[0] ?? null;
}

function refusalIn(byPrefix: Readonly<Record<string, number>>, sent: number, what: string): Refusal | null {
  const [most] = Object.entries(byPrefix).sort(([, a], [, b]) => b - a);
  if (most === undefined || sent === 0) return null;
  const total = Object.values(byPrefix).reduce((sum, one) => sum + one, 0);
  const [prefix, times] = most;
  const mostly = times === total ? prefix : `mostly ${prefix} (${count(times)})`;
  return {
    text: `refused ${count(total)} of ${count(sent)} ${what}: ${mostly}`,
    remedy: own(REMEDIES, prefix) ?? 'see under Errors why the relay refused',
    share: total / sent,
  };
}
