/** A service of a Compose file; plain data. */
export type ComposeService = Readonly<Record<string, unknown>>;

/** Text that Compose hands on as it is: it replaces `$NAME` itself, unless the dollar is doubled. */
export function verbatim(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** Roles of a stack of containers whose passwords whoever starts it provides in the environment. */
export const SECRET_ROLES = [
  'POSTGRES_SUPERUSER',
  'POSTGRES_REPLICATOR',
  'POSTGRES_RELAY',
  'REDIS_ADMIN',
  'REDIS_SUPERVISOR',
  'REDIS_RELAY',
  'BUS_KEY',
] as const;

/** Name of the variable of a role. */
export function secretName(role: (typeof SECRET_ROLES)[number]): string {
  return `RELAY_BENCH_${role}`;
}

/** What Compose replaces by the value of the variable of a role; without one it starts nothing. */
export function secretOf(role: (typeof SECRET_ROLES)[number]): string {
  return `\${${secretName(role)}:?see the head of this file}`;
}

/** A command for the shell of a container. */
export function shell(script: string): string[] {
  return ['sh', '-c', verbatim(script)];
}

/** Variables of a container. */
export function environment(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, verbatim(value)]));
}
