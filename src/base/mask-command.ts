/** Userinfo of an address that stands anywhere in a text. */
const USERINFO = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi;
/** A word that names something secret, and the value that follows it by `=`, `:` or a blank. */
const SECRET =
  /([\w-]*(?:password|passwd|passphrase|secret|token|api[_-]?key|priv(?:ate)?[_-]?key|sec[_-]?key)[\w-]*)(\s*[=:]\s*|\s+)(?!-)("[^"]*"|'[^']*'|[^\s'"]+)/gi;
/** A private key of NIP-19. */
const NSEC = /\bnsec1[a-z0-9]+/gi;

/**
 * The command line of a program without its secrets: what addresses hold before their `@`, what follows words such as
 * `password` and `--token`, and private keys become `***`. A secret under another name is not recognised.
 */
export function maskCommand(text: string): string {
  return text.replace(USERINFO, '$1***@').replace(SECRET, '$1$2***').replace(NSEC, 'nsec1***');
}
