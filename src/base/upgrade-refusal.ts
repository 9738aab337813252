/** An answer to the upgrade of RFC 6455 section 4.1 other than 101. */
export interface UpgradeRefusal {
  readonly status: number;
  /** As sent: seconds or a date (RFC 9110 section 10.2.3); undefined where it was not sent or is not known. */
  readonly retryAfter?: string | undefined;
  /** Where a redirect points. */
  readonly location?: string | undefined;
}

/** A redirect to an HTTP address means the WebSocket address that has its place. */
const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['http:', 'ws:'],
  ['https:', 'wss:'],
]);

const HINTS: ReadonlyMap<number, string> = new Map([
  [
    400,
    'the server did not recognise this as a WebSocket upgrade: check path and port, and that a proxy in front passes Upgrade on',
  ],
  [401, 'the server wants credentials: write them into the address, ws://user:password@host/'],
  [
    403,
    'the server refuses this client: check path and credentials, and whether it allows this address and many connections from it',
  ],
  [404, 'the server has no relay at this path: check the path of the address'],
  [407, 'a proxy on the way wants credentials: load the relay directly'],
  [421, 'the server does not serve this host name: check the host of the address'],
  [426, 'the server wants a protocol other than WebSocket version 13: check path and port'],
  [
    429,
    'the server limits connections from one address: open them more slowly (connections.rate), or raise its limit for this address',
  ],
  [500, 'the server failed: its log says why'],
  [502, 'a proxy answers, but the relay behind it does not: start the relay'],
  [
    503,
    'the server is overloaded, out of connections or being restarted: wait, or raise its limit of connections',
  ],
  [504, 'a proxy answers, but the relay behind it is too slow: check the relay'],
]);

/** What a refused upgrade means and what to do about it; one sentence. */
export function upgradeHint(refusal: UpgradeRefusal): string {
  const { status } = refusal;
  if (status >= 300 && status < 400) return redirectHint(refusal);
  const known = HINTS.get(status) ?? byClass(status);
  return status === 429 || status === 503 ? `${known}${patience(refusal)}` : known;
}

function byClass(status: number): string {
  if (status < 300) return 'a web server answers there, not a relay: check path and port';
  if (status < 500) return 'the server refuses the upgrade: check the address and what its log says';
  return 'the server failed: its log says why';
}

function redirectHint({ location = '' }: UpgradeRefusal): string {
  if (!URL.canParse(location)) {
    return 'the relay has moved, and redirects are not followed: give its own address';
  }
  const { protocol } = new URL(location);
  const address = location.replace(protocol, SCHEMES.get(protocol) ?? protocol);
  return `redirects are not followed: give the relay's own address, ${address}`;
}

function patience({ retryAfter }: UpgradeRefusal): string {
  if (retryAfter === undefined) return '';
  return `; it asks to try again ${/^\d+$/.test(retryAfter) ? `in ${retryAfter} s` : `after ${retryAfter}`}`;
}

/** The words that `connection_errors` counts refused upgrades under: `http 503`. */
const WORD = /^http (\d{3})$/;

/**
 * One sentence for each status that refused connections, for a report: how many, and what it means.
 * @param connectionErrors the counter of that name
 * @param known by status, what one of the answers said besides
 */
export function refusedUpgrades(
  connectionErrors: Readonly<Record<string, number>>,
  known: ReadonlyMap<number, UpgradeRefusal>,
): string[] {
  return Object.entries(connectionErrors).flatMap(([word, count]) => {
    const status = Number(WORD.exec(word)?.[1]);
    if (Number.isNaN(status)) return [];
    const what = count === 1 ? 'one connection was' : `${count} connections were`;
    return [`${what} answered with HTTP status ${status}: ${upgradeHint(known.get(status) ?? { status })}`];
  });
}
