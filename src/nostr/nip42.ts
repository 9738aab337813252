import { ClientAuth } from 'nostr-tools/kinds';
import type { NostrEvent, UnsignedEvent } from './event.ts';

/** The kind of the event with which a client authenticates. It is for the relay only. */
export const AUTH_KIND = ClientAuth;

/** How far the time of an authentication may be from now (NIP-42 suggests ten minutes), in seconds. */
export const AUTH_WINDOW_S = 600;

/** What an authentication must fit. */
export interface AuthExpectation {
  /** What the relay has sent on this connection. */
  readonly challenge: string;
  /** Host names of the relay, as {@link hostOf} gives them. */
  readonly hosts: ReadonlySet<string>;
  /** Unix seconds. */
  readonly now: number;
}

/** The host name of a URL in lower case, without the port; null where it is no URL. IPv6 comes in brackets. */
export function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).hostname || null : null;
}

function tagValue(event: NostrEvent, name: string): string {
  return event.tags.find((tag) => tag[0] === name)?.[1] ?? '';
}

/**
 * What is wrong with an authentication (NIP-42), its id and signature aside; null where nothing is. Of the relay's
 * URL the host has to fit: a relay cannot know the rest of the URL by which it was reached.
 */
export function authProblem(event: NostrEvent, { challenge, hosts, now }: AuthExpectation): string | null {
  if (event.kind !== AUTH_KIND) return `kind is not ${AUTH_KIND}`;
  if (Math.abs(event.created_at - now) > AUTH_WINDOW_S) {
    return `created_at is more than ${AUTH_WINDOW_S} s from now`;
  }
  if (tagValue(event, 'challenge') !== challenge) return 'challenge is not the one of this connection';
  const host = hostOf(tagValue(event, 'relay'));
  return host !== null && hosts.has(host) ? null : 'relay tag names another relay';
}

/** An authentication before it is signed; whoever signs it adds the key. */
export type UnsignedAuth = Omit<UnsignedEvent, 'pubkey'>;

/**
 * What a client signs to authenticate (NIP-42).
 * @param relay address of the relay, as {@link relayTagOf} gives it
 * @param now Unix seconds
 */
export function unsignedAuth(challenge: string, relay: string, now: number): UnsignedAuth {
  const tags = [
    ['relay', relay],
    ['challenge', challenge],
  ];
  return { kind: AUTH_KIND, created_at: now, tags, content: '' };
}

/** The address of a relay for the `relay` tag: without userinfo, query and fragment, which may hold secrets. */
export function relayTagOf(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href;
}
