/** Whether a scenario names a corpus, instead of having notes signed for the run. */
export function isNamed({
  profile,
  file,
}: {
  readonly profile?: string | undefined;
  readonly file?: string | undefined;
}): boolean {
  return profile !== undefined || file !== undefined;
}
