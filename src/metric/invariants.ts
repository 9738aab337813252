/** What reports call an invariant, and what it says. */
interface InvariantText {
  readonly title: string;
  readonly says: string;
}

/** What an audit proves of a relay, whatever parts of it have failed meanwhile. */
export const INVARIANTS = {
  I1: {
    title: 'acknowledged events are readable',
    says: 'every acknowledged event that nothing removes is found by its id on every relay process',
  },
  I2: {
    title: 'refused events are never visible',
    says: 'an event that was refused with `invalid:`, `blocked:` or `pow:` is found on no relay process',
  },
  I3: {
    title: 'clients read what they have written',
    says: 'a REQ by id, sent after the OK on the same connection, returns the event; how much later others return it is measured',
  },
  I4: {
    title: 'replaceable events converge',
    says: 'of every address each relay process keeps the same version, none older than the newest acknowledged one',
  },
  I5: {
    title: 'what is removed stays away',
    says: 'events that are deleted, have expired or have vanished are found on no relay process, from no cache',
  },
  I6: {
    title: 'live deliveries come exactly once',
    says: 'without faults every live subscription gets every event that matches, and once',
  },
  I7: {
    title: 'live deliveries survive faults',
    says: 'with faults every live subscription has every event that matches once its gaps are filled',
  },
  I8: {
    title: 'what was seen does not vanish',
    says: 'a connection that has returned an event returns it again',
  },
  I9: {
    title: 'COUNT equals REQ',
    says: 'when nothing is published any more COUNT is the number of events that REQ returns',
  },
  I10: {
    title: 'never two primaries',
    says: 'no two databases of a stack accept writes at the same time',
  },
} as const satisfies Record<string, InvariantText>;

export type Invariant = keyof typeof INVARIANTS;

export const INVARIANT_NAMES = Object.keys(INVARIANTS) as readonly Invariant[];
