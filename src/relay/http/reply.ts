/** The answer to an HTTP request. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A line of text. */
export function text(status: number, line: string, headers: Reply['headers'] = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: `${line}\n` };
}

/** What is missing now may be there later, so that no cache may keep it. */
export const NOT_FOUND: Reply = text(404, 'not found', { 'cache-control': 'no-store' });
