// Searches that stay open, 200 subscriptions of 20 on each connection, and long events to search.
import { attackModule, author } from '../attack-client.mjs';

const WORDS = Array.from({ length: 40 }, (_, i) => `word${i}`).join(' ');
const CONTENT = `${WORDS} `.repeat(350);

export default attackModule({
  name: 'live-search',
  isCheap: false,
  told: '200 subscriptions of 20 searches a connection, and events of 100 kB',
  begin: ({ send }) => {
    const filters = Array.from({ length: 20 }, (_, i) => ({ search: `${WORDS} missing${i}`, limit: 0 }));
    for (let i = 0; i < 200; i++) send(['REQ', `s${i}`, ...filters]);
    const { event } = author();
    let next = 0;
    return () => {
      next++;
      if (next % 200 === 1) send(['EVENT', event({ kind: 20_002, content: `${next} ${CONTENT}` })]);
    };
  },
});
