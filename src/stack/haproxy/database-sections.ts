import { portOf, type Service, servicesOfKind } from '../state.ts';
import { readPurposes } from '../topology.ts';
import { bindTo, type Layout, serverLines } from './layout.ts';

/**
 * Relays connect here and reach whichever Postgres has the role now: the supervisor answers for each server (agent check),
 * and a server that loses its role loses its connections. While nobody answers, everything stays as it was told last; a
 * balancer that has just started sends nobody to a server before it was told. Each replica is read from through a listener of its own: a relay has
 * to know how far behind the server is that answers it.
 */
export function databaseSections(layout: Layout): string[] {
  const databases = servicesOfKind(layout.state, 'postgres');
  const [supervisor] = servicesOfKind(layout.state, 'supervisor');
  if (supervisor === undefined) return fixedRoles(layout, databases);
  const agent = `agent-addr ${layout.addresses.hostOf(supervisor)} agent-port ${portOf(supervisor, 'roles')}`;
  const check = `  # A refused connection is not tried again here: the relay does that, and by then another server may have the role.
  retries 0
  default-server disabled agent-check ${agent} agent-inter 200ms on-marked-down shutdown-sessions`;
  const asked = (question: string): Databases => ({
    check,
    servers: databases,
    suffixOf: (name) => ` agent-send "${question} ${name}\\n"`,
  });
  return [
    postgresSection(layout, 'pg_write', asked('write')),
    ...readPurposes(layout.state.shape).map((purpose, index) =>
      postgresSection(layout, purpose, asked(`read ${index + 1}`)),
    ),
  ];
}

/** The servers behind a listener of Postgres, and how it is known which of them has its role. */
interface Databases {
  readonly check: string;
  readonly servers: readonly Service[];
  /** What stands in the line of a server. */
  readonly suffixOf?: (name: string) => string;
}

/** Without a supervisor nobody is promoted: the first server stays the primary, the others answer reads. */
function fixedRoles(layout: Layout, databases: readonly Service[]): string[] {
  const check = '  default-server check inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions';
  const [primary, ...replicas] = databases.map((each) => [each]);
  return [
    postgresSection(layout, 'pg_write', { check, servers: primary ?? [] }),
    ...readPurposes(layout.state.shape).map((purpose, index) =>
      postgresSection(layout, purpose, { check, servers: replicas[index] ?? [] }),
    ),
  ];
}

/** @param purpose of the port, `pg_write` or that of a reader, which has one server at a time */
function postgresSection(layout: Layout, purpose: string, { check, servers, suffixOf }: Databases): string {
  return `listen ${purpose}
  mode tcp
  bind ${bindTo(layout, purpose)}
  balance leastconn
  # Pools keep idle connections.
  timeout client 1h
  timeout server 1h
${check}
${serverLines(layout, servers, 'sql', suffixOf)}
`;
}
