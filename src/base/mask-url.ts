/**
 * A URL without its secrets: userinfo and query become `***`, the fragment goes. Of a text that is no URL the same parts
 * go, so that a message can repeat what was typed.
 */
export function maskUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  // `me:secret@host` is a URL of scheme `me:` that has no host.
  if (url === null || url.host === '') return maskText(text);
  if (url.username !== '' || url.password !== '') {
    url.username = '***';
    url.password = '';
  }
  if (url.search !== '') url.search = '?***';
  url.hash = '';
  return url.href;
}

function maskText(text: string): string {
  const plain = text.replace(/#.*$/s, '').replace(/\?.*$/s, '?***');
  const at = plain.lastIndexOf('@');
  if (at < 0) return plain;
  const scheme = /^[a-z]+:\/\//i.exec(plain)?.[0] ?? '';
  return `${scheme}***${plain.slice(at)}`;
}
