/** A service of a Compose file; plain data. */
export type ComposeService = Readonly<Record<string, unknown>>;

/** Text that Compose hands on as it is: it replaces `$NAME` itself, unless the dollar is doubled. */
export function verbatim(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** A command for the shell of a container. */
export function shell(script: string): string[] {
  return ['sh', '-c', verbatim(script)];
}

/** Variables of a container. */
export function environment(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, verbatim(value)]));
}
