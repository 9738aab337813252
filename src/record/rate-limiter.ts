import { own } from '../base/own.ts';
import { ACCOUNTS, type OperationAccount } from '../metric/accounts.ts';
import { isWordCounter } from '../metric/counter-maps.ts';
import { counterDefinition } from '../metric/counters.ts';
import type { RunRecord } from './schema.ts';

/** What a run met where it meant to measure a relay: the relay's rate limiter. */
export type RateLimiter = NonNullable<RunRecord['rateLimiter']>;

type Measured = Pick<RunRecord, 'counters' | 'intervals' | 'load' | 'noticeSamples'>;

/** The prefix of OK and CLOSED (NIP-01). */
const RATE_LIMITED = 'rate-limited';
/** Below this share of refusals a run says more of the relay than of its limiter. */
const LEAST_SHARE = 0.1;
/** In a second in which less of what was sent was answered well, the limiter was at work. */
const LIMITED_BELOW = 0.9;

/** What relays say in a NOTICE that refuse so. */
const LIMIT_NOTICE = /rate.?limit|too many (?:requests|events|messages)|slow.?down/i;
/** So many of the kept notices must say so, and so many must have come for each operation that was left unanswered. */
const LEAST_TOLD = 0.5;

/** What the relay limits most, where it has limited at least a tenth of it; null otherwise. */
export function rateLimiterOf(run: Measured): RateLimiter | null {
  const found = ACCOUNTS.map((account) => limited(account, run)).filter((one) => one !== null);
  return found.sort((a, b) => b.refused / b.sent - a.refused / a.sent)[0] ?? null;
}

/** The limiter in one sentence without its full stop. */
export function rateLimiterText({ what, refused, sent, from_per_s, byNotice }: RateLimiter): string {
  const from = from_per_s === null ? '' : ` from about ${shortly(from_per_s)} ${what}/s on`;
  const times = `${refused.toLocaleString('en-US')} of ${sent.toLocaleString('en-US')} ${what}`;
  return `measured was the rate limiter of the relay, not the relay: it refuses${from} (${byNotice === true ? 'by NOTICE, without an answer' : 'rate-limited'}: ${times})`;
}

function limited(account: OperationAccount, run: Measured): RateLimiter | null {
  const sent = run.counters[account.sent];
  const answered = refusedIn(account, run);
  const isTold = answered / sent >= LEAST_SHARE;
  const refused = isTold ? answered : refusedByNotice(account, run);
  if (sent === 0 || refused / sent < LEAST_SHARE) return null;
  const found = { what: account.noun, refused, sent, from_per_s: passedPerSecond(account, run) };
  return isTold ? found : { ...found, byNotice: true };
}

function refusedIn({ refusals }: OperationAccount, { counters }: Measured): number {
  return refusals === undefined ? 0 : (own(counters[refusals], RATE_LIMITED) ?? 0);
}

/**
 * Operations that were never answered, where the relay said by NOTICE that it limits: a NOTICE names no operation (NIP-01), so it
 * must have come about as often as one was left unanswered.
 */
function refusedByNotice({ ends }: OperationAccount, { counters, noticeSamples }: Measured): number {
  const { timeout } = ends;
  const unanswered = timeout === undefined || isWordCounter(timeout) ? 0 : counters[timeout];
  const told = noticeSamples.filter((text) => LIMIT_NOTICE.test(text)).length;
  const isTold = told > 0 && told >= noticeSamples.length * LEAST_TOLD;
  return isTold && counters.notices >= unanswered * LEAST_TOLD ? unanswered : 0;
}

/** The median of the seconds in which it refused. */
function passedPerSecond({ ends }: OperationAccount, { intervals, load }: Measured): number | null {
  const column = columnOf(Object.values(ends));
  const measured = new Set(load.phases.filter(({ kind }) => kind === 'measured').map(({ name }) => name));
  const passed = intervals
    .filter(({ phase }) => measured.has(phase))
    .filter((row) => row.acked + row.completed < row.sent * LIMITED_BELOW)
    .flatMap((row) => (column === null ? [] : [row[column]]));
  return median(passed);
}

/** Where a second counts the good ends of these. */
function columnOf(ends: OperationAccount['ends'][string][]): 'acked' | 'completed' | null {
  const rows = ends.flatMap((end) => (isWordCounter(end) ? [] : (counterDefinition(end).row ?? [])));
  return rows.find((row) => row === 'acked' || row === 'completed') ?? null;
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? null;
}

function shortly(perSecond: number): string {
  return Number(perSecond.toPrecision(2)).toLocaleString('en-US');
}
