// Malformed EVENT and REQ messages, each of which is answered.
import { attackModule } from '../attack-client.mjs';

const AT_ONCE = 500;

export default attackModule({
  name: 'malformed',
  told: 'floods of malformed EVENT and REQ',
  begin: ({ send }) => {
    let next = 0;
    return () => {
      for (let i = 0; i < AT_ONCE; i++) {
        send(['EVENT', { id: `${next++}` }]);
        send(['REQ', `r${next}`, { kinds: 'x' }]);
      }
    };
  },
});
