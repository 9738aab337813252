/** Stored events are tagged apart from live ones, so that no live subscription matches them. */
export function corpusRunTag(runTag: string): string {
  const last = Number.parseInt(runTag.slice(-1), 16);
  return runTag.slice(0, -1) + (last ^ 1).toString(16);
}
