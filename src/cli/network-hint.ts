/** Text of an error of the network, and what to do about it; the first that fits. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/certificate|altnames/i, 'install a certificate that this machine trusts, or accept any with --insecure'],
  [/ENOTFOUND/, 'no name server knows this host: check its spelling, or name an IP address'],
  [/EAI_AGAIN/, 'the name server does not answer: check the network of this machine, or name an IP address'],
  [/EHOSTUNREACH|ENETUNREACH/, "this address can't be reached: check the network of this machine"],
  [
    /wrong version number|packet length too long/i,
    'what listens there does not speak TLS: write ws:// instead of wss://',
  ],
  [
    /no answer within|ETIMEDOUT/,
    'something is there but does not answer: it may be busy or stopped, or a firewall drops packets',
  ],
  [/ECONNREFUSED|ENOENT/, 'start the relay, or leave --relay out to use the embedded one'],
  [
    /ECONNRESET|socket hang up|EPIPE/,
    'what listens there closed the connection: check path and port, and its log',
  ],
  [/Parse Error/i, 'what listens there does not speak HTTP: check the port'],
];

/** What to do about a relay that can't be reached. */
export function networkHint(problem: string): string {
  const found = HINTS.find(([pattern]) => pattern.test(problem));
  return found?.[1] ?? 'start the relay, or leave --relay out to use the embedded one';
}
