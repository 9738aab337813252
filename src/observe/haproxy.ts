/** One server of a backend as HAProxy's statistics describe it. */
export interface BalancedServer {
  readonly backend: string;
  readonly server: string;
  /** `UP`, `DOWN`, `MAINT`, `UP 1/2`, … */
  readonly status: string;
  /** Result of the last check, for example `L7OK`; `INI` before the first one. */
  readonly checkStatus: string;
  readonly sessions: number;
  readonly sessionsTotal: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Requests that its cache was asked for, and those that it answered; of a backend as a whole. */
  readonly cacheLookups: number;
  readonly cacheHits: number;
}

/** Reads the CSV that HAProxy gives at `/stats;csv`: one row a server, frontends and totals included. */
export function parseHaproxyCsv(text: string): BalancedServer[] {
  const [header = '', ...lines] = text.trim().split('\n');
  const columns = header.replace(/^# /, '').split(',');
  const at = (name: string): number => columns.indexOf(name);
  const places = {
    backend: at('pxname'),
    server: at('svname'),
    status: at('status'),
    checkStatus: at('check_status'),
    sessions: at('scur'),
    sessionsTotal: at('stot'),
    bytesIn: at('bin'),
    bytesOut: at('bout'),
    cacheLookups: at('cache_lookups'),
    cacheHits: at('cache_hits'),
  };
  return lines.map((line) => {
    const fields = line.split(',');
    const word = (place: number): string => fields[place] ?? '';
    const count = (place: number): number => Number(word(place)) || 0;
    return {
      backend: word(places.backend),
      server: word(places.server),
      status: word(places.status),
      checkStatus: word(places.checkStatus).replace(/^\* /, ''),
      sessions: count(places.sessions),
      sessionsTotal: count(places.sessionsTotal),
      bytesIn: count(places.bytesIn),
      bytesOut: count(places.bytesOut),
      cacheLookups: count(places.cacheLookups),
      cacheHits: count(places.cacheHits),
    };
  });
}
