// Large stored answers: 20 overlapping filters with limits near 5,000 over events of 60 kB.
import { attackModule, author, publishAll } from '../attack-client.mjs';

const EVENTS = 400;
const CONTENT_LENGTH = 60_000;

export default attackModule({
  name: 'stored-answers',
  isCheap: false,
  told: `20 overlapping filters over ${EVENTS} events of 60 kB, again and again`,
  prepare: async (url) => {
    const { event } = author();
    const events = Array.from({ length: EVENTS }, (_, i) =>
      event({ kind: 1_111, content: `${i} ${'x'.repeat(CONTENT_LENGTH)}` }),
    );
    await publishAll(url, events);
  },
  begin: ({ send }) => {
    const filters = Array.from({ length: 20 }, (_, i) => ({ kinds: [1_111], since: i, limit: 5_000 - i }));
    let next = 0;
    return () => send(['REQ', `s${next++ % 100}`, ...filters]);
  },
});
