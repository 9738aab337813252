// Events with thousands of tags, against filters that share all of them and match none.
import { attackModule, author } from '../attack-client.mjs';

const TAGS = 4_000;

export default attackModule({
  name: 'tag-floods',
  isCheap: false,
  told: `events with ${TAGS} tags, against filters with all of them`,
  begin: ({ send }) => {
    const values = Array.from({ length: TAGS }, (_, i) => `${i}`);
    for (let i = 0; i < 20; i++) send(['REQ', `s${i}`, { '#t': values, '#z': ['none'], limit: 0 }]);
    const { event } = author();
    const tags = values.map((value) => ['t', value]);
    let next = 0;
    return () => {
      next++;
      if (next % 20 === 1) send(['EVENT', event({ kind: 20_003, tags: [...tags, ['n', `${next}`]] })]);
    };
  },
});
