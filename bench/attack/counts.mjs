// Counts of everything, with 20 filters each.
import { attackModule, author, publishAll } from '../attack-client.mjs';

const EVENTS = 4_000;

export const fill = async (url) => {
  const { event } = author();
  await publishAll(
    url,
    Array.from({ length: EVENTS }, (_, i) => event({ kind: 1_112, content: `fox ${i}` })),
  );
};

export default attackModule({
  name: 'counts',
  isCheap: false,
  told: `COUNT with 20 filters over at least ${EVENTS} events`,
  prepare: fill,
  begin: ({ send }) => {
    const filters = Array.from({ length: 20 }, (_, i) => ({ since: i }));
    let next = 0;
    return () => send(['COUNT', `c${next++}`, ...filters]);
  },
});
