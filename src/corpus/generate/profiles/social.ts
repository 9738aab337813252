import { makeArticle } from '../kinds/article.ts';
import {
  makeAppData,
  makeBookmarkSet,
  makeBookmarks,
  makeDraft,
  makeMuteList,
  makePeopleSet,
  makePins,
} from '../kinds/list.ts';
import {
  makeChannelMessage,
  makeDirectMessage,
  makeGiftWrap,
  makeLiveMessage,
  makeNearbyMessage,
  makeSignerMessage,
} from '../kinds/message.ts';
import { makeNote, makeReply } from '../kinds/note.ts';
import { makeContactList, makeInboxList, makeProfile, makeRelayList } from '../kinds/profile.ts';
import {
  makeComment,
  makeGenericRepost,
  makeHighlight,
  makeReaction,
  makeReport,
  makeRepost,
  makeZapGoal,
  makeZapReceipt,
} from '../kinds/response.ts';
import { makeBeacon, makeDeletion, makeFile, makeJobRequest, makeJobResult } from '../kinds/service.ts';
import type { CorpusProfile, Slot } from './profile.ts';

/** What the network looks like: the shares of kinds as measured over 172.7 million events (to mid-2025). */
const MEASURED: readonly Slot[] = [
  { share: 2_540, make: makeNote, isNote: true, isRegrettable: true },
  { share: 1_356, make: makeReply, isNote: true, isRegrettable: true },
  { share: 1_889, make: makeReaction, isRegrettable: true },
  { share: 563, make: makeDirectMessage },
  { share: 473, make: makeProfile },
  { share: 454, make: makeContactList },
  { share: 440, make: makeRepost, isRegrettable: true },
  { share: 312, make: makeDeletion },
  { share: 281, make: makeZapReceipt },
  { share: 261, make: makeBeacon },
  { share: 217, make: makeGiftWrap, hasOneTimeKey: true },
  { share: 215, make: makeZapGoal },
  { share: 188, make: makeRelayList },
  { share: 154, make: makeChannelMessage },
  { share: 74, make: makeJobRequest },
  { share: 72, make: makeDraft },
  { share: 61, make: makeJobResult },
];

/** The remaining 4.5 %, of which only the sum is measured. */
const ASSUMED: readonly Slot[] = [
  { share: 60, make: makeAppData },
  { share: 80, make: makeArticle },
  { share: 60, make: makeComment },
  { share: 40, make: makeLiveMessage },
  { share: 30, make: makeSignerMessage },
  { share: 20, make: makeNearbyMessage },
  { share: 20, make: makeMuteList },
  { share: 20, make: makeBookmarks },
  { share: 20, make: makeInboxList },
  { share: 20, make: makePeopleSet },
  { share: 20, make: makeBookmarkSet },
  { share: 20, make: makeReport },
  { share: 10, make: makePins },
  { share: 10, make: makeGenericRepost },
  { share: 10, make: makeFile },
  { share: 10, make: makeHighlight },
];

/** The default profile: a social network. Every event is below 64 KiB and has at most 2,000 tags. */
export const social: CorpusProfile = {
  slots: [...MEASURED, ...ASSUMED],
  authorShare: 378,
  skewedAuthors: true,
};
