// Events whose signature is wrong, as many as the sockets take: each costs a verification.
import { attackModule, forged } from '../attack-client.mjs';

const AT_ONCE = 100;

export default attackModule({
  name: 'invalid-signatures',
  told: 'events with invalid signatures',
  begin: ({ send }) => {
    let next = 0;
    return () => {
      for (let i = 0; i < AT_ONCE; i++) send(['EVENT', forged(`${next++}`)]);
    };
  },
});
